import numpy as np
import pytest

from tabgan.evaluation.fidelity.two_sample import TwoSampleTest, two_sample_test
from tabgan.evaluation.ranking import Estimate


def normal_rows(n_rows: int, seed: int, correlation: float = 0.9) -> np.ndarray:
    covariance = [[1.0, correlation], [correlation, 1.0]]
    return np.random.default_rng(seed).multivariate_normal([0, 0], covariance, n_rows)


def test_fresh_rows_are_not_told_apart() -> None:
    found = two_sample_test(normal_rows(500, 0), normal_rows(500, 1), np.random.default_rng(0))
    # Three standard errors of an area without signal, 1 / sqrt(6 n) each.
    assert abs(found.auc.value - 0.5) < 3 / np.sqrt(6 * 500)


def test_rows_without_the_relation_are_told_apart() -> None:
    independent = normal_rows(500, 1, correlation=0.0)
    found = two_sample_test(normal_rows(500, 0), independent, np.random.default_rng(0))
    assert found.score.high < 0.6


def test_copies_are_ranked_on_the_wrong_side() -> None:
    rows = normal_rows(500, 0)
    found = two_sample_test(rows, rows.copy(), np.random.default_rng(0))
    assert found.auc.high < 0.45
    others = two_sample_test(normal_rows(500, 1), rows, np.random.default_rng(0))
    assert found.p_value_of_less_than(others) < 1e-6
    assert others.p_value_of_less_than(found) > 0.999


def test_the_same_low_area_with_other_real_rows_is_no_evidence_of_copying() -> None:
    found = TwoSampleTest(Estimate(0.42, 0.41, 0.43), n_rows=2000)
    assert found.p_value_of_less_than(found) == 0.5


@pytest.mark.slow
def test_honest_rows_are_seldom_taken_for_copies() -> None:
    p_values = []
    for i in range(100):
        train, holdout, sample = (normal_rows(150, 3 * i + j) for j in range(3))
        found, control = (
            two_sample_test(real, sample, np.random.default_rng(i)) for real in (train, holdout)
        )
        p_values.append(found.p_value_of_less_than(control))
    # A level of .05 gives 5 of 100; more than 11 has a probability below .01.
    assert sum(p_value < 0.05 for p_value in p_values) <= 11


@pytest.mark.parametrize(
    ("auc", "score"),
    [
        (Estimate(0.6, 0.55, 0.7), Estimate(0.8, 0.6, 0.9)),
        (Estimate(0.52, 0.49, 0.6), Estimate(0.96, 0.8, 1.0)),
        (Estimate(0.4, 0.3, 0.45), Estimate(0.8, 0.6, 0.9)),
    ],
)
def test_the_score_folds_the_area_at_one_half(auc: Estimate, score: Estimate) -> None:
    found = TwoSampleTest(auc, n_rows=500).score
    assert (found.value, found.low, found.high) == pytest.approx(
        (score.value, score.low, score.high)
    )
