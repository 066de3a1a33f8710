import numpy as np
import pytest

from tabgan.evaluation.privacy.copies import exact_matches, match_share, near_matches, row_numbers


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


def test_rows_that_differ_in_one_cell_are_near_matches_whichever_it_is() -> None:
    generator = np.random.default_rng(1)
    train, holdout, synthetic = (generator.normal(size=(300, 5)) for _ in range(3))
    synthetic[:15] = train[:15]
    synthetic[np.arange(15), np.arange(15) % 5] = generator.normal(size=15)
    assert exact_matches(synthetic, train, holdout).train == 0.0
    found = near_matches(synthetic, train, holdout)
    assert (found.train, found.holdout) == (0.05, 0.0)
    # Three rows have the changed cell in the same column, so each column finds three: of five
    # columns the clearest.
    assert found.p_value == pytest.approx(5 * 0.5**3)


def test_near_matches_count_what_comparing_all_pairs_counts() -> None:
    generator = np.random.default_rng(2)
    tables = [generator.integers(0, 3, size=(40, 4)).astype(float) for _ in range(3)]
    synthetic, train, holdout = (
        np.where(generator.random(rows.shape) < 0.1, np.nan, rows) for rows in tables
    )

    def share_of(real: np.ndarray) -> float:
        same = (synthetic[:, None] == real) | (np.isnan(synthetic[:, None]) & np.isnan(real))
        return float((same.sum(axis=2) >= 3).any(axis=1).mean())

    found = near_matches(synthetic, train, holdout)
    assert (found.train, found.holdout) == (share_of(train), share_of(holdout))


def test_equal_rows_have_equal_numbers_in_all_tables() -> None:
    first, second = np.array([[1.0, np.nan], [2.0, 3.0]]), np.array([[2.0, 3.0], [np.nan, 1.0]])
    of_first, of_second = row_numbers(first, second)
    assert of_first[1] == of_second[0]
    assert len({*of_first, *of_second}) == 3
