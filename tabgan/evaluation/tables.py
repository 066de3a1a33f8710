"""One numeric view of the training, synthetic and holdout rows, which every score reads.

Numbers, dates and durations become float64 values and categories become codes, with NaN for
missing in both. Columns follow each other by name and rows by value, so that no score can depend
on the order in which either of them came.
"""

import datetime
from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api import types as pandas_types

from tabgan.errors import InvalidDataError, UnsupportedTypeError
from tabgan.schema import ColumnSchema, Kind, infer_schema
from tabgan.schema.date_texts import read_dates
from tabgan.schema.text_cells import read_text_cells

FloatArray = NDArray[np.float64]
# What the cells of a column of numbers may be, and what of that they may not be: a duration of
# NumPy is an integer of NumPy, too. Text is read.
_NUMBERS = (str, int, float, Decimal, np.integer, np.floating), (bool, np.timedelta64)
_CELLS: dict[Kind, tuple[tuple[type, ...], tuple[type, ...]]] = {
    Kind.CONTINUOUS: _NUMBERS,
    Kind.INTEGER: _NUMBERS,
    Kind.DATETIME: ((str, datetime.date, np.datetime64, pd.Period), ()),
    Kind.TIMEDELTA: ((str, datetime.time, datetime.timedelta, np.timedelta64), ()),
}


@dataclass(frozen=True)
class ViewColumn:
    """One column of the numeric view.

    Parameters
    ----------
    name : hashable
        The column's name in the three frames.
    kind : Kind
        Its kind, inferred from the training rows.
    n_levels : int
        Number of distinct categories over the three frames; 0 for an ordered column.
    labels : tuple of str
        The categories, by code; values of cells, so never for a message.
    """

    name: Hashable
    kind: Kind
    n_levels: int
    labels: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def is_ordered(self) -> bool:
        """Whether the values are numbers on a line (else they are category codes)."""
        return self.kind.is_ordered


@dataclass(frozen=True)
class Tables:
    """The rows to compare, as float64 matrices of shape (rows, columns).

    Parameters
    ----------
    columns : tuple of ViewColumn
        The columns compared, by name.
    train, synthetic : ndarray of float64, shape (rows, columns)
        Values or category codes; NaN is missing.
    holdout : ndarray of float64 or None
        Likewise; ``None`` where no holdout was given.
    left_out : tuple of hashable
        Identifier columns: a fresh identifier is right exactly when it differs.
    """

    columns: tuple[ViewColumn, ...]
    train: FloatArray
    synthetic: FloatArray
    holdout: FloatArray | None
    left_out: tuple[Hashable, ...]

    def __repr__(self) -> str:
        held = "no" if self.holdout is None else f"{len(self.holdout):,}"
        return (
            f"Tables({len(self.columns)} columns: {len(self.train):,} training, "
            f"{len(self.synthetic):,} synthetic, {held} holdout rows)"
        )

    @property
    def is_ordered(self) -> NDArray[np.bool_]:
        """Which columns are numbers, dates or durations, shape (columns,)."""
        return np.array([column.is_ordered for column in self.columns], dtype=bool)

    def position(self, name: Hashable) -> int:
        """Return where the column stands in the matrices.

        Raises
        ------
        KeyError
            If it is not among the columns compared.
        """
        for i, column in enumerate(self.columns):
            if column.name == name:
                return i
        raise KeyError(name)


