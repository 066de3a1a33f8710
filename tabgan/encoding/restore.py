"""Give drawn values the dtype that the column came with."""

from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema import ColumnSchema, Kind
from tabgan.schema.constraints.comparison import as_floats, held_in_unit
from tabgan.schema.constraints.time_functions import in_calendar
from tabgan.schema.date_texts import write_dates
from tabgan.schema.dtypes import unit_of, zone_of
from tabgan.schema.object_cells import decimals_of, durations_as, moments_as
from tabgan.schema.objects import OBJECT_KINDS
from tabgan.schema.text_cells import write_text_cells

_NULLABLE = {"b": "boolean", "i": "Int{}", "u": "UInt{}"}


def restore_dtype(values: np.ndarray, column: ColumnSchema) -> pd.Series:
    """Return the values as a series of the column's dtype.

    Parameters
    ----------
    values : numpy.ndarray
        Values; in an object array ``None`` stands for missing.
    column : ColumnSchema
        Names the dtype.
    """
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Series(pd.Categorical(values, dtype=dtype))
    if isinstance(dtype, np.dtype) and dtype.kind in "biu" and any(v is None for v in values):
        # A column without missing cells gets them where it releases no value at all.
        dtype = _NULLABLE[dtype.kind].format(8 * dtype.itemsize)
    if _has_integer_ends(dtype) and any(v is None for v in values):
        dtype = pd.IntervalDtype("float64", dtype.closed)  # likewise
    restored: pd.Series = pd.Series(values, dtype=dtype)
    return restored


def _has_integer_ends(dtype: Any) -> bool:
    subtype = dtype.subtype if isinstance(dtype, pd.IntervalDtype) else None
    return subtype is not None and subtype.kind in "iu"


def restore_meanings(values: pd.Series, column: ColumnSchema) -> pd.Series:
    """Return computed numbers, dates or durations as cells of a column that can hold them.

    Parameters
    ----------
    values : pandas.Series
        As :func:`tabgan.schema.constraints.comparison.meanings` gives them.
    column : ColumnSchema
        Names kind, dtype and decimals. Numbers are rounded to it; missing where it cannot hold
        them.
    """
    dtype = column.dtype.to_pandas()
    if column.kind is Kind.DATETIME:
        values = values.where(in_calendar(as_floats(values)))
    if column.object_type is not None:
        cells = _objects(values, column.object_type, column.decimals or 0)
        return restore_dtype(write_text_cells(cells, column), column)
    if column.kind is Kind.DATETIME:
        return _dates(values, column)
    if column.kind is Kind.TIMEDELTA:
        return _in_dtype(held_in_unit(values, dtype), dtype)
    if column.kind is Kind.INTEGER or pd.api.types.is_integer_dtype(dtype):
        lowest, highest = _integer_limits(dtype)
        numbers = [None if pd.isna(value) else value for value in values]
        whole = [None if number is None else round(number) for number in numbers]
        held = [n if n is not None and lowest <= n <= highest else None for n in whole]
        return restore_dtype(np.array(held, dtype=object), column)
    floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if column.decimals is not None:
        floats = floats.round(column.decimals) + 0.0  # no zero with a sign
    if isinstance(dtype, np.dtype) and dtype.kind == "f":
        return restore_dtype(floats, column)
    cells = floats.astype(object)
    cells[np.isnan(floats)] = None
    return restore_dtype(cells, column)


def _objects(values: pd.Series, object_type: str, decimals: int) -> np.ndarray:
    present = values.notna().to_numpy(dtype=bool)
    if OBJECT_KINDS[object_type] == "continuous":
        cells = decimals_of(np.rint(values.fillna(0.0) * 10.0**decimals).astype(np.int64), decimals)
    elif OBJECT_KINDS[object_type] == "datetime":
        counts = values.astype("datetime64[us]").astype("int64").to_numpy()
        cells = moments_as(object_type, np.where(present, counts, 0))
    else:
        counts = values.astype("timedelta64[us]").astype("int64").to_numpy()
        cells = durations_as(object_type, np.where(present, counts, 0))
    cells[~present] = None
    return cells


def _dates(values: pd.Series, column: ColumnSchema) -> pd.Series:
    if column.date_format is not None:
        texts = write_dates(values, column.date_format)
        return restore_dtype(texts.where(values.notna(), None).to_numpy(), column)
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.PeriodDtype):
        return pd.Series(values.dt.to_period(dtype.freq).array)
    zone = zone_of(dtype)
    moved = values if zone is None else values.dt.tz_convert(zone)
    return _in_dtype(held_in_unit(moved, dtype), dtype)


def _in_dtype(times: pd.Series, dtype: Any) -> pd.Series:
    """Return dates or durations in a dtype, cut to its unit: Arrow refuses what does not fit."""
    if isinstance(dtype, pd.ArrowDtype):
        times = times.dt.as_unit(unit_of(dtype))
    return times.astype(dtype)


def _integer_limits(dtype: object) -> tuple[int, int]:
    plain = getattr(dtype, "numpy_dtype", dtype)
    if not isinstance(plain, np.dtype) or plain.kind not in "iu":
        plain = np.dtype(np.int64)  # integers stored as objects or floats
    limits = np.iinfo(plain)
    return int(limits.min), int(limits.max)
