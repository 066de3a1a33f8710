"""Columns hold only such combinations of values as the table has."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import ConstraintError, InvalidParameterError
from tabgan.schema.constraints.constraint import (
    BoolArray,
    Constraint,
    as_names,
    check_names,
    number_from_json,
    rows_of,
)
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
    needs: ClassVar[str] = "columns of single values"

    names: tuple[Hashable, ...]
    combinations: frozenset[Combination] | None = field(default=None, repr=False)

    def __init__(
        self,
        columns: list[Any] | tuple[Any, ...],
        combinations: frozenset[Combination] | None = None,
    ) -> None:
        object.__setattr__(self, "names", as_names(columns))
        check_names("FixedCombinations", self.names, 2)
        allowed = None if combinations is None else _without_nan(combinations, len(self.names))
        object.__setattr__(self, "combinations", allowed)

    def __repr__(self) -> str:
        return f"FixedCombinations({list(self.names)!r})"

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return self.names

    def __str__(self) -> str:
        return f"combinations of {', '.join(map(repr, self.names))}"

    def learnt(self, table: pd.DataFrame, schema: TableSchema, fewest_rows: int) -> Self:
        if self.combinations is not None:
            return self
        counts = Counter(rows_of(table, self.names))
        common = frozenset(row for row, count in counts.items() if count >= max(1, fewest_rows))
        if not common:
            raise ConstraintError(
                f"{self}: none is carried by {fewest_rows} rows, so none could be released; leave "
                "the rule out, or lower rare_threshold"
            )
        return type(self)(self.names, common)

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        rows = rows_of(table, self.names)
        if self.combinations is None:
            return np.zeros(len(rows), dtype=bool)
        return np.array([row not in self.combinations for row in rows], dtype=bool)

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
        return cls(
            names, frozenset(tuple(_value_from_json(value) for value in row) for row in rows)
        )


def _value_from_json(form: Any) -> Any:
    return form if isinstance(form, bool) else number_from_json(form)


def _without_nan(combinations: Any, n_columns: int) -> frozenset[Combination]:
    """Return combinations with ``None`` for every missing value, all of the right length."""
    try:
        rows = [tuple(row) for row in combinations]
        missing = [[pd.api.types.is_scalar(v) and pd.isna(v) for v in row] for row in rows]
        allowed = frozenset(
            tuple(None if is_missing else v for v, is_missing in zip(row, of_row, strict=True))
            for row, of_row in zip(rows, missing, strict=True)
        )
    except TypeError:
        raise InvalidParameterError(
            "combinations of FixedCombinations are a set of tuples of single values"
        ) from None
    if any(len(row) != n_columns for row in allowed):
        raise InvalidParameterError(
            f"combinations of FixedCombinations need {n_columns} values each, one a column"
        )
    return allowed
