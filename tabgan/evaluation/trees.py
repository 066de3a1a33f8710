"""Gradient-boosted trees with the settings that published figures rest on.

XGBoost's default number of trees and rate. With them scikit-learn and XGBoost agree on Adult
within .006 of AUC; at scikit-learn's own rate of .1 copied training rows stay at an AUC of .468
where XGBoost finds .458.

Each is grown by one thread: on a busy machine several wait for each other at every split, and
seconds become minutes. Who has several to grow does so side by side.
"""

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from tabgan.evaluation.tables import FloatArray

# Stopping early would hold rows back by chance, and differently for real and synthetic rows.
_SETTINGS: dict[str, Any] = {"learning_rate": 0.3, "max_iter": 100, "early_stopping": False}


def predicted_classes(
    features: FloatArray, target: FloatArray, unseen: FloatArray, classes: FloatArray, seed: int
) -> FloatArray:
    """Return the probability of each class for unseen rows.

    Parameters
    ----------
    features : ndarray of float64, shape (rows, columns)
        Numbers and category codes; NaN is missing.
    target : ndarray of float64, shape (rows,)
        Class of each row.
    unseen : ndarray of float64, shape (unseen rows, columns)
        The rows to predict.
    classes : ndarray of float64, shape (classes,)
        The classes to predict; one that `target` lacks has probability 0.
    seed : int
        Seed of the fit.

    Returns
    -------
    ndarray of float64, shape (unseen rows, classes)
        All equal where `target` has fewer than two classes: there was nothing to learn.
    """
    predictions = np.zeros((len(unseen), len(classes)))
    learnt = np.unique(target)
    if len(learnt) < 2:
        return predictions
    features, unseen = _with_known_columns(features, unseen)
    model = HistGradientBoostingClassifier(random_state=seed, **_SETTINGS)
    with threadpool_limits(1, user_api="openmp"):
        probabilities = model.fit(features, target).predict_proba(unseen)
    known = np.isin(classes, learnt)
    predictions[:, known] = probabilities[:, np.searchsorted(learnt, classes[known])]
    return predictions


def predicted_numbers(
    features: FloatArray, target: FloatArray, unseen: FloatArray, seed: int
) -> FloatArray:
    """Return a number for each unseen row; parameters as in :func:`predicted_classes`."""
    if len(target) == 0:
        return np.zeros(len(unseen))
    features, unseen = _with_known_columns(features, unseen)
    model = HistGradientBoostingRegressor(random_state=seed, **_SETTINGS)
    with threadpool_limits(1, user_api="openmp"):
        return np.asarray(model.fit(features, target).predict(unseen), dtype=np.float64)


def _with_known_columns(features: FloatArray, unseen: FloatArray) -> tuple[FloatArray, FloatArray]:
    # scikit-learn finds no bins for a column without values, which a small fold may well have. A
    # constant in its place is never split on.
    empty = np.isnan(features).all(axis=0)
    return np.where(empty, 0.0, features), np.where(empty, 0.0, unseen)
