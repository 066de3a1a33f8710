import numpy as np
import pytest

from tabgan.evaluation.fidelity.propensity import propensity_similarity


def similarity(real: np.ndarray, synthetic: np.ndarray):
    return propensity_similarity(real, synthetic, np.random.default_rng(0))


def test_rows_of_the_same_law_lack_what_chance_takes() -> None:
    n_rows, n_coordinates = 400, 6
    lost = []
    for seed in range(60):
        real, synthetic = np.random.default_rng(seed).normal(size=(2, n_rows, n_coordinates))
        lost.append(1 - similarity(real, synthetic).value)
    # Fitted to n rows, k coefficients of a logistic model leave k / 4n of error, by the information
    # in the rows; a quarter is the most. (Half of it with the real rows given, Snoke et al. 2018.)
    expected = 4 * n_coordinates / (4 * 2 * n_rows)
    assert np.mean(lost) == pytest.approx(expected, rel=0.2)


def test_rows_that_are_told_apart_have_nothing_left() -> None:
    generator = np.random.default_rng(0)
    real, synthetic = generator.normal(size=(2, 300, 2))
    found = similarity(real, synthetic + 20)
    assert found.high < 0.01
    half_way = similarity(real, synthetic + 1.0)
    assert 0.2 < half_way.low < half_way.value < half_way.high < 0.9
