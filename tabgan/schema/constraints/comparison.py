"""The cells of a column as what they mean: numbers, points in time, durations, ranks.

Rules compare and add cells. What a column stores may be text (dates in a format) or one of a dozen
dtypes for numbers; here each becomes one that pandas compares and adds.
"""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.schema.constraints.finding import FloatArray
from tabgan.schema.constraints.time_functions import NANOSECONDS_END, in_calendar
from tabgan.schema.date_texts import read_dates, write_dates
from tabgan.schema.dtypes import stamp_dtype, unit_of
from tabgan.schema.object_cells import count_durations, count_moments
from tabgan.schema.table import ColumnSchema, Kind, TableSchema
from tabgan.schema.text_cells import read_text_cells


def meanings(cells: pd.Series, column: ColumnSchema) -> pd.Series:
    """Return cells as numbers, dates in UTC, durations or ranks of ordered levels.

    Parameters
    ----------
    cells : pandas.Series
        Cells of the column.
    column : ColumnSchema
        What the column is.

    Returns
    -------
    pandas.Series
        ``Int64``, ``UInt64`` or ``float64`` numbers, ``datetime64`` or ``timedelta64``, with an
        index from 0.

    Raises
    ------
    TypeError
        If the column is neither ordered nor boolean.
    """
    cells = cells.reset_index(drop=True)
    if column.object_type is not None:
        return _objects(read_text_cells(cells, column), column.kind)
    if column.kind is Kind.DATETIME:
        return _points_in_time(cells, column)
    if column.kind is Kind.TIMEDELTA:
        plain: Any = f"timedelta64[{unit_of(cells.dtype)}]"
        return cells.astype(plain) if _is_arrow(cells) else cells
    if column.kind is Kind.CATEGORICAL and column.dtype.ordered:
        rank_of = {level: rank for rank, level in enumerate(column.dtype.levels or ())}
        ranks = [rank_of.get(cell) for cell in cells.astype(object)]
        return pd.Series(ranks, dtype="Int64")
    if column.kind not in (Kind.CONTINUOUS, Kind.INTEGER, Kind.BOOLEAN):
        raise TypeError("values without an order")
    return _numbers(cells, column.kind)


def as_stored(values: pd.Series, column: ColumnSchema) -> pd.Series:
    """Return computed dates as exact as a column stores them: a day, a month, a second.

    Other values are returned as they are. Dates before the year 1 and after 9999 are missing.
    """
    if not pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values
    values = values.where(in_calendar(as_floats(values)))
    dtype, stored = column.dtype.to_pandas(), values
    if column.date_format is not None:
        stored = read_dates(write_dates(values, column.date_format), column.date_format)
    elif column.object_type == "date":
        stored = values.dt.floor("D")
    elif isinstance(dtype, pd.PeriodDtype):
        stored = pd.Series(values.dt.to_period(dtype.freq).array.to_timestamp())
    else:
        stored = held_in_unit(values, dtype).dt.as_unit(unit_of(dtype))
    return stored


def as_floats(cells: pd.Series) -> FloatArray:
    """Return numbers, or dates and durations in seconds, as float64; NaN is missing."""
    if pd.api.types.is_datetime64_any_dtype(cells.dtype):
        # In the unit of the cells: nanoseconds end in 2262.
        cells = cells - pd.Timestamp(0, tz=cells.dt.tz).as_unit(cells.dt.unit)
    if pd.api.types.is_timedelta64_dtype(cells.dtype):
        cells = cells.dt.total_seconds()
    return np.asarray(cells.to_numpy(dtype="float64", na_value=np.nan))


def fits_nanoseconds(times: pd.Series) -> NDArray[np.bool_]:
    """Return which dates or durations nanoseconds can count: centuries, not millennia."""
    return np.asarray(np.abs(as_floats(times)) < NANOSECONDS_END)


def held_in_unit(times: pd.Series, dtype: object) -> pd.Series:
    """Return dates or durations, missing where the unit of a dtype cannot count them."""
    return times.where(fits_nanoseconds(times)) if unit_of(dtype) == "ns" else times


def precision(names: tuple[Hashable, ...], schema: TableSchema) -> float:
    """Return the relative error of sums of columns, by the digits of the shortest of them."""
    dtypes = [schema[name].dtype.name.lower() for name in names]
    if any("float16" in dtype or "halffloat" in dtype for dtype in dtypes):
        return 1e-3
    is_single = any("float32" in dtype or dtype.startswith("float[") for dtype in dtypes)
    return 1e-6 if is_single else 1e-12


def rounding(column: ColumnSchema) -> float:
    """Return how far a number may be moved when a column stores it: half its last decimal."""
    if column.kind is Kind.INTEGER or pd.api.types.is_integer_dtype(column.dtype.to_pandas()):
        return 0.5
    is_rounded = column.kind is Kind.CONTINUOUS and column.decimals is not None
    return 0.5 * 10.0**-column.decimals if is_rounded else 0.0  # type: ignore[operator]


def _numbers(cells: pd.Series, kind: Kind) -> pd.Series:
    if kind is Kind.CONTINUOUS:
        return _float64(cells)
    unsigned = pd.api.types.is_unsigned_integer_dtype(cells.dtype)
    nullable: Any = "UInt64" if unsigned else "Int64"
    if kind is Kind.BOOLEAN:
        return cells.astype("boolean").astype(nullable)
    # Integers stay integers: float64 ends at 2**53.
    return cells.astype(nullable)


def _float64(cells: pd.Series) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(cells.dtype):
        cells = pd.to_numeric(cells, errors="coerce")
    return pd.Series(cells.to_numpy(dtype="float64", na_value=float("nan")))


def _objects(cells: pd.Series, kind: Kind) -> pd.Series:
    present = cells.notna().to_numpy(dtype=bool)
    if kind is Kind.CONTINUOUS:
        return pd.Series(
            [float(cell) if there else np.nan for cell, there in zip(cells, present, strict=True)]
        )
    counts = np.zeros(len(cells), dtype=np.int64)
    count = count_moments if kind is Kind.DATETIME else count_durations
    counts[present] = count(cells[present])
    unit: Any = "datetime64[us]" if kind is Kind.DATETIME else "timedelta64[us]"
    meant: pd.Series = pd.Series(counts.view(unit)).where(pd.Series(present))
    return meant


def _points_in_time(cells: pd.Series, column: ColumnSchema) -> pd.Series:
    if column.date_format is not None:
        points: pd.Series = read_dates(cells.astype(object), column.date_format)
        return points
    if isinstance(cells.dtype, pd.PeriodDtype):
        return pd.Series(cells.array.to_timestamp())
    if _is_arrow(cells):
        cells = cells.astype(stamp_dtype(cells.dtype))
    return cells if cells.dt.tz is None else cells.dt.tz_convert("UTC")


def _is_arrow(cells: pd.Series) -> bool:
    return isinstance(cells.dtype, pd.ArrowDtype)
