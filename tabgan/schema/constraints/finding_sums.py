"""Which columns of a matrix of numbers are sums of others, or add up to the same in every row."""

from collections.abc import Sequence
from itertools import combinations
from math import ceil

import numpy as np
from numpy.typing import NDArray

from tabgan.schema.constraints.finding import FEWEST_ROWS, FIRST_ROWS, FloatArray

# Sums are exact but for rounding to the digits of a float32.
PRECISION = 1e-6
# Share of rows in which both parts of a sum are there: else it is an equality of two columns.
_BOTH_PARTS = 0.05
# Of balances first choices: rows that are looked at, and columns at most; in what share of the rows
# all numbers are there; how little of a column's variation may be left, and how far a weight may be
# from none or one, where numbers are rounded.
_FEWEST_ROWS, _MOST_ROWS, _MOST_COLUMNS = 100, 4_000, 128
_LEAST_SHARE, _LEFT, _WEIGHT_OFF = 0.5, 0.05, 0.05
# Of two columns one is equal to the other, or what it leaves.
_FEWEST_COLUMNS = 3


def keeps_sum(rows: FloatArray, total: int, parts: Sequence[int]) -> FloatArray:
    """Return 1 where a column is the sum of others, 0 where not, NaN where one is missing."""
    totals, sums = rows[:, total], rows[:, parts].sum(axis=1)
    return np.where(np.isnan(sums - totals), np.nan, _are_equal(sums, totals))


def candidate_sums(rows: FloatArray, numbers: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Return totals and parts of sums that some of the rows keep.

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
            parts = tuple(column for column in balance if balance[column] != sign)
            if len(alone) == 1 and len(parts) > 2:
                found.append((alone[0], parts))
    return found


def find_balances(rows: FloatArray, numbers: Sequence[int]) -> list[dict[int, float]]:
    """Return numbers that add up to nearly the same in every row.

    A search for one part after the other does not find a total of five counts, or the shares of a
    whole: none but the last part need leave less than there was before. So each column is told by
    all before it that do not tell each other (a QR decomposition).

    Parameters
    ----------
    rows : ndarray of float64, shape (rows, columns)
        NaN is missing.
    numbers : sequence of int
        The columns that are numbers.

    Returns
    -------
    list of dict of int to float
        For each balance its columns, three or more, and 1 or -1, by which each is multiplied.
    """
    if len(numbers) > _MOST_COLUMNS:
        return []
    rows = rows[:: ceil(len(rows) / _MOST_ROWS)]
    places = _there_together(rows, numbers)
    present = rows[:, places]
    present = present[~np.isnan(present).any(axis=1)]
    if len(present) < max(_FEWEST_ROWS, 2 * len(places)):
        return []
    centred = present - present.mean(axis=0)
    norms = np.linalg.norm(centred, axis=0)
    directions = np.empty((len(present), 0))
    independent: list[int] = []
    balances = []
    for place in np.flatnonzero(norms):
        column = centred[:, place] / norms[place]
        left = _apart_from(directions, column)
        size = float(np.linalg.norm(left))
        if size <= _LEFT:
            weights = np.linalg.lstsq(centred[:, independent], centred[:, place], rcond=None)[0]
            signs = np.rint(weights)
            if (np.abs(signs) <= 1.0).all() and np.allclose(weights, signs, 0.0, _WEIGHT_OFF):
                parts = {places[independent[i]]: -signs[i] for i in np.flatnonzero(signs)}
                balances.append({**parts, places[place]: 1.0})
                continue
        if size > np.sqrt(np.finfo(float).eps):
            directions = np.column_stack([directions, left / size])
            independent.append(int(place))
    return [balance for balance in balances if len(balance) >= _FEWEST_COLUMNS]


def _there_together(rows: FloatArray, numbers: Sequence[int]) -> list[int]:
    """Return numbers that are there in the same rows, most of them if need be."""
    is_there = ~np.isnan(rows)
    together = np.ones(len(rows), dtype=bool)
    chosen = []
    for place in sorted(numbers, key=lambda place: -int(is_there[:, place].sum())):
        if np.count_nonzero(together & is_there[:, place]) >= _LEAST_SHARE * len(rows):
            together &= is_there[:, place]
            chosen.append(place)
    return sorted(chosen)


def _apart_from(directions: FloatArray, column: FloatArray) -> FloatArray:
    """Return what of a column no direction tells; twice, as rounding leaves some the first time."""
    for _ in range(2):
        column = column - directions @ (column @ directions)
    return column


def _are_equal(sums: FloatArray, totals: FloatArray) -> NDArray[np.bool_]:
    tolerance = PRECISION * np.maximum(np.abs(sums), np.abs(totals))
    return np.asarray(np.abs(sums - totals) <= tolerance)