def align_tables(
    train: pd.DataFrame, synthetic: pd.DataFrame, holdout: pd.DataFrame | None
) -> Tables:
    """Return the common numeric view of the frames.

    Parameters
    ----------
    train, synthetic : pandas.DataFrame
        At least two rows each, the same columns in any order.
    holdout : pandas.DataFrame or None
        Likewise.

    Returns
    -------
    Tables
        Dates as seconds since 1970 and durations as seconds, whatever their units and time zones:
        a nanosecond and a microsecond column of the same instants compare equal.

    Raises
    ------
    UnsupportedTypeError
        If one of them holds values that are not scalars.
    InvalidDataError
        If a frame has too few rows, other columns or values that its kind does not allow.
    """
    frames = {"train": train, "synthetic": synthetic}
    if holdout is not None:
        frames["holdout"] = holdout
    for role, frame in frames.items():
        _check_length(role, frame)
    schema = infer_schema(train)
    for role, frame in frames.items():
        _check_columns(role, frame, schema.names)
    compared = sorted(
        (column for column in schema if column.kind is not Kind.IDENTIFIER), key=_name_order
    )
    left_out = tuple(column.name for column in schema if column.kind is Kind.IDENTIFIER)
    if not compared:
        raise InvalidDataError(
            f"every column of train is an identifier ({list(left_out)}); at least 1 other is needed"
        )
    viewed = [_view_column(column, frames) for column in compared]
    matrices = {
        role: _in_row_order(np.column_stack([values[role] for _, values in viewed]))
        for role in frames
    }
    return Tables(
        tuple(column for column, _ in viewed),
        matrices["train"],
        matrices["synthetic"],
        matrices.get("holdout"),
        left_out,
    )


def draw_rows(rows: FloatArray, n_rows: int, generator: np.random.Generator) -> FloatArray:
    """Return `n_rows` of the rows in random order, none twice.

    Parameters
    ----------
    rows : ndarray, shape (rows, columns)
    n_rows : int
        At most as many as there are.
    generator : numpy.random.Generator
    """
    return rows[generator.permutation(len(rows))[:n_rows]]


