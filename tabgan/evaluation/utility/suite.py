"""All scores of what models trained on synthetic rows are worth, tested on unseen real rows."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.learners import BOOSTED, FOREST, LINEAR, Learner
from tabgan.evaluation.ranking import Estimate, resampled_estimate
from tabgan.evaluation.report import UTILITY, Score
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import FloatArray, Tables, draw_rows, independent_columns
from tabgan.evaluation.utility.importance import Importance, agreement
from tabgan.evaluation.utility.task import Predict, Task, make_task
from tabgan.parallel import in_parallel

UTILITY_NAMES = (
    "mle", "mle_gap", "mle_forest", "mle_linear", "importance_agreement", "augmentation",
)  # fmt: skip
# Rows that a model is trained on. With more classes there is one tree a class and round, so the
# product of both is kept, at a few seconds a fit on two cores.
_MAX_ROWS = 50_000
_MAX_ROWS_TIMES_CLASSES = 200_000
# A forest of as many rows takes ten times as long as boosted trees.
_FURTHER_MAX_ROWS = 10_000
# Holdout rows that permuted columns are tried on, and resamples of them: each of these looks at
# every column of two models.
_IMPORTANCE_MAX_ROWS = 2_000
_IMPORTANCE_RESAMPLES = 40


def utility_scores(tables: Tables, target: Hashable | None, streams: RandomStreams) -> list[Score]:
    """Return what models trained on synthetic rows are worth.

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
        `mle` of boosted trees, with the same model trained on as many training rows as ceiling, and
        `mle_gap`, the ceiling minus `mle`, over the same resamples of the holdout (machine learning
        efficacy, as Xu et al. 2019 call it); `mle_forest` and `mle_linear` likewise.
        `importance_agreement`, how far a model trained on synthetic rows leans on the columns that
        one trained on half of the training rows leans on; `augmentation`, what the latter gains by
        as many synthetic rows. Their ceiling is the other half of the training rows.
    """
    task, problem = make_task(tables, target)
    if task is None:
        return [Score(name, UTILITY, note=f"unknown: {problem}") for name in UTILITY_NAMES]
    most = min(_MAX_ROWS, _MAX_ROWS_TIMES_CLASSES // task.n_outputs)
    few = min(most, _FURTHER_MAX_ROWS)
    mle, gap = _replaced("mle", BOOSTED, task, tables, most, streams.named("mle"))
    forest, _ = _replaced("mle_forest", FOREST, task, tables, few, streams.named("mle_forest"))
    linear, _ = _replaced("mle_linear", LINEAR, task, tables, few, streams.named("mle_linear"))
    return [mle, gap, forest, linear, *_of_halves(task, tables, most // 2, streams.named("halves"))]


def _trained_on(
    task: Task, tables: Sequence[FloatArray], learner: Learner, seed: int
) -> list[Predict]:
    return in_parallel(lambda rows: task.trained(rows, learner, seed), tables)


def _replaced(
    name: str, learner: Learner, task: Task, tables: Tables, n_most: int, rng: np.random.Generator
) -> tuple[Score, Score]:
    """Return the quality with synthetic in place of real rows, and the gap between both."""
    n_rows = min(len(tables.train), len(tables.synthetic), n_most)
    seed = int(rng.integers(2**31))
    trained_on = (
        draw_rows(tables.synthetic, n_rows, rng),
        draw_rows(tables.train, n_rows, rng),
        independent_columns(tables.train, n_rows, rng),
    )
    models = _trained_on(task, trained_on, learner, seed)
    synthetic, real, independent = (task.quality(model(task.features)) for model in models)
    once = np.ones(len(task.target))
    # By chance, independent columns may be worse than knowing nothing, which is no achievement.
    floor, ceiling = max(task.chance, independent(once)), real(once)
    found = resampled_estimate(synthetic, task.strata, rng)
    gap = resampled_estimate(lambda weights: real(weights) - synthetic(weights), task.strata, rng)
    return (
        _score(name, found, floor, ceiling, task.measure).judged_by_floor(),
        _score(f"{name}_gap", gap, ceiling - floor, 0.0, "0 is best"),
    )


def _of_halves(task: Task, tables: Tables, n_most: int, rng: np.random.Generator) -> list[Score]:
    seed = int(rng.integers(2**31))
    n_rows = min(len(tables.train) // 2, len(tables.synthetic), n_most)
    real = draw_rows(tables.train, 2 * n_rows, rng)
    half, other_half = real[:n_rows], real[n_rows:]
    added = (
        draw_rows(tables.synthetic, n_rows, rng),
        independent_columns(tables.train, n_rows, rng),
        other_half,
    )
    together = [np.concatenate([half, rows]) for rows in added]
    models = _trained_on(task, [half, *added, *together], BOOSTED, seed)
    return [
        _importance_agreement(task, models[:4], rng),
        _augmentation(task, [models[0], *models[4:]], rng),
    ]


def _importance_agreement(task: Task, models: list[Predict], rng: np.random.Generator) -> Score:
    chosen = _some_of_each(task.strata, _IMPORTANCE_MAX_ROWS, rng)
    looked_at = replace(task, features=task.features[chosen], target=task.target[chosen])
    order = rng.permutation(len(chosen))
    of_half, *others = (Importance.of(looked_at, model, order) for model in models)
    agreements = [agreement(of_half, other) for other in others]
    found = resampled_estimate(
        agreements[0], looked_at.strata, rng, n_resamples=_IMPORTANCE_RESAMPLES
    )
    once = np.ones(len(chosen))
    floor, ceiling = (one(once) for one in agreements[1:])
    return _score("importance_agreement", found, floor, ceiling, "of permuted columns")


def _some_of_each(
    strata: NDArray[np.int64], n_most: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return at most so many rows in random order, at least one of each stratum among them."""
    order = rng.permutation(len(strata))
    first = np.unique(strata[order], return_index=True)[1]
    return np.concatenate([order[first], np.delete(order, first)])[:n_most]


def _augmentation(task: Task, models: list[Predict], rng: np.random.Generator) -> Score:
    alone, with_synthetic, with_independent, with_real = (
        task.quality(model(task.features)) for model in models
    )
    found = resampled_estimate(
        lambda weights: with_synthetic(weights) - alone(weights), task.strata, rng
    )
    once = np.ones(len(task.target))
    floor, ceiling = (more(once) - alone(once) for more in (with_independent, with_real))
    note = f"gain in {task.measure} by twice the rows"
    return _score("augmentation", found, floor, ceiling, note)


def _score(name: str, found: Estimate, floor: float, ceiling: float, note: str) -> Score:
    figures = (found.value, found.low, found.high, floor, ceiling)
    return Score(name, UTILITY, None, *figures, note=note)
