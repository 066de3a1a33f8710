"""Sentences on stderr: broken between words on a terminal, one line each in a log."""

import shutil
import sys
import textwrap
from decimal import Decimal

import click


def say(text: str) -> None:
    """Print sentences on stderr."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        wrapper = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
        text = "\n".join(wrapper.fill(line) for line in text.split("\n"))
    click.echo(text, err=True)


def percent(share: float) -> str:
    """Return a share in percent, to two digits and without a power of ten.

    Examples
    --------
    >>> percent(1.0), percent(0.1937), percent(0.00000123)
    ('100', '19', '0.00012')
    """
    return f"{Decimal(f'{100 * share:.2g}'):f}"
