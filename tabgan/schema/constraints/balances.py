"""Numbers that add up to the same in every row, each of them so and so many times.

A total of five counts is such a balance, the shares of a whole, a mean, the points for games.
"""

from collections.abc import Sequence
from functools import partial
from itertools import permutations

import numpy as np

from tabgan.randomness import stream
from tabgan.schema.constraints.finding import FloatArray

# First choices: rows that are looked at, and columns at most; in what share of the rows of one
# number the others of a group are there, and groups; parts in which the rows are looked at.
_FEWEST_ROWS, _MOST_ROWS, _MOST_COLUMNS = 100, 4_000, 128
_LEAST_SHARE, _MOST_GROUPS, _PARTS_OF_ROWS = 0.5, 4, 4
# How little of a column's variation may be left; how far a weight may be from a whole number, where
# numbers are rounded; and the largest weight: points for a win, months.
_LEFT, _WEIGHT_OFF, _LARGEST_WEIGHT = 0.05, 0.05, 12
# Floats hold whole numbers, and so their sums, up to here.
_LARGEST = 2.0**53
# How often each of two balances is taken where they are put together.
_TIMES = np.array([(n, sign * m) for n in (1, 2, 3) for m in (1, 2, 3) for sign in (1, -1)], float)


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
    """Return a few groups of numbers that are there in the same rows; one may be in several."""
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
    """Return what each column is multiplied by, for each balance."""
    centred = rows - rows.mean(axis=0)
    norms = np.linalg.norm(centred, axis=0)
    unit = centred / np.maximum(norms, np.finfo(float).tiny)
    directions = np.empty((len(rows), 0))
    independent: list[int] = []
    balances = []
    for column in np.flatnonzero(norms):
        rest = _apart_from(directions, unit[:, column])
        size = float(np.linalg.norm(rest))
        if size <= _LEFT:
            weights = np.linalg.lstsq(unit[:, independent], unit[:, column], rcond=None)[0]
            weights *= norms[column] / norms[independent]
            balance = np.zeros(rows.shape[1])
            balance[column] = 1.0
            balance[independent] = -weights
            balance = _whole_numbers(balance)
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
    """Return the simplest balances that say the same: of two, others can be put together.

    Points, games played, lost and drawn are a balance; together with that of the games won it says
    that games are played to be won, drawn or lost.
    """
    if not balances:
        return []
    simplest = np.stack(balances)
    complexity = partial(_complexity, means=rows.mean(axis=0), spreads=rows.std(axis=0))
    of_each = complexity(simplest)
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
            if of_both[best] < of_each[one] and _holds(both[best], rows):
                simplest[one], of_each[one], is_done = both[best], of_both[best], False
    return list(simplest)


def _holds(balance: FloatArray, rows: FloatArray) -> bool:
    """Say whether a balance leaves little of the column that varies the least in it."""
    used = np.flatnonzero(balance)
    parts = rows[:, used] * balance[used]
    return len(used) > 1 and bool(parts.sum(axis=1).std() <= _LEFT * parts.std(axis=0).min())


def _complexity(
    balances: FloatArray, means: FloatArray, spreads: FloatArray
) -> list[tuple[bool, int, float]]:
    """Return how far each balance is from what a table is made by, by what matters most.

    Whether it is neither a total nor shares of a whole; its columns; the sum of its weights.
    """
    sizes = np.abs(balances)
    is_whole = np.abs(balances @ means) > (sizes * spreads).max(axis=1)
    on_a_side = np.minimum((balances > 0.0).sum(axis=1), (balances < 0.0).sum(axis=1))
    is_neither = on_a_side != np.where(is_whole, 0, 1)
    n_columns = np.count_nonzero(sizes, axis=1)
    return list(
        zip(is_neither.tolist(), n_columns.tolist(), sizes.sum(axis=1).tolist(), strict=True)
    )
