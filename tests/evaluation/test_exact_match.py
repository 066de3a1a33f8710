import numpy as np
import pytest

from tabgan.evaluation.exact_match import exact_matches, match_share


def test_shares_count_rows_and_missing_equals_missing() -> None:
    train = np.array([[1.0, np.nan], [2.0, 0.0]])
    holdout = np.array([[3.0, 0.0], [4.0, 0.0]])
    synthetic = np.array([[1.0, np.nan], [1.0, np.nan], [1.0, 0.0], [3.0, 0.0]])
    found = exact_matches(synthetic, train, holdout)
    assert (found.train, found.holdout) == (0.5, 0.25)
    assert match_share(synthetic, train) == 0.5
    # One distinct row on each side: at least one of two with probability 3 / 4.
    assert found.p_value == pytest.approx(0.75)


def test_missing_values_are_equal_whatever_their_bits() -> None:
    # Invalid operations make a NaN with its sign set, other sources one without.
    negative = np.copysign(np.nan, -1.0)
    assert match_share(np.array([[1.0, negative]]), np.array([[1.0, np.nan]])) == 1.0


def test_repeating_one_row_is_one_piece_of_evidence() -> None:
    train, holdout = np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]])
    assert exact_matches(np.ones((1000, 1)), train, holdout).p_value == pytest.approx(0.5)


def test_five_percent_of_copies_are_found() -> None:
    generator = np.random.default_rng(0)
    train, holdout, synthetic = (generator.normal(size=(400, 3)) for _ in range(3))
    synthetic[:20] = train[:20]
    found = exact_matches(synthetic, train, holdout)
    assert found.train == 0.05
    assert found.p_value == pytest.approx(0.5**20)
    assert found.low < 0.05 < found.high


def test_without_matches_nothing_is_claimed() -> None:
    found = exact_matches(np.zeros((5, 1)), np.ones((5, 1)), np.ones((5, 1)))
    assert (found.train, found.low, found.p_value) == (0.0, 0.0, 1.0)
