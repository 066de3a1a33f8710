"""Dates and times in their own unit and zone, and dates that are written as text."""

import numpy as np
import pandas as pd

from tabgan.encoding.numeric import NumericEncoder
from tabgan.encoding.restore import restore_dtype
from tabgan.errors import InvalidDataError
from tabgan.schema import ColumnSchema


class DatetimeEncoder(NumericEncoder):
    """A column of points in time, counted in the unit of its dtype."""

    kind = "datetime"

    @classmethod
    def to_numbers(
        cls, values: pd.Series, column: ColumnSchema
    ) -> tuple[np.ndarray, np.ndarray]:
        stamps = _as_stamps(values, column)
        present = stamps.notna().to_numpy(dtype=bool)
        numbers = stamps.astype("int64").to_numpy(copy=True)
        numbers[~present] = 0
        return numbers, present

    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        stamps = pd.Series(_stamp_array(numbers, self.column))
        stamps[~present] = pd.NaT
        if self.column.date_format is not None:
            texts = stamps.dt.strftime(self.column.date_format).astype(object)
            return restore_dtype(texts.where(present, None).to_numpy(), self.column)
        return stamps.astype(self.column.dtype.to_pandas())


def _as_stamps(values: pd.Series, column: ColumnSchema) -> pd.Series:
    """Return naive datetime64 in the column's unit; UTC where it has a zone."""
    if column.date_format is not None:
        stamps = pd.to_datetime(values, format=column.date_format, errors="coerce")
        if stamps.isna().sum() != values.isna().sum():
            raise InvalidDataError(
                f"column {column.name!r} holds text that is not a date written "
                f"{column.date_format}; correct it, or set the column's kind to categorical"
            )
        return stamps.astype("datetime64[us]")
    if isinstance(values.dtype, pd.ArrowDtype):
        values = values.astype(f"datetime64[{_unit(column)}]" if _zone(values) is None else
                               f"datetime64[{_unit(column)}, {_zone(values)}]")
    return values if getattr(values.dt, "tz", None) is None else values.dt.tz_convert("UTC").dt.tz_localize(None)


def _zone(values: pd.Series) -> str | None:
    return getattr(values.dtype.pyarrow_dtype, "tz", None)


def _unit(column: ColumnSchema) -> str:
    if column.date_format is not None:
        return "us"
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.ArrowDtype):
        return str(dtype.pyarrow_dtype.unit)
    return str(np.datetime_data(getattr(dtype, "base", dtype))[0])


def _stamp_array(numbers: np.ndarray, column: ColumnSchema) -> pd.DatetimeIndex:
    stamps = pd.DatetimeIndex(numbers.view(f"datetime64[{_unit(column)}]"))
    dtype = column.dtype.to_pandas()
    zone = getattr(dtype, "tz", None)
    if isinstance(dtype, pd.ArrowDtype):
        zone = getattr(dtype.pyarrow_dtype, "tz", None)
    return stamps if zone is None else stamps.tz_localize("UTC").tz_convert(zone)
