"""Guess the kind of each column, with the reason.

The dtype decides wherever it says enough. Text is looked at: dates, times of day and numbers
in one format, identifiers (a different value in nearly every row), else categories.
"""

import datetime
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types as pandas_types

from tabgan.errors import InvalidDataError, UnsupportedTypeError
from tabgan.schema.date_texts import guess_date_format, guess_time_format
from tabgan.schema.dtypes import DtypeSpec, countable
from tabgan.schema.number_texts import MOST_DECIMALS, NumberFormat, are_codes, guess_number_format
from tabgan.schema.objects import OBJECT_KINDS, count_decimal_places, object_type_of
from tabgan.schema.patterns import infer_pattern
from tabgan.schema.supported import check_supported, is_writable
from tabgan.schema.table import ColumnSchema, Kind, TableSchema
from tabgan.schema.values import value_from_json, value_to_json

# Below this many rows "all values differ" says nothing: ten people may well have ten cities.
_IDENTIFIER_MIN_ROWS = 50
# Share of distinct values from which a text column is taken for an identifier. Typos and a few
# repeated keys are common; a real category repeats far more often than one time in twenty.
_IDENTIFIER_DISTINCT_SHARE = 0.95
# Up to so many distinct texts that read as numbers are names: sizes, doses, grades.
_MOST_NAMED_NUMBERS = 20


@dataclass(frozen=True)
class _Guess:
    kind: Kind
    reason: str
    decimals: int | None = None
    date_format: str | None = None
    number_format: str | None = None
    clock: str | None = None
    pattern: str | None = None
    object_type: str | None = None


def infer_schema(frame: pd.DataFrame) -> TableSchema:
    """Return the schema of a table.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table; at least one column, unique column names.

    Returns
    -------
    TableSchema
        One column each, with the kind and the reason for it.

    Raises
    ------
    UnsupportedTypeError
        If `frame` is not a DataFrame, or columns hold values that cannot be learnt, such as lists.
    InvalidDataError
        If there is no column, a name occurs twice, or columns hold infinite numbers. All columns
        that cannot be learnt are named at once.
    """
    if not isinstance(frame, pd.DataFrame):
        raise UnsupportedTypeError(
            f"expected a pandas DataFrame, got {type(frame).__name__}; wrap it in pandas.DataFrame"
        )
    if frame.shape[1] == 0:
        raise InvalidDataError("the table has 0 columns; at least 1 is needed")
    check_supported(frame)
    # As a schema names them: there None, NaT and pandas.NA are one name.
    written = [value_from_json(value_to_json(name)) for name in frame.columns]
    is_repeated = pd.Index(written, dtype=object, tupleize_cols=False).duplicated()
    repeated = frame.columns[is_repeated].unique().tolist()
    if repeated:
        raise InvalidDataError(f"column names {repeated} occur more than once; rename them")
    columns = tuple(_infer_column(name, frame.iloc[:, i]) for i, name in enumerate(frame.columns))
    return TableSchema(columns, _level_names(frame.columns))


def _level_names(names: pd.Index) -> tuple[Hashable, ...] | None:
    if isinstance(names, pd.MultiIndex):
        return tuple(names.names)
    has_tuples = any(isinstance(name, tuple) for name in names)
    is_kept = names.name is not None and not has_tuples and is_writable(names.name)
    return (names.name,) if is_kept else None


def _infer_column(name: Hashable, column: pd.Series) -> ColumnSchema:
    guess = _guess(column)
    return ColumnSchema(
        name,
        guess.kind,
        DtypeSpec.of(column.dtype),
        guess.reason,
        decimals=guess.decimals,
        date_format=guess.date_format,
        number_format=guess.number_format,
        clock=guess.clock,
        pattern=guess.pattern,
        object_type=guess.object_type,
    )


def _guess(column: pd.Series) -> _Guess:
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _Guess(Kind.CATEGORICAL, f"category dtype with {len(dtype.categories)} levels")
    if pandas_types.is_bool_dtype(dtype):
        return _Guess(Kind.BOOLEAN, "boolean dtype")
    if isinstance(dtype, pd.PeriodDtype):
        return _Guess(Kind.DATETIME, "period dtype")
    if getattr(dtype, "type", None) in (datetime.date, datetime.time):  # Arrow's
        return _guess_object(column.dropna().astype(object), dtype.type.__name__)
    if pandas_types.is_datetime64_any_dtype(dtype):
        return _guess_points(column.dropna())
    if dtype.kind == "m":  # is_timedelta64_dtype does not know Arrow's
        return _Guess(Kind.TIMEDELTA, "timedelta dtype")
    if pandas_types.is_integer_dtype(dtype):
        return _guess_integer(column.dropna())
    if pandas_types.is_float_dtype(dtype):
        return _guess_float(column.dropna())
    return _guess_object(column.dropna())


def _guess_points(present: pd.Series) -> _Guess:
    zone = getattr(present.dt, "tz", None)
    if zone is None or not len(present):
        return _Guess(Kind.DATETIME, "datetime dtype")
    present = pd.Series(pd.DatetimeIndex(present))
    shown, in_utc = present.dt.tz_localize(None), present.dt.tz_convert("UTC").dt.tz_localize(None)
    # Of an hour that clocks show twice the first is meant; the second could not be told apart.
    is_first = np.ones(len(shown), dtype=bool)
    again = shown.dt.tz_localize(zone, ambiguous=is_first, nonexistent="NaT")
    if again.equals(present) and _are_rounder(shown, in_utc):
        return _Guess(Kind.DATETIME, "datetime dtype, by local clocks", clock="local")
    return _Guess(Kind.DATETIME, "datetime dtype")


