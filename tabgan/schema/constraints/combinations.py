"""Columns hold only such combinations of values as the table has."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import ConstraintError
from tabgan.schema.constraints.constraint import BoolArray, Constraint, as_names, check_names
from tabgan.schema.table import TableSchema
from tabgan.schema.values import JsonValue, value_from_json, value_to_json

Combination = tuple[Hashable, ...]


@dataclass(frozen=True, init=False)
class FixedCombinations(Constraint):
    """Columns hold only combinations of values that the table has, as states and countries do.

    A missing value is a value like any other. Combinations carried by fewer rows than the
    estimator's ``rare_threshold`` are not released, as single values are not.

    Parameters
    ----------
    columns : list or tuple of hashable
        Names of two columns or more.
    combinations : frozenset of tuple or None
        The combinations that are allowed, ``None`` in them for missing; learnt from the table if
        not given.

    Examples
    --------
    >>> from tabgan import FixedCombinations
    >>> print(FixedCombinations(["state", "country"]))
    combinations of 'state', 'country'
    """

    kind: ClassVar[str] = "fixed_combinations"

    names: tuple[Hashable, ...]
    combinations: frozenset[Combination] | None = field(default=None, repr=False)

    def __init__(
        self,
        columns: list[Any] | tuple[Any, ...],
        combinations: frozenset[Combination] | None = None,
    ) -> None:
        object.__setattr__(self, "names", as_names(columns))
        allowed = None if combinations is None else frozenset(map(tuple, combinations))
        object.__setattr__(self, "combinations", allowed)
        check_names("FixedCombinations", self.names, 2)

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return self.names

    def __str__(self) -> str:
        return f"combinations of {', '.join(map(repr, self.names))}"

    def learnt(self, table: pd.DataFrame, schema: TableSchema, fewest_rows: int) -> Self:
        if self.combinations is not None:
            return self
        counts = Counter(self._rows(table))
        common = frozenset(row for row, count in counts.items() if count >= max(1, fewest_rows))
        if not common:
            raise ConstraintError(
                f"{self}: none is carried by {fewest_rows} rows, so none could be released; leave "
                "the rule out, or lower rare_threshold"
            )
        return type(self)(self.names, common)

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        rows = self._rows(table)
        if self.combinations is None:
            return np.zeros(len(rows), dtype=bool)
        return np.array([row not in self.combinations for row in rows], dtype=bool)

    def _rows(self, table: pd.DataFrame) -> list[Combination]:
        columns = [table[name].astype(object) for name in self.names]
        present = [cells.where(cells.notna(), None) for cells in columns]
        return list(zip(*present, strict=True))

    def to_json(self) -> dict[str, JsonValue]:
        form: dict[str, JsonValue] = {"columns": [value_to_json(name) for name in self.names]}
        if self.combinations is not None:
            # In an order of their own: equal rules are equal bytes.
            rows = sorted(self.combinations, key=repr)
            form["combinations"] = [[value_to_json(value) for value in row] for row in rows]
        return form

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        names = [value_from_json(name) for name in form["columns"]]
        rows = form.get("combinations")
        if rows is None:
            return cls(names)
        return cls(names, frozenset(tuple(value_from_json(value) for value in row) for row in rows))
