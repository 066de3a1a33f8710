"""Python objects that stand for numbers as 64-bit counts, and back.

Points in time and durations are counted in microseconds, decimals in units of their last place.
"""

import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from tabgan.schema.objects import LONGEST

_MICROSECOND = np.timedelta64(1, "us")
# Far beyond the values of a fit, which fit, a count would wrap round.
_FARTHEST_UNIT = 2**62


def count_moments(cells: pd.Series) -> np.ndarray:
    """Return points in time, none of them missing, in microseconds since 1970, int64.

    Raises
    ------
    ValueError, TypeError
        If one is neither a date nor text that begins with the year.
    """
    return np.array([_moment(cell) for cell in cells], dtype="datetime64[us]").astype(np.int64)


def count_durations(cells: pd.Series) -> np.ndarray:
    """Return durations, or times of day since midnight, in microseconds, int64.

    Raises
    ------
    ValueError, TypeError
        If one is neither a duration nor a time of day.
    """
    return np.array([_duration(cell) for cell in cells], dtype="timedelta64[us]").astype(np.int64)


def count_decimals(cells: pd.Series, decimals: int) -> np.ndarray:
    """Return numbers in units of a decimal place, int64.

    Raises
    ------
    ValueError, TypeError
        If one is not a finite number.
    """
    units = [_units_of(cell, decimals) for cell in cells]
    return np.array(units, dtype=np.int64)


def moments_as(object_type: str, microseconds: np.ndarray) -> np.ndarray:
    """Return points in time as objects of a class, ``date``, ``datetime`` or ``Timestamp``."""
    stamps = microseconds.view("datetime64[us]")
    if object_type == "date":
        stamps = stamps.astype("datetime64[D]")
    return _objects([pd.Timestamp(s) for s in stamps] if object_type == "Timestamp" else stamps)


def durations_as(object_type: str, microseconds: np.ndarray) -> np.ndarray:
    """Return durations as objects of a class, ``timedelta``, ``Timedelta`` or ``time``."""
    durations = microseconds.view("timedelta64[us]")
    if object_type == "time":
        # A day ends, but the law of the column may reach a little over its end.
        durations = durations.clip(0 * _MICROSECOND, np.timedelta64(1, "D") - _MICROSECOND)
        return _objects([_time_of_day(int(d)) for d in durations.astype(np.int64)])
    as_timedelta = object_type == "Timedelta"
    return _objects([pd.Timedelta(d) for d in durations] if as_timedelta else durations)


def decimals_of(units: np.ndarray, decimals: int) -> np.ndarray:
    """Return units of a decimal place as ``Decimal`` objects with so many places."""
    return _objects([Decimal(int(n)).scaleb(-decimals) for n in units])


def read_time(text: str) -> datetime.time:
    """Return a time of day that is written ``hh:mm``, with seconds or without."""
    return datetime.time.fromisoformat(text.strip())


def _moment(cell: Any) -> np.datetime64:
    if isinstance(cell, str) and not cell.strip()[:4].isdigit():
        # 03/10/2019 is in March to some and in October to others.
        raise ValueError("a date is written year first")
    if isinstance(cell, str):
        cell = pd.Timestamp(cell)
    if not isinstance(cell, datetime.date | np.datetime64):
        raise TypeError("no date")
    if getattr(cell, "tzinfo", None) is not None:
        raise TypeError("the column has no time zone")
    moment: Any = np.array(cell, dtype="datetime64[us]")[()]
    return moment  # type: ignore[no-any-return]


def _duration(cell: Any) -> np.timedelta64:
    if isinstance(cell, datetime.time):
        if cell.tzinfo is not None:
            raise TypeError("the column has no time zone")
        seconds = 3600 * cell.hour + 60 * cell.minute + cell.second
        return np.timedelta64(10**6 * seconds + cell.microsecond, "us")
    if not isinstance(cell, datetime.timedelta | np.timedelta64):
        raise TypeError("no duration")
    if isinstance(cell, datetime.timedelta) and abs(cell) >= LONGEST:
        raise OverflowError("longer than 64 bits count in microseconds")
    return np.timedelta64(cell, "us")


def _time_of_day(microseconds: int) -> datetime.time:
    return (datetime.datetime.min + datetime.timedelta(microseconds=microseconds)).time()


def _units_of(cell: Any, decimals: int) -> int:
    if isinstance(cell, bool | np.bool_) or not isinstance(cell, Decimal | int | float | np.number):
        raise TypeError("no number")
    # A float by its shortest decimals: 0.1 stands for a tenth.
    number = cell if isinstance(cell, Decimal) else Decimal(str(cell))
    if not number.is_finite():
        raise ValueError("no finite number")
    if number.adjusted() + decimals > 18:
        return _FARTHEST_UNIT if number > 0 else -_FARTHEST_UNIT
    units = int(number.scaleb(decimals).to_integral_value())
    return max(-_FARTHEST_UNIT, min(units, _FARTHEST_UNIT))


def _objects(cells: Any) -> np.ndarray:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells if isinstance(cells, list) else cells.astype(object)
    return array
