"""Rare values: do synthetic rows carry values that one training row alone has?"""

from dataclasses import dataclass

import numpy as np

from tabgan.evaluation.privacy.significance import more_often
from tabgan.evaluation.ranking import wilson_interval
from tabgan.evaluation.tables import FloatArray

# Two numbers that differ by so little are one: in the last digits of a float.
_SAME = 10 * np.finfo(np.float64).eps
# The smallest and largest values of a column, and those beside them.
_EXTREMES = (0, 1, -1, -2)


@dataclass(frozen=True)
class RareValues:
    """How many of the values that one real row alone has occur in the synthetic rows.

    Parameters
    ----------
    train, holdout : float
        Share of those of the training and of the holdout rows; NaN if there are none.
    low, high : float
        95 % interval of the one of the training rows.
    p_value : float
        One-sided, of those of the training rows occurring no more often.
    n_train, n_holdout : int
        How many such values there are.
    extremes : float
        Share of the training columns' smallest and largest two values that are repeated, of those
        that no holdout row has; NaN if there are none.
    """

    train: float
    holdout: float
    low: float
    high: float
    p_value: float
    n_train: int
    n_holdout: int
    extremes: float


def rare_values(
    synthetic: FloatArray, train: FloatArray, holdout: FloatArray, is_ordered: np.ndarray
) -> RareValues:
    """Compare how many single values of training and of holdout rows the synthetic rows repeat.

    Parameters
    ----------
    synthetic : ndarray of float64, shape (rows, columns)
    train, holdout : ndarray of float64, shape (rows, columns)
        As many rows each.
    is_ordered : ndarray of bool, shape (columns,)
        Which columns are numbers.

    Notes
    -----
    A value that exactly one of all real rows has is as likely a training row's as a holdout row's,
    and so is each of those that occur in the synthetic rows, if these owe no more to the ones than
    to the others.
    """
    n_rare, n_repeated = np.zeros(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    extremes: list[bool] = []
    for i in range(train.shape[1]):
        drawn, seen, unseen = (
            np.unique(rows[~np.isnan(rows[:, i]), i]) for rows in (synthetic, train, holdout)
        )
        real = np.concatenate([rows[~np.isnan(rows[:, i]), i] for rows in (train, holdout)])
        values, counts = np.unique(real, return_counts=True)
        once = values[counts == 1]
        for side, of_side in enumerate((seen, unseen)):
            rare = np.intersect1d(once, of_side)
            n_rare[side] += len(rare)
            n_repeated[side] += int(_occur(rare, drawn).sum())
        if is_ordered[i] and len(seen) > len(_EXTREMES):
            ends = seen[list(_EXTREMES)]
            extremes += _occur(ends[~np.isin(ends, unseen)], drawn).tolist()
    shares = np.full(2, np.nan)
    np.divide(n_repeated, n_rare, out=shares, where=n_rare > 0)
    low, high = wilson_interval(shares[0], n_rare[0]) if n_rare[0] else (np.nan, np.nan)
    p_value = more_often(n_repeated[0], n_rare[0], n_repeated[1], n_rare[1])
    return RareValues(
        float(shares[0]),
        float(shares[1]),
        float(low),
        float(high),
        p_value,
        int(n_rare[0]),
        int(n_rare[1]),
        float(np.mean(extremes)) if extremes else float("nan"),
    )


def _occur(values: FloatArray, drawn: FloatArray) -> np.ndarray:
    """Return which values occur among others, which are sorted, but for their last digits."""
    if len(drawn) == 0:
        return np.zeros(len(values), dtype=bool)
    after = np.searchsorted(drawn, values)
    beside = np.stack([drawn[np.maximum(after - 1, 0)], drawn[np.minimum(after, len(drawn) - 1)]])
    return np.asarray((np.abs(beside - values) <= _SAME * np.abs(values)).any(axis=0))
