"""Tests of one question: could rows that were learnt from as well be rows that were not?

If a sample owes no more to the training rows than to the holdout, which real rows are which is a
coin toss once the sample is known. So whatever score real rows get by the sample, the training rows
among the highest scores follow the hypergeometric law, whatever the sizes of both tables, ties and
repeated rows included.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tabgan.evaluation.tables import FloatArray

# How many of the highest scores are looked at: a handful of copies shows at the top alone, a slight
# pull towards the training rows in many. Each costs a part of the level.
_TOP_COUNTS = (10, 30, 100, 300, 1_000, 3_000)
# Other labels that are tried: few where it shows soon that many do as well, and else so many that
# one test among a dozen can be clear.
_RELABELLINGS = (60, 400)
_ENOUGH_AS_LARGE = 5


def more_often(n_first: int, of_first: int, n_second: int, of_second: int) -> float:
    """Return the one-sided p-value of the first share being the larger one (Fisher 1934).

    Parameters
    ----------
    n_first, of_first : int
        Successes and rows of the first group.
    n_second, of_second : int
        Likewise of the second.
    """
    if of_first == 0 or of_second == 0:
        return 1.0
    total = of_first + of_second
    return float(stats.hypergeom.sf(n_first - 1, total, n_first + n_second, of_first))


def ranked_higher(first: FloatArray, second: FloatArray) -> float:
    """Return the one-sided p-value of the first scores being the higher ones (Mann, Whitney 1947).

    Parameters
    ----------
    first, second : ndarray of float64, shape (rows,)
        Scores.
    """
    if len(first) == 0 or len(second) == 0 or np.ptp(np.concatenate([first, second])) == 0.0:
        return 1.0
    test = stats.mannwhitneyu(first, second, alternative="greater", method="asymptotic")
    return float(test.pvalue)


def more_at_the_top(first: FloatArray, second: FloatArray) -> float:
    """Return the p-value of the first scores being more of the highest ones than chance gives.

    Of the strongest of several numbers of highest scores, times their number. Ties with the last
    of them are counted in.

    Parameters
    ----------
    first, second : ndarray of float64, shape (rows,)
        Scores.
    """
    ranked = np.sort(np.concatenate([first, second]))[::-1]
    counts = [count for count in _TOP_COUNTS if count < len(ranked)]
    p_values = []
    for count in counts:
        n_first, n_second = (int((s >= ranked[count - 1]).sum()) for s in (first, second))
        p_values.append(more_often(n_first, len(first), n_second, len(second)))
    return of_several(p_values)


def by_relabelling(
    statistic: Callable[[NDArray[np.bool_]], float],
    is_train: NDArray[np.bool_],
    rng: np.random.Generator,
) -> float:
    """Return the p-value of a statistic among those of as many other rows taken for training rows.

    Parameters
    ----------
    statistic : callable
        From which real rows are training rows to a number, large where they are given away.
    is_train : ndarray of bool, shape (real rows,)
        Which are.
    rng : numpy.random.Generator
        Draws others.
    """
    found, n_drawn, n_as_large = statistic(is_train), 0, 0
    for n_wanted in _RELABELLINGS:
        while n_drawn < n_wanted:
            n_as_large += statistic(rng.permutation(is_train)) >= found
            n_drawn += 1
        if n_as_large > _ENOUGH_AS_LARGE:
            break
    return (1 + n_as_large) / (1 + n_drawn)


def of_several(p_values: list[float]) -> float:
    """Return the p-value of the strongest of several tests (Bonferroni)."""
    return min(1.0, max(1, len(p_values)) * min(p_values, default=1.0))
