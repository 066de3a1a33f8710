"""Single values as JSON, without loss: the category of a column, the name of a column.

Integers travel as decimal text and floats as hexadecimal text, because JSON readers round both.
To add a type: 1. a branch in ``value_to_json``, 2. its entry in ``_READERS``, 3. a row in the
round-trip test.
"""

import base64
import binascii
import datetime
from collections.abc import Callable, Hashable
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import InvalidDataError, UnsupportedTypeError

JsonValue = dict[str, object] | list[object] | str | bool | int | float | None


def value_to_json(value: object) -> JsonValue:
    """Return the JSON form of one hashable value.

    Text stands for itself; everything else becomes ``{type: payload}``.

    Raises
    ------
    UnsupportedTypeError
        If the value is of a type without a lossless JSON form.
    """
    if isinstance(value, str):
        return _checked_text(str(value))
    if value is None or value is pd.NA or value is pd.NaT:
        return {"missing": True}
    if isinstance(value, bool | np.bool_):
        return {"bool": bool(value)}
    # A duration of NumPy is an integer of NumPy, too.
    if isinstance(value, int | np.integer) and not isinstance(value, np.timedelta64):
        return {"int": str(int(value))}
    if isinstance(value, float | np.floating):
        return {"float": float(value).hex()}
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    if isinstance(value, tuple):
        return {"tuple": [value_to_json(item) for item in value]}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    return _pandas_value_to_json(value)


def _checked_text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        # Not "from" the error, which quotes the text.
        raise UnsupportedTypeError(
            "text with half a character (a lone surrogate) cannot be written to a schema; write "
            'it anew with .str.encode("utf-8", "replace").str.decode("utf-8")'
        ) from None
    return text


def _pandas_value_to_json(value: object) -> JsonValue:
    if isinstance(value, np.datetime64 | np.timedelta64):
        try:
            value = pd.Timestamp(value) if isinstance(value, np.datetime64) else pd.Timedelta(value)
        except (ValueError, OverflowError):
            # A month has no length of its own; some moments are too far away to be counted.
            raise _unwritable(value) from None
    if isinstance(value, pd.Timestamp):
        zone = None if value.tz is None else str(value.tz)
        naive = value if zone is None else value.tz_convert("UTC").tz_localize(None)
        return {"timestamp": [naive.isoformat(), zone, value.unit]}
    if isinstance(value, datetime.datetime):
        return value_to_json(pd.Timestamp(value))
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.time):
        return {"time": value.isoformat()}
    if isinstance(value, pd.Timedelta):
        return {"timedelta": [str(value.to_timedelta64().astype("int64")), value.unit]}
    if isinstance(value, datetime.timedelta):
        # By way of numpy: pandas 2 would count its nanoseconds, which end after 292 years.
        return value_to_json(pd.Timedelta(np.timedelta64(value, "us")))
    if isinstance(value, pd.Interval):
        ends: list[object] = [value_to_json(value.left), value_to_json(value.right)]
        return {"interval": [*ends, str(value.closed)]}
    if isinstance(value, pd.Period):
        return {"period": [str(value), str(value.freqstr)]}
    raise _unwritable(value)


def _unwritable(value: object) -> UnsupportedTypeError:
    return UnsupportedTypeError(
        f"a value of type {type(value).__name__} cannot be written to a schema; "
        "convert the column to text, numbers or dates first"
    )


def value_from_json(form: object) -> Hashable:
    """Return the value that :func:`value_to_json` wrote.

    Raises
    ------
    InvalidDataError
        If the form is not one that :func:`value_to_json` writes.
    """
    if isinstance(form, str):
        return form
    if not isinstance(form, dict) or len(form) != 1:
        raise InvalidDataError("a value in the schema is neither text nor one {type: value} pair")
    ((name, payload),) = form.items()
    reader = _READERS.get(name)
    if reader is None:
        raise InvalidDataError(f"a value in the schema has the unknown type {name!r}")
    try:
        return reader(payload)
    except _UNREADABLE as error:
        raise InvalidDataError(f"a value of type {name!r} in the schema cannot be read") from error


# What the readers below raise on a payload that no writer wrote.
_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    OverflowError,
    RecursionError,
    binascii.Error,
    InvalidOperation,
)


def _exactly(kind: type, payload: Any) -> Any:
    # bool("no") is True and int(1.5) is 1: a reader that converts would read what nobody wrote.
    if type(payload) is not kind:
        raise TypeError(kind.__name__)
    return payload


def require_zone_name(text: str) -> None:
    """Refuse a zone that pandas would read from whatever path it names."""
    if "dateutil/" in text:
        raise ValueError("dateutil/")


def _one_nan(number: float) -> float:
    # NaN is found again, as a column's name say, by being the same object.
    return np.nan if number != number else number


# The strings below are literal types to pandas' stubs and just text to us, hence Any.
def _read_timestamp(payload: list[Any]) -> pd.Timestamp:
    text, zone, unit = payload
    require_zone_name(zone or "")
    stamp = pd.Timestamp(_exactly(str, text)).as_unit(unit)
    return stamp if zone is None else stamp.tz_localize("UTC").tz_convert(zone)


def _read_timedelta(payload: list[Any]) -> pd.Timedelta:
    count, unit = payload
    return pd.Timedelta(np.timedelta64(int(_exactly(str, count)), unit))


def _read_interval(payload: list[Any]) -> "pd.Interval[Any]":
    left, right, closed = payload
    low: Any = value_from_json(left)
    high: Any = value_from_json(right)
    return pd.Interval(low, high, closed=closed)


_READERS: dict[str, Callable[..., Hashable]] = {
    "missing": lambda _: None,
    "bool": lambda truth: bool(_exactly(bool, truth)),
    "int": lambda digits: int(_exactly(str, digits)),
    "float": lambda digits: _one_nan(float.fromhex(digits)),
    "bytes": lambda text: base64.b64decode(text, validate=True),
    "tuple": lambda items: tuple(value_from_json(item) for item in _exactly(list, items)),
    "decimal": lambda digits: Decimal(_exactly(str, digits)),
    "timestamp": _read_timestamp,
    "date": datetime.date.fromisoformat,
    "timedelta": _read_timedelta,
    "interval": _read_interval,
    "period": lambda payload: pd.Period(payload[0], freq=payload[1]),
    "time": datetime.time.fromisoformat,
}
