"""One column is the sum of others."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import reduce
from operator import add, sub
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import InvalidParameterError
from tabgan.schema.constraints.comparison import (
    as_floats,
    as_stored,
    precision,
    rounding,
)
from tabgan.schema.constraints.constraint import (
    BoolArray,
    Constraint,
    as_names,
    check_names,
    meaning_of,
)
from tabgan.schema.table import TableSchema
from tabgan.schema.values import JsonValue, value_from_json, value_to_json


@dataclass(frozen=True, init=False)
class Sum(Constraint):
    """One column is the sum of others, where all are present.

    A sample computes the total from the parts; under a condition on the total, a part. The total
    may be rounded to its last decimal.

    Parameters
    ----------
    total : hashable
        Name of the column that is the sum: numbers, durations, or dates (a date and durations).
    parts : list or tuple of hashable
        Names of two columns or more.

    Examples
    --------
    >>> from tabgan import Sum
    >>> print(Sum("gross", ["net", "tax"]))
    'gross' = 'net' + 'tax'
    """

    kind: ClassVar[str] = "sum"
    needs: ClassVar[str] = "columns of numbers, of durations, or a date, a date and durations"

    total: Hashable
    parts: tuple[Hashable, ...]

    def __init__(self, total: Hashable, parts: list[Any] | tuple[Any, ...]) -> None:
        object.__setattr__(self, "total", total)
        object.__setattr__(self, "parts", as_names(parts))
        if len(self.parts) < 2:
            raise InvalidParameterError(f"Sum needs at least 2 parts, got {len(self.parts)}")
        check_names("Sum", self.columns, 3)

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return self.total, *self.parts

    @property
    def members(self) -> tuple[Hashable, ...]:
        return self.total, *reversed(self.parts)

    def __str__(self) -> str:
        return f"{self.total!r} = {' + '.join(map(repr, self.parts))}"

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        cells = [meaning_of(name, table, schema) for name in self.columns]
        if pd.api.types.is_numeric_dtype(cells[0].dtype):
            numbers = [as_floats(cell) for cell in cells]
            gaps = np.abs(numbers[0] - np.sum(numbers[1:], axis=0))
            largest = np.max(np.abs(numbers), axis=0)
            tolerance = rounding(schema[self.total]) + precision(self.columns, schema) * largest
            return np.asarray(gaps > tolerance)  # false where one is missing
        sums = as_stored(_reduced(add, cells[1:]), schema[self.total])
        present = (cells[0].notna() & sums.notna()).to_numpy(dtype=bool)
        return np.asarray(present & (cells[0] != sums).to_numpy(dtype=bool))

    def solved(self, member: Hashable, table: pd.DataFrame, schema: TableSchema) -> pd.Series:
        parts = [meaning_of(name, table, schema) for name in self.parts if name != member]
        if member == self.total:
            return _reduced(add, parts)
        return _reduced(sub, [meaning_of(self.total, table, schema), *parts])

    def to_json(self) -> dict[str, JsonValue]:
        parts: list[object] = [value_to_json(name) for name in self.parts]
        return {"total": value_to_json(self.total), "parts": parts}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        parts = [value_from_json(name) for name in form["parts"]]
        return cls(value_from_json(form["total"]), parts)


def _reduced(operation: Callable[[Any, Any], Any], cells: list[pd.Series]) -> pd.Series:
    """Return the sums or differences of columns, in a unit that can count them."""
    if all(pd.api.types.is_integer_dtype(cell.dtype) for cell in cells):
        # Whole numbers of Python know no end.
        return reduce(operation, (cell.astype(object) for cell in cells))
    try:
        return reduce(operation, cells)
    except (OverflowError, ValueError):
        return reduce(operation, (cell.dt.as_unit("us") for cell in cells))
