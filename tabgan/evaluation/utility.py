"""Utility: does a model trained on synthetic rows predict unseen real rows as one on real rows?"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.ranking import Estimate, area_under_curve, resampled_estimate
from tabgan.evaluation.report import Score
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import FloatArray, Tables, draw_rows, independent_columns
from tabgan.evaluation.trees import predicted_classes, predicted_numbers
from tabgan.parallel import in_parallel

# Rows that a model is trained on. With more classes there is one tree a class and round, so the
# product of both is kept, at a few seconds a fit on two cores.
_MAX_ROWS = 50_000
_MAX_ROWS_TIMES_CLASSES = 200_000
# Above, one-against-rest areas are averages over classes with a handful of rows.
_MAX_CLASSES = 50
_MIN_HOLDOUT_ROWS = 20


@dataclass(frozen=True)
class _Task:
    """Features and target of the holdout rows, and how predictions are scored."""

    position: int
    is_class: bool
    features: FloatArray
    target: FloatArray

    def split(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return features and target of the rows whose target is present."""
        known = rows[~np.isnan(rows[:, self.position])]
        return np.delete(known, self.position, axis=1), known[:, self.position]

    @property
    def strata(self) -> NDArray[np.int64]:
        """What rows are resampled within: their class, or all together."""
        if not self.is_class:
            return np.zeros(len(self.target), dtype=np.int64)
        return np.unique(self.target, return_inverse=True)[1].astype(np.int64)

    def quality(self, predictions: FloatArray) -> Callable[[FloatArray], float]:
        """Return AUC or R2 of predictions, shape (rows, classes) or (rows, 1), given weights."""
        if not self.is_class:
            return lambda weights: _explained_variance(predictions[:, 0], self.target, weights)
        classes = np.unique(self.target)
        # Of two classes one area says it all; of more, the mean of one against the rest.
        scored = range(len(classes) - 1 if len(classes) == 2 else len(classes))
        areas = [area_under_curve(predictions[:, i], self.target == classes[i]) for i in scored]
        return lambda weights: float(np.mean([area(weights) for area in areas]))

    def predict(self, rows: FloatArray, seed: int) -> FloatArray:
        """Return predictions for the holdout by a model trained on these rows."""
        features, target = self.split(rows)
        if not self.is_class:
            return predicted_numbers(features, target, self.features, seed)[:, np.newaxis]
        return predicted_classes(features, target, self.features, np.unique(self.target), seed)


def utility_scores(tables: Tables, target: Hashable | None, streams: RandomStreams) -> list[Score]:
    """Return `mle`, the quality of a model trained on synthetic rows, and its gap to real ones.

    Parameters
    ----------
    tables : Tables
    target : hashable or None
        Column to predict. Categories, booleans and numbers of two values are classes (AUC,
        one against the rest); other numbers, dates and durations are regressed (R2).
    streams : RandomStreams

    Returns
    -------
    list of Score
        `mle`, with the same model trained on as many training rows as ceiling, and `mle_gap`, the
        ceiling minus `mle`, over the same resamples of the holdout. Machine learning efficacy is
        the name used by Xu et al. (2019).
    """
    task, problem = _make_task(tables, target)
    if task is None:
        return [Score(name, "utility", note=f"unknown: {problem}") for name in ("mle", "mle_gap")]
    n_classes = len(np.unique(task.target)) if task.is_class else 1
    n_rows = min(
        len(tables.train),
        len(tables.synthetic),
        _MAX_ROWS,
        _MAX_ROWS_TIMES_CLASSES // n_classes,
    )
    generator = streams.named("mle")
    seed = int(generator.integers(2**31))
    trained_on = {
        "synthetic": draw_rows(tables.synthetic, n_rows, generator),
        "real": draw_rows(tables.train, n_rows, generator),
        "independent": independent_columns(tables.train, n_rows, generator),
    }
    return _compare(task, trained_on, seed, generator)


def _compare(
    task: _Task, trained_on: dict[str, FloatArray], seed: int, generator: np.random.Generator
) -> list[Score]:
    predictions = in_parallel(lambda rows: task.predict(rows, seed), list(trained_on.values()))
    quality = dict(zip(trained_on, map(task.quality, predictions), strict=True))
    once = np.ones(len(task.target))
    floor, ceiling = quality["independent"](once), quality["real"](once)
    found = resampled_estimate(quality["synthetic"], task.strata, generator)
    gap = resampled_estimate(
        lambda weights: quality["real"](weights) - quality["synthetic"](weights),
        task.strata,
        generator,
    )
    measure = "area under the ROC curve" if task.is_class else "R2"
    mle = _score("mle", found, floor, ceiling, note=measure).judged_by_floor()
    mle_gap = _score("mle_gap", gap, ceiling - floor, 0.0, note="0 is best")
    return [mle, mle_gap]


def _score(name: str, found: Estimate, floor: float, ceiling: float, note: str) -> Score:
    figures = (found.value, found.low, found.high, floor, ceiling)
    return Score(name, "utility", None, *figures, note=note)


def _make_task(tables: Tables, target: Hashable | None) -> tuple[_Task | None, str]:
    if target is None:
        return None, "no target column was named"
    if tables.holdout is None:
        return None, "needs holdout rows, which the training never saw"
    if len(tables.columns) < 2:
        return None, "there is no other column to predict the target from"
    position = tables.position(target)
    values = tables.train[:, position]
    is_class = (
        not tables.columns[position].is_ordered or len(np.unique(values[values == values])) <= 2
    )
    task = _Task(position, is_class, np.empty((0, 0)), np.empty(0))
    features, known = task.split(tables.holdout)
    problem = _target_problem(known, is_class)
    return (None, problem) if problem else (_Task(position, is_class, features, known), "")


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
    mean = np.average(target, weights=weights)
    total = float(weights @ (target - mean) ** 2)
    return 1.0 - float(weights @ (target - predicted) ** 2) / total if total > 0 else 0.0
