"""p-values of tests in which the labels of real rows are all that is random."""

import numpy as np
import pytest
from scipy import stats

from tabgan.evaluation.privacy.significance import (
    more_at_the_top,
    more_often,
    of_several,
    ranked_higher,
)


def test_shares_are_compared_by_the_hypergeometric_law() -> None:
    # Fisher's tea: of eight cups, four of each kind, all four were named.
    assert more_often(4, 4, 0, 4) == pytest.approx(1 / 70)
    assert more_often(3, 4, 1, 4) == pytest.approx(17 / 70)
    assert more_often(0, 0, 3, 5) == 1.0


def test_five_of_a_hundred_rows_with_high_scores_are_found_at_the_top_alone() -> None:
    generator = np.random.default_rng(0)
    train, others = generator.normal(size=1_000), generator.normal(size=1_000)
    train[:50] = 9.0
    assert more_at_the_top(train, others) < 1e-10
    assert more_at_the_top(others, train) == 1.0
    assert more_at_the_top(np.ones(50), np.ones(50)) == 1.0


@pytest.mark.parametrize("sizes", [(300, 300), (900, 100)])
@pytest.mark.parametrize("test", [ranked_higher, more_at_the_top])
def test_scores_of_one_law_raise_no_more_alarms_than_promised(sizes, test) -> None:
    generator = np.random.default_rng(1)
    alarms = 0
    for _ in range(300):
        scores = np.round(generator.normal(size=sum(sizes)), 1)  # ties
        alarms += test(scores[: sizes[0]], scores[sizes[0] :]) < 0.05
    # More than 27 of 300 has a probability below .002 at a level of .05.
    assert alarms <= 27


def test_ranks_agree_with_scipy_and_survive_constant_scores() -> None:
    generator = np.random.default_rng(2)
    first, second = generator.normal(0.3, size=80), generator.normal(size=60)
    expected = stats.mannwhitneyu(first, second, alternative="greater", method="asymptotic").pvalue
    assert ranked_higher(first, second) == pytest.approx(expected)
    assert ranked_higher(np.ones(5), np.ones(9)) == 1.0
    assert ranked_higher(np.empty(0), np.ones(9)) == 1.0


def test_the_strongest_of_several_pays_for_all() -> None:
    assert of_several([0.01, 0.2, 0.9]) == pytest.approx(0.03)
    assert of_several([0.6, 0.9]) == 1.0
    assert of_several([]) == 1.0
