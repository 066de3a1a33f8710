"""Dates and times in their own unit and zone, and dates that are written as text."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.numeric import PER_SECOND, NumericEncoder
from tabgan.encoding.restore import restore_dtype
from tabgan.errors import InvalidDataError
from tabgan.schema import ColumnSchema


class DatetimeEncoder(NumericEncoder):
    """A column of points in time, counted in the unit of its dtype."""

    kind = "datetime"

    @classmethod
    def to_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        stamps = _as_stamps(values, column)
        present = stamps.notna().to_numpy(dtype=bool)
        numbers = stamps.astype("int64").to_numpy(copy=True)
        numbers[~present] = 0
        return numbers, present

    def bound(self, end: object, *, is_low: bool) -> Fraction | float:
        stamp = self._as_stamp(end, is_low=is_low)
        zone = None if self.column.date_format else _zone(self.column.dtype.to_pandas())
        if (stamp.tz is None) != (zone is None):
            if zone is None:
                raise TypeError("the column has no time zone")
            stamp = stamp.tz_localize(zone)
        moment = stamp.tz_convert("UTC").tz_localize(None) if zone is not None else stamp
        return Fraction(
            int(moment.asm8.astype(np.int64)) * PER_SECOND[_unit(self.column)],
            PER_SECOND[moment.unit],
        )

    def _as_stamp(self, end: object, *, is_low: bool) -> pd.Timestamp:
        """Return the moment that an end of a range names; a day or a month lasts to its end."""
        if isinstance(end, str) and self.column.date_format is not None:
            written = pd.to_datetime(end, format=self.column.date_format, errors="coerce")
            if not pd.isna(written):
                return pd.Timestamp(written)
        if isinstance(end, datetime | np.datetime64):
            stamp = pd.Timestamp(end)
        elif isinstance(end, date):
            period = pd.Period(end, freq="D")
            stamp = period.start_time if is_low else period.end_time
        elif isinstance(end, str):
            stamp = _text_as_stamp(end, is_low)
        else:
            raise TypeError("the end of a range of dates is a date")
        if pd.isna(stamp):
            raise ValueError("an end is not a date; None leaves it open")
        return stamp

    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        stamps = pd.Series(_stamp_array(numbers, self.column)).where(pd.Series(present))
        if self.column.date_format is not None:
            texts = stamps.dt.strftime(self.column.date_format).astype(object)
            return restore_dtype(texts.where(present, None).to_numpy(), self.column)
        restored: pd.Series = stamps.astype(self.column.dtype.to_pandas())
        return restored


def _text_as_stamp(text: str, is_low: bool) -> pd.Timestamp:
    moment = pd.Timestamp(text)
    if moment.tz is not None:
        return moment
    period = pd.Period(text)
    return period.start_time if is_low else period.end_time


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
    unit, zone = _unit(column), _zone(values.dtype)
    if isinstance(values.dtype, pd.ArrowDtype):
        plain: Any = f"datetime64[{unit}]" if zone is None else f"datetime64[{unit}, {zone}]"
        values = values.astype(plain)
    elif not pd.api.types.is_datetime64_any_dtype(values.dtype):
        # Anything else pandas would take for nanoseconds since 1970.
        raise TypeError("no dates")
    if zone is not None:
        values = values.dt.tz_convert("UTC").dt.tz_localize(None)
    # A table to encode may count in another unit than the one that was fitted.
    in_unit: pd.Series = values.dt.as_unit(unit)
    return in_unit


def _zone(dtype: object) -> Any:
    """Return the zone of a dtype of dates, ``None`` for a naive one."""
    if isinstance(dtype, pd.ArrowDtype):
        return getattr(dtype.pyarrow_dtype, "tz", None)
    return getattr(dtype, "tz", None)


def _unit(column: ColumnSchema) -> Any:
    if column.date_format is not None:
        return "us"
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.ArrowDtype):
        return dtype.pyarrow_dtype.unit
    return dtype.unit if isinstance(dtype, pd.DatetimeTZDtype) else np.datetime_data(dtype)[0]


def _stamp_array(numbers: np.ndarray, column: ColumnSchema) -> pd.DatetimeIndex:
    stamps = pd.DatetimeIndex(numbers.view(f"datetime64[{_unit(column)}]"))
    zone = _zone(column.dtype.to_pandas())
    return stamps if zone is None else stamps.tz_localize("UTC").tz_convert(zone)
