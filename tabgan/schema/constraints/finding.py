"""Which columns of a matrix of numbers keep a rule in every row: orders, determined values.

A rule is worth telling if no row breaks it and rows of independent columns do.
"""

from itertools import permutations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# Rows that a rule must be about: if one row in a hundred breaks it, so many show it but in 7 of a
# thousand cases (.99 ** 500).
FEWEST_ROWS = 500
# Rows at which candidates are weeded out before all are looked at.
FIRST_ROWS = 64
# Share of rows of independent columns that must break a rule: else it says little.
_BROKEN_BY_CHANCE = 0.01
# Rows that each value of a determining column has on average: fewer are no evidence.
_ROWS_OF_VALUE = 20


def is_rule(kept: FloatArray, kept_by_independent: FloatArray) -> bool:
    """Say whether enough rows keep a rule and none breaks it, as independent columns do.

    Parameters
    ----------
    kept, kept_by_independent : ndarray of float64, shape (rows,)
        1 for a row that keeps it, 0 for one that breaks it, NaN where it says nothing.
    """
    told = kept[~np.isnan(kept)]
    by_chance = kept_by_independent[~np.isnan(kept_by_independent)]
    return (
        len(told) >= FEWEST_ROWS
        and bool(told.all())
        and len(by_chance) > 0
        and float(by_chance.mean()) < 1.0 - _BROKEN_BY_CHANCE
    )


def keeps_order(rows: FloatArray, lower: int, upper: int) -> FloatArray:
    """Return 1 where one column is at most another, 0 where not, NaN where one is missing."""
    low, high = rows[:, lower], rows[:, upper]
    return np.where(np.isnan(low) | np.isnan(high), np.nan, low <= high)


def candidate_orders(rows: FloatArray, units: list[str]) -> list[tuple[int, int]]:
    """Return pairs of columns of one unit of which the first few rows keep an order.

    Parameters
    ----------
    rows : ndarray of float64, shape (rows, columns)
        NaN is missing.
    units : list of str
        What each column counts; empty for one without an order.
    """
    pairs = [
        (i, j) for i, j in permutations(range(len(units)), 2) if units[i] and units[i] == units[j]
    ]
    few = rows[:FIRST_ROWS]
    return [(i, j) for i, j in pairs if not (few[:, i] > few[:, j]).any()]


def determined_values(rows: FloatArray) -> list[tuple[int, int, FloatArray, FloatArray]]:
    """Return key, value, and what goes with what, where a column tells another in every row.

    The keys are rising; NaN, which sorts last, is missing and a value like any other.
    """
    most = len(rows) // _ROWS_OF_VALUE
    levels = [np.unique(column) for column in rows.T]
    codes = [np.searchsorted(known, column) for known, column in zip(levels, rows.T, strict=True)]
    few = [i for i, known in enumerate(levels) if 2 <= len(known) <= most]
    found = []
    for key, value in permutations(few, 2):
        if len(levels[value]) > len(levels[key]):
            continue  # every value needs a key of its own
        of_key = np.zeros(len(levels[key]), dtype=np.int64)
        of_key[codes[key]] = codes[value]
        if np.array_equal(of_key[codes[key]], codes[value]):
            found.append((key, value, levels[key], levels[value][of_key]))
    return found
