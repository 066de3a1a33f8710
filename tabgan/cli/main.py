"""The group of commands and its entry point.

To add a command: 1. a module of its own, whose function imports what it needs inside, 2. its line
in the loop below, 3. its tests.
"""

import sys

import click

from tabgan.cli.demo import demo
from tabgan.cli.evaluate import evaluate
from tabgan.cli.fit import fit
from tabgan.cli.info import info
from tabgan.cli.outcome import (
    CommandLine,
    end_in_order_when_terminated,
    interrupted_exit_code,
    stand_in_for_closed_streams,
)
from tabgan.cli.sample import sample
from tabgan.cli.schema import schema


def _show_version(context: click.Context, option: click.Parameter, asked: bool) -> None:
    if not asked or context.resilient_parsing:
        return
    from tabgan import __version__  # read from metadata, which takes a quarter of a start

    click.echo(f"tabgan {__version__}")
    context.exit()


@click.group(
    cls=CommandLine,
    # TABGAN_FIT_EPOCHS=5 is `tabgan fit --epochs 5`.
    context_settings={"auto_envvar_prefix": "TABGAN", "help_option_names": ["-h", "--help"]},
    epilog="A variable of the environment stands for an option: TABGAN_FIT_EPOCHS=5 for fit "
    "--epochs 5; several conditions or columns stand one a line. Exit codes: 0 all is well, 1 "
    "failure, 2 mistake in the command, 3 a gate failed, 4 a file with unusable content, 130 "
    "interrupted, 143 terminated.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    # TABGAN_VERSION is a name that people use for something else.
    allow_from_autoenv=False,
    help="Show the version and exit.",
)
def cli() -> None:
    """Learn a table, give back new rows, and say how faithful and how revealing they are.

    Tables are CSV or Parquet files, by their suffix. In CSV an empty field is a missing value; so
    are words such as NA in columns of numbers or dates, and only there. Digits with a leading zero
    stay text, for the whole column.
    """


# In the order in which a user needs them, which is the order of the help. `augment` is kept free
# for a later command that balances a table.
for command in (demo, schema, fit, sample, evaluate, info):
    cli.add_command(command)


def main() -> None:
    """Run the command line and end the process."""
    stand_in_for_closed_streams()
    end_in_order_when_terminated()
    try:
        cli(prog_name="tabgan")
    except KeyboardInterrupt:  # before a command was found, or after it
        sys.exit(interrupted_exit_code())
