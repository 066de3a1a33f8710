"""Checks by distance: are synthetic rows nearer to training rows than to unseen ones?"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.cluster import hierarchy

from tabgan.evaluation.association import Levels, associations
from tabgan.evaluation.privacy.neighbours import NOTHING, Nearest, nearest_rows
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.privacy.significance import by_relabelling
from tabgan.evaluation.ranking import NORMAL_95
from tabgan.evaluation.tables import FloatArray

# Groups of columns that are looked at besides all of them: columns that go together, and columns
# at random (both as many; Platzer and Reutterer 2021 look at all columns alone).
_N_GROUPS = 3
# Below, groups would hold single columns.
_FEWEST_COLUMNS_TO_GROUP = 6
# Where copies of a few rows show, and what 5,000 rows still know well.
_LOW_QUANTILE = 0.05
_N_RESAMPLES = 200  # places the ends of an interval within a tenth of its length


@dataclass(frozen=True)
class NearerShare:
    """Share of synthetic rows nearer to the training rows than to the holdout, ties counting half.

    Parameters
    ----------
    value : float
        One half for synthetic rows that owe no more to the training rows than to the holdout.
    low, high : float
        Its 95 % interval.
    p_value : float
        One-sided, against one half.
    """

    value: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class RatioQuantile:
    """How much nearer the nearest real row is than the next, where it is much nearer.

    Parameters
    ----------
    train, holdout : float
        The 5 % quantile of the ratio of both distances, among training and among holdout rows: low
        where synthetic rows sit right beside single real ones.
    low, high : float
        95 % interval of the one among training rows.
    p_value : float
        One-sided, of the one among training rows being the lower one.
    """

    train: float
    holdout: float
    low: float
    high: float
    p_value: float


def nearer_share(to_train: Nearest, to_holdout: Nearest) -> NearerShare:
    """Return the share of rows nearer to the training rows, and whether it exceeds one half.

    Parameters
    ----------
    to_train, to_holdout : Nearest
        Of the same synthetic rows, among as many training as holdout rows.

    Notes
    -----
    Synthetic rows with the same nearest real row win or lose together. If training and holdout
    rows are exchangeable, each real row that is nearest to `w` synthetic ones is a training row
    with probability one half, so the variance of the share is the sum of ``w ** 2 / 4`` over the
    squared number of rows. Counting rows as independent would cry wolf on small domains.
    """
    n_rows = len(to_train.distance)
    wins = to_train.distance < to_holdout.distance
    losses = to_train.distance > to_holdout.distance
    value = float((wins.sum() + 0.5 * (n_rows - wins.sum() - losses.sum())) / n_rows)
    weights = [*np.bincount(to_train.index[wins]), *np.bincount(to_holdout.index[losses])]
    error = math.sqrt(sum(int(weight) ** 2 for weight in weights)) / 2 / n_rows
    p_value = float(stats.norm.sf((value - 0.5) / error)) if error > 0 else 1.0
    half = NORMAL_95 * error
    return NearerShare(value, max(value - half, 0.0), min(value + half, 1.0), p_value)


def nearer_shares(sides: Sides, rng: np.random.Generator) -> list[NearerShare]:
    """Return the share by all columns, and by groups of them.

    Who copies some columns of a row and draws the others is not near to it by all of them.
    """
    shares = [nearer_share(sides.synthetic_to_train, sides.synthetic_to_holdout)]
    for group in _groups(sides, rng):
        train, holdout, synthetic = (
            rows[:, group]
            for rows in (sides.scaled_train, sides.scaled_holdout, sides.scaled_synthetic)
        )
        shares.append(
            nearer_share(nearest_rows(synthetic, train), nearest_rows(synthetic, holdout))
        )
    return shares


def ratio_quantile(sides: Sides, rng: np.random.Generator) -> RatioQuantile:
    """Return the low quantile of the distance ratio among training and among holdout rows.

    Parameters
    ----------
    sides : Sides
    rng : numpy.random.Generator
        Draws the synthetic rows again, and other real rows in place of the training rows.
    """
    near = sides.synthetic_to_real

    def of(chosen: NDArray[np.bool_]) -> FloatArray:
        first, second = near.first_of(chosen, 2).T
        return np.asarray((first + NOTHING) / (second + NOTHING))

    def lower(is_train: NDArray[np.bool_]) -> float:
        ratios = np.stack([of(is_train), of(~is_train)])
        train, holdout = np.quantile(ratios, _LOW_QUANTILE, axis=1)
        return float(holdout - train)

    among_train, among_holdout = of(sides.is_train), of(~sides.is_train)
    value = float(np.quantile(among_train, _LOW_QUANTILE))
    again = rng.integers(len(among_train), size=(_N_RESAMPLES, len(among_train)))
    draws = [np.quantile(among_train[rows], _LOW_QUANTILE) for rows in again]
    low, high = np.quantile(draws, (0.025, 0.975))
    return RatioQuantile(
        value,
        float(np.quantile(among_holdout, _LOW_QUANTILE)),
        min(float(low), value),
        max(float(high), value),
        by_relabelling(lower, sides.is_train, rng),
    )


def _groups(sides: Sides, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Return groups of columns that go together, and random ones of a third of the columns."""
    n_columns = len(sides.columns)
    if n_columns < _FEWEST_COLUMNS_TO_GROUP:
        return []
    real = np.concatenate([sides.train, sides.holdout])
    related = associations(Levels.of(sides.columns, real).joint_shares(real))
    tree = hierarchy.linkage(1.0 - related[np.triu_indices(n_columns, k=1)], method="average")
    number = hierarchy.fcluster(tree, _N_GROUPS, criterion="maxclust")
    together = [np.flatnonzero(number == group) for group in np.unique(number)]
    at_random = [
        np.sort(rng.permutation(n_columns)[: n_columns // _N_GROUPS]) for _ in range(_N_GROUPS)
    ]
    return [group for group in (*together, *at_random) if 1 < len(group) < n_columns]