def independent_columns(
    rows: FloatArray, n_rows: int, generator: np.random.Generator
) -> FloatArray:
    """Return rows whose columns are the given ones, each permuted on its own.

    They have the right columns and no relation between any two: the floor of every score. Above
    the number of given rows, whole permutations follow each other.
    """
    n_rounds = -(-n_rows // len(rows))
    return np.column_stack(
        [
            np.concatenate([generator.permutation(column) for _ in range(n_rounds)])[:n_rows]
            for column in rows.T
        ]
    )


def _check_length(role: str, frame: pd.DataFrame) -> None:
    if len(frame) < 2:
        raise InvalidDataError(
            f"{role} has {len(frame)} rows; at least 2 are needed, and some hundred to say much"
        )


def _check_columns(role: str, frame: pd.DataFrame, names: list[Hashable]) -> None:
    if any(name is None for name in names):
        raise InvalidDataError("a column of train is named None, which stands for all; rename it")
    missing = [name for name in names if name not in frame.columns]
    unknown = [name for name in frame.columns if name not in names]
    if missing or unknown:
        raise InvalidDataError(
            f"{role} and train must have the same columns; {role} lacks {missing} and has "
            f"{unknown} besides; select the columns to compare first"
        )
    if not frame.columns.is_unique:
        repeated = frame.columns[frame.columns.duplicated()].unique().tolist()
        raise InvalidDataError(f"{role}: column names {repeated} occur twice; rename them")


def _name_order(column: ColumnSchema) -> tuple[str, str]:
    return type(column.name).__name__, str(column.name)


def _view_column(
    column: ColumnSchema, frames: dict[str, pd.DataFrame]
) -> tuple[ViewColumn, dict[str, FloatArray]]:
    series = {role: frame[column.name] for role, frame in frames.items()}
    if column.kind.is_ordered:
        ordered = {role: _as_numbers(column, values, role) for role, values in series.items()}
        return ViewColumn(column.name, column.kind, 0), ordered
    codes, labels = _as_codes(column.name, series)
    return ViewColumn(column.name, column.kind, len(labels), labels), codes


def _as_numbers(column: ColumnSchema, series: pd.Series, role: str) -> FloatArray:
    numbers = np.full(len(series), np.nan)
    present = series.notna().to_numpy(dtype=bool)
    try:
        if present.any():
            numbers[present] = _numbers_of(column, series[present])
    except (TypeError, ValueError, OverflowError):
        raise InvalidDataError(
            f"column {column.name!r} of {role} holds values that are no {column.kind} values, "
            f"as they are in train; convert the column of {role} to the dtype it has in train"
        ) from None  # what was raised may show a value
    if np.isinf(numbers).any():
        raise InvalidDataError(
            f"column {column.name!r} of {role} holds infinite values; replace them by missing "
            "or finite ones"
        )
    # Adding zero turns -0.0 into 0.0: equal numbers have equal bytes, which exact matches rely on.
    return numbers + 0.0


def _numbers_of(column: ColumnSchema, cells: pd.Series) -> FloatArray:
    """Return cells, none of them missing, as numbers or seconds."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        cells = cells.astype(cells.cat.categories.dtype)
    cells = read_text_cells(cells, column)
    # Of a dtype other than objects one cell tells the type of all.
    types = set(map(type, cells if cells.dtype == object else cells.iloc[:1]))
    wanted, others = _CELLS[column.kind]
    if not all(issubclass(cell, wanted) and not issubclass(cell, others) for cell in types):
        # pandas would take dates and durations for nanoseconds, and numbers for either of them.
        raise TypeError("values of another kind")
    if column.kind is Kind.DATETIME:
        return _datetimes_as_seconds(cells, column.date_format)
    if column.kind is Kind.TIMEDELTA:
        is_time_of_day = any(issubclass(cell, datetime.time) for cell in types)
        return _integers_as_seconds(pd.to_timedelta(cells.map(str) if is_time_of_day else cells))
    if cells.dtype == object or str in types:
        cells = pd.to_numeric(cells)
    return cells.to_numpy(dtype="float64")


def _datetimes_as_seconds(cells: pd.Series, date_format: str | None) -> FloatArray:
    if isinstance(cells.dtype, pd.PeriodDtype):
        cells = cells.dt.to_timestamp()
    is_stamp = pandas_types.is_datetime64_any_dtype(cells.dtype)
    if not is_stamp or cells.dtype.type is datetime.date:  # days of Arrow's are no points in time
        texts = cells.astype(object)
        cells = (
            read_dates(texts, date_format, errors="raise") if date_format else pd.to_datetime(texts)
        )
    if cells.dt.tz is not None:
        cells = cells.dt.tz_convert("UTC").dt.tz_localize(None)
    return _integers_as_seconds(cells)


def _integers_as_seconds(series: pd.Series) -> FloatArray:
    moments = series.to_numpy(dtype=None if series.dtype.kind in "mM" else "datetime64[ns]")
    unit, step = np.datetime_data(moments.dtype)
    per_second = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit] // step
    integers = moments.astype("int64")
    # Whole seconds and the rest apart: 10**18 nanoseconds do not fit the 53 bits of a float.
    seconds = integers // per_second + (integers % per_second) / per_second
    return np.where(np.isnat(moments), np.nan, seconds)


def _as_codes(
    name: Hashable, series: dict[str, pd.Series]
) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    # As objects, 1, 1.0 and True are one level, and so is a text in any of pandas' text dtypes.
    stacked = pd.concat([values.astype(object) for values in series.values()], ignore_index=True)
    try:
        codes, levels = pd.factorize(stacked)
    except TypeError:
        raise UnsupportedTypeError(
            f"column {name!r} holds values that are no scalars, such as lists; convert them to text"
        ) from None
    rank = np.empty(len(levels) + 1)
    order = sorted(range(len(levels)), key=lambda i: _level_order(levels[i]))
    rank[order] = np.arange(len(levels))
    rank[-1] = np.nan  # factorize marks missing by -1
    ends = np.cumsum([len(values) for values in series.values()])
    parts = np.split(rank[codes], ends[:-1])
    return dict(zip(series, parts, strict=True)), tuple(str(levels[i]) for i in order)


def _level_order(level: object) -> tuple[bool, float, str, str]:
    plain = level.item() if isinstance(level, np.generic) else level
    if isinstance(plain, int | float):
        # An integer as it is: it may be too large for a float.
        return False, plain, "", ""
    return True, 0.0, type(level).__name__, str(level)


def _in_row_order(rows: FloatArray) -> FloatArray:
    return rows[np.lexsort(rows.T)]
