"""What the values of options mean; a wrong one is refused before anything is read.

The functions are callbacks of click: they are given the text and return what it stands for.
"""

import math
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


class FilePath(click.Path):
    """A path that a file can have."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path."""
        # Here, because the room of files loads NumPy, and --help need not.
        from tabgan.persistence.path import is_path

        if not is_path(value):
            self.fail("a path cannot hold such a character; give another one.", param, ctx)
        return super().convert(value, param, ctx)


READABLE = FilePath(exists=True, dir_okay=False)
READABLE_OR_STDIN = FilePath(exists=True, dir_okay=False, allow_dash=True)


class _Lines(click.types.StringParamType):
    """Text of any kind, blanks included: a variable of the environment holds one a line."""

    def split_envvar_value(self, rv: str) -> list[str]:
        return [line for line in rv.splitlines() if line]


LINES = _Lines()
# More digits than any number of columns has, and fewer than Python refuses to read.
_PASSES = re.compile(r"0*[1-9][0-9]{0,17}")
# What numbers, quotes, paths and words are made of.
_NO_SEPARATORS = "\0\r\n \"'+-._\\"
# The package's seeds are integers of 63 bits.
_SEEDS = range(2**63)


def read_separator(
    context: click.Context, option: click.Parameter, value: str | None
) -> str | None:
    r"""Return the character between the fields of a CSV file; ``\t`` may be written so."""
    if value is None:
        return None
    separator = "\t" if value == r"\t" else value
    is_sign = len(separator) == 1 and separator.isascii() and not separator.isalnum()
    if not is_sign or separator in _NO_SEPARATORS:
        needed = r'one character that is no letter or digit is needed, such as ";", "|" or "\t".'
        raise click.BadParameter(needed, context, option)
    return separator


def separator_option(command: str, files: str) -> Callable[[_Command], _Command]:
    """Return the option of a command for what stands between the fields of its CSV files."""
    return click.option(
        "--sep",
        "separator",
        envvar=f"TABGAN_{command.upper()}_SEP",
        metavar="CHARACTER",
        callback=read_separator,
        help=f"What separates the fields of {files}: if not given, a comma, in .tsv a tab.",
    )


def read_seed(context: click.Context, option: click.Parameter, value: int | None) -> int | None:
    """Return the seed of the package's random numbers."""
    if value is not None and value not in _SEEDS:
        raise click.BadParameter("an integer from 0 to 2**63 - 1 is needed.", context, option)
    return value


def read_duration(
    context: click.Context, option: click.Parameter, value: str | None
) -> float | None:
    """Return the seconds that ``90s``, ``5m`` or ``1h`` stands for."""
    # Here, because the rule for durations is the package's, and --help need not load it.
    from tabgan.errors import InvalidParameterError
    from tabgan.synthesizers.parameters import read_seconds

    try:
        return read_seconds(value)
    except InvalidParameterError as error:
        needed = 'a number and its unit are needed, such as "90s", "5m" or "1h".'
        raise click.BadParameter(needed, context, option) from error


def read_passes(
    context: click.Context, option: click.Parameter, value: str | None
) -> int | str | None:
    """Return a number of passes, or "auto"."""
    if value is None or value == "auto":
        return value
    if not _PASSES.fullmatch(value):
        raise click.BadParameter("an integer from 1 on, or auto, is needed.", context, option)
    return int(value)


def read_lowest_scores(
    context: click.Context, option: click.Parameter, values: tuple[str, ...]
) -> dict[str, float]:
    """Return the least that scores may be, each written ``c2st=.5``."""
    lowest = {}
    for value in values:
        name, _, number = value.partition("=")
        try:
            lowest[name.strip()] = float(number)
        except ValueError:
            lowest[name.strip()] = math.nan
    if any(math.isnan(number) for number in lowest.values()):  # also "c2st=nan": nothing passes it
        needed = "a score and a number are needed, such as c2st=.5."
        raise click.BadParameter(needed, context, option)
    return lowest
