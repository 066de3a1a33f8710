"""A column lies in a range."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import InvalidParameterError
from tabgan.schema.constraints.constraint import (
    BoolArray,
    Constraint,
    check_names,
    meaning_of,
    number_from_json,
)
from tabgan.schema.dtypes import zone_of
from tabgan.schema.table import Kind, TableSchema
from tabgan.schema.values import JsonValue, value_from_json, value_to_json

# What an end of a column of each kind may be.
_ENDS: dict[Kind, Any] = {
    Kind.CONTINUOUS: Real | Decimal,
    Kind.INTEGER: Real | Decimal,
    Kind.BOOLEAN: Real,
    Kind.CATEGORICAL: object,
    Kind.DATETIME: str | date | np.datetime64,
    Kind.TIMEDELTA: str | timedelta | np.timedelta64,
}


@dataclass(frozen=True)
class Range(Constraint):
    """A column lies in a closed range, where it is present.

    Parameters
    ----------
    column : hashable
        Name of a column of numbers, dates or durations.
    low, high : scalar or None
        The ends, one of which may be ``None``: open. Ends of dates and durations may be text that
        pandas reads.

    Examples
    --------
    >>> from tabgan import Range
    >>> print(Range("age", 18, None))
    'age' >= 18
    """

    kind: ClassVar[str] = "range"
    needs: ClassVar[str] = "a column of numbers, dates or durations, and ends of its kind"

    column: Hashable
    low: Any = None
    high: Any = None

    def __post_init__(self) -> None:
        if self.low is None and self.high is None:
            raise InvalidParameterError("Range needs an end: low, high or both")
        check_names("Range", self.columns, 1)
        is_scalar: Any = pd.api.types.is_scalar
        for end in (self.low, self.high):
            if end is not None and (not is_scalar(end) or pd.isna(end)):
                raise InvalidParameterError(
                    "the ends of a Range are single values; None leaves one open"
                )

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return (self.column,)

    def __str__(self) -> str:
        if self.low is None:
            return f"{self.column!r} <= {self.high}"
        if self.high is None:
            return f"{self.column!r} >= {self.low}"
        return f"{self.low} <= {self.column!r} <= {self.high}"

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        if not schema[self.column].kind.is_ordered:
            raise TypeError("values without an order")
        cells = meaning_of(self.column, table, schema)
        broken = np.zeros(len(cells), dtype=bool)
        if self.low is not None:
            broken |= (cells < self._end(self.low, cells, schema)).fillna(False).to_numpy(bool)
        if self.high is not None:
            broken |= (cells > self._end(self.high, cells, schema)).fillna(False).to_numpy(bool)
        return broken

    def _end(self, end: Any, cells: pd.Series, schema: TableSchema) -> Any:
        kind = schema[self.column].kind
        # What pandas would take for nanoseconds is none: numbers of dates, durations of numbers.
        if not isinstance(end, _ENDS[kind]) or (
            kind in (Kind.CONTINUOUS, Kind.INTEGER) and isinstance(end, np.timedelta64)
        ):
            raise TypeError("an end of another kind")
        if kind not in (Kind.TIMEDELTA, Kind.DATETIME):
            return end
        found: Any = pd.Timedelta(end) if kind is Kind.TIMEDELTA else pd.Timestamp(end)
        if pd.isna(found):
            raise TypeError("text that says nothing")
        if kind is Kind.TIMEDELTA:
            return found
        moment: pd.Timestamp = found
        if cells.dt.tz is None:
            return moment
        zone = zone_of(schema[self.column].dtype.to_pandas())
        return moment if moment.tz is not None else moment.tz_localize(zone)

    def to_json(self) -> dict[str, JsonValue]:
        ends: dict[str, JsonValue] = {"low": value_to_json(self.low)}
        return {"column": value_to_json(self.column), **ends, "high": value_to_json(self.high)}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        low, high = (number_from_json(form.get(end)) for end in ("low", "high"))
        return cls(value_from_json(form["column"]), low, high)
