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

# Rows that a rule must be about: if one row in a hundred breaks it, so many show it but in 7 of a
# thousand cases (.99 ** 500).
FEWEST_ROWS = 500
# Rows at which candidates are weeded out before all are looked at.
_FIRST_ROWS = 64
# Share of rows of independent columns that must break a rule: else it says little.
_BROKEN_BY_CHANCE = 0.01
# Sums are exact but for rounding to the digits of a float32.
_PRECISION = 1e-6
# A chance that is none: that of no row being concerned.
_BY_CHANCE = 0.01
# Share of rows in which both parts of a sum are there: else it is an equality of two columns.
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
        candidates = [*_orders(columns, train), *_sums(columns, train), *_combinations(train)]
        rules = [
            rule for rule in candidates if _always_kept(rule, train) and _is_news(rule, independent)
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


def _always_kept(rule: Rule, train: FloatArray) -> bool:
    kept = rule.kept(train)
    told = kept[~np.isnan(kept)]
    return len(told) >= FEWEST_ROWS and bool(told.all())


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
    found: list[Rule] = []
    for first, second in combinations(numbers, 2):
        one, other = np.abs(train[:, first]), np.abs(train[:, second])
        # A part that the total's digits cannot show is none; false where one is missing.
        has_both = (one > _PRECISION * other) & (other > _PRECISION * one)
        if has_both.sum() < max(FEWEST_ROWS, _BOTH_PARTS * len(train)):
            continue
        few = train[np.flatnonzero(has_both)[:_FIRST_ROWS]]
        sums = (few[:, first] + few[:, second])[:, np.newaxis]
        totals = few[:, numbers]
        equal = np.abs(sums - totals) <= _tolerance(sums, totals)
        # Missing totals tell nothing, so most must be there.
        holds = (equal | np.isnan(totals)).all(axis=0) & (equal.mean(axis=0) > 0.5)
        found += [
            Sum(numbers[total], first, second)
            for total in np.flatnonzero(holds)
            if numbers[total] not in (first, second)
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
