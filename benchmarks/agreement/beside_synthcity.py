"""Manifolds and kernel densities beside synthcity."""

import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from absent import OF_SYNTHCITY, stood_in
from comparison import Comparison, compared
from tables import HONESTY, SAMPLES, Case, cases

from tabgan.evaluation.fidelity.manifold import RealRows

# Attacks are made by `membership`, which keeps the strongest alone.
from tabgan.evaluation.privacy.membership import _Attacker
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.ranking import area_under_curve
from tabgan.evaluation.tables import FloatArray

with stood_in(OF_SYNTHCITY):
    from synthcity.metrics.eval_privacy import DomiasMIAKDE
    from synthcity.metrics.eval_statistical import AlphaPrecision, PRDCScore
    from synthcity.plugins.core.dataloader import GenericDataLoader

N_ROWS = 1_000
_MANIFOLD = 1e-6
# Of an area: their kernels have the covariance of the rows that they stand on, ours that of all
# tables together.
_KERNELS = 0.02

_compared = partial(compared, "synthcity")


def comparisons() -> Iterator[Comparison]:
    """Yield all comparisons."""
    warnings.simplefilter("ignore")
    with TemporaryDirectory() as folder:
        for case in cases("numeric", N_ROWS, SAMPLES):
            yield from _manifolds(case, Path(folder))
        for case in cases("numeric", N_ROWS, HONESTY):
            yield _membership(case, Path(folder))


def _manifolds(case: Case, folder: Path) -> Iterator[Comparison]:
    """Compare on one matrix, in whose units distances are, without a further embedding."""
    real, synthetic = case.train.to_numpy(), case.synthetic.to_numpy()
    ours = RealRows.of(real).compare(synthetic)
    once = np.ones(len(real))
    theirs = PRDCScore(workspace=folder).evaluate(*map(_loader, (real, synthetic)))
    yield _compared("density", case, ours.density(once), theirs["density"], tolerance=_MANIFOLD)
    yield _compared("coverage", case, ours.coverage(once), theirs["coverage"], tolerance=_MANIFOLD)
    levels, *curves, precision, recall, _ = AlphaPrecision(workspace=folder).metrics(
        real, synthetic
    )
    for name, found, theirs, curve in (
        ("delta_precision_alpha", ours.alpha_precision(once), precision, curves[0]),
        ("delta_coverage_beta", ours.beta_recall(once), recall, curves[1]),
    ):
        yield _compared(name, case, found, theirs, tolerance=_MANIFOLD)
        # As the code of Alaa et al. has it.
        by_steps = 1.0 - 2.0 * levels[1] * float(np.abs(levels - curve).sum())
        ours_by_steps = 1.0 - (1.0 - found) * 2.0 * levels[1] * levels.sum()
        yield _compared(f"{name}, by steps", case, ours_by_steps, by_steps, tolerance=_MANIFOLD)


def _membership(case: Case, folder: Path) -> Comparison:
    """Compare the attack by kernels, with one half of the holdout for reference."""
    tables = case.aligned
    sides = Sides(tables.columns, tables.train, tables.holdout, tables.synthetic)
    attacker = _Attacker.of(sides, np.random.default_rng(0))
    scores = attacker.all_scores()["denser by kernels"]
    is_train = np.repeat([True, False], [len(scores.train), len(scores.others)])
    both = np.concatenate([scores.train, scores.others])
    ours = area_under_curve(both, is_train)(np.ones(len(both)))
    # Their first rows are those asked about, and their last the reference.
    order = np.concatenate([attacker.others, attacker.reference])
    theirs = DomiasMIAKDE(workspace=folder).evaluate(
        *map(_loader, (sides.holdout[order], sides.synthetic, sides.train, sides.synthetic)),
        reference_size=len(attacker.reference),
    )["aucroc"]
    return _compared("DomiasMIAKDE, area", case, ours, theirs, tolerance=_KERNELS)


def _loader(rows: FloatArray) -> GenericDataLoader:
    return GenericDataLoader(pd.DataFrame(rows))
