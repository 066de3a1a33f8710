"""Models that learn one column from the others, in three families.

Boosted trees have the settings that published figures rest on: XGBoost's default number of trees
and rate. With them scikit-learn and XGBoost agree on Adult within .006 of AUC; at scikit-learn's
own rate of .1 copied training rows stay at an AUC of .468 where XGBoost finds .458. Forests and
linear models have scikit-learn's defaults, but for leaves of five rows: a leaf for every row makes
trees of as many nodes as there are rows.

Each is fitted by one thread: on a busy machine several wait for each other at every split, and
seconds become minutes. Who has several to fit does so side by side.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from threadpoolctl import threadpool_limits

from tabgan.evaluation.tables import FloatArray

# Stopping early would hold rows back by chance, and differently for real and synthetic rows.
_BOOSTING: dict[str, Any] = {"learning_rate": 0.3, "max_iter": 100, "early_stopping": False}
_FOREST: dict[str, Any] = {"n_estimators": 100, "min_samples_leaf": 5, "n_jobs": 1}
# Enough for coordinates of one scale.
_MAX_ITERATIONS = 1_000
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Learner:
    """A family of models.

    Parameters
    ----------
    make_classifier, make_regressor : callable
        From a seed to an estimator of scikit-learn.
    """

    make_classifier: Callable[[int], Any]
    make_regressor: Callable[[int], Any]

    def classifier(self, features: FloatArray, target: FloatArray, seed: int) -> "Classifier":
        """Return the probabilities of classes, as a function of unseen rows.

        Parameters
        ----------
        features : ndarray of float64, shape (rows, columns)
            Trees take numbers and category codes, NaN being missing; linear models take rows
            encoded by :class:`tabgan.evaluation.encoded.RowEncoder`.
        target : ndarray of float64, shape (rows,)
            Class of each row.
        seed : int
            Seed of the fit.
        """
        learnt = np.unique(target)
        if len(learnt) < 2:
            return Classifier(learnt, None)
        codes = np.searchsorted(learnt, target)  # classes may be any numbers
        return Classifier(learnt, _fitted(self.make_classifier(seed), features, codes))

    def regressor(
        self, features: FloatArray, target: FloatArray, seed: int
    ) -> Callable[[FloatArray], FloatArray]:
        """Return the predicted numbers, as a function of unseen rows; parameters likewise."""
        if len(target) == 0:
            return lambda unseen: np.zeros(len(unseen))
        model = _fitted(self.make_regressor(seed), features, target)
        return lambda unseen: np.asarray(_predicted(model.predict, unseen), dtype=np.float64)


@dataclass(frozen=True)
class Classifier:
    """A fitted classifier, or none where there was a single class to learn.

    Parameters
    ----------
    learnt : ndarray of float64, shape (classes,)
        The classes that it knows.
    model : estimator or None
    """

    learnt: FloatArray
    model: Any

    def probabilities(self, unseen: FloatArray, classes: FloatArray) -> FloatArray:
        """Return the probability of each class, shape (rows, classes).

        0 for classes that it does not know, and for all if there was nothing to learn.
        """
        predictions = np.zeros((len(unseen), len(classes)))
        if self.model is None:
            return predictions
        known = np.isin(classes, self.learnt)
        found = _predicted(self.model.predict_proba, unseen)
        predictions[:, known] = found[:, np.searchsorted(self.learnt, classes[known])]
        return predictions


def _fitted(model: Any, features: FloatArray, target: NDArray[Any]) -> Any:
    # scikit-learn finds no bins for a column without values, which a small fold may well have. A
    # constant in its place is never split on.
    empty = np.isnan(features).all(axis=0)
    with threadpool_limits(1, user_api="openmp"):
        return model.fit(_narrowed(np.where(empty, 0.0, features)), target)


def _predicted(predict: Callable[[FloatArray], FloatArray], unseen: FloatArray) -> FloatArray:
    with threadpool_limits(1, user_api="openmp"):
        return predict(_narrowed(unseen))


def _narrowed(features: FloatArray) -> FloatArray:
    # Forests compute in float32, where larger numbers would be infinite.
    return np.clip(features, -_LARGEST, _LARGEST)


BOOSTED = Learner(
    lambda seed: HistGradientBoostingClassifier(random_state=seed, **_BOOSTING),
    lambda seed: HistGradientBoostingRegressor(random_state=seed, **_BOOSTING),
)
FOREST = Learner(
    lambda seed: RandomForestClassifier(random_state=seed, **_FOREST),
    lambda seed: RandomForestRegressor(random_state=seed, **_FOREST),
)
LINEAR = Learner(
    lambda _: LogisticRegression(max_iter=_MAX_ITERATIONS),
    lambda _: Ridge(),
)
