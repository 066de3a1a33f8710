"""Dates and times in their own unit and zone, periods, and dates that are written as text."""

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
from tabgan.schema.object_cells import count_moments, moments_as

# pandas reads a quarter as a period, and as a point in time only for now.
_QUARTER = re.compile(r"\s*\d{4}-?Q[1-4]\s*$", re.IGNORECASE)


class DatetimeEncoder(NumericEncoder):
    """A column of points in time, or of periods, counted in the unit of its dtype."""

    kind = "datetime"
    is_decimal = False

    @classmethod
    def to_numbers(cls, values: pd.Series, column: ColumnSchema) -> tuple[np.ndarray, np.ndarray]:
        if column.object_type is not None:
            present = values.notna().to_numpy(dtype=bool)
            numbers = np.zeros(len(values), dtype=np.int64)
            numbers[present] = count_moments(values[present])
            return numbers, present
        frequency = _frequency(column)
        stamps = _as_stamps(values, column) if frequency is None else _as_periods(values, column)
        present = stamps.notna().to_numpy(dtype=bool)
        # Period has no astype that holds a missing one.
        counts = stamps.astype("int64") if frequency is None else stamps.array.asi8
        numbers = np.array(counts, dtype=np.int64)
        numbers[~present] = 0
        return numbers, present

    def cell(self, value: object) -> pd.Series:
        is_text = isinstance(value, str) and _frequency(self.column) is None
        if is_text and self.column.date_format is None and _QUARTER.match(str(value)):
            value = _read_stamp(str(value))
        return super().cell(value)

    def bound(self, end: object, *, is_low: bool) -> Fraction | float:
        if (frequency := _frequency(self.column)) is not None:
            return Fraction(_as_period(end).asfreq(frequency, "start" if is_low else "end").ordinal)
        moment, lasts = self._as_moment(end, is_low=is_low)
        if moment is None:
            return np.inf
        is_naive = self.column.date_format or self.column.object_type
        zone = None if is_naive else _zone(self.column.dtype.to_pandas())
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
            exact = _read_stamp(end)
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
        if self.column.object_type is not None:
            cells = moments_as(self.column.object_type, numbers)
            cells[~present] = None
            return restore_dtype(cells, self.column)
        if (frequency := _frequency(self.column)) is not None:
            from_ordinals: Any = getattr(pd.PeriodIndex, "from_ordinals")  # noqa: B009
            periods = pd.Series(from_ordinals(numbers, freq=frequency))
            return periods.where(pd.Series(present))
        stamps = pd.Series(_stamp_array(numbers, self.column)).where(pd.Series(present))
        if self.column.date_format is not None:
            texts = stamps.dt.strftime(self.column.date_format).astype(object)
            return restore_dtype(texts.where(present, None).to_numpy(), self.column)
        restored: pd.Series = stamps.astype(self.column.dtype.to_pandas())
        return restored


def _read_stamp(text: str) -> pd.Timestamp:
    """Return the point in time that is written; of a quarter its start, by way of a period."""
    return pd.Period(text).to_timestamp() if _QUARTER.match(text) else pd.Timestamp(text)


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


def _frequency(column: ColumnSchema) -> Any:
    """Return the frequency of a column of periods, ``None`` for points in time."""
    dtype = column.dtype.to_pandas()
    return dtype.freq if isinstance(dtype, pd.PeriodDtype) else None


def _as_periods(values: pd.Series, column: ColumnSchema) -> pd.Series:
    if values.dtype != column.dtype.to_pandas():
        raise TypeError("no periods of this frequency")
    return values


def _as_period(end: object) -> pd.Period:
    """Return the period that an end of a range names: a year, a day, a moment."""
    if isinstance(end, pd.Period):
        return end
    if isinstance(end, str) and re.match(r"\d{4}", end.strip()):
        period = pd.Period(end)
    elif isinstance(end, date | np.datetime64):
        is_day = isinstance(end, date) and not isinstance(end, datetime)
        period = pd.Period(pd.Timestamp(end), freq="D" if is_day else "us")
    else:
        raise TypeError("the end of a range of periods is a period or a date, year first")
    if not isinstance(period, pd.Period):
        raise ValueError("an end is not a date; None leaves it open")
    return period


def _zone(dtype: object) -> Any:
    """Return the zone of a dtype of dates, ``None`` for a naive one."""
    if isinstance(dtype, pd.ArrowDtype):
        return getattr(dtype.pyarrow_dtype, "tz", None)
    return getattr(dtype, "tz", None)


def _unit(column: ColumnSchema) -> Any:
    if column.date_format is not None or column.object_type is not None:
        return "us"
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.ArrowDtype):
        return dtype.pyarrow_dtype.unit
    return dtype.unit if isinstance(dtype, pd.DatetimeTZDtype) else np.datetime_data(dtype)[0]


def _stamp_array(numbers: np.ndarray, column: ColumnSchema) -> pd.DatetimeIndex:
    stamps = pd.DatetimeIndex(numbers.view(f"datetime64[{_unit(column)}]"))
    zone = _zone(column.dtype.to_pandas())
    return stamps if zone is None else stamps.tz_localize("UTC").tz_convert(zone)
