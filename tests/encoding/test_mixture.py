"""Gaussian modes and spikes of one column."""

import numpy as np
import pytest

from tabgan.encoding.mixture import MixtureModes

RNG = np.random.default_rng(3)
TWO_GROUPS = np.concatenate([RNG.normal(-20.0, 1.0, 1500), RNG.normal(20.0, 3.0, 500)])


def modes_of(values: np.ndarray, threshold: int = 5) -> MixtureModes:
    distinct, counts = np.unique(values, return_counts=True)
    return MixtureModes.from_counts(distinct, counts, rare_threshold=threshold, on_grid=False)


def test_groups_are_modes_and_positions_count_four_standard_deviations() -> None:
    modes = modes_of(TWO_GROUPS)
    assert modes.means == pytest.approx([-20.0, 20.0], abs=0.3)
    codes, positions = modes.encode(np.array([-20.0, -18.0, 26.0]), np.full(3, 0.5))
    assert codes.tolist() == [0, 0, 1]
    # A twentieth of a scale: the modes are fitted to 500 rows and more.
    assert positions == pytest.approx([0.0, 0.5, 0.5], abs=0.05)


def test_overlapping_modes_take_a_value_as_often_as_it_is_theirs() -> None:
    values = np.concatenate([RNG.normal(0.0, 1.0, 4000), RNG.normal(3.0, 1.0, 4000)])
    modes = modes_of(values)
    assert modes.n_modes == 2
    middle = np.full(10_000, modes.means.mean())
    codes, _ = modes.encode(middle, RNG.random(10_000))
    share = np.exp(-0.5 * ((middle[0] - modes.means) / modes.scales) ** 2)
    share *= modes.weights / modes.scales
    # Four standard errors of a share of one half.
    assert codes.mean() == pytest.approx(share[1] / share.sum(), abs=4 * 0.5 / 100)


def test_draws_within_the_bounds_do_not_pile_up_at_them() -> None:
    values = RNG.uniform(0.0, 1.0, 5000)
    modes = modes_of(values, threshold=50)
    rng = np.random.default_rng(0)
    codes = rng.choice(modes.n_modes, 20_000, p=modes.mode_counts(values, np.ones(5000)) / 5000)
    draws = modes.decode(codes, rng.random(20_000))
    assert np.isin(draws, modes.bounds).sum() <= 2


def test_a_value_of_one_row_in_twenty_is_a_spike() -> None:
    modes = modes_of(np.concatenate([TWO_GROUPS, np.zeros(120), np.full(80, 5.0)]))
    assert modes.spikes.tolist() == [0.0]
    assert modes.encode(np.array([0.0]), np.array([0.5]))[0].tolist() == [0]
    assert modes.decode(np.array([0]), np.array([0.3])).tolist() == [0.0]


def test_spikes_alone_need_no_gaussian() -> None:
    modes = modes_of(np.repeat([1.0, 2.0, 50.0], [9, 9, 1]))
    assert modes.n_modes == 2
    codes, _ = modes.encode(np.array([1.0, 2.0, 50.0]), np.full(3, 0.5))
    assert codes.tolist() == [0, 1, 1]
    assert modes.limits == (1.0, 2.0)
