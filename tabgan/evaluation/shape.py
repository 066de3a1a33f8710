"""Shape: is every column distributed as in the training rows, and as often missing?

The definitions are those of SDMetrics: one minus the Kolmogorov-Smirnov distance for numbers,
dates and durations, one minus the total variation for categories, missing values left out of
both. How often a value is missing is a score of its own, so that leaving them out hides nothing.
"""

import numpy as np

from tabgan.evaluation.tables import FloatArray, ViewColumn


def column_shapes(
    columns: tuple[ViewColumn, ...], train: FloatArray, rows: FloatArray
) -> FloatArray:
    """Return the similarity of each column's distribution to that of the training rows.

    Parameters
    ----------
    columns : tuple of ViewColumn
        What the columns are.
    train, rows : ndarray of float64, shape (rows, columns)
        Values or codes; NaN is missing.

    Returns
    -------
    ndarray of float64, shape (columns,)
        From 0 to 1, 1 for equal distributions. NaN for a column without a single value in the
        training rows (nothing to compare); 0 for one that only there has values (all is lost).
    """
    return np.array(
        [_similarity(column, train[:, i], rows[:, i]) for i, column in enumerate(columns)]
    )


def missing_shares(train: FloatArray, rows: FloatArray) -> FloatArray:
    """Return one minus the difference of the shares of missing values, shape (columns,)."""
    difference = np.isnan(train).mean(axis=0) - np.isnan(rows).mean(axis=0)
    return np.asarray(1.0 - np.abs(difference))


def _similarity(column: ViewColumn, train: FloatArray, other: FloatArray) -> float:
    train, other = train[~np.isnan(train)], other[~np.isnan(other)]
    if len(train) == 0:
        return float("nan")
    if len(other) == 0:
        return 0.0
    if column.is_ordered:
        return 1.0 - _kolmogorov_smirnov(train, other)
    return 1.0 - _total_variation(train, other, column.n_levels)


def _kolmogorov_smirnov(first: FloatArray, second: FloatArray) -> float:
    first, second = np.sort(first), np.sort(second)
    steps = np.concatenate([first, second])
    below_first = np.searchsorted(first, steps, side="right") / len(first)
    below_second = np.searchsorted(second, steps, side="right") / len(second)
    return float(np.abs(below_first - below_second).max())


def _total_variation(first: FloatArray, second: FloatArray, n_levels: int) -> float:
    shares = [
        np.bincount(codes.astype(np.int64), minlength=n_levels) / len(codes)
        for codes in (first, second)
    ]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)
