"""What is predicted: the target of the holdout rows, by models trained on other rows."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.encoded import RowEncoder, as_they_are
from tabgan.evaluation.learners import LINEAR, Learner
from tabgan.evaluation.ranking import area_under_curve
from tabgan.evaluation.tables import FloatArray, Tables

# Above, one-against-rest areas are averages over classes with a handful of rows.
_MAX_CLASSES = 50
_MIN_HOLDOUT_ROWS = 20
# Spreads of the target that a prediction is off by at most.
_FAR = 1e100

# From features to predictions, shape (rows, classes) or (rows, 1).
Predict = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Task:
    """Features and target of the holdout rows, and how predictions are scored.

    Parameters
    ----------
    position : int
        Which column is predicted.
    classes : ndarray of float64 or None
        The classes in the holdout; ``None`` where a number is predicted. Models take all others for
        one more, as nothing is asked about them.
    features : ndarray of float64, shape (rows, columns - 1)
        Of the holdout rows whose target is present.
    target : ndarray of float64, shape (rows,)
        Their target.
    encoder : RowEncoder
        Makes the coordinates that linear models are given.
    """

    position: int
    classes: FloatArray | None
    features: FloatArray
    target: FloatArray
    encoder: RowEncoder

    @property
    def n_outputs(self) -> int:
        """Number of classes that are learnt; 1 for a number."""
        return 1 if self.classes is None else len(self.classes) + 1

    @property
    def measure(self) -> str:
        """What quality is measured in."""
        return "R2, -1 at worst" if self.classes is None else "area under the ROC curve"

    @property
    def chance(self) -> float:
        """Quality of a model that knows nothing of the features."""
        return 0.0 if self.classes is None else 0.5

    @property
    def strata(self) -> NDArray[np.int64]:
        """What rows are resampled within: their class, or all together."""
        if self.classes is None:
            return np.zeros(len(self.target), dtype=np.int64)
        return np.searchsorted(self.classes, self.target).astype(np.int64)

    def trained(self, rows: FloatArray, learner: Learner, seed: int) -> Predict:
        """Return the predictions of a model trained on these rows, as a function of features."""
        features, target = _split(rows, self.position)
        encode = self.encoder.encode if learner is LINEAR else as_they_are
        if self.classes is None:
            predicted = learner.regressor(encode(features), target, seed)
            return lambda unseen: predicted(encode(unseen))[:, np.newaxis]
        classes = self.classes
        asked = np.where(np.isin(target, classes), target, np.inf)
        classifier = learner.classifier(encode(features), asked, seed)
        return lambda unseen: classifier.probabilities(encode(unseen), classes)

    def quality(self, predictions: FloatArray) -> Callable[[FloatArray], float]:
        """Return AUC or R2 of predictions for the holdout rows, as a function of row weights."""
        if self.classes is None:
            return lambda weights: _explained_variance(predictions[:, 0], self.target, weights)
        # Of two classes one area says it all; of more, the mean of one against the rest.
        scored = range(1 if len(self.classes) == 2 else len(self.classes))
        areas = [
            area_under_curve(predictions[:, i], self.target == self.classes[i]) for i in scored
        ]
        return lambda weights: float(np.mean([area(weights) for area in areas]))


def make_task(tables: Tables, target: Hashable | None) -> tuple[Task | None, str]:
    """Return the task, or why there can be none.

    Categories, booleans and numbers of two values are classes; other numbers, dates and durations
    are predicted as numbers.
    """
    if target is None:
        return None, "no target column was named"
    if tables.holdout is None:
        return None, "needs holdout rows, which the training never saw"
    if len(tables.columns) < 2:
        return None, "there is no other column to predict the target from"
    position = tables.position(target)
    values = tables.train[:, position]
    is_ordered = tables.columns[position].is_ordered
    is_class = not is_ordered or len(np.unique(values[~np.isnan(values)])) <= 2
    if np.isnan(values).all():
        return None, "the target has no value in the training rows"
    features, known = _split(tables.holdout, position)
    problem = _target_problem(known, is_class)
    if problem:
        return None, problem
    others = [column for i, column in enumerate(tables.columns) if i != position]
    encoder = RowEncoder.of(others, np.delete(tables.train, position, axis=1))
    return Task(position, np.unique(known) if is_class else None, features, known, encoder), ""


def _split(rows: FloatArray, position: int) -> tuple[FloatArray, FloatArray]:
    """Return features and target of the rows whose target is present."""
    known = rows[~np.isnan(rows[:, position])]
    return np.delete(known, position, axis=1), known[:, position]


def _target_problem(target: FloatArray, is_class: bool) -> str:
    n_distinct = len(np.unique(target))
    if len(target) < _MIN_HOLDOUT_ROWS:
        return f"the target is present in {len(target)} holdout rows, {_MIN_HOLDOUT_ROWS} needed"
    if n_distinct < 2:
        return "the target has a single value in the holdout"
    if is_class and n_distinct > _MAX_CLASSES:
        return f"the target has {n_distinct} classes in the holdout, at most {_MAX_CLASSES} work"
    return ""


def _explained_variance(predicted: FloatArray, target: FloatArray, weights: FloatArray) -> float:
    centred = target - np.average(target, weights=weights)
    spread = np.abs(centred).max()
    if spread == 0:
        return 0.0
    # Within what squares can hold; a model further off than -1 is not worth less.
    missed = np.clip((target - predicted) / spread, -_FAR, _FAR)
    return max(-1.0, 1.0 - float(weights @ missed**2) / float(weights @ (centred / spread) ** 2))
