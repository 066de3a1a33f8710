"""Membership inference: can it be told from the synthetic rows who was learnt from?

Of a fixed set of attacks the strongest counts: a single one proves nothing (Yao et al. 2025, "The
DCR Delusion"). Each gives real rows a score, high for those that it takes for training rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

from tabgan.evaluation.learners import BOOSTED
from tabgan.evaluation.privacy.neighbours import NOTHING, nearest_rows
from tabgan.evaluation.privacy.sides import N_NEAREST, Sides
from tabgan.evaluation.privacy.significance import more_at_the_top, of_several, ranked_higher
from tabgan.evaluation.ranking import Estimate, area_under_curve, resampled_estimate
from tabgan.evaluation.tables import FloatArray

# Share of other rows that an attacker takes for training rows by mistake.
_FALSE_ALARMS = 0.01
# Of a density: principal components, as kernels in more are empty, and rows, for seconds of time.
_N_COMPONENTS = 8
_DENSITY_ROWS = 2_000
# Levels of a category that count for them.
_N_LEVELS = 20
# A level that fewer reference rows have than this share is rare; a first choice.
_RARE_SHARE = 0.02
# The share of the rows that are outliers, and the fewest of them that say anything.
_OUTLIERS = 0.05
_FEWEST_OUTLIERS = 20
_FEWEST_ROWS = 40
_N_RESAMPLES = 200


@dataclass(frozen=True)
class Membership:
    """What the strongest attack finds.

    Parameters
    ----------
    attack : str
        Which one.
    auc : Estimate
        Area under its ROC curve: one half if it finds nothing.
    auc_p_value : float
        One-sided, against one half, of all attacks together.
    attack_at_the_top : str
        The attack that finds most where it is sure.
    tpr : Estimate
        Share of training rows that it finds at 1 % of false alarms: .01 if it finds nothing.
    tpr_p_value : float
        One-sided, of training rows being no more of the highest scores than chance gives, of all
        attacks together.
    """

    attack: str
    auc: Estimate
    auc_p_value: float
    attack_at_the_top: str
    tpr: Estimate
    tpr_p_value: float


@dataclass(frozen=True)
class _Scores:
    """Scores that an attack gives training rows and others."""

    train: FloatArray
    others: FloatArray

    @property
    def tpr(self) -> float:
        """Share of training rows found at 1 % of false alarms."""
        threshold = np.quantile(self.others, 1.0 - _FALSE_ALARMS, method="higher")
        return float((self.train > threshold).mean())

    def drawn_again(self, rng: np.random.Generator) -> "_Scores":
        """Return as many rows of each side, with repetitions."""
        return _Scores(*(s[rng.integers(len(s), size=len(s))] for s in (self.train, self.others)))


def membership(sides: Sides, rng: np.random.Generator) -> Membership | None:
    """Return what the strongest attack finds; None with too few rows for it.

    The nearest synthetic row; how much nearer it is than the nearest of the holdout rows that the
    attacker has; how much denser synthetic rows are than these, by the fifth neighbour and by
    kernels (DOMIAS, van Breugel et al. 2023); a classifier that tells both; rare categories.
    """
    attacker = _Attacker.of(sides, rng)
    return None if attacker is None else _strongest(attacker.all_scores(), rng)


def membership_of_outliers(sides: Sides, rng: np.random.Generator) -> Membership | None:
    """Return what attacks find of the rows that are furthest from all others.

    They are what a generator learns by heart first (Stadler et al. 2022). Of the training rows and
    of the holdout rows those furthest from the holdout rows that the attacker has.
    """
    attacker = _Attacker.of(sides, rng)
    if attacker is None:
        return None
    n_outliers = round(_OUTLIERS * len(attacker.others))
    if n_outliers < _FEWEST_OUTLIERS:
        return None
    threshold = np.sort(attacker.others_to_reference[:, 0])[-n_outliers]
    kept = [
        near[:, 0] >= threshold
        for near in (attacker.train_to_reference, attacker.others_to_reference)
    ]
    scores = {
        name: _Scores(found.train[kept[0]], found.others[kept[1]])
        for name, found in attacker.scores_by_distance().items()
    }
    return _strongest(scores, rng) if kept[0].any() else None


def _strongest(scores: dict[str, _Scores], rng: np.random.Generator) -> Membership:
    ranks = {name: ranked_higher(found.train, found.others) for name, found in scores.items()}
    tops = {name: more_at_the_top(found.train, found.others) for name, found in scores.items()}
    best = min(ranks, key=lambda name: ranks[name])
    sure = min(tops, key=lambda name: (tops[name], -scores[name].tpr))
    found = scores[best]
    is_train = np.repeat([True, False], [len(found.train), len(found.others)])
    draws = [scores[sure].drawn_again(rng).tpr for _ in range(_N_RESAMPLES)]
    low, high = np.quantile([*draws, scores[sure].tpr], (0.025, 0.975))
    area = area_under_curve(np.concatenate([found.train, found.others]), is_train)
    return Membership(
        best,
        resampled_estimate(area, is_train.astype(np.int64), rng),
        of_several(list(ranks.values())),
        sure,
        Estimate(scores[sure].tpr, float(low), float(high)),
        of_several(list(tops.values())),
    )


@dataclass(frozen=True)
class _Attacker:
    """Who has the synthetic rows, half of the holdout for reference, and asks about other rows.

    Parameters
    ----------
    sides : Sides
    reference, others : ndarray of int64
        Which holdout rows the attacker has, and which are asked about.
    train_to_reference, others_to_reference : ndarray of float64, shape (rows, n_nearest)
        Distances.
    rng : numpy.random.Generator
    """

    sides: Sides
    reference: NDArray[np.int64]
    others: NDArray[np.int64]
    train_to_reference: FloatArray
    others_to_reference: FloatArray
    rng: np.random.Generator

    @classmethod
    def of(cls, sides: Sides, rng: np.random.Generator) -> "_Attacker | None":
        """Return the attacker, if there are rows enough."""
        n_reference = sides.n_real // 2
        if n_reference < _FEWEST_ROWS:
            return None
        order = rng.permutation(sides.n_real)
        reference, others = order[:n_reference], order[n_reference:]
        known = sides.scaled_holdout[reference]
        train_to_reference, others_to_reference = (
            nearest_rows(rows, known, N_NEAREST).distances
            for rows in (sides.scaled_train, sides.scaled_holdout[others])
        )
        return cls(sides, reference, others, train_to_reference, others_to_reference, rng)

    def all_scores(self) -> dict[str, _Scores]:
        """Return the scores of all attacks."""
        found = self.scores_by_distance()
        near = (self.sides.train_to_synthetic, self.sides.holdout_to_synthetic)
        # Needs no reference, so all of the holdout is asked about.
        found["nearest"] = _Scores(*(-to_synthetic.distance for to_synthetic in near))
        further = {
            "denser by kernels": self._by_kernels(),
            "classifier": self._by_classifier(),
            "rare categories": self._by_rare_categories(),
        }
        return found | {name: scores for name, scores in further.items() if scores is not None}

    def scores_by_distance(self) -> dict[str, _Scores]:
        """Return the scores of the attacks that look at distances alone."""
        sides = self.sides
        train = sides.train_to_synthetic.distances
        others = sides.holdout_to_synthetic.distances[self.others]

        def compared(score: Callable[[FloatArray, FloatArray], FloatArray]) -> _Scores:
            return _Scores(
                score(train, self.train_to_reference), score(others, self.others_to_reference)
            )

        def logarithm(distances: FloatArray) -> FloatArray:
            return np.log(distances[:, -1] + NOTHING)

        return {
            "nearest": compared(lambda near, _: -near[:, 0]),
            "nearer": compared(lambda near, reference: reference[:, 0] - near[:, 0]),
            "denser": compared(lambda near, reference: logarithm(reference) - logarithm(near)),
        }

    def _by_kernels(self) -> _Scores | None:
        sides = self.sides
        tables = [sides.train, sides.holdout[self.others], sides.synthetic]
        tables.append(sides.holdout[self.reference])
        train, others, synthetic, reference = (
            rows[:_DENSITY_ROWS] for rows in _components(sides, tables)
        )
        if train.shape[1] == 0:
            return None

        def denser(rows: FloatArray) -> FloatArray:
            return _log_density(rows, synthetic) - _log_density(rows, reference)

        return _Scores(denser(train), denser(others))

    def _by_classifier(self) -> _Scores:
        sides = self.sides
        reference = sides.holdout[self.reference]
        learnt = np.concatenate([reference, sides.synthetic[: len(reference)]])
        n_synthetic = len(learnt) - len(reference)
        target = np.repeat([0.0, 1.0], [len(reference), n_synthetic])
        asked = np.concatenate([sides.train, sides.holdout[self.others]])
        seed = int(self.rng.integers(2**31))
        odds = BOOSTED.classifier(learnt, target, seed).probabilities(asked, np.array([1.0]))[:, 0]
        return _Scores(odds[: len(sides.train)], odds[len(sides.train) :])

    def _by_rare_categories(self) -> _Scores | None:
        sides = self.sides
        reference = sides.holdout[self.reference]
        asked = [sides.train, sides.holdout[self.others]]
        totals = [np.zeros(len(rows)) for rows in asked]
        for i, column in enumerate(sides.columns):
            if column.is_ordered:
                continue
            shares = [_shares(rows[:, i], column.n_levels) for rows in (sides.synthetic, reference)]
            gain = np.where(shares[1] < _RARE_SHARE, np.log(shares[0] / shares[1]), 0.0)
            for total, rows in zip(totals, asked, strict=True):
                known = ~np.isnan(rows[:, i])
                total[known] += gain[rows[known, i].astype(np.int64)]
        return _Scores(*totals) if any(total.any() for total in totals) else None


def _shares(codes: FloatArray, n_levels: int) -> FloatArray:
    counts = np.bincount(codes[~np.isnan(codes)].astype(np.int64), minlength=n_levels)
    return np.asarray((counts + 0.5) / (counts.sum() + 0.5 * n_levels))


def _components(sides: Sides, tables: list[FloatArray]) -> list[FloatArray]:
    """Return the first principal components of the rows, each of the same spread."""
    stacked = np.concatenate(tables)
    features = []
    for column, values in zip(sides.columns, stacked.T, strict=True):
        missing = np.isnan(values)
        if column.is_ordered:
            usual = 0.0 if missing.all() else float(np.nanmedian(values))
            features += [np.where(missing, usual, values), missing.astype(np.float64)]
            continue
        counts = np.bincount(values[~missing].astype(np.int64), minlength=1)
        frequent = np.argsort(-counts, kind="stable")[:_N_LEVELS]
        features += [(values == level).astype(np.float64) for level in frequent]
    matrix = np.column_stack(features)
    spread = matrix.std(axis=0)
    matrix = (matrix[:, spread > 0] - matrix[:, spread > 0].mean(axis=0)) / spread[spread > 0]
    if matrix.shape[1] == 0:
        return [np.empty((len(rows), 0)) for rows in tables]
    _, sizes, directions = np.linalg.svd(matrix.T @ matrix / len(matrix), hermitian=True)
    kept = (sizes > 1e-9 * sizes[0]) & (np.arange(len(sizes)) < _N_COMPONENTS)
    scores = matrix @ directions[kept].T / np.sqrt(sizes[kept])
    return np.split(scores, np.cumsum([len(rows) for rows in tables])[:-1])


def _log_density(rows: FloatArray, points: FloatArray) -> FloatArray:
    """Return the logarithm of a kernel density, but for a constant, by Scott's rule (1992)."""
    n_points, n_dims = points.shape
    bandwidth = n_points ** (-1.0 / (n_dims + 4))
    densities = logsumexp(-0.5 * cdist(rows / bandwidth, points / bandwidth, "sqeuclidean"), axis=1)
    return np.asarray(densities - n_dims * np.log(bandwidth) - np.log(n_points))
