"""Values that one row alone has."""

import math

import numpy as np
import pytest

from tabgan.evaluation.privacy.rare_values import rare_values


def test_single_values_are_counted_on_both_sides() -> None:
    # 7 is in both real tables; 1 and 2 are single training values, 3 and 4 single holdout values.
    train, holdout = np.array([[1.0], [2.0], [7.0], [7.0]]), np.array([[3.0], [4.0], [7.0], [9.0]])
    holdout[3] = np.nan
    synthetic = np.array([[1.0], [3.0], [4.0], [7.0]])
    found = rare_values(synthetic, train, holdout, np.array([False]))
    assert (found.n_train, found.n_holdout) == (2, 2)
    assert (found.train, found.holdout) == (0.5, 1.0)
    assert math.isnan(found.extremes)
    assert found.p_value == 1.0


def test_a_number_that_differs_in_its_last_digit_is_the_same() -> None:
    train = np.array([[0.1], [0.7], [12.5], [3.0], [4.0], [5.0]])
    synthetic = np.nextafter(train, 1.0)
    found = rare_values(synthetic, train, train + 0.03, np.array([True]))
    assert (found.train, found.holdout, found.extremes) == (1.0, 0.0, 1.0)
    moved = rare_values(train + 1e-6, train, train + 0.03, np.array([True]))
    assert moved.train == 0.0


def test_one_copied_column_of_twenty_rows_is_found() -> None:
    generator = np.random.default_rng(0)
    train, holdout, synthetic = (generator.normal(size=(400, 5)) for _ in range(3))
    synthetic[:20, 2] = train[:20, 2]
    found = rare_values(synthetic, train, holdout, np.ones(5, dtype=bool))
    assert found.train == pytest.approx(20 / 2_000)
    assert found.p_value == pytest.approx(0.5**20, rel=0.2)


def test_without_single_values_nothing_is_claimed() -> None:
    rows = np.zeros((9, 1))
    found = rare_values(rows, rows, rows, np.array([False]))
    assert math.isnan(found.train)
    assert found.p_value == 1.0
