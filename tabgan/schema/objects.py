"""Columns whose cells are Python objects that stand for numbers: dates, times, decimals.

pandas keeps them as objects (or, in Arrow's types, hands them out as such). They are learnt as
what they stand for and come back as objects of the same class.
To add a class: 1. its name and kind in ``OBJECT_KINDS``, 2. a branch in ``object_type_of``,
3. how to read and write it in :mod:`tabgan.schema.object_cells`, 4. a row in the contract test.
"""

import datetime
from decimal import Decimal

import pandas as pd
from pandas.api import types as pandas_types

# Class of the cells to the kind that they are learnt as, both by name.
OBJECT_KINDS = {
    "date": "datetime",
    "datetime": "datetime",
    "Timestamp": "datetime",
    "time": "timedelta",
    "timedelta": "timedelta",
    "Timedelta": "timedelta",
    "Decimal": "continuous",
}
# What pandas calls columns of such objects.
_CONTENTS = {"date", "datetime", "time", "timedelta", "decimal"}
# So many decimals at most, in numbers of so many digits: they are counted in 64 bits.
MOST_COUNTED_DECIMALS = 18
_FARTHEST_UNIT = 2**62
# Of what 64 bits count in microseconds.
LONGEST = datetime.timedelta(microseconds=2**62)


def object_type_of(present: pd.Series) -> str | None:
    """Return the name of the class that all cells have and that stands for a number.

    ``None`` if there is no such class, or if counting would lose something: a time zone, a
    nanosecond, a digit.

    Parameters
    ----------
    present : pandas.Series
        The cells that are not missing, at least one.
    """
    content = pandas_types.infer_dtype(present, skipna=True)
    if content not in _CONTENTS:
        return None
    cells = list(present)
    if content == "date":
        # A datetime is a date, too, for Python.
        return "date" if all(type(cell) is datetime.date for cell in cells) else None
    if content == "datetime" and all(_is_plain(cell) for cell in cells):
        return _common_class(cells, pd.Timestamp, datetime.datetime)
    if content == "time" and all(cell.tzinfo is None for cell in cells):
        return "time"
    if content == "timedelta" and all(_is_plain(c) and abs(c) < LONGEST for c in cells):
        return _common_class(cells, pd.Timedelta, datetime.timedelta)
    if content == "decimal" and count_decimal_places(cells) is not None:
        return "Decimal"
    return None


def count_decimal_places(cells: list[Decimal]) -> int | None:
    """Return the most places after the point, ``None`` if 64 bits cannot count in units of them."""
    if not all(cell.is_finite() for cell in cells):
        return None
    # A finite Decimal has a number as its exponent.
    places = max(0, *(-int(cell.as_tuple().exponent) for cell in cells), 0)
    is_counted = places <= MOST_COUNTED_DECIMALS and all(
        cell.adjusted() + places <= MOST_COUNTED_DECIMALS
        and abs(cell.scaleb(places)) < _FARTHEST_UNIT
        for cell in cells
    )
    return places if is_counted else None


def _is_plain(cell: object) -> bool:
    """Say whether microseconds without a zone hold a point in time or a duration whole."""
    has_zone = getattr(cell, "tzinfo", None) is not None
    return not has_zone and not getattr(cell, "nanosecond", 0) and not _has_nanoseconds(cell)


def _has_nanoseconds(cell: object) -> bool:
    return isinstance(cell, pd.Timedelta) and bool(cell.nanoseconds)


def _common_class(cells: list[object], *classes: type) -> str | None:
    kinds = {type(cell) for cell in cells}
    names = [kind.__name__ for kind in classes if kinds == {kind}]
    return names[0] if names else None
