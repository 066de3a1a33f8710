"""Matches: do synthetic rows repeat training rows more often than they repeat unseen real rows?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tabgan.evaluation.privacy.significance import of_several
from tabgan.evaluation.ranking import wilson_interval
from tabgan.evaluation.tables import FloatArray


@dataclass(frozen=True)
class ExactMatches:
    """Shares of synthetic rows that occur among real rows.

    Parameters
    ----------
    train, holdout : float
        Share that occurs among the training and among the holdout rows, as many of each.
    low, high : float
        95 % interval of the share among the training rows (Wilson 1927).
    p_value : float
        One-sided binomial: do more *distinct* synthetic rows occur only among the training rows
        than only among the holdout? Distinct, because copies of one row stand or fall together.
    """

    train: float
    holdout: float
    low: float
    high: float
    p_value: float


def exact_matches(synthetic: FloatArray, train: FloatArray, holdout: FloatArray) -> ExactMatches:
    """Compare how often synthetic rows repeat training rows and holdout rows.

    Parameters
    ----------
    synthetic : ndarray of float64, shape (rows, columns)
    train, holdout : ndarray of float64, shape (rows, columns)
        As many rows each; otherwise the larger has more matches by its size alone. NaN equals NaN.
    """
    drawn, seen, unseen = row_numbers(synthetic, train, holdout)
    in_train, in_holdout = np.isin(drawn, seen), np.isin(drawn, unseen)
    return _matches(in_train, in_holdout, _p_value(drawn, in_train, in_holdout))


def near_matches(synthetic: FloatArray, train: FloatArray, holdout: FloatArray) -> ExactMatches:
    """Compare how often synthetic rows repeat all cells of real rows but one.

    Who changes one column of a copied row escapes an exact match; parameters as there.
    """
    cells = _cell_numbers(synthetic, train, holdout)
    ever_in_train, ever_in_holdout = (np.zeros(len(synthetic), dtype=bool) for _ in range(2))
    p_values = []
    for column in range(synthetic.shape[1]):
        drawn, seen, unseen = (numbers.sum(axis=1) - numbers[:, column] for numbers in cells)
        in_train, in_holdout = np.isin(drawn, seen), np.isin(drawn, unseen)
        ever_in_train |= in_train
        ever_in_holdout |= in_holdout
        p_values.append(_p_value(drawn, in_train, in_holdout))
    return _matches(ever_in_train, ever_in_holdout, of_several(p_values))


def _matches(
    in_train: NDArray[np.bool_], in_holdout: NDArray[np.bool_], p_value: float
) -> ExactMatches:
    share = float(in_train.mean())
    low, high = wilson_interval(share, len(in_train))
    return ExactMatches(share, float(in_holdout.mean()), low, high, p_value)


def _p_value(
    drawn: NDArray[Any], in_train: NDArray[np.bool_], in_holdout: NDArray[np.bool_]
) -> float:
    only_train = len(np.unique(drawn[in_train & ~in_holdout]))
    only_holdout = len(np.unique(drawn[in_holdout & ~in_train]))
    n_discordant = only_train + only_holdout
    if n_discordant == 0:
        return 1.0
    test = stats.binomtest(only_train, n_discordant, 0.5, alternative="greater")
    return float(test.pvalue)


def _cell_numbers(*tables: FloatArray) -> list[NDArray[np.uint64]]:
    """Return a number a cell; sums over columns are equal for equal rows, others by a rare chance.

    Of a million rows any two sums are equal with a probability of 3e-8.
    """
    stacked = np.concatenate(tables)
    numbers = np.empty(stacked.shape, dtype=np.uint64)
    rng = np.random.default_rng(0)  # of a hash, not of a sample
    for column, values in enumerate(stacked.T):
        _, codes = np.unique(values, return_inverse=True)
        numbers[:, column] = rng.integers(2**64, size=codes.max() + 1, dtype=np.uint64)[codes]
    return np.split(numbers, np.cumsum([len(table) for table in tables])[:-1])


def match_share(synthetic: FloatArray, train: FloatArray) -> float:
    """Return the share of synthetic rows that occur among the training rows."""
    drawn, seen = row_numbers(synthetic, train)
    return float(np.isin(drawn, seen).mean())


def row_numbers(*tables: FloatArray) -> list[NDArray[np.int64]]:
    """Return one number a row, equal for equal rows of any of the tables; missing is a value."""
    stacked = np.concatenate(tables)
    # Infinity stands for missing: NaN differs from itself, and the view holds no infinite value.
    stacked = np.ascontiguousarray(np.where(np.isnan(stacked), np.inf, stacked))
    as_bytes = stacked.view(f"V{stacked.shape[1] * stacked.itemsize}").ravel()
    _, numbers = np.unique(as_bytes, return_inverse=True)
    return np.split(numbers, np.cumsum([len(table) for table in tables])[:-1])
