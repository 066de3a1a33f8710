"""One column is at most another."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import pandas as pd

from tabgan.schema.constraints.constraint import BoolArray, Constraint, check_names, meaning_of
from tabgan.schema.table import TableSchema
from tabgan.schema.values import JsonValue, value_from_json, value_to_json


@dataclass(frozen=True)
class Inequality(Constraint):
    """One column is at most another, where both are present.

    Parameters
    ----------
    low, high : hashable
        Names of two columns: numbers, dates, durations, or categories with the same ordered levels.
    strict : bool, default=False
        Whether they may not be equal either.

    Examples
    --------
    >>> from tabgan import Inequality
    >>> print(Inequality("admitted", "discharged"))
    'admitted' <= 'discharged'
    """

    kind: ClassVar[str] = "inequality"

    low: Hashable
    high: Hashable
    strict: bool = False

    def __post_init__(self) -> None:
        check_names("Inequality", self.columns, 2)

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return self.low, self.high

    def __str__(self) -> str:
        return f"{self.low!r} {'<' if self.strict else '<='} {self.high!r}"

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        levels = schema[self.low].dtype.levels, schema[self.high].dtype.levels
        if levels[0] != levels[1]:
            raise TypeError("ranks of different levels")
        low, high = (meaning_of(name, table, schema) for name in self.columns)
        both = (low.notna() & high.notna()).to_numpy(dtype=bool)
        kept = low < high if self.strict else low <= high
        broken: BoolArray = both & ~kept.fillna(True).to_numpy(dtype=bool)
        return broken

    def to_json(self) -> dict[str, JsonValue]:
        return {
            "low": value_to_json(self.low),
            "high": value_to_json(self.high),
            "strict": self.strict,
        }

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        low, high = value_from_json(form["low"]), value_from_json(form["high"])
        return cls(low, high, bool(form.get("strict", False)))
