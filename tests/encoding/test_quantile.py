"""Equal-depth bins and spikes: no interval tells of fewer rows than the threshold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.quantile import QuantileModes

counted = st.dictionaries(st.integers(-1000, 1000), st.integers(1, 30), min_size=1, max_size=200)


def modes_of(values: np.ndarray, threshold: int = 5, on_grid: bool = False) -> QuantileModes:
    distinct, counts = np.unique(values, return_counts=True)
    return QuantileModes.from_counts(distinct, counts, rare_threshold=threshold, on_grid=on_grid)


@settings(deadline=None)
@given(counted=counted, threshold=st.integers(0, 20), on_grid=st.booleans())
def test_neither_spikes_nor_intervals_have_fewer_rows_than_the_threshold(
    counted: dict[int, int], threshold: int, on_grid: bool
) -> None:
    values = np.array(sorted(counted), dtype=np.float64)
    counts = np.array([counted[int(value)] for value in values])
    modes = QuantileModes.from_counts(values, counts, rare_threshold=threshold, on_grid=on_grid)
    spiky = np.isin(values, modes.spikes)
    assert (counts[spiky] >= threshold).all()
    rest_values, rest_counts = values[~spiky], counts[~spiky]
    if len(modes.knots) > 2:
        upto = np.searchsorted(rest_values, modes.knots[1:-1], side="right")
        rows_upto = np.concatenate([[0], np.cumsum(rest_counts)])[upto]
        assert np.diff([0, *rows_upto, rest_counts.sum()]).min() >= threshold


@settings(deadline=None)
@given(counted=counted, threshold=st.integers(0, 20), on_grid=st.booleans())
def test_knots_and_coordinates_ascend_over_all_bins(
    counted: dict[int, int], threshold: int, on_grid: bool
) -> None:
    values = np.array(sorted(counted), dtype=np.float64)
    counts = np.array([counted[int(value)] for value in values])
    modes = QuantileModes.from_counts(values, counts, rare_threshold=threshold, on_grid=on_grid)
    assert (np.diff(modes.knots) > 0).all()
    assert (np.diff(modes.coordinates) > 0).all()
    assert modes.n_modes == len(modes.spikes) + modes.n_bins >= 1
    if modes.n_bins:
        assert (modes.coordinates[0], modes.coordinates[-1]) == (0.0, modes.n_bins)
    counts_of_modes = modes.mode_counts(values, counts)
    assert counts_of_modes.sum() == counts.sum()


def test_few_distinct_values_are_all_spikes() -> None:
    modes = modes_of(np.repeat(np.arange(120), 5))
    assert modes.spikes.tolist() == list(range(120))
    assert modes.n_bins == 0


def test_bins_hold_equally_many_rows() -> None:
    values = np.random.default_rng(0).lognormal(size=10_000)
    modes = modes_of(values)
    assert modes.n_bins == 64
    counts = np.bincount(modes.encode(values, np.empty(0))[0])
    # A bin may end inside one of its pieces of 20 rows: twice the deviation of a binomial.
    assert counts == pytest.approx(10_000 / 64, abs=2 * np.sqrt(20) / 2 + 1)


def test_positions_in_a_bin_are_uniform() -> None:
    values = np.random.default_rng(0).lognormal(size=10_000)
    _, positions = modes_of(values).encode(values, np.empty(0))
    # Kolmogorov's 1 % point for 10,000 draws.
    shares = np.arange(10_000) / 10_000
    assert np.abs(np.sort((positions + 1) / 2) - shares).max() < 0.0163


def test_a_value_deeper_than_a_bin_is_a_spike() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(size=5000), np.full(200, 0.5), np.full(20, 0.25)])
    modes = modes_of(values)
    assert modes.spikes.tolist() == [0.5]


def test_bins_on_a_grid_end_half_way_between_its_points() -> None:
    values = np.random.default_rng(0).integers(0, 5000, 10_000).astype(float)
    modes = modes_of(values, on_grid=True)
    assert (modes.knots % 1 == 0.5).all()


def test_a_value_between_spikes_goes_to_the_nearest() -> None:
    modes = modes_of(np.repeat([0.0, 10.0, 100.0], 9))
    values = np.array([-5.0, 4.0, 6.0, 54.0, 56.0, 1e9])
    assert modes.encode(values, np.empty(0))[0].tolist() == [0, 0, 1, 1, 2, 2]
