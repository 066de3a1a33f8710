"""Guess the kind of each column, with the reason.

The dtype decides wherever it says enough. Text is looked at: dates in one format, identifiers
(a different value in nearly every row), else categories.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api import types as pandas_types
from pandas.tseries.api import guess_datetime_format

from tabgan.errors import InvalidDataError, UnsupportedTypeError
from tabgan.schema.dtypes import DtypeSpec
from tabgan.schema.patterns import infer_pattern
from tabgan.schema.table import ColumnSchema, Kind, TableSchema

# Below this many rows "all values differ" says nothing: ten people may well have ten cities.
_IDENTIFIER_MIN_ROWS = 50
# Share of distinct values from which a text column is taken for an identifier. Typos and a few
# repeated keys are common; a real category repeats far more often than one time in twenty.
_IDENTIFIER_DISTINCT_SHARE = 0.95
# Nine decimals still distinguish a millimetre on a map; beyond that a float is simply a float.
_MAX_DECIMALS = 9


@dataclass(frozen=True)
class _Guess:
    kind: Kind
    reason: str
    decimals: int | None = None
    date_format: str | None = None
    pattern: str | None = None


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
        If `frame` is not a DataFrame, or columns hold values that are not scalars. All such
        columns are named at once.
    InvalidDataError
        If there is no column or a name occurs twice.
    """
    if not isinstance(frame, pd.DataFrame):
        raise UnsupportedTypeError(
            f"expected a pandas DataFrame, got {type(frame).__name__}; wrap it in pandas.DataFrame"
        )
    if frame.shape[1] == 0:
        raise InvalidDataError("the table has 0 columns; at least 1 is needed")
    repeated = frame.columns[frame.columns.duplicated()].unique().tolist()
    if repeated:
        raise InvalidDataError(f"column names {repeated} occur more than once; rename them")
    _check_supported(frame)
    return TableSchema(
        tuple(_infer_column(name, frame.iloc[:, i]) for i, name in enumerate(frame.columns))
    )


def _check_supported(frame: pd.DataFrame) -> None:
    problems = [
        f"column {name!r} holds {what}"
        for i, name in enumerate(frame.columns)
        if (what := _unsupported_content(frame.iloc[:, i])) is not None
    ]
    if problems:
        raise UnsupportedTypeError(
            f"{'; '.join(problems)}; drop these columns or convert them to text, numbers or dates"
        )


def _unsupported_content(column: pd.Series) -> str | None:
    if pandas_types.is_complex_dtype(column.dtype):
        return "complex numbers"
    if not pandas_types.is_object_dtype(column.dtype):
        return None
    try:
        column.dropna().nunique()
    except TypeError:
        return "values that are not scalars (lists, dictionaries or arrays)"
    return None


def _infer_column(name: Hashable, column: pd.Series) -> ColumnSchema:
    guess = _guess(column)
    return ColumnSchema(
        name,
        guess.kind,
        DtypeSpec.of(column.dtype),
        guess.reason,
        decimals=guess.decimals,
        date_format=guess.date_format,
        pattern=guess.pattern,
    )


def _guess(column: pd.Series) -> _Guess:
    dtype = column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return _Guess(Kind.CATEGORICAL, f"category dtype with {len(dtype.categories)} levels")
    if pandas_types.is_bool_dtype(dtype):
        return _Guess(Kind.BOOLEAN, "boolean dtype")
    if pandas_types.is_datetime64_any_dtype(dtype):
        return _Guess(Kind.DATETIME, "datetime dtype")
    if pandas_types.is_timedelta64_dtype(dtype):
        return _Guess(Kind.TIMEDELTA, "timedelta dtype")
    if pandas_types.is_integer_dtype(dtype):
        return _guess_integer(column.dropna())
    if pandas_types.is_float_dtype(dtype):
        return _guess_float(column.dropna())
    return _guess_object(column.dropna())


def _guess_integer(present: pd.Series) -> _Guess:
    if len(present) >= _IDENTIFIER_MIN_ROWS and present.is_unique:
        steps = np.unique(np.diff(np.sort(present.to_numpy(dtype="int64"))))
        if len(steps) == 1:
            return _Guess(Kind.IDENTIFIER, "numbers the rows, one value each", pattern="#")
    return _Guess(Kind.INTEGER, f"integers, {present.nunique()} distinct")


def _guess_float(present: pd.Series) -> _Guess:
    values = present.to_numpy(dtype="float64")
    decimals = _count_decimals(values)
    if decimals is None:
        return _Guess(Kind.CONTINUOUS, "real numbers")
    return _Guess(Kind.CONTINUOUS, f"real numbers with {decimals} decimals", decimals=decimals)


def _count_decimals(values: np.ndarray) -> int | None:
    finite = values[np.isfinite(values)]
    # Rounding at a decimal says nothing once neighbouring floats are further apart than it.
    largest = np.abs(finite).max(initial=0.0)
    for decimals in range(_MAX_DECIMALS + 1):
        if largest * 10.0**decimals >= 2.0**52:
            return None
        if np.array_equal(np.round(finite, decimals), finite):
            return decimals
    return None


def _guess_object(present: pd.Series) -> _Guess:
    content = pandas_types.infer_dtype(present, skipna=True)
    if content == "boolean":
        return _Guess(Kind.BOOLEAN, "True and False stored as objects")
    if content == "integer":
        return _guess_integer(present.astype("int64"))
    if content in ("floating", "mixed-integer-float"):
        return _guess_float(present.astype("float64"))
    if content == "string":
        return _guess_text(present.astype(object))
    return _Guess(Kind.CATEGORICAL, f"{content} values, {present.nunique()} distinct")


def _guess_text(present: pd.Series) -> _Guess:
    date_format = _guess_date_format(present)
    if date_format is not None:
        return _Guess(Kind.DATETIME, f"text dates written {date_format}", date_format=date_format)
    n_distinct = present.nunique()
    if len(present) >= _IDENTIFIER_MIN_ROWS and n_distinct >= _IDENTIFIER_DISTINCT_SHARE * len(
        present
    ):
        reason = f"text, {n_distinct} distinct values in {len(present)} rows"
        return _Guess(Kind.IDENTIFIER, reason, pattern=infer_pattern(present))
    return _Guess(Kind.CATEGORICAL, f"text, {n_distinct} distinct")


def _guess_date_format(present: pd.Series) -> str | None:
    """Return the one format that reads every value back exactly as it was written."""
    distinct = pd.Series(present.unique(), dtype=object)
    if len(distinct) == 0:
        return None
    # A day above 12 settles whether the day or the month comes first; the sample finds one.
    sample = distinct.iloc[: min(len(distinct), 100)]
    formats = {guess_datetime_format(text, dayfirst=first) for text in sample for first in (False, True)}
    for date_format in sorted(formats - {None}, key=str):
        parsed = pd.to_datetime(distinct, format=date_format, errors="coerce")
        if parsed.notna().all() and (parsed.dt.strftime(date_format) == distinct).all():
            return date_format
    return None
