"""Which columns of a matrix of numbers are sums of others, or add up to the same in every row."""

from collections.abc import Sequence
from functools import partial
from itertools import combinations, permutations

import numpy as np
from numpy.typing import NDArray

from tabgan.randomness import stream
from tabgan.schema.constraints.finding import FEWEST_ROWS, FIRST_ROWS, FloatArray

# Sums are exact but for rounding to the digits of a float32.
PRECISION = 1e-6
# Share of rows in which both parts of a sum are there: else it is an equality of two columns.
_BOTH_PARTS = 0.05
# Of balances first choices: rows that are looked at, and columns at most; in what share of the rows
# of one number the others of a group are there, and groups; parts in which the rows are looked at.
_FEWEST_ROWS, _MOST_ROWS, _MOST_COLUMNS = 100, 4_000, 128
_LEAST_SHARE, _MOST_GROUPS, _PARTS_OF_ROWS = 0.5, 4, 4
# How little of a column's variation may be left; how far a weight may be from a whole number, where
# numbers are rounded; and the largest weight: points for a win, months.
_LEFT, _WEIGHT_OFF, _LARGEST_WEIGHT = 0.05, 0.05, 12
# Floats hold whole numbers, and so their sums, up to here.
_LARGEST = 2.0**53
# How often two balances are taken to be put together.
_TIMES = np.array([(n, sign * m) for n in (1, 2, 3) for m in (1, 2, 3) for sign in (1, -1)], float)


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
    """Return numbers that may add up to the same in every row, some of them several times.

    A search for one part after the other does not find a total of five counts, or the shares of a
    whole: none but the last part need leave less than there was before. So each column is told by
    all before it that do not tell each other (a QR decomposition). What is left of it may be a
    twentieth of the part that varies the least, as rounding leaves some: whoever takes a balance
    for a rule has to look whether it is.

    Parameters
    ----------
    rows : ndarray of float64, shape (rows, columns)
        NaN is missing.
    numbers : sequence of int
        The columns that are numbers; of more than 128 nothing is found.

    Returns
    -------
    list of dict of int to float
        For each balance its columns, and the whole number by which each is multiplied.
    """
    if len(numbers) > _MOST_COLUMNS:
        return []
    rows = rows[stream(0, "rules").permutation(len(rows))[:_MOST_ROWS]]
    largest = np.nanmax(np.abs(rows), axis=0, initial=0.0)
    numbers = [column for column in numbers if largest[column] < _LARGEST]
    # A few wrong rows leave one of the parts without any.
    found: dict[frozenset[tuple[int, float]], dict[int, float]] = {}
    for group in _there_together(rows, numbers):
        present = rows[:, group]
        present = present[~np.isnan(present).any(axis=1)]
        n_parts = min(_PARTS_OF_ROWS, len(present) // max(_FEWEST_ROWS, 2 * len(group)))
        for part in np.array_split(present, n_parts) if n_parts else ():
            for weights in _simplest(_balances(part), part):
                balance = {group[i]: float(weights[i]) for i in np.flatnonzero(weights)}
                found.setdefault(frozenset(balance.items()), balance)
    return list(found.values())


def _there_together(rows: FloatArray, numbers: Sequence[int]) -> list[list[int]]:
    """Return groups of numbers that are there in the same rows, each in one or more of them."""
    is_there = ~np.isnan(rows)
    groups: list[list[int]] = []
    left = list(numbers)
    while left and len(groups) < _MOST_GROUPS:
        together = is_there[:, max(left, key=lambda column: int(is_there[:, column].sum()))]
        group = []
        fewest = _LEAST_SHARE * np.count_nonzero(together)
        missing = np.count_nonzero(~is_there[together], axis=0)
        for column in sorted(numbers, key=lambda column: int(missing[column])):
            if np.count_nonzero(together & is_there[:, column]) >= fewest:
                together = together & is_there[:, column]
                group.append(column)
        groups.append(sorted(group))
        left = [column for column in left if column not in group]
    return groups


def _balances(rows: FloatArray) -> list[FloatArray]:
    """Return the weights of all columns in each balance."""
    centred = rows - rows.mean(axis=0)
    centred = centred / np.maximum(np.abs(centred).max(axis=0), np.finfo(float).tiny)
    norms = np.linalg.norm(centred, axis=0)
    unit = centred / np.maximum(norms, np.finfo(float).tiny)
    spreads = rows.std(axis=0)
    directions = np.empty((len(rows), 0))
    independent: list[int] = []
    balances = []
    for column in np.flatnonzero(spreads):
        rest = _apart_from(directions, unit[:, column])
        size = float(np.linalg.norm(rest))
        if size <= _LEFT:
            weights = np.linalg.lstsq(unit[:, independent], unit[:, column], rcond=None)[0]
            weights *= spreads[column] / spreads[independent]
            balance = np.zeros(rows.shape[1])
            balance[np.append(independent, column).astype(int)] = _whole_numbers(
                np.append(-weights, 1.0)
            )
            if _holds(balance, rows):
                balances.append(balance)
        # What is nearly told by one balance may be a part of another.
        if size > np.sqrt(np.finfo(float).eps):
            directions = np.column_stack([directions, rest / size])
            independent.append(int(column))
    return balances


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
    if not balances:
        return []
    simplest = np.stack(balances)
    complexity = partial(_complexity, means=rows.mean(axis=0), spreads=rows.std(axis=0))
    sizes = complexity(simplest)
    is_done = False
    while not is_done:
        is_done = True
        for one, other in permutations(range(len(simplest)), 2):
            if not (simplest[one] * simplest[other]).any():
                continue
            both = _TIMES @ simplest[[one, other]]
            both /= np.maximum(1.0, np.gcd.reduce(np.abs(both).astype(np.int64), axis=1))[:, None]
            of_both = complexity(both)
            best = min(range(len(both)), key=of_both.__getitem__)
            if of_both[best] < sizes[one] and _holds(both[best], rows):
                simplest[one], sizes[one], is_done = both[best], of_both[best], False
    return list(simplest)


def _holds(balance: FloatArray, rows: FloatArray) -> bool:
    """Say whether a balance leaves little of the column that varies the least in it."""
    used = np.flatnonzero(balance)
    parts = rows[:, used] * balance[used]
    return len(used) > 1 and bool(parts.sum(axis=1).std() <= _LEFT * parts.std(axis=0).min())


def _complexity(
    balances: FloatArray, means: FloatArray, spreads: FloatArray
) -> list[tuple[bool, int, float]]:
    """Return how far each balance is from what is meant.

    It is neither a total nor shares of a whole, has many columns, and large weights.
    """
    sizes = np.abs(balances)
    is_whole = np.abs(balances @ means) > (sizes * spreads).max(axis=1)
    on_a_side = np.minimum((balances > 0.0).sum(axis=1), (balances < 0.0).sum(axis=1))
    is_neither = on_a_side != np.where(is_whole, 0, 1)
    n_columns = np.count_nonzero(sizes, axis=1)
    return list(
        zip(is_neither.tolist(), n_columns.tolist(), sizes.sum(axis=1).tolist(), strict=True)
    )


def _are_equal(sums: FloatArray, totals: FloatArray) -> NDArray[np.bool_]:
    tolerance = PRECISION * np.maximum(np.abs(sums), np.abs(totals))
    return np.asarray(np.abs(sums - totals) <= tolerance)
