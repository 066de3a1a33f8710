"""Neighbours within tables, against the definitions pair by pair."""

import numpy as np
import pytest

from tabgan.evaluation.privacy.identifiability import identifiability, privacy_loss
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.tables import ViewColumn
from tabgan.schema import Kind

COLUMNS = (
    ViewColumn("x", Kind.CONTINUOUS, 0),
    ViewColumn("y", Kind.CONTINUOUS, 0),
    ViewColumn("city", Kind.CATEGORICAL, 4),
)


def draw(n_rows: int, seed: int) -> np.ndarray:
    generator = np.random.default_rng(seed)
    numbers = generator.normal(size=(n_rows, 2))
    return np.column_stack([numbers, generator.integers(0, 4, n_rows)])


def sides_of(n_rows: int, n_copies: int = 0, seed: int = 0) -> Sides:
    train, holdout, synthetic = (draw(n_rows, 3 * seed + i) for i in range(3))
    synthetic[:n_copies] = train[:n_copies]
    return Sides(COLUMNS, train, holdout, synthetic)


def distances(first: np.ndarray, second: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """All distances of scaled rows."""
    parts = np.minimum(np.abs(first[:, None] - second), 1.0)
    return parts @ weights / weights.sum()


def nearest_other(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    table = distances(rows, rows, weights)
    np.fill_diagonal(table, np.inf)
    return table.min(axis=1)


def test_identifiability_is_the_difference_of_the_shares_nearest_to_a_synthetic_row() -> None:
    sides = sides_of(120, 30)
    real = np.concatenate([sides.train, sides.holdout])
    entropies = []
    for column in real.T:
        shares = np.unique(column, return_counts=True)[1] / len(column)
        entropies.append(-(shares * np.log(shares)).sum())
    weights = 1 / np.array(entropies)
    shares = []
    for rows in (sides.scaled_train, sides.scaled_holdout):
        to_synthetic = distances(rows, sides.scaled_synthetic, weights).min(axis=1)
        shares.append(to_synthetic < nearest_other(rows, weights))
    found = identifiability(sides)
    assert found.value == pytest.approx(shares[0].mean() - shares[1].mean(), abs=1e-12)
    assert found.low < found.value < found.high


def test_privacy_loss_is_the_difference_of_adversarial_accuracies() -> None:
    sides = sides_of(120, 30)
    weights = np.ones(3)
    synthetic = sides.scaled_synthetic
    accuracies = []
    for real in (sides.scaled_train, sides.scaled_holdout):
        table = distances(real, synthetic, weights)
        apart = (table.min(axis=1) > nearest_other(real, weights)).mean()
        own = (table.min(axis=0) > nearest_other(synthetic, weights)).mean()
        accuracies.append((apart + own) / 2)
    found = privacy_loss(sides, np.random.default_rng(0))
    assert found.value == pytest.approx(accuracies[1] - accuracies[0], abs=1e-12)
    assert (found.train, found.holdout) == pytest.approx(tuple(accuracies), abs=1e-12)


def loss(sides: Sides):
    return privacy_loss(sides, np.random.default_rng(0))


@pytest.mark.parametrize("check", [identifiability, loss])
def test_copies_are_found_and_honest_rows_are_not_suspected(check) -> None:
    # Of 400 other labels none does as well.
    assert check(sides_of(200, 200)).p_value < 0.003
    assert check(sides_of(400, 160)).p_value < 0.01
    alarms = sum(check(sides_of(100, seed=seed)).p_value < 0.05 for seed in range(40))
    # More than 6 of 40 has a probability below .01 at a level of .05.
    assert alarms <= 6


def test_many_synthetic_rows_beside_few_real_ones_raise_no_alarm() -> None:
    # 600 rows and 60 real ones a side: all that are nearest to one real row stand or fall together.
    alarms = 0
    for seed in range(25):
        train, holdout, synthetic = (draw(n, 3 * seed + i) for i, n in enumerate((60, 60, 600)))
        alarms += loss(Sides(COLUMNS, train, holdout, synthetic)).p_value < 0.05
    # More than 4 of 25 has a probability below .01 at a level of .05.
    assert alarms <= 4
