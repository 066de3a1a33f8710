"""Dates and durations that numbers say: a year, a month and a day; a count of minutes."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.schema.constraints.finding import FloatArray

# Seconds of what a number may count, by the function that says so.
UNITS = {"days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0}
# Seconds from 1970 to the end of the dates that 64 bits count in nanoseconds, in 2262.
NANOSECONDS_END = 2.0**63 / 1e9
# Dates of Python and of texts lie between.
_FIRST_YEAR, _LAST_YEAR = 1, 9_999
_MICROSECONDS = 1e6


def duration_of(seconds: float) -> Callable[[Any], Any]:
    """Return what makes durations of counts of so many seconds each; exact to the microsecond."""

    def durations(counts: Any) -> Any:
        long = _numbers(counts) * seconds
        is_held = np.isfinite(long) & (np.abs(long) < NANOSECONDS_END)
        microseconds = np.rint(np.where(is_held, long, 0.0) * _MICROSECONDS).astype(np.int64)
        unit: Any = "timedelta64[us]"
        return _in_shape_of(
            counts, np.where(is_held, microseconds.view(unit), np.timedelta64("NaT"))
        )

    return durations


def count_of(seconds: float) -> Callable[[Any], Any]:
    """Return what counts durations in units of so many seconds."""

    def counts(durations: Any) -> Any:
        if not pd.api.types.is_timedelta64_dtype(durations.dtype):
            raise TypeError("no durations")
        return durations.dt.total_seconds() / seconds

    return counts


def date_of(years: Any, months: Any, days: Any) -> Any:
    """Return the midnights at which days begin, missing where there is no such month or year."""
    found = seconds_of_date(*map(_numbers, (years, months, days)))
    unit: Any = "datetime64[s]"
    midnights = np.where(np.isnan(found), 0.0, found).astype(np.int64).view(unit)
    shape = next((part for part in (years, months, days) if isinstance(part, pd.Series)), years)
    return _in_shape_of(shape, np.where(np.isnan(found), np.datetime64("NaT"), midnights))


def seconds_of_date(years: FloatArray, months: FloatArray, days: FloatArray) -> FloatArray:
    """Return the seconds from 1970 to the midnight of a day, counted from the first of its month.

    Missing where a part is, or is no whole number, or there is no such month or year.
    """
    years, months, days = np.broadcast_arrays(years, months, days)
    parts = np.stack([years, months, days])
    is_date = (np.rint(parts) == parts).all(axis=0)  # false for NaN
    is_date &= (years >= _FIRST_YEAR) & (years <= _LAST_YEAR) & (months >= 1) & (months <= 12)
    is_date &= (days >= 1) & (days <= 31)
    y, m, d = np.where(is_date, parts, 1.0).astype(np.int64)
    unit: Any = "datetime64[M]"
    first = ((y - 1970) * 12 + m - 1).view(unit).astype("datetime64[D]").astype(np.int64)
    return np.where(is_date, (first + d - 1) * UNITS["days"], np.nan)


_CALENDAR = (
    float(seconds_of_date(*np.array([float(_FIRST_YEAR), 1.0, 1.0]))),
    float(seconds_of_date(*np.array([float(_LAST_YEAR), 12.0, 31.0]))) + UNITS["days"],
)


def in_calendar(seconds: FloatArray) -> NDArray[np.bool_]:
    """Return which points in time, in seconds from 1970, lie in the years 1 to 9999."""
    return np.asarray((seconds >= _CALENDAR[0]) & (seconds < _CALENDAR[1]))


def parts_of_date(seconds: FloatArray) -> dict[str, FloatArray]:
    """Return the year, the month and the day of seconds from 1970, missing where these are."""
    is_there = np.isfinite(seconds)
    unit: Any = "datetime64[s]"
    moments = np.floor(np.where(is_there, seconds, 0.0)).astype(np.int64).view(unit)
    months, days = moments.astype("datetime64[M]"), moments.astype("datetime64[D]")
    count = months.astype(np.int64)
    parts = {
        "year": count // 12 + 1970,
        "month": count % 12 + 1,
        "day": (days - months.astype("datetime64[D]")).astype(np.int64) + 1,
    }
    return {name: np.where(is_there, part, np.nan) for name, part in parts.items()}


def _numbers(values: Any) -> FloatArray:
    """Return numbers; dates and durations are none."""
    found = np.asarray(values)
    if found.dtype.kind in "mM":
        raise TypeError("no numbers")
    return np.atleast_1d(found.astype(np.float64))


def _in_shape_of(values: Any, found: np.ndarray) -> Any:
    """Return a column for a column, one value for one."""
    return pd.Series(found, index=values.index) if isinstance(values, pd.Series) else found[0]
