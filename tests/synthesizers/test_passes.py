"""Columns that depend on each other are drawn in different passes."""

import numpy as np
import pytest

from tabgan.synthesizers.passes import PassPlan, learn_passes, mutual_information
from tabgan.synthesizers.sampler import draw_modes


def test_mutual_information_is_zero_without_and_the_entropy_with_full_dependence():
    rng = np.random.default_rng(0)
    first = rng.integers(4, size=20_000)
    codes = np.column_stack([first, rng.integers(3, size=20_000), first])
    information = mutual_information(codes, (4, 3, 4))
    assert information[0, 1] < 1e-3
    assert information[0, 2] == pytest.approx(np.log(4), abs=1e-3)
    assert (information == information.T).all()


def test_dependent_columns_are_in_different_passes():
    dependence = np.zeros((4, 4))
    dependence[0, 1] = dependence[1, 0] = dependence[2, 3] = dependence[3, 2] = 1.0
    groups = PassPlan((0, 1, 2, 3), dependence).groups([0, 1, 2, 3], 2)
    assert all({0, 1} - set(group) and {2, 3} - set(group) for group in groups)


@pytest.mark.parametrize("n_passes", [1, 2, 3, 5, 6, 9])
def test_every_column_is_drawn_once_in_at_most_as_many_passes(n_passes):
    rng = np.random.default_rng(n_passes)
    dependence = rng.random((6, 6))
    groups = PassPlan((3, 1, 5, 0, 2, 4), dependence + dependence.T).groups(
        [0, 1, 2, 4, 5], n_passes
    )
    assert sorted(column for group in groups for column in group) == [0, 1, 2, 4, 5]
    assert len(groups) <= n_passes


@pytest.mark.parametrize(("n_columns", "most"), [(1, 1), (55, 55), (128, 128), (129, 32)])
def test_as_many_passes_as_columns_are_the_default_within_reason(n_columns, most):
    plan = PassPlan(tuple(range(n_columns)), np.zeros((n_columns, n_columns)))
    assert plan.most == most
    assert len(plan.groups(list(range(n_columns)), plan.most)) <= most


@pytest.mark.parametrize("n_passes", [1, 2, 3, 4, 32])
def test_computed_columns_come_after_all_that_are_drawn(n_passes):
    rng = np.random.default_rng(0)
    codes = np.column_stack([rng.integers(4, size=1_000)] * 5)
    plan = learn_passes(codes, (4,) * 5, computed=(3, 0))
    assert plan.order[-2:] == (3, 0)
    assert plan.most == 3
    groups = plan.groups([0, 1, 2, 3, 4], n_passes)
    if n_passes < 3:
        assert len(groups) == n_passes
        assert groups[-1][-2:] == [3, 0]
    else:  # one by one, so that none is drawn from noise
        assert [len(group) for group in groups] == [1] * 5
        assert groups[-2:] == [[3], [0]]


def test_the_first_column_tells_most_and_each_next_one_is_told_most():
    rng = np.random.default_rng(0)
    hub = rng.integers(6, size=5_000)
    codes = np.column_stack([rng.integers(2, size=5_000), hub % 2, hub, hub % 3])
    plan = learn_passes(codes, (2, 2, 6, 3))
    assert plan.order == (2, 3, 1, 0)


def test_known_sets_are_what_the_passes_have_drawn_before():
    plan = PassPlan((2, 0, 3, 1), np.zeros((4, 4)))
    one_by_one = plan.known_sets((4,))
    assert one_by_one.tolist() == [
        [False, False, True, False],
        [True, False, True, False],
        [True, False, True, True],
    ]
    halves = plan.known_sets((2,))
    assert halves.sum() == 2
    assert plan.known_sets((1,)).shape == (0, 4)


def test_modes_without_weight_are_never_drawn():
    uniforms = np.concatenate([[0.0, np.nextafter(1.0, 0.0)], np.linspace(0, 0.999, 500)])
    weights = np.tile([0.0, 0.3, 0.7, 0.0], (len(uniforms), 1))
    assert set(draw_modes(weights, uniforms)) == {1, 2}


def test_modes_are_drawn_in_proportion_to_their_weights():
    uniforms = (np.arange(10_000) + 0.5) / 10_000
    drawn = draw_modes(np.tile([2.5, 1.0, 1.5], (10_000, 1)), uniforms)
    np.testing.assert_allclose(np.bincount(drawn) / 10_000, [0.5, 0.2, 0.3], atol=1e-3)
