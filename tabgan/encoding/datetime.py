"""Dates and times in their own unit and zone, periods, and dates that are written as text."""

import re
import warnings
from datetime import date, datetime
from fractions import Fraction
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from tabgan.encoding.numeric import PER_SECOND, NumericEncoder, clock_roundness
from tabgan.encoding.restore import restore_dtype
from tabgan.encoding.roundness import FindRoundness
from tabgan.encoding.scale import Scale
from tabgan.encoding.summary import NumberSummary
from tabgan.errors import InvalidDataError
from tabgan.schema import ColumnSchema
from tabgan.schema.date_texts import read_dates, write_dates
from tabgan.schema.dtypes import stamp_dtype, unit_of, zone_of
from tabgan.schema.object_cells import count_moments, moments_as

_YEAR_FIRST = re.compile(r"\s*\d{4}").match
# pandas reads a quarter as a period, and as a point in time only for now.
_QUARTER = re.compile(r"\s*\d{4}-?Q[1-4]\s*$", re.IGNORECASE)


class DatetimeEncoder(NumericEncoder):
    """A column of points in time, or of periods, counted in the unit of its dtype."""

    kind = "datetime"

    @classmethod
    def roundness_on(cls, scale: Scale, column: ColumnSchema) -> FindRoundness | None:
        frequency = _frequency(column)
        if frequency is None:
            return clock_roundness(scale, Fraction(1, PER_SECOND[_unit(column)]), has_rhythm=True)
        try:
            length = pd.Timedelta(frequency)
        except ValueError:
            return None  # months are not as long as each other
        return clock_roundness(
            scale, Fraction(length // pd.Timedelta(1, "ns"), 10**9), has_rhythm=True
        )

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

    @classmethod
    def summarise(cls, values: pd.Series, column: ColumnSchema) -> NumberSummary:
        numbers, present = cls.read_numbers(values, column)
        # Without a zone there are no clocks.
        has_clock = column.clock is not None and zone_of(column.dtype.to_pandas()) is not None
        if has_clock and present.any():
            given = pd.DatetimeIndex(values[present])
            if (_stamp_array(numbers[present], column) != given).any():
                raise InvalidDataError(
                    f"column {column.name!r} holds points in time of an hour that clocks show "
                    f"twice, which its clock {column.clock!r} in the schema cannot tell apart; "
                    "leave clock out of the column, or infer the schema of this table"
                )
        return NumberSummary.of(numbers, present)

    def cell(self, value: object) -> pd.Series:
        if isinstance(value, str) and self.column.date_format is None:
            value = self._read_text(value)
        elif self.column.date_format is not None and isinstance(value, str | date | np.datetime64):
            value = value if pd.isna(value) else self._as_written(value)
        return super().cell(value)

    def _is_same(self, held: Any, given: Any) -> bool:
        if isinstance(given, Number | bytes):
            return False  # pandas would take a number for nanoseconds, and read bytes
        if not isinstance(given, date | np.datetime64) or isinstance(held, str | pd.Period):
            return True
        one, other = pd.Timestamp(held), pd.Timestamp(given)
        # One without a zone is in the column's.
        return (one.tz is None) != (other.tz is None) or one == other

    def _read_text(self, text: str) -> object:
        if _is_ambiguous(text):
            raise ValueError("a date is written year first")
        is_quarter = _frequency(self.column) is None and _QUARTER.match(text)
        return _read_stamp(text) if is_quarter else text

    def _as_written(self, value: object) -> str:
        """Return a date as the text that the column would have for it."""
        written_as: Any = self.column.date_format
        if isinstance(value, str) and not pd.isna(read_dates(value, written_as)):
            return value
        moment, _ = self._as_moment(value, is_low=True)
        text = "" if moment is None else write_dates(pd.Series([moment]), written_as)[0]
        if read_dates(text, written_as) != moment:
            raise ValueError("the text of the column does not say this much of a date")
        return text

    def bound(self, end: object, *, is_low: bool) -> Fraction | float:
        if (frequency := _frequency(self.column)) is not None:
            return Fraction(_as_period(end).asfreq(frequency, "start" if is_low else "end").ordinal)
        moment, lasts = self._as_moment(end, is_low=is_low)
        if moment is None:
            return np.inf
        is_naive = self.column.date_format or self.column.object_type
        zone = None if is_naive else zone_of(self.column.dtype.to_pandas())
        if moment.tz is not None and zone is None:
            raise TypeError("the column has no time zone")
        if zone is not None:
            if moment.tz is None:
                # An hour that a clock skips begins when it goes on; one that it shows twice counts
                # whole.
                moment = moment.tz_localize(zone, nonexistent="shift_forward", ambiguous=is_low)
            shown_by = zone if self.column.clock == "local" else "UTC"
            moment = moment.tz_convert(shown_by).tz_localize(None)
        unit = PER_SECOND[_unit(self.column)]
        count = Fraction(int(moment.asm8.astype(np.int64)) * unit, PER_SECOND[moment.unit])
        return count - 1 if lasts else count

    def _as_moment(self, end: object, *, is_low: bool) -> tuple[pd.Timestamp | None, bool]:
        """Return what an end of a range names, and whether it is the first moment beyond.

        A day, a month or a year lasts to its end; ``None`` is a moment after the year 9999.
        """
        if isinstance(end, str) and self.column.date_format is not None:
            written = read_dates(end, self.column.date_format)
            if not pd.isna(written):
                return written, False
        if isinstance(end, str):
            if not _YEAR_FIRST(end):
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
            texts = write_dates(stamps, self.column.date_format)
            return restore_dtype(texts.where(present, None).to_numpy(), self.column)
        restored: pd.Series = stamps.astype(self.column.dtype.to_pandas())
        return restored


def _read_stamp(text: str) -> pd.Timestamp:
    """Return the point in time that is written; of a quarter its start, by way of a period."""
    return pd.Period(text).to_timestamp() if _QUARTER.match(text) else pd.Timestamp(text)


def _as_stamps(values: pd.Series, column: ColumnSchema) -> pd.Series:
    """Return naive datetime64 in the column's unit; UTC where it has a zone."""
    if column.date_format is not None:
        stamps: pd.Series = read_dates(values, column.date_format)
        if stamps.isna().sum() != values.isna().sum():
            raise InvalidDataError(
                f"column {column.name!r} holds text that is not a date written "
                f"{column.date_format}; correct it, or set the column's kind to categorical"
            )
        return stamps.astype("datetime64[us]")
    zone = zone_of(values.dtype)
    if isinstance(values.dtype, pd.ArrowDtype):
        values = values.astype(stamp_dtype(values.dtype))
    elif not pd.api.types.is_datetime64_any_dtype(values.dtype):
        # Anything else pandas would take for nanoseconds since 1970.
        raise TypeError("no dates")
    if zone is not None:
        clock = zone_of(column.dtype.to_pandas()) if column.clock == "local" else "UTC"
        values = values.dt.tz_convert(clock).dt.tz_localize(None)
    # A table to encode may count in another unit than the one that was fitted.
    in_unit: pd.Series = values.dt.as_unit(_unit(column))
    return in_unit


def _is_ambiguous(text: str) -> bool:
    """Say whether a date is another one to who writes the day first: 03/10/2019."""
    if _YEAR_FIRST(text):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, where only one of the two is possible
        first, last = (
            pd.to_datetime(text, dayfirst=day_first, errors="coerce") for day_first in (True, False)
        )
    return bool(first != last)


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
    if isinstance(end, str) and _YEAR_FIRST(end):
        period = pd.Period(end)
    elif isinstance(end, date | np.datetime64):
        is_day = isinstance(end, date) and not isinstance(end, datetime)
        period = pd.Period(pd.Timestamp(end), freq="D" if is_day else "us")
    else:
        raise TypeError("the end of a range of periods is a period or a date, year first")
    if not isinstance(period, pd.Period):
        raise ValueError("an end is not a date; None leaves it open")
    return period


def _unit(column: ColumnSchema) -> Any:
    is_written = column.date_format is not None or column.object_type is not None
    return "us" if is_written else unit_of(column.dtype.to_pandas())


def _stamp_array(numbers: np.ndarray, column: ColumnSchema) -> pd.DatetimeIndex:
    stamps = pd.DatetimeIndex(numbers.view(f"datetime64[{_unit(column)}]"))
    zone = zone_of(column.dtype.to_pandas())
    if zone is None:
        return stamps
    if column.clock is None:
        return stamps.tz_localize("UTC").tz_convert(zone)
    # An hour that clocks skip begins when they go on; of one that they show twice it is the first.
    is_first = np.ones(len(stamps), dtype=bool)
    return stamps.tz_localize(zone, nonexistent="shift_forward", ambiguous=is_first)
