"""Gaussian modes and spikes of one column."""

import numpy as np
import pytest

from tabgan.encoding.histogram import histogram
from tabgan.encoding.mixture import MixtureModes, _supported
from tabgan.encoding.mixture_fit import Mixture

RNG = np.random.default_rng(3)
TWO_GROUPS = np.concatenate([RNG.normal(-20.0, 1.0, 1500), RNG.normal(20.0, 3.0, 500)])


def modes_of(values: np.ndarray, threshold: int = 5, on_grid: bool = False) -> MixtureModes:
    distinct, counts = np.unique(values, return_counts=True)
    return MixtureModes.from_counts(distinct, counts, rare_threshold=threshold, on_grid=on_grid)


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
    modes = modes_of(np.concatenate([TWO_GROUPS, np.zeros(120), np.full(9, 5.0)]))
    assert modes.spikes.tolist() == [0.0]
    assert modes.encode(np.array([0.0]), np.array([0.5]))[0].tolist() == [0]
    assert modes.decode(np.array([0]), np.array([0.3])).tolist() == [0.0]


def test_spikes_alone_need_no_gaussian() -> None:
    modes = modes_of(np.repeat([1.0, 2.0, 50.0], [9, 9, 1]))
    assert modes.n_modes == 2
    codes, _ = modes.encode(np.array([1.0, 2.0, 50.0]), np.full(3, 0.5))
    assert codes.tolist() == [0, 1, 1]
    assert modes.limits == (1.0, 2.0)
    assert not len(modes.bounds)
    assert modes.decode(np.array([1, 0]), np.array([0.0, 0.9])).tolist() == [2.0, 1.0]


@pytest.mark.parametrize("n_rows", [1, 4, 12])
def test_a_mode_of_its_own_takes_as_many_rows_as_the_threshold(n_rows: int) -> None:
    modes = modes_of(np.concatenate([TWO_GROUPS, 0.001 * np.arange(n_rows)]), threshold=5)
    assert (np.abs(modes.means) < 5.0).any() == (n_rows >= 5)
    assert modes.weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("unit", [1.0, 1e300])
def test_modes_that_all_have_too_few_rows_become_one(unit: float) -> None:
    # No column is known whose fit ends so, hence the inner function.
    values = unit * np.repeat([0.0, 100.0, 200.0], 4)
    counted = histogram(values)
    apart = Mixture((1 / 3,) * 3, (0.0, 100.0 * unit, 200.0 * unit), (unit,) * 3)
    (mean,), (scale,) = (one := _supported(apart, counted, 5)).means, one.scales
    assert mean == pytest.approx(100.0 * unit)
    assert scale == pytest.approx(np.std(values / unit) * unit)


def test_no_bound_is_the_value_of_a_row() -> None:
    for threshold in (1, 5, 50):
        modes = modes_of(TWO_GROUPS, threshold)
        assert not np.isin(modes.bounds, TWO_GROUPS).any()
        ascending = np.sort(TWO_GROUPS)
        assert ascending[0] < modes.bounds[0] < ascending[threshold]
        assert ascending[-1] > modes.bounds[1] > ascending[-threshold - 1]


def test_bounds_do_not_lie_half_way_between_a_spike_and_a_rare_value() -> None:
    # The spike is released, so the middle would give the rare value away.
    rest = RNG.normal(10.0, 1.0, 100)
    modes = modes_of(np.concatenate([np.zeros(200), rest]), threshold=5)
    assert modes.spikes.tolist() == [0.0]
    assert modes.bounds[0] > np.sort(rest)[1]


@pytest.mark.parametrize("values", [[10.0, 20.0, 31.0], [10.0, 11.0, 12.0, 14.0, 1e6]])
def test_bounds_of_few_rows_on_a_grid_are_one_integer(values: list[float]) -> None:
    modes = modes_of(np.array(values), threshold=3, on_grid=True)
    assert modes.bounds[0] == modes.bounds[1] == np.rint(modes.bounds[0])
    assert values[0] < modes.bounds[0] < 100.0
