"""One column is at most another."""

import sys
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import InvalidParameterError
from tabgan.schema.constraints.comparison import as_floats
from tabgan.schema.constraints.constraint import (
    BoolArray,
    Constraint,
    check_names,
    meaning_of,
    number_from_json,
)
from tabgan.schema.table import Kind, TableSchema
from tabgan.schema.values import JsonValue, value_from_json, value_to_json

# Steps of the learnt quantiles: as fine as the modes of a number.
_N_GAPS = 64


@dataclass(frozen=True)
class Inequality(Constraint):
    """One column is at most another, where both are present.

    Parameters
    ----------
    low, high : hashable
        Names of two columns: numbers, dates, durations, or categories with the same ordered levels.
    strict : bool, default=False
        Whether they may not be equal either.
    gaps : tuple of float or None
        How far the two are apart: quantiles at equal steps from the smallest to the largest, in the
        columns' unit (seconds for dates and durations). Learnt from the table; none of them is the
        gap of a single row. A sample places values inside their modes by it, so that a stay of days
        is one of days, whatever the modes of its two dates.

    Examples
    --------
    >>> from tabgan import Inequality
    >>> print(Inequality("admitted", "discharged"))
    'admitted' <= 'discharged'
    """

    kind: ClassVar[str] = "inequality"
    needs: ClassVar[str] = (
        "two columns of numbers, of durations, of dates (both with a time zone or both without) or "
        "of the same ordered levels"
    )

    low: Hashable
    high: Hashable
    strict: bool = False
    gaps: tuple[float, ...] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_names("Inequality", self.columns, 2)
        if not isinstance(self.strict, bool | np.bool_):
            raise InvalidParameterError("strict of an Inequality must be True or False")
        if self.gaps is not None and not _are_quantiles(self.gaps):
            raise InvalidParameterError("gaps of an Inequality are rising finite numbers")

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return self.low, self.high

    def __str__(self) -> str:
        return f"{self.low!r} {'<' if self.strict else '<='} {self.high!r}"

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        levels = schema[self.low].dtype.levels, schema[self.high].dtype.levels
        if levels[0] != levels[1]:
            raise TypeError("ranks of different levels")
        kinds = {schema[name].kind for name in self.columns} & {Kind.TIMEDELTA, Kind.DATETIME}
        if kinds and schema[self.low].kind is not schema[self.high].kind:
            raise TypeError("times beside numbers")
        low, high = (meaning_of(name, table, schema) for name in self.columns)
        both = (low.notna() & high.notna()).to_numpy(dtype=bool)
        kept = low < high if self.strict else low <= high
        broken: BoolArray = both & ~kept.fillna(True).to_numpy(dtype=bool)
        return broken

    def learnt(self, table: pd.DataFrame, schema: TableSchema, fewest_rows: int) -> Self:
        if schema[self.low].kind is Kind.CATEGORICAL:
            return self
        low, high = (as_floats(meaning_of(name, table, schema)) for name in self.columns)
        gaps = high - low
        gaps = np.sort(gaps[~np.isnan(gaps)])
        n_rows = max(1, fewest_rows)
        n_parts = min(_N_GAPS, len(gaps) // n_rows)
        if n_parts < 2:
            return self
        # Half-way between two rows, and at the ends a mean of as many as make a value common.
        inner = len(gaps) * np.arange(1, n_parts) // n_parts
        quantiles = np.concatenate(
            [[gaps[:n_rows].mean()], (gaps[inner - 1] + gaps[inner]) / 2, [gaps[-n_rows:].mean()]]
        )
        return replace(self, gaps=tuple(np.maximum.accumulate(quantiles).tolist()))

    def to_json(self) -> dict[str, JsonValue]:
        form: dict[str, JsonValue] = {
            "low": value_to_json(self.low),
            "high": value_to_json(self.high),
            "strict": bool(self.strict),
        }
        if self.gaps is not None:
            form["gaps"] = [value_to_json(gap) for gap in self.gaps]
        return form

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        low, high = value_from_json(form["low"]), value_from_json(form["high"])
        gaps = form.get("gaps")
        quantiles = None if gaps is None else tuple(number_from_json(gap) for gap in gaps)
        return cls(low, high, form.get("strict", False), quantiles)


def _are_quantiles(gaps: tuple[Any, ...]) -> bool:
    if len(gaps) < 2 or not all(isinstance(gap, int | float) for gap in gaps):
        return False
    if any(abs(gap) > sys.float_info.max for gap in gaps):
        return False
    numbers = np.array(gaps, dtype=np.float64)
    return bool(np.isfinite(numbers).all() and (np.diff(numbers) >= 0).all())
