"""Exact matches: do synthetic rows repeat training rows more often than unseen real rows?"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tabgan.evaluation.ranking import NORMAL_95
from tabgan.evaluation.tables import FloatArray


@dataclass(frozen=True)
class ExactMatches:
    """Shares of synthetic rows that occur among real rows.

    Parameters
    ----------
    train, holdout : float
        Share that occurs among the training and among the holdout rows, as many of each.
    low, high : float
        95 % interval of the share among the training rows (Wilson, 1927).
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
    drawn, seen, unseen = _row_numbers(synthetic, train, holdout)
    in_train, in_holdout = np.isin(drawn, seen), np.isin(drawn, unseen)
    only_train = len(np.unique(drawn[in_train & ~in_holdout]))
    only_holdout = len(np.unique(drawn[in_holdout & ~in_train]))
    n_discordant = only_train + only_holdout
    p_value = (
        float(stats.binomtest(only_train, n_discordant, 0.5, alternative="greater").pvalue)
        if n_discordant
        else 1.0
    )
    share = float(in_train.mean())
    low, high = _wilson_interval(share, len(drawn))
    return ExactMatches(share, float(in_holdout.mean()), low, high, p_value)


def match_share(synthetic: FloatArray, train: FloatArray) -> float:
    """Return the share of synthetic rows that occur among the training rows."""
    drawn, seen = _row_numbers(synthetic, train)
    return float(np.isin(drawn, seen).mean())


def _row_numbers(*tables: FloatArray) -> list[NDArray[np.int64]]:
    """Return one number a row, equal for equal rows of any of the tables."""
    stacked = np.concatenate(tables)
    # Infinity stands for missing: NaN differs from itself, and the view holds no infinite value.
    stacked = np.ascontiguousarray(np.where(np.isnan(stacked), np.inf, stacked))
    as_bytes = stacked.view(f"V{stacked.shape[1] * stacked.itemsize}").ravel()
    _, numbers = np.unique(as_bytes, return_inverse=True)
    return np.split(numbers, np.cumsum([len(table) for table in tables])[:-1])


def _wilson_interval(share: float, n_rows: int) -> tuple[float, float]:
    z2 = NORMAL_95**2 / n_rows
    centre = (share + z2 / 2) / (1 + z2)
    half = math.sqrt(share * (1 - share) * z2 + z2**2 / 4) / (1 + z2)
    return max(centre - half, 0.0), min(centre + half, 1.0)
