"""Which columns cannot be learnt at all, and what to do about each: all of a table at once."""

from collections.abc import Hashable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from pandas.api import types as pandas_types

from tabgan.errors import InvalidDataError, UnsupportedTypeError
from tabgan.schema.dtypes import DtypeSpec
from tabgan.schema.objects import object_type_of
from tabgan.schema.values import value_to_json

# Numbers and times that 64 bits cannot count are kept as categories, which suits them if each
# stands in so many rows on average, or if they are so few; of more most would be too rare to be
# released.
_ROWS_OF_VALUE, _FEW_VALUES = 20, 20
# What pandas calls objects that are points in time or durations.
_TIMES = {"datetime", "datetime64", "date", "time", "timedelta", "timedelta64", "period"}


def check_supported(frame: pd.DataFrame) -> None:
    """Raise an error that names every column of a table that cannot be learnt.

    Raises
    ------
    UnsupportedTypeError
        If a column holds, or is named by, values of a type that cannot be learnt.
    InvalidDataError
        If the only fault is infinite numbers.
    """
    columns = [frame.iloc[:, i] for i in range(frame.shape[1])]
    named = list(zip(frame.columns, columns, strict=True))
    wrong_names = [what for name, _ in named if (what := _unwritable_name(name))]
    wrong_types = [
        f"column {name!r} holds {what}"
        for name, column in named
        if (what := _unsupported_content(column)) is not None
    ]
    bad = {what.partition(" holds ")[0] for what in wrong_types}
    infinite = [
        f"column {name!r} holds infinite numbers; a finite number or a missing value is needed: "
        "replace them with NaN or drop the rows"
        for name, column in named
        if f"column {name!r}" not in bad and _has_infinite(column)
    ]
    problems = "\n".join([*wrong_names, *wrong_types, *infinite])
    if wrong_names or wrong_types:
        raise UnsupportedTypeError(problems)
    if infinite:
        raise InvalidDataError(problems)


def is_writable(name: Hashable) -> bool:
    """Say whether a schema can hold a name."""
    try:
        value_to_json(name)
    except UnsupportedTypeError:
        return False
    return True


def _unwritable_name(name: Hashable) -> str | None:
    if is_writable(name):
        return None
    return (
        f"a column's name is of type {type(name).__name__}, or text that cannot be written; "
        "rename it: text, numbers and dates are fine, and tuples of them"
    )


def _unsupported_content(column: pd.Series) -> str | None:
    try:
        return _problem_of(column)
    except NotImplementedError:  # of Arrow's types pandas can hold more than it can work with
        return f"the dtype {column.dtype}, which pandas cannot work with; convert it to another one"


def _problem_of(column: pd.Series) -> str | None:
    dtype = column.dtype
    if pandas_types.is_complex_dtype(dtype):
        return "complex numbers; give their real and imaginary parts as two columns"
    if isinstance(dtype, pd.CategoricalDtype) and (what := _unwritable_levels(dtype)):
        return what
    if not _can_be_written(dtype):
        return _unnamed_dtype(dtype)
    try:
        present = column.dropna()
    except ArithmeticError:
        return "a signalling NaN; make it a missing value"
    return _unsupported_objects(present) if pandas_types.is_object_dtype(dtype) else None


def _unwritable_levels(dtype: pd.CategoricalDtype) -> str | None:
    what = _unwritable_type(pd.Series(dtype.categories, dtype=object))
    return None if what is None else f"categories that are {what}"


def _unnamed_dtype(dtype: object) -> str:
    if isinstance(dtype, pd.DatetimeTZDtype):
        return (
            "points in time of a zone that has no name of its own; convert them with "
            '.dt.tz_convert to a zone such as "UTC" or "Europe/Paris"'
        )
    kind = getattr(dtype, "type", None)
    if kind in (list, dict, tuple):
        return NO_SCALARS
    return f"the dtype {dtype}, which cannot be written to a schema; convert it to another one"


_SPREAD = "; spread them over columns of their own, or drop the column"
NO_SCALARS = "values that are not scalars (lists, dictionaries or arrays)" + _SPREAD


def _can_be_written(dtype: object) -> bool:
    try:
        return bool(DtypeSpec.from_json(DtypeSpec.of(dtype).to_json()).to_pandas() == dtype)
    except (InvalidDataError, UnsupportedTypeError):
        return False


