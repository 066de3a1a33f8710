"""Conditions on the command line: ``column=value``, ``column=low..high``."""

from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from datetime import time
from decimal import Decimal, InvalidOperation

import pandas as pd
from pandas.api import types as pandas_types

from tabgan.errors import InvalidConditionError, meant_instead
from tabgan.schema import ColumnSchema, Kind, TableSchema
from tabgan.schema.text_cells import has_notation

# Dates stay text, which the column reads itself.
_OBJECTS: dict[str, Callable[[str], object]] = {
    "Decimal": Decimal,
    "time": time.fromisoformat,
    "timedelta": pd.Timedelta,
    "Timedelta": pd.Timedelta,
}
_BOOLEANS = {"true": True, "false": False}


def read_where(texts: Iterable[str], schema: TableSchema) -> dict[Hashable, object]:
    """Return conditions as :meth:`tabgan.TabGAN.sample` takes them.

    Parameters
    ----------
    texts : iterable of str
        ``column=value`` each, the value as a CSV file has it; nothing after the sign is missing.
        ``column=low..high`` is a closed range of numbers, dates, durations or ordered categories,
        with nothing for an open end. A column named several times may have any of the values.
    schema : TableSchema
        The columns, whose kinds say what the value is.

    Raises
    ------
    InvalidConditionError
        If there is no such column, a range and something else are asked of it, or the value is not
        of the column's kind.
    """
    asked: dict[Hashable, list[object]] = {}
    for text in texts:
        column = _column_of(text, schema)
        condition = _condition(text[len(str(column.name)) + 1 :], column)
        asked.setdefault(column.name, []).append(condition)
    for name, conditions in asked.items():
        if len(conditions) > 1 and any(isinstance(item, tuple) for item in conditions):
            raise InvalidConditionError(
                f"--where asks for a range of the column {name!r} and for something else; give it "
                "one range, or several values"
            )
    return {name: given[0] if len(given) == 1 else given for name, given in asked.items()}


def _condition(text: str, column: ColumnSchema) -> object:
    dtype = column.dtype.to_pandas()
    has_order = column.kind.is_ordered or getattr(dtype, "ordered", False)
    low, dots, high = text.partition("..")
    if not (dots and has_order):
        return _value_of(text, column)
    return tuple(_end_of(end, column) for end in (low.strip(), high.strip()))


def _end_of(text: str, column: ColumnSchema) -> object:
    # A date is left as text, which says how far it reaches: a day, a month, a year.
    if text and column.kind is Kind.DATETIME:
        return text
    if column.kind is Kind.INTEGER and "." in text:
        with suppress(ValueError):
            return float(text)  # an end need not be a value
    return _value_of(text, column)


def _column_of(text: str, schema: TableSchema) -> ColumnSchema:
    # The longest name that fits, because a name may have a sign of its own: "a" and "a=b".
    fitting = [column for column in schema if text.startswith(f"{column.name}=")]
    if fitting:
        return max(fitting, key=lambda column: len(str(column.name)))
    if "=" not in text:
        raise InvalidConditionError("--where is written column=value; the sign = is missing")
    name = text.partition("=")[0]
    raise InvalidConditionError(
        f"--where names the column {name!r}, which the table does not have; "
        f"{meant_instead(name, schema.names)}"
    )


def _value_of(text: str, column: ColumnSchema) -> object:
    if text == "":
        return None
    try:
        return _reader(column)(text)
    except (ValueError, KeyError, InvalidOperation) as error:
        raise InvalidConditionError(
            f"--where: the value for column {column.name!r} is not one that a column of kind "
            f"{column.kind} and dtype {column.dtype.name} can have; write it as a CSV file "
            "would, and a range as low..high"
        ) from error


def _reader(column: ColumnSchema) -> Callable[[str], object]:
    dtype = column.dtype.to_pandas()
    if isinstance(dtype, pd.CategoricalDtype):
        return {str(level): level for level in dtype.categories}.__getitem__
    if has_notation(column):
        return str
    if column.object_type in _OBJECTS:
        return _OBJECTS[column.object_type]
    # A column of Python objects says by its kind what they are.
    if pandas_types.is_bool_dtype(dtype) or column.kind is Kind.BOOLEAN:
        return lambda text: _BOOLEANS[text.lower()]
    if pandas_types.is_integer_dtype(dtype) or column.kind is Kind.INTEGER:
        return int
    if pandas_types.is_float_dtype(dtype) or column.kind is Kind.CONTINUOUS:
        return float
    if isinstance(dtype, pd.DatetimeTZDtype):
        return lambda text: _in_zone(pd.Timestamp(text), dtype)
    if pandas_types.is_datetime64_any_dtype(dtype):
        return pd.Timestamp
    if pandas_types.is_timedelta64_dtype(dtype):
        return pd.Timedelta
    return str


def _in_zone(moment: pd.Timestamp, dtype: pd.DatetimeTZDtype) -> pd.Timestamp:
    return moment.tz_localize(dtype.tz) if moment.tz is None else moment.tz_convert(dtype.tz)
