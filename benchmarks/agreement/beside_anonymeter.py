"""Linkability and attribute inference beside Anonymeter.

On numbers none of which is negative, and without missing values: a guess of a negative number is
always right there, and two missing values are a whole distance apart.
"""

import warnings
from collections.abc import Iterator
from functools import partial

import numpy as np
from anonymeter.evaluators import InferenceEvaluator, LinkabilityEvaluator
from anonymeter.stats.confidence import EvaluationResults, PrivacyRisk
from comparison import Comparison, compared
from tables import HONESTY, Case, cases

from tabgan.evaluation.privacy import inference, linkability
from tabgan.evaluation.privacy.risk import Risk
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.ranking import wilson_interval

# Anonymeter attacks no row twice.
N_ATTACKS = 2_000
_SEED = 0
# One-sided, as one end of an interval of 95 % is.
_LEVEL = 0.025

_compared = partial(compared, "Anonymeter")


def comparisons() -> Iterator[Comparison]:
    """Yield all comparisons."""
    warnings.simplefilter("ignore")  # of attacks that are no better than guesses
    for case in cases("complete", N_ATTACKS, HONESTY):
        tables = case.aligned
        sides = Sides.drawn(tables, tables.holdout, np.random.default_rng(_SEED))
        np.random.seed(_SEED)  # their rows are drawn without a seed of their own
        yield from _linkability(case, sides)
        yield from _inference(case, sides)


def _linkability(case: Case, sides: Sides) -> Iterator[Comparison]:
    """Compare by the same halves of the columns."""
    names = [column.name for column in sides.columns]
    order = np.random.default_rng(_SEED).permutation(len(names))
    halves = np.split(order, [len(names) // 2])
    counts = linkability._N_NEAREST
    evaluator = LinkabilityEvaluator(
        case.train,
        case.synthetic,
        tuple([names[i] for i in half] for half in halves),
        n_attacks=N_ATTACKS,
        n_neighbors=max(counts),
        control=case.holdout,
    ).evaluate(n_jobs=1)
    linked = [
        linkability._linked(rows, sides.scaled_synthetic, tuple(halves))
        for rows in (sides.scaled_train, sides.scaled_holdout)
    ]
    theirs = [evaluator.results(n_neighbors=count) for count in counts]
    for count, train, holdout, results in zip(counts, *linked, theirs, strict=True):
        shares = float(train.mean()), float(holdout.mean())
        yield from _success(f"linkability by {count} nearest", case, shares, results, len(train))
    ours = linkability.linkability(sides, np.random.default_rng(_SEED))
    # Of several numbers of nearest rows the one whose interval begins highest, as ours.
    largest = max((results.risk() for results in theirs), key=lambda risk: risk.ci[0])
    yield from _risk("linkability", case, ours, largest)


def _inference(case: Case, sides: Sides) -> Iterator[Comparison]:
    """Compare with each column as the secret, and all others known."""
    for i, ours in inference.attribute_inference(sides).items():
        secret = sides.columns[i].name
        results = (
            InferenceEvaluator(
                case.train,
                case.synthetic,
                aux_cols=[name for name in case.train if name != secret],
                secret=secret,
                regression=case.train[secret].dtype.kind in "if",
                n_attacks=N_ATTACKS,
                control=case.holdout,
            )
            .evaluate(n_jobs=1)
            .results()
        )
        name = f"inference of {secret}"
        yield from _success(name, case, (ours.train, ours.holdout), results, inference._N_ATTACKS)
        yield from _risk(name, case, ours, results.risk())


def _success(
    name: str,
    case: Case,
    shares: tuple[float, float],
    results: EvaluationResults,
    n_attacks: int,
) -> Iterator[Comparison]:
    """Compare how many attacks succeed on training and on holdout rows."""
    rates = (results.attack_rate, results.control_rate)
    for rows, share, rate in zip(("training", "holdout"), shares, rates, strict=True):
        allowed = _half(wilson_interval(share, n_attacks)) + rate.error
        quantity = f"{rows} success, {name}"
        yield _compared(quantity, case, share, rate.value, tolerance=allowed)


def _risk(name: str, case: Case, ours: Risk, theirs: PrivacyRisk) -> Iterator[Comparison]:
    """Compare the risks, and whether there is any."""
    allowed = _half((ours.low, ours.high)) + _half(theirs.ci)
    yield _compared(f"risk, {name}", case, ours.value, theirs.value, tolerance=allowed)
    verdicts = float(ours.p_value < _LEVEL), float(theirs.ci[0] > 0)
    yield _compared(f"verdict, {name}", case, *verdicts, tolerance=0.0)


def _half(interval: tuple[float, float]) -> float:
    return (interval[1] - interval[0]) / 2
