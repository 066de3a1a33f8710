"""Rules that every training row keeps: one value at most another, sums, fixed combinations.

They are found in the training rows, not given: a rule is one that no training row breaks and that
rows of independent columns do break. Whether a rule holds beyond the training rows is for fresh
real rows to say; their share is the ceiling.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.tables import FloatArray, ViewColumn
from tabgan.schema import Kind

# Rows that a rule must be about: one in a hundred may then break it unseen in one case of three
# hundred at most. (.99 ** 500 = .007)
_FEWEST_ROWS = 500
# Rows at which candidates are weeded out before all are looked at.
_FIRST_ROWS = 64
# Share of rows of independent columns that must break a rule: else it says little.
_BROKEN_BY_CHANCE = 0.01
# Sums are exact but for rounding to the digits of a float32.
_PRECISION = 1e-6
# Share of rows in which both parts of a sum are not zero: else it is an equality of two columns.
_BOTH_PARTS = 0.05
# Rows that each value of a determining column has on average: fewer are no evidence.
_ROWS_OF_VALUE = 20
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
        lower, upper = rows[:, self.lower], rows[:, self.upper]
        return np.where(np.isnan(lower) | np.isnan(upper), np.nan, lower <= upper)


@dataclass(frozen=True)
class Sum:
    """One column is the sum of two others, where all are present."""

    total: int
    first: int
    second: int

    @property
    def concerned(self) -> tuple[int, int]:
        """The two columns that it is listed under."""
        return self.total, self.first

    def told(self, names: list[Hashable]) -> str:
        """Return the rule in words."""
        return f"{names[self.total]} = {names[self.first]} + {names[self.second]}"

    def kept(self, rows: FloatArray) -> FloatArray:
        """Return 1 for rows that keep it, 0 for others, NaN where it says nothing."""
        total, sums = rows[:, self.total], rows[:, self.first] + rows[:, self.second]
        equal = np.abs(sums - total) <= _tolerance(sums, total)
        return np.where(np.isnan(sums - total), np.nan, equal)


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


def find_rules(
    columns: tuple[ViewColumn, ...], train: FloatArray, independent: FloatArray
) -> list[Rule]:
    """Return the rules that the training rows keep.

    Parameters
    ----------
    columns : tuple of ViewColumn
        What the columns are.
    train : ndarray of float64, shape (rows, columns)
        The training rows; NaN is missing.
    independent : ndarray of float64, shape (rows, columns)
        Rows of the same columns without any relation.
    """
    candidates = [*_orders(columns, train), *_sums(columns, train), *_combinations(train)]
    return [
        rule for rule in candidates if _always_kept(rule, train) and _is_news(rule, independent)
    ]


def kept_shares(rules: list[Rule], rows: FloatArray) -> FloatArray:
    """Return the share of rows that keep each rule, of those that it says something about.

    Shape (rules,). A rule that it says nothing about is kept by none: what it is about is gone.
    """
    shares = np.zeros(len(rules))
    for i, rule in enumerate(rules):
        kept = rule.kept(rows)
        if not np.isnan(kept).all():
            shares[i] = np.nanmean(kept)
    return shares


def _always_kept(rule: Rule, train: FloatArray) -> bool:
    kept = rule.kept(train)
    told = kept[~np.isnan(kept)]
    return len(told) >= _FEWEST_ROWS and bool(told.all())


def _is_news(rule: Rule, independent: FloatArray) -> bool:
    kept = rule.kept(independent)
    told = kept[~np.isnan(kept)]
    return len(told) > 0 and float(told.mean()) < 1.0 - _BROKEN_BY_CHANCE


def _orders(columns: tuple[ViewColumn, ...], train: FloatArray) -> list[Rule]:
    units = [
        _UNITS.get(column.kind, str(column.kind)) if column.is_ordered else "" for column in columns
    ]
    pairs = [
        (i, j) for i, j in permutations(range(len(columns)), 2) if units[i] and units[i] == units[j]
    ]
    few = train[:_FIRST_ROWS]
    return [AtMost(i, j) for i, j in pairs if not (few[:, i] > few[:, j]).any()]


def _sums(columns: tuple[ViewColumn, ...], train: FloatArray) -> list[Rule]:
    numbers = [i for i, column in enumerate(columns) if column.kind in _UNITS]
    few = train[:_FIRST_ROWS, numbers]
    found: list[Rule] = []
    for first, second in combinations(range(len(numbers)), 2):
        parts = train[:, numbers[first]], train[:, numbers[second]]
        if ((parts[0] != 0) & (parts[1] != 0)).mean() < _BOTH_PARTS:
            continue
        sums = (few[:, first] + few[:, second])[:, np.newaxis]
        differs = np.abs(sums - few) > _tolerance(sums, few)  # false for missing
        found += [
            Sum(numbers[total], numbers[first], numbers[second])
            for total in np.flatnonzero(~differs.any(axis=0))
            if total not in (first, second)
        ]
    return found


def _combinations(train: FloatArray) -> list[Rule]:
    most = len(train) // _ROWS_OF_VALUE
    levels = [np.unique(column) for column in train.T]
    codes = [np.searchsorted(known, column) for known, column in zip(levels, train.T, strict=True)]
    few = [i for i, known in enumerate(levels) if 2 <= len(known) <= most]
    found: list[Rule] = []
    for key, value in permutations(few, 2):
        if len(levels[value]) > len(levels[key]):
            continue  # every value needs a key of its own
        of_key = np.zeros(len(levels[key]), dtype=np.int64)
        of_key[codes[key]] = codes[value]
        if np.array_equal(of_key[codes[key]], codes[value]):
            found.append(Determined(key, value, levels[key], levels[value][of_key]))
    return found


def _tolerance(sums: FloatArray, totals: FloatArray) -> FloatArray:
    return np.asarray(_PRECISION * np.maximum(np.abs(sums), np.abs(totals)))


def _equal(first: FloatArray, second: FloatArray) -> NDArray[np.bool_]:
    return np.asarray((first == second) | (np.isnan(first) & np.isnan(second)))
