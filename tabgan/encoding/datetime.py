"""Dates and times in their own unit and zone, and dates that are written as text."""

import re
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
    is_decimal = False

    @classmethod
    def to_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        stamps = _as_stamps(values, column)
        present = stamps.notna().to_numpy(dtype=bool)
        numbers = stamps.astype("int64").to_numpy(copy=True)
        numbers[~present] = 0
        return numbers, present

    def bound(self, end: object, *, is_low: bool) -> Fraction | float:
        moment, lasts = self._as_moment(end, is_low=is_low)
        if moment is None:
            return np.inf
        zone = None if self.column.date_format else _zone(self.column.dtype.to_pandas())
        if moment.tz is not None and zone is None:
            raise TypeError("the column has no time zone")
        if zone is not None:
            if moment.tz is None:
                # An hour that a clock skips begins when it goes on; one that it shows twice counts
                # whole.
                moment = moment.tz_localize(zone, nonexistent="shift_forward", ambiguous=is_low)
            moment = moment.tz_convert("UTC").tz_localize(None)
        unit = PER_SECOND[_unit(self.column)]
        count = Fraction(int(moment.asm8.astype(np.int64)) * unit, PER_SECOND[moment.unit])
        return count - 1 if lasts else count

    def _as_moment(self, end: object, *, is_low: bool) -> tuple[pd.Timestamp | None, bool]:
        """Return what an end of a range names, and whether it is the first moment beyond.

        A day, a month or a year lasts to its end; ``None`` is a moment after the year 9999.
        """
        if isinstance(end, str) and self.column.date_format is not None:
            written = pd.to_datetime(end, format=self.column.date_format, errors="coerce")
            if not pd.isna(written):
                return pd.Timestamp(written), False
        if isinstance(end, str):
            if not re.match(r"\d{4}", end.strip()):
                # 03/10/2019 is in March to some and in October to others.
                raise ValueError("a date is written year first, or as the column has it")
            exact = pd.Timestamp(end)
            period = None if exact.tz or exact.microsecond else pd.Period(end)
        elif isinstance(end, date) and not isinstance(end, datetime):
            exact, period = pd.Timestamp(end), pd.Period(end, freq="D")
        elif isinstance(end, datetime | np.datetime64):
            exact, period = pd.Timestamp(end), None
        else:
            raise TypeError("the end of a range of dates is a date")
        if pd.isna(exact):
            raise ValueError("an end is not a date; None leaves it open")
        if period is None or is_low:
            return exact, False
        after = (period + 1).asfreq("s", how="start")
        if after.year > datetime.max.year:
            return None, False
        fields = (after.month, after.day, after.hour, after.minute, after.second)
        return pd.Timestamp(datetime(after.year, *fields)), True

    def from_numbers(self, numbers: np.ndarray, present: np.ndarray) -> pd.Series:
        stamps = pd.Series(_stamp_array(numbers, self.column)).where(pd.Series(present))
        if self.column.date_format is not None:
            texts = stamps.dt.strftime(self.column.date_format).astype(object)
            return restore_dtype(texts.where(present, None).to_numpy(), self.column)
        restored: pd.Series = stamps.astype(self.column.dtype.to_pandas())
        return restored


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
