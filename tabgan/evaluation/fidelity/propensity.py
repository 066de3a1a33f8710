"""Propensity: how far are a row's odds of being synthetic from even, seen by a logistic model?"""

import numpy as np

from tabgan.evaluation.learners import LINEAR
from tabgan.evaluation.ranking import Estimate, resampled_estimate
from tabgan.evaluation.tables import FloatArray


def propensity_similarity(
    real: FloatArray, synthetic: FloatArray, generator: np.random.Generator
) -> Estimate:
    """Return one minus the propensity mean squared error, by the most that it can be.

    The error is the mean of ``(p - 1/2)^2`` over the rows of both tables, `p` being the probability
    that a logistic model fitted to the same rows gives them for being synthetic (Woo et al. 2009;
    Snoke et al. 2018); a quarter where it is sure of every row. Its main effects see columns one by
    one: relations between columns are not what it judges.

    Parameters
    ----------
    real, synthetic : ndarray of float64, shape (rows, coordinates)
        Encoded rows, as many of each.
    generator : numpy.random.Generator
        Resamples rows for the interval.
    """
    rows = np.concatenate([real, synthetic])
    is_synthetic = np.repeat([0.0, 1.0], [len(real), len(synthetic)])
    classifier = LINEAR.classifier(rows, is_synthetic, seed=0)  # the fit has no randomness
    odds = classifier.probabilities(rows, np.array([1.0]))[:, 0]
    error = (odds - 0.5) ** 2
    return resampled_estimate(
        lambda weights: float(1.0 - 4.0 * np.average(error, weights=weights)),
        is_synthetic.astype(np.int64),
        generator,
    )
