"""Which columns of a matrix of numbers are sums of others in every row."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tabgan.schema.constraints.balances import find_balances
from tabgan.schema.constraints.finding import FEWEST_ROWS, FIRST_ROWS, FloatArray

# Sums are exact but for rounding to the digits of a float32.
PRECISION = 1e-6
# Share of rows in which both parts of a sum are there: else it is an equality of two columns.
_BOTH_PARTS = 0.05


def keeps_sum(rows: FloatArray, total: int, parts: Sequence[int]) -> FloatArray:
    """Return 1 where a column is the sum of others, 0 where not, NaN where one is missing."""
    totals, sums = rows[:, total], rows[:, parts].sum(axis=1)
    return np.where(np.isnan(sums - totals), np.nan, _are_equal(sums, totals))


def candidate_sums(rows: FloatArray, numbers: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Return totals and parts of sums that may hold; whether they do, all rows have to say.

    Parameters
    ----------
    rows : ndarray of float64, shape (rows, columns)
        NaN is missing.
    numbers : list of int
        The columns that are numbers.
    """
    return [*_sums_of_two(rows, numbers), *_sums_of_more(rows, numbers)]


def _sums_of_two(rows: FloatArray, numbers: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    found: list[tuple[int, tuple[int, ...]]] = []
    for first, second in combinations(numbers, 2):
        one, other = np.abs(rows[:, first]), np.abs(rows[:, second])
        # A part that the total's digits cannot show is none; false where one is missing.
        has_both = (one > PRECISION * other) & (other > PRECISION * one)
        if has_both.sum() < max(FEWEST_ROWS, _BOTH_PARTS * len(rows)):
            continue
        few = rows[np.flatnonzero(has_both)[:FIRST_ROWS]]
        sums = (few[:, first] + few[:, second])[:, np.newaxis]
        totals = few[:, numbers]
        # Missing totals tell nothing, so most must be there.
        equal = _are_equal(sums, totals)
        holds = (equal | np.isnan(totals)).all(axis=0) & (equal.mean(axis=0) > 0.5)
        found += [
            (numbers[total], (first, second))
            for total in np.flatnonzero(holds)
            if numbers[total] not in (first, second)
        ]
    return found


def _sums_of_more(rows: FloatArray, numbers: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    found: list[tuple[int, tuple[int, ...]]] = []
    for balance in find_balances(rows, numbers):
        for sign in (1.0, -1.0):
            alone = [column for column in balance if balance[column] == sign]
            parts = tuple(column for column in balance if balance[column] == -sign)
            if len(alone) == 1 and 2 < len(parts) == len(balance) - 1:
                found.append((alone[0], parts))
    return found


def _are_equal(sums: FloatArray, totals: FloatArray) -> NDArray[np.bool_]:
    tolerance = PRECISION * np.maximum(np.abs(sums), np.abs(totals))
    return np.asarray(np.abs(sums - totals) <= tolerance)
