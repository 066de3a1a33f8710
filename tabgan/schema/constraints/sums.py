"""One column is the sum of others."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import InvalidParameterError
from tabgan.schema.constraints.comparison import as_stored, rounding
from tabgan.schema.constraints.constraint import (
    BoolArray,
    Constraint,
    as_names,
    check_names,
    meaning_of,
)
from tabgan.schema.constraints.finding import PRECISION
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
        difference = cells[0] - as_stored(reduce(add, cells[1:]), schema[self.total])
        present = difference.notna().to_numpy(dtype=bool)
        if pd.api.types.is_timedelta64_dtype(difference.dtype):
            broken: BoolArray = present & (difference != pd.Timedelta(0)).to_numpy(dtype=bool)
            return broken
        sizes = [cell.abs().to_numpy(dtype="float64", na_value=np.nan) for cell in cells]
        largest = np.max(sizes, axis=0)
        gaps = difference.abs().to_numpy(dtype="float64", na_value=np.nan)
        broken = present & (gaps > rounding(schema[self.total]) + PRECISION * largest)
        return broken

    def solved(self, member: Hashable, table: pd.DataFrame, schema: TableSchema) -> pd.Series:
        if member == self.total:
            return reduce(add, (meaning_of(name, table, schema) for name in self.parts))
        others = [name for name in self.parts if name != member]
        rest = meaning_of(self.total, table, schema)
        for name in others:
            rest = rest - meaning_of(name, table, schema)
        return rest

    def to_json(self) -> dict[str, JsonValue]:
        parts: list[object] = [value_to_json(name) for name in self.parts]
        return {"total": value_to_json(self.total), "parts": parts}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        parts = [value_from_json(name) for name in form["parts"]]
        return cls(value_from_json(form["total"]), parts)
