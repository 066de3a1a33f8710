import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from tabgan.evaluation.ranking import area_under_curve, resampled_estimate


def test_the_area_is_that_of_scikit_learn_with_ties_and_weights() -> None:
    generator = np.random.default_rng(0)
    predictions = generator.integers(0, 8, 200).astype(float)
    positive = generator.random(200) < 0.3
    weights = generator.integers(0, 4, 200).astype(float)
    ours = area_under_curve(predictions, positive)(weights)
    assert ours == pytest.approx(roc_auc_score(positive, predictions, sample_weight=weights))


def test_the_interval_of_an_area_has_the_width_theory_gives_it() -> None:
    generator = np.random.default_rng(0)
    strata = np.repeat([0, 1], 500)
    area = area_under_curve(generator.normal(size=1000), strata == 1)
    found = resampled_estimate(area, strata, generator)
    # Under no signal the variance of an area is (n + m + 1) / (12 n m) (Mann and Whitney, 1947);
    # a width from 200 resamples is known within some 20 %.
    expected = 2 * 1.96 * np.sqrt(1001 / (12 * 500 * 500))
    assert found.high - found.low == pytest.approx(expected, rel=0.2)
    assert found.low <= found.value <= found.high
