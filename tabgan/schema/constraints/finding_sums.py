"""Which columns of a matrix of numbers are sums of others, or add up to the same in every row."""

from collections.abc import Sequence
from functools import partial
from itertools import combinations, permutations, product

import numpy as np
from numpy.typing import NDArray

from tabgan.randomness import stream
from tabgan.schema.constraints.finding import FEWEST_ROWS, FIRST_ROWS, FloatArray

# Sums are exact but for rounding to the digits of a float32.
PRECISION = 1e-6
# Share of rows in which both parts of a sum are there: else it is an equality of two columns.
_BOTH_PARTS = 0.05
# Of balances first choices: rows that are looked at, and columns at most; in what share of the rows
# all numbers are there; how little of a column's variation may be left, and how far a weight may be
# from a whole number, where numbers are rounded; and the largest weight: points for a win, months.
_FEWEST_ROWS, _MOST_ROWS, _MOST_COLUMNS = 100, 4_000, 128
_LEAST_SHARE, _LEFT, _WEIGHT_OFF, _LARGEST_WEIGHT = 0.5, 0.05, 0.05, 12
# How often a balance is taken to be put together with another one.
_TIMES = (1, 2, 3)


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
            parts = tuple(column for column in balance if balance[column] == -sign)
            if len(alone) == 1 and 2 < len(parts) == len(balance) - 1:
                found.append((alone[0], parts))
    return found


def find_balances(rows: FloatArray, numbers: Sequence[int]) -> list[dict[int, float]]:
    """Return numbers that add up to nearly the same in every row, some of them several times.

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
        For each balance its columns, and the whole number by which each is multiplied.
    """
    if len(numbers) > _MOST_COLUMNS:
        return []
    rows = rows[np.sort(stream(0, "rules").permutation(len(rows))[:_MOST_ROWS])]
    places = _there_together(rows, numbers)
    present = rows[:, places]
    present = present[~np.isnan(present).any(axis=1)]
    if len(present) < max(_FEWEST_ROWS, 2 * len(places)):
        return []
    centred = present - present.mean(axis=0)
    norms = np.linalg.norm(centred, axis=0)
    directions = np.empty((len(present), 0))
    independent: list[int] = []
    balances: list[FloatArray] = []
    for place in np.flatnonzero(norms):
        column = centred[:, place] / norms[place]
        left = _apart_from(directions, column)
        size = float(np.linalg.norm(left))
        if size <= _LEFT:
            weights = np.linalg.lstsq(centred[:, independent], centred[:, place], rcond=None)[0]
            balance = np.zeros(len(places))
            balance[np.append(independent, place)] = _whole_numbers(np.append(-weights, 1.0))
            if _holds(balance, present):
                balances.append(balance)
                continue
        if size > np.sqrt(np.finfo(float).eps):
            directions = np.column_stack([directions, left / size])
            independent.append(int(place))
    return [
        {places[i]: float(balance[i]) for i in np.flatnonzero(balance)}
        for balance in _simplest(balances, present)
    ]


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


def _whole_numbers(weights: FloatArray) -> FloatArray:
    """Return small whole numbers that weights are proportional to, zeros if there are none."""
    for times in range(1, _LARGEST_WEIGHT + 1):
        whole = np.rint(times * weights)
        is_near = np.allclose(times * weights, whole, 0.0, _WEIGHT_OFF)
        if is_near and np.abs(whole).max() <= _LARGEST_WEIGHT:
            return whole
    return np.zeros(len(weights))


def _simplest(balances: list[FloatArray], rows: FloatArray) -> list[FloatArray]:
    """Return balances that say the same and are more likely what is meant.

    Points, games played, lost and drawn are a balance; together with that of the games won it says
    that games are played to be won, drawn or lost.
    """
    simplest = list(balances)
    complexity = partial(_complexity, means=rows.mean(axis=0), spreads=rows.std(axis=0))
    is_done = False
    while not is_done:
        is_done = True
        for one, other in permutations(range(len(simplest)), 2):
            if not (simplest[one] * simplest[other]).any():
                continue
            for times, other_times in product(_TIMES, (*_TIMES, *(-n for n in _TIMES))):
                both = times * simplest[one] + other_times * simplest[other]
                both /= max(1, np.gcd.reduce(np.abs(both).astype(np.int64)))
                is_simpler = complexity(both) < complexity(simplest[one])
                if is_simpler and _holds(both, rows):
                    simplest[one], is_done = both, False
    return simplest


def _holds(balance: FloatArray, rows: FloatArray) -> bool:
    """Say whether a balance leaves little of the column that varies the least in it."""
    used = np.flatnonzero(balance)
    parts = rows[:, used] * balance[used]
    return len(used) > 1 and bool(parts.sum(axis=1).std() <= _LEFT * parts.std(axis=0).min())


def _complexity(
    balance: FloatArray, means: FloatArray, spreads: FloatArray
) -> tuple[bool, int, float]:
    """Return how far a balance is from what is meant.

    It is neither a total nor shares of a whole, has many columns, and large weights.
    """
    sizes = np.abs(balance)
    is_whole = abs(balance @ means) > (sizes * spreads).max()
    on_a_side = min(np.count_nonzero(balance > 0.0), np.count_nonzero(balance < 0.0))
    return on_a_side != (0 if is_whole else 1), int(np.count_nonzero(sizes)), float(sizes.sum())


def _are_equal(sums: FloatArray, totals: FloatArray) -> NDArray[np.bool_]:
    tolerance = PRECISION * np.maximum(np.abs(sums), np.abs(totals))
    return np.asarray(np.abs(sums - totals) <= tolerance)
