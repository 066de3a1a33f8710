"""Rules that every training row keeps: one value at most another, sums, fixed combinations.

They are found in the training rows, not given: a rule is one that no training row breaks and that
rows of independent columns do break. Whether a rule holds beyond the training rows is for fresh
real rows to say; their share is the ceiling.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.tables import FloatArray, ViewColumn
from tabgan.schema import Kind
from tabgan.schema.constraints.finding import (
    FEWEST_ROWS,
    candidate_orders,
    determined_values,
    is_rule,
    keeps_order,
)
from tabgan.schema.constraints.finding_sums import candidate_sums, keeps_sum

# A chance that is none: that of no row being concerned.
_BY_CHANCE = 0.01
_UNITS = {Kind.CONTINUOUS: "number", Kind.INTEGER: "number"}


@dataclass(frozen=True)
class AtMost:
    """One column is never above another, where both are present."""

    lower: int
    upper: int

    @property
    def concerned(self) -> tuple[int, int]:
        """The two columns that it is listed under."""
        return self.lower, self.upper

    def told(self, names: list[Hashable]) -> str:
        """Return the rule in words."""
        return f"{names[self.lower]} <= {names[self.upper]}"

    def kept(self, rows: FloatArray) -> FloatArray:
        """Return 1 for rows that keep it, 0 for others, NaN where it says nothing."""
        return keeps_order(rows, self.lower, self.upper)


@dataclass(frozen=True)
class Sum:
    """One column is the sum of others, where all are present."""

    total: int
    parts: tuple[int, ...]

    @property
    def concerned(self) -> tuple[int, int]:
        """The two columns that it is listed under."""
        return self.total, self.parts[0]

    def told(self, names: list[Hashable]) -> str:
        """Return the rule in words."""
        return f"{names[self.total]} = {' + '.join(str(names[part]) for part in self.parts)}"

    def kept(self, rows: FloatArray) -> FloatArray:
        """Return 1 for rows that keep it, 0 for others, NaN where it says nothing."""
        return keeps_sum(rows, self.total, self.parts)


@dataclass(frozen=True)
class Determined:
    """The value of one column tells that of another; missing counts as a value.

    Parameters
    ----------
    key, value : int
        Columns.
    keys, values : ndarray of float64, shape (keys,)
        What goes with what, by rising keys; NaN, which sorts last, is missing.
    """

    key: int
    value: int
    keys: FloatArray
    values: FloatArray

    @property
    def concerned(self) -> tuple[int, int]:
        """The two columns that it is listed under."""
        return self.key, self.value

    def told(self, names: list[Hashable]) -> str:
        """Return the rule in words."""
        return f"{names[self.key]} tells {names[self.value]}"

    def kept(self, rows: FloatArray) -> FloatArray:
        """Return 1 for rows that keep it, 0 for others, NaN for keys that were never seen."""
        keys, values = rows[:, self.key], rows[:, self.value]
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        is_known = _equal(self.keys[places], keys)
        return np.where(is_known, _equal(self.values[places], values), np.nan)


Rule = AtMost | Sum | Determined


@dataclass(frozen=True)
class Rules:
    """The rules that the training rows keep.

    Parameters
    ----------
    rules : list of Rule
    concerned : list of float
        Share of the training rows that each says something about.
    """

    rules: list[Rule]
    concerned: list[float]

    @classmethod
    def found_in(
        cls, columns: tuple[ViewColumn, ...], train: FloatArray, independent: FloatArray
    ) -> "Rules":
        """Return the rules that no training row breaks and that independent columns do.

        Parameters
        ----------
        columns : tuple of ViewColumn
            What the columns are.
        train : ndarray of float64, shape (rows, columns)
            The training rows; NaN is missing.
        independent : ndarray of float64, shape (rows, columns)
            Rows of the same columns without any relation.
        """
        if len(train) < FEWEST_ROWS:
            return cls([], [])
        rules = [
            rule
            for rule in _candidates(columns, train)
            if is_rule(rule.kept(train), rule.kept(independent))
        ]
        return cls(rules, [float((~np.isnan(rule.kept(train))).mean()) for rule in rules])

    def kept_shares(self, rows: FloatArray) -> FloatArray:
        """Return the share of rows that keep each rule, of those that it is about, shape (rules,).

        Where it is about none: 0 if by the training rows there should be some, as they are lost;
        else NaN.
        """
        shares = np.empty(len(self.rules))
        for i, (rule, concerned) in enumerate(zip(self.rules, self.concerned, strict=True)):
            kept = rule.kept(rows)
            told = kept[~np.isnan(kept)]
            none_by_chance = (1.0 - concerned) ** len(rows)
            if len(told):
                shares[i] = told.mean()
            else:
                shares[i] = 0.0 if none_by_chance < _BY_CHANCE else np.nan
        return shares


def _candidates(columns: tuple[ViewColumn, ...], train: FloatArray) -> list[Rule]:
    units = [
        _UNITS.get(column.kind, str(column.kind)) if column.is_ordered else "" for column in columns
    ]
    numbers = [i for i, column in enumerate(columns) if column.kind in _UNITS]
    return [
        *(AtMost(*pair) for pair in candidate_orders(train, units)),
        *(Sum(*found) for found in candidate_sums(train, numbers)),
        *(Determined(*found) for found in determined_values(train)),
    ]


def _equal(first: FloatArray, second: FloatArray) -> NDArray[np.bool_]:
    return np.asarray((first == second) | (np.isnan(first) & np.isnan(second)))
