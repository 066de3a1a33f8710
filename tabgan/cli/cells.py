"""What the text in the cells of a CSV file stands for.

The rule behind all rules: a column becomes numbers only where the numbers can be written back as
they stood, because a zip code without its leading zero, or a phone number without its plus sign,
is another one.
"""

import re

import pandas as pd
from pandas.api.types import is_object_dtype, is_string_dtype

from tabgan.schema import infer_schema
from tabgan.schema.table import MOST_CSV_DECIMALS

# Ways to write "no value". In a column of numbers or dates they can mean nothing else; in a column
# of text they stay what they are: NA is Namibia, and None is what a house without a garage has.
MISSING_WORDS = frozenset(
    {"NA", "N/A", "#N/A", "NaN", "nan", "NaT", "NULL", "Null", "null", "None", "none", "-"}
)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DIGITS = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# As pandas and others write it: a number that no column can hold, for which it is then refused.
_INFINITE = re.compile(r"[+-]?inf(?:inity)?", re.IGNORECASE)
_DURATION = re.compile(r"-?[0-9]+ days(?: \+?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)?")
_BOOLEANS = {"True": True, "False": False}
_LARGEST = 2**63 - 1
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), full-width forms
# and white space that some of them skip included.
_FORMULA = re.compile(r"[=+\-@\t\r\n\0＝＋－＠]")


def read_cells(column: pd.Series, keep_text: bool = False) -> pd.Series:
    """Return a column of text as what it stands for.

    Parameters
    ----------
    column : pandas.Series of str
        The cells; an empty one is missing already.
    keep_text : bool, default=False
        Whether the column is text whatever it looks like.

    Returns
    -------
    pandas.Series
        ``int64`` (``Int64`` with missing values), ``float64``, ``bool`` (``boolean``),
        ``timedelta64`` of durations as pandas writes them (``0 days 00:05:00``), or the text
        itself. Integers of more than 63 bits and digits with a leading zero or a plus sign
        stay text, for the whole column; ``inf`` is infinite among numbers and text alone. Dates
        stay text: the schema knows their format and writes them the same way.

    Examples
    --------
    >>> read_cells(pd.Series(["7", "12", "NA"])).dtype
    Int64Dtype()
    >>> read_cells(pd.Series(["01067", "99084"])).tolist()
    ['01067', '99084']
    """
    values = set(column.dropna().unique())
    content = values - MISSING_WORDS
    if not content:
        return column
    if not keep_text:
        if content <= _BOOLEANS.keys():
            return _booleans(column)
        if _are_integers(content):
            return _integers(column, content)
        if _are_numbers(content):
            return _floats(column, content)
        if _are_durations(content):
            return pd.to_timedelta(column.where(column.isin(content)))
    if content != values and _is_measured(column[column.isin(content)]):
        return column.mask(column.isin(MISSING_WORDS))
    return column


def fixed_decimals(column: pd.Series) -> int | None:
    """Return with how many decimals all numbers of a column of text are written.

    ``None`` if they differ in it, or writing them so gives another text.

    Examples
    --------
    >>> fixed_decimals(pd.Series(["1.50", "12.25", "NA"]))
    2
    >>> fixed_decimals(pd.Series(["1.5", "12.25"]))
    """
    content = set(column.dropna().unique()) - MISSING_WORDS
    found = {len(text.partition(".")[2]) for text in content}
    decimals = found.pop() if len(found) == 1 else 0
    is_possible = 1 <= decimals <= MOST_CSV_DECIMALS
    is_exact = is_possible and all(f"{float(text):.{decimals}f}" == text for text in content)
    return decimals if is_exact else None


def escape_formulas(column: pd.Series) -> pd.Series:
    """Return a column in which no text begins as a formula does in a spreadsheet.

    An apostrophe is put in front, which spreadsheets take for "what follows is text". Numbers,
    negative ones too, stay as they are.

    Examples
    --------
    >>> escape_formulas(pd.Series(["=1+1", "plain"])).tolist()
    ["'=1+1", 'plain']
    """
    holds_text = is_string_dtype(column.dtype) or is_object_dtype(column.dtype)
    if not holds_text and not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    # As objects, or integers beside missing cells would become floats.
    cells = [escape_formula(cell) for cell in column]
    return pd.Series(cells, index=column.index, name=column.name, dtype=object)


def escape_formula(cell: object) -> object:
    """Return a cell, or a column's name, with an apostrophe if it begins as a formula does."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def _are_integers(content: set[str]) -> bool:
    return all(_is_integer(text.strip()) for text in content)


def _is_integer(text: str) -> bool:
    # By its length first: Python reads no integer of thousands of digits.
    is_short = len(text) <= len(str(-_LARGEST))
    return is_short and _INTEGER.fullmatch(text) is not None and abs(int(text)) <= _LARGEST


def _are_numbers(content: set[str]) -> bool:
    finite = [text for cell in content if not _INFINITE.fullmatch(text := cell.strip())]
    return bool(finite) and all(_NUMBER.fullmatch(text) and not _is_code(text) for text in finite)


def _is_code(text: str) -> bool:
    """Say whether digits stand for something that is not a count: 007, +49, twenty digits."""
    return _DIGITS.fullmatch(text) is not None and not _is_integer(text)


def _are_durations(content: set[str]) -> bool:
    if not all(map(_DURATION.fullmatch, content)):
        return False
    # As pandas writes it, and it writes columns of whole days, and no others, without a time.
    are_whole_days = all(text.endswith(" days") for text in content)
    try:
        written = {text: str(pd.Timedelta(text)) for text in content}
    except (ValueError, OverflowError):
        return False  # too long for nanoseconds
    if are_whole_days:
        return all(full.startswith(text) for text, full in written.items())
    return all(full == text for text, full in written.items())


def _is_measured(present: pd.Series) -> bool:
    return infer_schema(present.to_frame(""))[""].kind.is_ordered


def _integers(column: pd.Series, content: set[str]) -> pd.Series:
    # One by one, because by way of float64 an integer above 2**53 would change.
    cells = [int(text) if text in content else pd.NA for text in column]
    numbers = pd.Series(pd.array(cells, dtype="Int64"), index=column.index, name=column.name)
    return numbers if numbers.isna().any() else numbers.astype("int64")


def _floats(column: pd.Series, content: set[str]) -> pd.Series:
    # float() rounds correctly, which pandas' own faster reading does not promise.
    cells = [float(text) if text in content else float("nan") for text in column]
    return pd.Series(cells, index=column.index, name=column.name, dtype="float64")


def _booleans(column: pd.Series) -> pd.Series:
    cells = [_BOOLEANS.get(text, pd.NA) for text in column]
    booleans = pd.Series(pd.array(cells, dtype="boolean"), index=column.index, name=column.name)
    return booleans if booleans.isna().any() else booleans.astype("bool")
