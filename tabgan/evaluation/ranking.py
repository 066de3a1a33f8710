"""The area under the ROC curve under row weights, and intervals by resampling predictions.

A fitted detector's uncertainty comes from resampling its out-of-fold predictions. Rows are never
resampled before a split: the same row on both sides of it would be recognised.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.tables import FloatArray

# 200 resamples place the 2.5 % and 97.5 % points within about a tenth of the interval's length.
_N_RESAMPLES = 200
_INTERVAL = (0.025, 0.975)
# Half the width, in standard errors, of a 95 % interval of a normal estimate.
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


def area_under_curve(predictions: FloatArray, positive: NDArray[np.bool_]) -> "AreaUnderCurve":
    """Return the area under the ROC curve as a function of row weights.

    Parameters
    ----------
    predictions : ndarray of float64, shape (rows,)
        The larger, the likelier positive; ties count half.
    positive : ndarray of bool, shape (rows,)
        At least one true and one false.
    """
    order = np.argsort(predictions, kind="stable")
    ranked = predictions[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    return AreaUnderCurve(order, starts, positive[order])


@dataclass(frozen=True)
class AreaUnderCurve:
    """Predictions in order, ready to be weighted (see :func:`area_under_curve`)."""

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    positive: NDArray[np.bool_]

    def __call__(self, weights: FloatArray) -> float:
        """Return the area, from 0 to 1, with each row counted `weights` times."""
        weights = weights[self.order]
        positive = np.add.reduceat(np.where(self.positive, weights, 0.0), self.starts)
        negative = np.add.reduceat(np.where(self.positive, 0.0, weights), self.starts)
        below = np.cumsum(negative) - negative / 2
        return float(positive @ below / (positive.sum() * negative.sum()))


def resampled_estimate(
    statistic: Callable[[FloatArray], float],
    strata: NDArray[np.int64],
    generator: np.random.Generator,
    n_resamples: int = _N_RESAMPLES,
) -> Estimate:
    """Return a weighted statistic of the rows and its percentile interval.

    Parameters
    ----------
    statistic : callable
        From row weights, shape (rows,), to a number.
    strata : ndarray of int64, shape (rows,)
        Rows are drawn again within their stratum, so that no class ever vanishes.
    generator : numpy.random.Generator
    n_resamples : int
        How often.
    """
    draws = [statistic(weights) for weights in _resampled_weights(strata, generator, n_resamples)]
    value = statistic(np.ones(len(strata)))
    low, high = np.quantile(draws, _INTERVAL)
    # The point estimate may lie outside a percentile interval of few rows; the interval covers it.
    return Estimate(value, min(value, float(low)), max(value, float(high)))


def _resampled_weights(
    strata: NDArray[np.int64], generator: np.random.Generator, n_resamples: int
) -> Iterator[FloatArray]:
    members = [np.flatnonzero(strata == stratum) for stratum in np.unique(strata)]
    for _ in range(n_resamples):
        drawn = [rows[generator.integers(len(rows), size=len(rows))] for rows in members]
        yield np.bincount(np.concatenate(drawn), minlength=len(strata)).astype(np.float64)


def wilson_interval(share: float, n_rows: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of so many rows (Wilson 1927)."""
    z2 = NORMAL_95**2 / n_rows
    centre = (share + z2 / 2) / (1 + z2)
    half = math.sqrt(share * (1 - share) * z2 + z2**2 / 4) / (1 + z2)
    return max(centre - half, 0.0), min(centre + half, 1.0)