def _unsupported_objects(present: pd.Series) -> str | None:
    try:
        distinct = present.drop_duplicates()
    except (TypeError, ArithmeticError):
        return NO_SCALARS
    if (what := _unwritable_type(distinct)) is not None:
        return what
    if _equal_values_of_two_types(present):
        return (
            "values that are equal and of different types, as the number 1 and True are; make them "
            "one type, or text"
        )
    if len(distinct) > max(_FEW_VALUES, len(present) // _ROWS_OF_VALUE):
        return _uncountable(present, distinct)
    return None


def _uncountable(present: pd.Series, distinct: pd.Series) -> str | None:
    """Say why numbers or times can neither be counted nor, being many, be categories."""
    is_time = pandas_types.infer_dtype(distinct) in _TIMES
    if not (is_time or _is_wide(distinct)) or object_type_of(present) is not None:
        return None
    if is_time:
        return (
            "points in time or durations as objects that cannot be counted alike (they have a time "
            "zone or nanoseconds, are of several classes, or last longer than 64 bits count), and "
            "too many different ones to be categories; convert them to a dtype of pandas, as "
            "pandas.to_datetime(column, utc=True) does"
        )
    return (
        "numbers of more digits than 64 bits can count, and too many different ones to be "
        "categories; convert them to float64, to uint64 where they fit, or to text"
    )


def _unwritable_type(distinct: pd.Series) -> str | None:
    """Say what a model file could not hold among the values.

    Of most types one value tells; of text every value, and of tuples each one's members.
    """
    of_type: dict[object, Any] = {}
    texts = []
    for value in distinct:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, tuple):
            of_type |= {_type_of(item): item for item in value}
        else:
            of_type[_type_of(value)] = value
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return (
            "text with half a character (a lone surrogate); write it anew with "
            '.str.encode("utf-8", "replace").str.decode("utf-8")'
        )
    for kind, example in of_type.items():
        try:
            value_to_json(example)
        except UnsupportedTypeError:
            ending = "; convert them to numbers (float), dates or text, or drop the column"
            name = kind.__name__ if isinstance(kind, type) else str(kind)
            return f"values of type {name}" + (_SPREAD if kind in _CONTAINERS else ending)
    return None


def _type_of(value: object) -> object:
    # NumPy has one class for durations in seconds and in months, which can be written and cannot.
    is_time = isinstance(value, np.datetime64 | np.timedelta64)
    return value.dtype if is_time else type(value)  # type: ignore[attr-defined]


_CONTAINERS = (list, dict, set, frozenset, np.ndarray, pd.Series)


def _equal_values_of_two_types(present: pd.Series) -> bool:
    """Say whether a number is there as another type, too: pandas takes 1, 1.0 and True for one.

    Integers among floats are numbers of one kind, and come back as floats.
    """
    classes = {_class_of_number(kind) for kind in set(map(type, present))} - {None}
    if len(classes) < 2 or pandas_types.infer_dtype(present) == "mixed-integer-float":
        return False
    pairs = {(_class_of_number(type(value)), value) for value in present}
    numbers = [(kind, value) for kind, value in pairs if kind is not None]
    return len({value for _, value in numbers}) < len(numbers)


def _class_of_number(kind: type) -> str | None:
    if issubclass(kind, bool | np.bool_):
        return "boolean"
    if issubclass(kind, int | np.integer):
        return "integer"
    if issubclass(kind, float | np.floating):
        return "float"
    return "Decimal" if issubclass(kind, Decimal) else None


def _is_wide(distinct: pd.Series) -> bool:
    content = pandas_types.infer_dtype(distinct)
    if content == "integer":
        return len(distinct) > 0 and not (distinct.min() >= -(2**63) and distinct.max() < 2**63)
    return content == "decimal"


def _has_infinite(column: pd.Series) -> bool:
    dtype: Any = column.dtype
    if pandas_types.is_object_dtype(dtype):
        may_be = any(
            _class_of_number(kind) in ("float", "Decimal") for kind in set(map(type, column))
        )
        return may_be and any(_is_infinite(value) for value in column)
    if not pandas_types.is_float_dtype(dtype):
        return False
    return bool(np.isinf(column.dropna().to_numpy(dtype=np.float64)).any())


def _is_infinite(value: object) -> bool:
    if isinstance(value, Decimal):
        return value.is_infinite()
    return isinstance(value, float | np.floating) and bool(np.isinf(value))