def _are_rounder(points: pd.Series, others: pd.Series) -> bool:
    """Say whether points in time lie on a coarser grid than others, or more of them are round."""
    if _step(points) != _step(others):
        return _step(points) > _step(others)
    # A few days may begin at one o'clock, when clocks go on at midnight; a few times may be full
    # hours in a zone that is half an hour off.
    at_midnight, others_at = ((p == p.dt.normalize()).mean() for p in (points, others))
    on_hour, others_on = ((p == p.dt.floor("h")).mean() for p in (points, others))
    return bool(at_midnight > max(0.5, others_at) or on_hour > others_on + 0.05)


def _step(points: pd.Series) -> int:
    """Return the greatest common divisor of the distances of points in time, in their unit."""
    return int(np.gcd.reduce(np.diff(np.unique(points.to_numpy()).astype(np.int64)), initial=0))


def _guess_integer(present: pd.Series) -> _Guess:
    present = countable(present)
    if len(present) >= _IDENTIFIER_MIN_ROWS and present.is_unique:
        numbers = np.sort(present.to_numpy())
        if len(np.unique(np.diff(numbers))) == 1:
            return _Guess(Kind.IDENTIFIER, "numbers the rows, one value each", pattern="#")
    return _Guess(Kind.INTEGER, f"integers, {present.nunique()} distinct")


def _guess_float(present: pd.Series) -> _Guess:
    if len(present) == 0:
        return _Guess(Kind.CONTINUOUS, "real numbers, all missing")
    decimals = _count_decimals(present.to_numpy())
    if decimals is None:
        return _Guess(Kind.CONTINUOUS, "real numbers")
    return _Guess(Kind.CONTINUOUS, f"real numbers with {_places(decimals)}", decimals=decimals)


def _places(decimals: int) -> str:
    return f"{decimals} decimal{'s' if decimals != 1 else ''}"


def _count_decimals(values: np.ndarray) -> int | None:
    finite = values[np.isfinite(values)]
    doubles = finite.astype(np.float64)
    largest = np.abs(doubles).max(initial=0.0)
    for decimals in range(MOST_DECIMALS + 1):
        # Rounding at a decimal says nothing once neighbouring floats are further apart than it.
        if largest * 10.0**decimals * np.finfo(finite.dtype).eps >= 1.0:
            return None
        # In the column's own precision: 12.34 as a float32 is another double than 12.34.
        if np.array_equal(np.round(doubles, decimals).astype(finite.dtype), finite):
            return decimals
    return None


def _guess_object(present: pd.Series, object_type: str | None = None) -> _Guess:
    if len(present):
        object_type = object_type_of(present)
    if object_type is not None:
        return _guess_numbers_of_objects(present, object_type)
    content = pandas_types.infer_dtype(present, skipna=True)
    if content == "boolean":
        return _Guess(Kind.BOOLEAN, "True and False stored as objects")
    if content == "integer" and _fits_int64(present):
        return _guess_integer(present.astype("int64"))
    if content in ("floating", "mixed-integer-float"):
        return _guess_float(present.astype("float64"))
    if content == "string":
        # Subclasses of text (NumPy's, members of an Enum) are looked at as what they say.
        return _guess_text(pd.Series([str.__str__(text) for text in present], dtype=object))
    return _Guess(Kind.CATEGORICAL, f"{content} values, {present.nunique()} distinct")


def _guess_numbers_of_objects(present: pd.Series, object_type: str) -> _Guess:
    decimals = count_decimal_places(list(present)) if object_type == "Decimal" else None
    reason = f"{object_type} objects"
    if decimals is not None:
        reason += f" with {_places(decimals)}"
    return _Guess(Kind(OBJECT_KINDS[object_type]), reason, decimals, object_type=object_type)


def _fits_int64(present: pd.Series) -> bool:
    return bool(present.min() >= -(2**63) and present.max() < 2**63)


def _guess_text(present: pd.Series) -> _Guess:
    date_format = guess_date_format(present)
    if date_format is not None:
        return _Guess(Kind.DATETIME, f"text dates written {date_format}", date_format=date_format)
    time_format = guess_time_format(present)
    if time_format is not None:
        reason = f"text times of day written {time_format}"
        return _Guess(Kind.TIMEDELTA, reason, date_format=time_format, object_type="time")
    n_distinct = present.nunique()
    if len(present) < _IDENTIFIER_MIN_ROWS:
        return _Guess(Kind.CATEGORICAL, f"text, {n_distinct} distinct")
    tells_apart = n_distinct >= _IDENTIFIER_DISTINCT_SHARE * len(present)
    if n_distinct > _MOST_NAMED_NUMBERS:
        number_format = guess_number_format(present)
        if number_format and not (tells_apart and are_codes(present, number_format)):
            return _Guess(
                Kind.CONTINUOUS,
                f"text numbers written {number_format}",
                decimals=NumberFormat(number_format).decimals,
                number_format=number_format,
                object_type="Decimal",
            )
    if tells_apart:
        reason = f"text, {n_distinct} distinct values in {len(present)} rows"
        return _Guess(Kind.IDENTIFIER, reason, pattern=infer_pattern(present))
    return _Guess(Kind.CATEGORICAL, f"text, {n_distinct} distinct")
