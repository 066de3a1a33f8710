"""Nearest real rows: does a synthetic row lie nearer to training rows than to unseen ones?

Distances are Gower's (1971): the mean over columns of ``|a - b| / range`` for ordered columns, 0
or 1 for categories, 0 between two missing values and 1 between a missing and a present one.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tabgan.evaluation.ranking import NORMAL_95
from tabgan.evaluation.tables import FloatArray, ViewColumn

# A block of distances, 32 rows to some thousand references in float64, stays in the cache.
_BLOCK_ROWS = 32
# Scaled values lie in [-1, 2], so that missing is at a distance of at least 1 from every value
# and 0 from itself, and the one formula min(|a - b|, 1) serves all columns.
_MISSING = 5.0


@dataclass(frozen=True)
class Nearest:
    """The nearest reference row of each row.

    Parameters
    ----------
    distance : ndarray of float64, shape (rows,)
        Gower distance, from 0 to 1.
    index : ndarray of int64, shape (rows,)
        The first of the nearest reference rows.
    """

    distance: FloatArray
    index: NDArray[np.int64]


@dataclass(frozen=True)
class NearerShare:
    """Share of synthetic rows nearer to the training rows than to the holdout, ties counting half.

    Parameters
    ----------
    value : float
        One half for synthetic rows that owe no more to the training rows than to the holdout.
    low, high : float
        Its 95 % interval.
    p_value : float
        One-sided, against one half.
    """

    value: float
    low: float
    high: float
    p_value: float


def gower_scaled(
    columns: tuple[ViewColumn, ...], train: FloatArray, holdout: FloatArray, rows: FloatArray
) -> FloatArray:
    """Return rows scaled so that Gower's distance is the mean of ``min(|a - b|, 1)``.

    Parameters
    ----------
    columns : tuple of ViewColumn
        What the columns are.
    train, holdout : ndarray of float64, shape (rows, columns)
        The real rows, whose joint range divides the ordered columns.
    rows : ndarray of float64, shape (rows, columns)
        The rows to scale; NaN is missing.
    """
    scaled = rows.copy()
    for i, column in enumerate(columns):
        if not column.is_ordered:
            continue
        real = np.concatenate([train[:, i], holdout[:, i]])
        real = real[~np.isnan(real)]
        smallest, largest = (real.min(), real.max()) if len(real) else (0.0, 0.0)
        # A constant column: any other value is a whole distance away.
        width = max(largest - smallest, np.finfo(np.float64).tiny)
        with np.errstate(over="ignore"):
            scaled[:, i] = np.clip((rows[:, i] - smallest) / width, -1.0, 2.0)
    missing = np.isnan(scaled)
    missing_codes = np.array([_MISSING if column.is_ordered else -1.0 for column in columns])
    return np.where(missing, missing_codes, scaled)


def nearest_rows(rows: FloatArray, references: FloatArray) -> Nearest:
    """Return the nearest reference row of each row.

    Parameters
    ----------
    rows, references : ndarray of float64, shape (rows, columns)
        Scaled by :func:`gower_scaled`.
    """
    distances = np.empty(len(rows))
    indices = np.empty(len(rows), dtype=np.int64)
    reference_columns = np.ascontiguousarray(references.T)
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = rows[start : start + _BLOCK_ROWS]
        total = np.zeros((len(block), len(references)))
        part = np.empty_like(total)
        for column, reference in zip(block.T, reference_columns, strict=True):
            np.subtract(column[:, np.newaxis], reference, out=part)
            np.abs(part, out=part)
            np.minimum(part, 1.0, out=part)
            total += part
        index = total.argmin(axis=1)
        indices[start : start + len(block)] = index
        distances[start : start + len(block)] = total[np.arange(len(block)), index]
    return Nearest(distances / rows.shape[1], indices)


def nearer_share(to_train: Nearest, to_holdout: Nearest) -> NearerShare:
    """Return the share of rows nearer to the training rows, and whether it exceeds one half.

    Parameters
    ----------
    to_train, to_holdout : Nearest
        Of the same synthetic rows, among as many training as holdout rows.

    Notes
    -----
    Synthetic rows with the same nearest real row win or lose together. If training and holdout
    rows are exchangeable, each real row that is nearest to `w` synthetic ones is a training row
    with probability one half, so the variance of the share is the sum of ``w ** 2 / 4`` over the
    squared number of rows. Counting rows as independent would cry wolf on small domains.
    """
    n_rows = len(to_train.distance)
    wins = to_train.distance < to_holdout.distance
    losses = to_train.distance > to_holdout.distance
    value = float((wins.sum() + 0.5 * (n_rows - wins.sum() - losses.sum())) / n_rows)
    weights = [*np.bincount(to_train.index[wins]), *np.bincount(to_holdout.index[losses])]
    error = math.sqrt(sum(int(weight) ** 2 for weight in weights)) / 2 / n_rows
    p_value = float(stats.norm.sf((value - 0.5) / error)) if error > 0 else 1.0
    half = NORMAL_95 * error
    return NearerShare(value, max(value - half, 0.0), min(value + half, 1.0), p_value)
