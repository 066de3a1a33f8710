"""Quasi-identifiers: what they give away, and how many share them."""

import numpy as np
import pytest

from tabgan.evaluation.privacy.disclosure import correct_attribution, groups

# Age group, town, illness.
SYNTHETIC = np.array([[1, 1, 0], [1, 1, 0], [1, 1, 2], [2, 1, 1], [2, np.nan, 1]], dtype=float)
TRAIN = np.array([[1, 1, 0], [1, 1, 2], [2, np.nan, 1], [3, 1, 1]], dtype=float)
HOLDOUT = np.array([[1, 1, 1], [2, 1, 1], [3, 3, 0], [1, 1, 0]], dtype=float)
KEYS = np.array([0, 1])


def test_attribution_is_the_share_of_like_rows_with_the_secret() -> None:
    found = correct_attribution(SYNTHETIC, TRAIN, HOLDOUT, KEYS, 2)
    assert found.train == pytest.approx((2 / 3 + 1 / 3 + 1) / 3)  # nobody is like the fourth
    assert found.holdout == pytest.approx((0 + 1 + 2 / 3) / 3)
    assert (found.n_train, found.n_holdout) == (3, 3)


def test_groups_are_counted_in_the_synthetic_rows() -> None:
    found = groups(SYNTHETIC, TRAIN, HOLDOUT, KEYS, 2)
    assert (found.k, found.distinct) == (1, 1)
    assert found.presence == 1.0  # 2 and missing: no holdout row has them
    by_age = groups(SYNTHETIC, TRAIN, HOLDOUT, np.array([0]), 2)
    assert (by_age.k, by_age.distinct, by_age.presence) == (2, 1, 0.5)
    assert groups(SYNTHETIC, TRAIN, None, KEYS, None).distinct is None


def test_nobody_alike_says_nothing() -> None:
    found = correct_attribution(SYNTHETIC + 10, TRAIN, HOLDOUT, KEYS, 2)
    assert np.isnan(found.train)
    assert found.p_value == 1.0
