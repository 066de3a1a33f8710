"""Overfitting checks by neighbours within a table: is the nearest row a synthetic one?"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from tabgan.evaluation.privacy.neighbours import nearest_rows
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.privacy.significance import by_relabelling, more_often
from tabgan.evaluation.ranking import NORMAL_95
from tabgan.evaluation.tables import FloatArray

# A column of nearly one value tells nothing of who is who, and must not outweigh all others.
_LEAST_ENTROPY = 0.01
# Rows of each table for the privacy loss, which asks for all pairs of real rows.
_ROWS_OF_LOSS = 2_500
# Other labels of real rows, whose losses spread as this one does.
_N_RELABELLINGS = 50


@dataclass(frozen=True)
class Excess:
    """By how much a share is larger for training rows than for holdout rows.

    Parameters
    ----------
    value : float
        The difference; about 0 for synthetic rows that owe no more to the one than to the other.
    low, high : float
        Its 95 % interval.
    p_value : float
        One-sided, against 0.
    train, holdout : float
        Both shares.
    """

    value: float
    low: float
    high: float
    p_value: float
    train: float
    holdout: float


def identifiability(sides: Sides) -> Excess:
    """Return how many more training than holdout rows are nearer to a synthetic row than to others.

    Each column counts the more the less is known of it, by the inverse of its entropy (Yoon et al.
    2020, ADS-GAN).
    """
    weights = _inverse_entropies(sides)
    nearer = []
    for real in (sides.scaled_train, sides.scaled_holdout):
        to_synthetic = nearest_rows(real, sides.scaled_synthetic, weights=weights)
        to_others = nearest_rows(real, real, weights=weights, are_the_same=True)
        nearer.append(to_synthetic.distance < to_others.distance)
    train, holdout = (float(rows.mean()) for rows in nearer)
    error = math.sqrt(sum(float(rows.var()) / len(rows) for rows in nearer))
    counts = [(int(rows.sum()), len(rows)) for rows in nearer]
    return _excess(train - holdout, error, more_often(*counts[0], *counts[1]), train, holdout)


def privacy_loss(sides: Sides, rng: np.random.Generator) -> Excess:
    """Return how much worse the nearest neighbour tells training than holdout rows from synthetic.

    The adversarial accuracy of two tables is the share of rows whose nearest row is one of their
    own table, the mean over both tables; it is one half for tables of one law. What it is less for
    the training rows than for the holdout is called the privacy loss (Yale et al. 2020).

    Parameters
    ----------
    sides : Sides
    rng : numpy.random.Generator
        Draws other real rows in place of the training rows.
    """
    sides = sides.first(_ROWS_OF_LOSS)
    synthetic = sides.scaled_synthetic
    own = nearest_rows(synthetic, synthetic, are_the_same=True).distance
    to_synthetic = np.concatenate(
        [near.distance for near in (sides.train_to_synthetic, sides.holdout_to_synthetic)]
    )

    def accuracy(chosen: NDArray[np.bool_]) -> float:
        among = sides.real_to_real.first_of(chosen, 1)[:, 0]
        of_real = (to_synthetic > among)[chosen].mean()
        of_synthetic = (sides.synthetic_to_real.first_of(chosen, 1)[:, 0] > own).mean()
        return 0.5 * float(of_real + of_synthetic)

    def loss(is_train: NDArray[np.bool_]) -> float:
        return accuracy(~is_train) - accuracy(is_train)

    is_train = sides.is_train
    errors = [loss(rng.permutation(is_train)) for _ in range(_N_RELABELLINGS)]
    p_value = by_relabelling(loss, is_train, rng)
    train, holdout = accuracy(is_train), accuracy(~is_train)
    return _excess(holdout - train, float(np.std(errors)), p_value, train, holdout)


def _excess(value: float, error: float, p_value: float, train: float, holdout: float) -> Excess:
    half = NORMAL_95 * error
    return Excess(value, value - half, value + half, p_value, train, holdout)


def _inverse_entropies(sides: Sides) -> FloatArray:
    """Return the inverse of each column's entropy among the real rows, at most that of .01 nats."""
    weights = []
    for values in np.concatenate([sides.train, sides.holdout]).T:
        _, counts = np.unique(values, return_counts=True)
        weights.append(1.0 / max(float(stats.entropy(counts)), _LEAST_ENTROPY))
    return np.array(weights)
