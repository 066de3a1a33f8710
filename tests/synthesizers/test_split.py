"""Rows held out to stop by are a fair sample, and copies stay together where rows are distinct."""

import numpy as np
import pytest

from tabgan.synthesizers.split import hold_out


def test_a_tenth_is_held_out_and_no_row_is_lost():
    codes = np.random.default_rng(0).integers(50, size=(3_000, 4))
    learnt, held_out = hold_out(codes, 0.1, np.random.default_rng(1))
    assert len(held_out) == pytest.approx(300, abs=20)
    together = np.concatenate([learnt, held_out])
    assert sorted(map(tuple, together)) == sorted(map(tuple, codes))


def test_a_row_and_its_copies_are_on_the_same_side():
    distinct = np.random.default_rng(0).integers(1_000, size=(2_000, 3))
    codes = np.concatenate([distinct, distinct[:500]])
    learnt, held_out = hold_out(codes, 0.1, np.random.default_rng(1))
    assert not set(map(tuple, learnt)) & set(map(tuple, held_out))


def test_a_row_that_a_tenth_of_the_table_is_like_is_on_both_sides():
    distinct = np.random.default_rng(0).integers(1, 1_000, size=(1_800, 3))
    codes = np.concatenate([distinct, np.zeros((200, 3), int)])
    for seed in range(20):
        for part in hold_out(codes, 0.1, np.random.default_rng(seed)):
            assert 0.05 < (part == 0).all(axis=1).mean() < 0.2


def test_no_value_of_a_table_of_few_distinct_rows_is_lost_to_learning():
    codes = np.repeat(np.arange(3), 4_000)[:, None]
    learnt, held_out = hold_out(codes, 0.1, np.random.default_rng(0))
    assert set(learnt.ravel()) == set(held_out.ravel()) == {0, 1, 2}


def test_a_sorted_table_comes_out_shuffled():
    codes = np.arange(5_000)[:, None]
    for share in (0.0, 0.1):
        learnt, _ = hold_out(codes, share, np.random.default_rng(0))
        assert abs(learnt[:1_000].mean() - 2_500) < 250


def test_a_table_of_one_row_repeated_still_has_both_parts():
    learnt, held_out = hold_out(np.zeros((50, 2), int), 0.1, np.random.default_rng(0))
    assert len(learnt) == 45
    assert len(held_out) == 5
