"""One column is computed from others."""

import sys
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd

from tabgan.errors import InvalidParameterError
from tabgan.schema.constraints.comparison import as_floats, as_stored, precision, rounding
from tabgan.schema.constraints.constraint import (
    BoolArray,
    Constraint,
    check_names,
    meaning_of,
    number_from_json,
)
from tabgan.schema.constraints.expression import Expression
from tabgan.schema.table import TableSchema
from tabgan.schema.values import JsonValue, value_from_json, value_to_json

# How far a duration that is made of a number may be from what it was made of.
_MICROSECOND = 1e-6


@dataclass(frozen=True)
class Formula(Constraint):
    """One column is computed from others, where all are present.

    A sample computes the column; where that is known or under a condition, one of the others, if
    the formula can be turned round: a column that stands in it once, under no more than signs,
    ``+ - * /``, ``round`` and what makes a duration of a number. Else rows are drawn again.

    Parameters
    ----------
    column : hashable
        Name of the column that is computed: numbers, dates or durations.
    expression : str
        Arithmetic over columns: ``+ - * / // % **``, ``abs``, ``sqrt``, ``exp``, ``log``,
        ``floor``, ``ceil``, ``round``, ``min`` and ``max``; ``date(year, month, day)``, and
        ``days``, ``hours``, ``minutes`` and ``seconds``, which make a duration of a number, exact
        to the microsecond. A name that is no identifier stands in backticks, one that is no text in
        braces, as in ``{0} + {1}``. Nothing in it is executed.
    tolerance : float, default=0.0
        How far the column may be from what is computed, in its unit (seconds for dates and
        durations), besides being rounded to its last decimal.

    Examples
    --------
    >>> from tabgan import Formula
    >>> print(Formula("bmi", "weight / `height (m)` ** 2"))
    'bmi' = weight / `height (m)` ** 2
    >>> print(Formula("returned", "lent + days(loan_days)"))
    'returned' = lent + days(loan_days)
    """

    kind: ClassVar[str] = "formula"
    needs: ClassVar[str] = (
        "numbers, dates or durations that come to the kind of the column (two dates differ by a "
        "duration, not by a number)"
    )

    column: Hashable
    expression: str
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.expression, str):
            raise InvalidParameterError("expression of a Formula must be text")
        check_names("Formula", (self.column,), 1)
        if self.column in set(self._parsed.columns):
            raise InvalidParameterError(f"Formula computes {self.column!r} from itself")
        is_number = isinstance(self.tolerance, Real) and not isinstance(self.tolerance, bool)
        if not is_number or not 0 <= self.tolerance < sys.float_info.max:
            raise InvalidParameterError("tolerance of a Formula must be a number >= 0")

    @cached_property
    def _parsed(self) -> Expression:
        return Expression(self.expression)

    @property
    def columns(self) -> tuple[Hashable, ...]:
        return self.column, *self._parsed.columns

    @property
    def members(self) -> tuple[Hashable, ...]:
        return self.column, *reversed(self._parsed.solvable)

    def __str__(self) -> str:
        return f"{self.column!r} = {self.expression}"

    def broken(self, table: pd.DataFrame, schema: TableSchema) -> BoolArray:
        found, computed = meaning_of(self.column, table, schema), self._computed(table, schema)
        is_date, comes_to_date = map(pd.api.types.is_datetime64_any_dtype, (found, computed))
        if is_date and not comes_to_date:  # a date less a duration would be a date
            raise TypeError("no date")
        gaps = as_floats(found - as_stored(computed, schema[self.column]))
        sizes = np.maximum(np.abs(as_floats(found)), np.abs(as_floats(computed)))
        error = precision(self.columns, schema) * sizes + rounding(schema[self.column])
        error = np.zeros(len(sizes)) if is_date else error
        error = error + (_MICROSECOND if self._parsed.makes_times else 0.0)
        return np.asarray(np.abs(gaps) > self.tolerance + error)  # false where one is missing

    def solved(self, member: Hashable, table: pd.DataFrame, schema: TableSchema) -> pd.Series:
        if member == self.column:
            return self._computed(table, schema)
        names = [name for name in self.columns if name != member]
        return _counted(
            lambda cells: self._parsed.solved(member, cells[self.column], cells),
            _cells(names, table, schema),
        )

    def _computed(self, table: pd.DataFrame, schema: TableSchema) -> pd.Series:
        return _counted(self._parsed.value, _cells(self._parsed.columns, table, schema))

    def to_json(self) -> dict[str, JsonValue]:
        tolerance = value_to_json(float(self.tolerance))
        column = value_to_json(self.column)
        return {"column": column, "expression": self.expression, "tolerance": tolerance}

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Self:
        tolerance = number_from_json(form.get("tolerance", 0.0))
        return cls(value_from_json(form["column"]), form["expression"], tolerance)


def _counted(
    computed: Callable[[Mapping[Hashable, pd.Series]], pd.Series], cells: dict[Hashable, pd.Series]
) -> pd.Series:
    """Return what is computed from cells, in a unit that can count it: nanoseconds end in 2262."""
    try:
        found = computed(cells)
    except (OverflowError, ValueError):
        found = computed({name: _in_microseconds(column) for name, column in cells.items()})
    return _finite(found)


def _in_microseconds(cells: pd.Series) -> pd.Series:
    is_number = pd.api.types.is_numeric_dtype(cells.dtype)
    return cells if is_number else cells.dt.as_unit("us")


def _cells(
    names: Iterable[Hashable], table: pd.DataFrame, schema: TableSchema
) -> dict[Hashable, pd.Series]:
    return {name: _arithmetic(meaning_of(name, table, schema)) for name in names}


def _arithmetic(cells: pd.Series) -> pd.Series:
    """Return numbers as float64, which knows no overflow and no division that fails."""
    if not pd.api.types.is_numeric_dtype(cells.dtype):
        return cells
    return pd.Series(cells.to_numpy(dtype="float64", na_value=np.nan))


def _finite(computed: pd.Series) -> pd.Series:
    """Return numbers, missing after a division by zero and the like: nothing is said of these."""
    if pd.api.types.is_float_dtype(computed.dtype):
        return computed.where(np.isfinite(computed))
    return computed
