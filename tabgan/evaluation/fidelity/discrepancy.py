"""Maximum mean discrepancy of two tables: how far apart are they as laws, seen through a kernel?"""

import math

import numpy as np

from tabgan.evaluation.ranking import NORMAL_95, Estimate
from tabgan.evaluation.tables import FloatArray


def kernel_similarity(real: FloatArray, synthetic: FloatArray) -> Estimate:
    """Return one minus the maximum mean discrepancy of two tables.

    The unbiased estimate of its square (Gretton et al. 2012), none below 0; a Gaussian kernel as
    wide as two rows are apart in the median. The interval is normal, of the variance of a
    U-statistic.

    Parameters
    ----------
    real, synthetic : ndarray of float64, shape (rows, coordinates)
        Encoded rows, as many of each.
    """
    n_rows = len(real)
    among_real, among_synthetic = (
        _squared_distances(real, real),
        _squared_distances(synthetic, synthetic),
    )
    between = _squared_distances(real, synthetic)
    width = float(np.median(between))
    for apart in (among_real, among_synthetic, between):
        np.exp(apart / (-2 * width if width > 0 else -1.0), out=apart)
    terms = among_real + among_synthetic - between - between.T
    np.fill_diagonal(terms, 0.0)
    n_pairs = n_rows * (n_rows - 1)
    squared = float(terms.sum() / n_pairs)
    of_row = terms.sum(axis=1) / (n_rows - 1)
    first = float(of_row.var())
    second = max(0.0, float((terms**2).sum() / n_pairs - squared**2))  # but for rounding
    error = math.sqrt((4 * (n_rows - 2) * first + 2 * second) / n_pairs)
    return Estimate(
        _similarity(squared),
        _similarity(squared + NORMAL_95 * error),
        _similarity(squared - NORMAL_95 * error),
    )


def _squared_distances(first: FloatArray, second: FloatArray) -> FloatArray:
    # By one product: some digits are lost between near rows, where the kernel is 1 either way.
    lengths = (first**2).sum(axis=1)[:, np.newaxis] + (second**2).sum(axis=1)
    return np.asarray(np.maximum(lengths - 2.0 * first @ second.T, 0.0))


def _similarity(squared: float) -> float:
    return max(0.0, 1.0 - math.sqrt(max(0.0, squared)))
