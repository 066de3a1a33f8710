"""The dtype of a column in a form that can be written down and restored exactly."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import InvalidDataError
from tabgan.schema.values import require_zone_name, value_from_json, value_to_json


@dataclass(frozen=True)
class DtypeSpec:
    """A pandas dtype by name, with its levels where it is categorical.

    Parameters
    ----------
    name : str
        What ``pandas.api.types.pandas_dtype`` understands, or ``"category"``.
    levels : tuple of hashable or None
        The levels of a categorical dtype, unused ones included, in their order.
    ordered : bool
        Whether the levels are ordered.
    level_dtype : str
        The dtype of the levels themselves.

    Notes
    -----
    The levels of a ``category`` dtype are metadata the owner of the table declared: they are kept
    whole, so that the dtype of the output is that of the input. A level carried by too few rows is
    never *sampled*, but it is still listed. Convert to text first where the list itself is secret.
    """

    name: str
    levels: tuple[Hashable, ...] | None = None
    ordered: bool = False
    level_dtype: str = ""

    @classmethod
    def of(cls, dtype: object) -> "DtypeSpec":
        """Return the description of a pandas or NumPy dtype."""
        if isinstance(dtype, pd.CategoricalDtype):
            return cls(
                "category",
                tuple(dtype.categories),
                bool(dtype.ordered),
                _dtype_name(dtype.categories.dtype),
            )
        return cls(_dtype_name(dtype))

    # Any: a numpy.dtype or a pandas ExtensionDtype, but pandas' types have one signature each.
    def to_pandas(self) -> Any:
        """Return the dtype itself."""
        if self.levels is None:
            return _dtype_named(self.name)
        # Left alone, pandas makes an index of several levels of tuples.
        levels: pd.Index = pd.Index(
            list(self.levels), dtype=self.level_dtype or None, tupleize_cols=False
        )
        return pd.CategoricalDtype(levels, ordered=self.ordered)

    def to_json(self) -> object:
        """Return the JSON form: the name, or an object for a categorical dtype."""
        if self.levels is None:
            return self.name
        return {
            "levels": [value_to_json(level) for level in self.levels],
            "level_dtype": self.level_dtype,
            "ordered": self.ordered,
        }

    @classmethod
    def from_json(cls, form: object) -> "DtypeSpec":
        """Return the description that :meth:`to_json` wrote.

        Raises
        ------
        InvalidDataError
            If pandas knows no such dtype.
        """
        try:
            if isinstance(form, str):
                require_zone_name(form)
                _dtype_named(form)
                return cls(form)
            if isinstance(form, dict):
                levels = tuple(value_from_json(level) for level in form["levels"])
                spec = cls("category", levels, bool(form["ordered"]), str(form["level_dtype"]))
                spec.to_pandas()
                return spec
        except (TypeError, ValueError, KeyError, NotImplementedError, ImportError) as error:
            raise InvalidDataError("a dtype in the schema is not one that pandas knows") from error
        raise InvalidDataError("a dtype in the schema is neither a name nor a list of levels")


def countable(column: pd.Series) -> pd.Series:
    """Return a column in a dtype whose values pandas can count: most are as they are."""
    dtype: Any = column.dtype
    if isinstance(dtype, pd.ArrowDtype):
        return column.astype(object)
    if isinstance(dtype, np.dtype) and not dtype.isnative:
        return column.astype(dtype.newbyteorder("="))
    return column


def zone_of(dtype: object) -> Any:
    """Return the time zone of a dtype of dates, ``None`` of any other.

    Examples
    --------
    >>> str(zone_of(pd.DatetimeTZDtype("s", "Asia/Tokyo"))), zone_of(np.dtype("M8[s]"))
    ('Asia/Tokyo', None)
    """
    return getattr(_as_arrow(dtype), "tz", None)


def unit_of(dtype: object) -> Any:
    """Return the unit that a dtype counts dates or durations in; objects count microseconds.

    Examples
    --------
    >>> unit_of(pd.DatetimeTZDtype("s", "UTC")), unit_of(np.dtype("m8[ms]")), unit_of(np.dtype("O"))
    ('s', 'ms', 'us')
    """
    if isinstance(dtype, np.dtype) and dtype.kind in "mM":
        return np.datetime_data(dtype)[0]
    return getattr(_as_arrow(dtype), "unit", "us")


def stamp_dtype(dtype: object) -> Any:
    """Return pandas' own dtype of dates in the unit and zone of another, such as one of Arrow's.

    Examples
    --------
    >>> stamp_dtype(pd.DatetimeTZDtype("s", "UTC")), stamp_dtype(np.dtype("M8[ms]"))
    ('datetime64[s, UTC]', 'datetime64[ms]')
    """
    unit, zone = unit_of(dtype), zone_of(dtype)
    return f"datetime64[{unit}]" if zone is None else f"datetime64[{unit}, {zone}]"


def _as_arrow(dtype: object) -> object:
    """Return Arrow's own type, where it is one of Arrow's."""
    return dtype.pyarrow_dtype if isinstance(dtype, pd.ArrowDtype) else dtype


# Arrow's types that pandas writes and does not read.
_DECIMAL = re.compile(r"decimal(32|64|128|256)\((\d+), (-?\d+)\)\[pyarrow\]")
_DICTIONARY = re.compile(
    r"dictionary<values=(\w+), indices=(\w+), ordered=([01])>\[pyarrow\]", re.ASCII
)
_BYTES = re.compile(r"fixed_size_binary\[(\d+)\]\[pyarrow\]")


def _dtype_named(name: str) -> Any:
    """Return the dtype that :func:`_dtype_name` gives this name."""
    if match := _DECIMAL.fullmatch(name):
        bits, precision, scale = match.groups()
        return _arrow_dtype(f"decimal{bits}", int(precision), int(scale))
    if match := _BYTES.fullmatch(name):
        return _arrow_dtype("binary", int(match[1]))
    if match := _DICTIONARY.fullmatch(name):
        alias = import_module("pyarrow").type_for_alias
        return _arrow_dtype("dictionary", alias(match[2]), alias(match[1]), match[3] == "1")
    return pd.api.types.pandas_dtype(name)


def _arrow_dtype(kind: str, *arguments: object) -> pd.ArrowDtype:
    return pd.ArrowDtype(getattr(import_module("pyarrow"), kind)(*arguments))


def _dtype_name(dtype: object) -> str:
    # str(StringDtype("pyarrow")) drops the storage, and the text dtype of pandas 3 differs from
    # "string" only in its missing marker.
    if isinstance(dtype, pd.StringDtype):
        missing_is_nan = getattr(dtype, "na_value", pd.NA) is not pd.NA
        return "str" if missing_is_nan else f"string[{dtype.storage}]"
    # "string[pyarrow]" is the name of two dtypes, and pandas reads it as the one above.
    if isinstance(dtype, pd.ArrowDtype) and str(dtype) == "string[pyarrow]":
        return "utf8[pyarrow]"
    return str(dtype)
