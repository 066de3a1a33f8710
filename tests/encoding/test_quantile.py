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
    modes = modes_of(np.repeat(np.arange(120), 16))
    assert modes.spikes.tolist() == list(range(120))
    assert modes.n_bins == 0


def test_which_values_of_a_small_table_are_frequent_is_chance() -> None:
    weights = np.random.default_rng(0).normal(4_200.0, 800.0, 309).round(-2)
    modes = modes_of(weights)
    distinct, counts = np.unique(weights, return_counts=True)
    assert len(distinct) > 20
    assert (counts >= 5).sum() > 20
    assert len(modes.spikes) == 0
    # Pieces hold so many rows that their widths are no chance, either, the outermost aside.
    rows_upto = np.searchsorted(np.sort(weights), modes.knots)
    assert np.diff(rows_upto)[3:-3].min() >= 16


def test_a_few_values_are_spikes_in_however_few_rows() -> None:
    modes = modes_of(np.repeat([2.0, 4.0, 9.0], [12, 5, 7]), on_grid=True)
    assert modes.spikes.tolist() == [2.0, 4.0, 9.0]


def test_bins_hold_equally_many_rows_and_fewer_towards_the_ends() -> None:
    values = np.random.default_rng(0).lognormal(size=10_000)
    modes = modes_of(values)
    counts = np.bincount(modes.encode(values, np.empty(0))[0])
    # Both ends of a bin are the nearest ends of pieces of 12 or 13 rows: half a piece off each, at
    # most.
    assert counts[4:-4] == pytest.approx(10_000 / 100, abs=13)
    for tail in (counts[:4], counts[:-5:-1]):
        # 16, then as many as lie beyond them.
        assert np.cumsum(tail[:3]) == pytest.approx([16, 32, 64], abs=8)


def test_positions_in_a_bin_are_uniform() -> None:
    values = np.random.default_rng(0).lognormal(size=10_000)
    _, positions = modes_of(values).encode(values, np.empty(0))
    # Kolmogorov's 1 % point for 10,000 draws.
    shares = np.arange(10_000) / 10_000
    assert np.abs(np.sort((positions + 1) / 2) - shares).max() < 0.0163


def test_a_thin_tail_is_followed_to_its_last_rows() -> None:
    values = np.sort(np.random.default_rng(2).pareto(1.5, 20_000))
    modes = modes_of(values)
    codes, _ = modes.encode(values, np.empty(0))
    last = codes >= modes.n_modes - 4
    counts = np.bincount(codes[last])[-4:]
    places = np.concatenate([(np.arange(count) + 0.5) / count for count in counts])
    drawn = modes.decode(codes[last], places)
    assert drawn.sum() == pytest.approx(values[last].clip(*modes.limits).sum(), rel=0.02)


def test_a_value_deeper_than_a_bin_is_a_spike() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(size=5000), np.full(200, 0.5), np.full(9, 0.25)])
    modes = modes_of(values)
    assert modes.spikes.tolist() == [0.5]


def shares_drawn(modes: QuantileModes, values: np.ndarray) -> np.ndarray:
    """Return the share of each integer from 0 on: encode, then decode at even places of a bin."""
    codes, _ = modes.encode(values, np.empty(0))
    n_places = 1000
    places = (np.arange(n_places) + 0.5) / n_places
    distinct, counts = np.unique(codes, return_counts=True)
    draws = modes.decode(np.repeat(distinct, n_places), np.tile(places, len(distinct)))
    weights = np.repeat(counts / len(values) / n_places, n_places)
    return np.bincount(np.rint(draws).astype(int), weights=weights, minlength=2000)


@pytest.mark.parametrize(
    ("name", "tolerance"),
    # Where a piece of the distribution function holds one integer, its share is exact.
    [("uniform", 0.02), ("geometric", 0.04)],
)
def test_integers_keep_their_shares(name: str, tolerance: float) -> None:
    rng = np.random.default_rng(1)
    values = rng.integers(0, 150, 30_000) if name == "uniform" else rng.geometric(0.01, 20_000)
    modes = modes_of(values.astype(float), on_grid=True)
    assert modes.n_bins > 1
    given_shares = np.bincount(values, minlength=2000) / len(values)
    drawn_shares = shares_drawn(modes, values.astype(float))
    assert np.abs(given_shares - drawn_shares).sum() / 2 < tolerance


@settings(deadline=None)
@given(
    values=st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=300),
    repeats=st.integers(1, 3),
    threshold=st.integers(0, 20),
)
def test_no_knot_of_a_float_column_is_the_value_of_a_row(
    values: list[float], repeats: int, threshold: int
) -> None:
    modes = modes_of(np.repeat(values, repeats), threshold)
    if modes.n_bins:
        assert not np.isin(modes.knots, values).any()
        assert (np.diff(modes.knots) > 0).all()
        assert 1 <= modes.n_bins <= 64
        # The end of a bin is a knot.
        assert np.isin(np.arange(modes.n_bins + 1), modes.coordinates).all()


@pytest.mark.parametrize("on_grid", [False, True])
def test_the_middle_of_few_rows_does_not_tell_of_a_far_one(on_grid: bool) -> None:
    modes = modes_of(np.array([1.0, 2.0, 3.0, 5.0, 8.0, 9.0, 1e12]), on_grid=on_grid)
    assert modes.n_bins == 1
    assert 2.0 < modes.knots[0] < modes.knots[1] < 9.0


@pytest.mark.parametrize("start", [1.0, 0.0, 2.0**52, 1e300])
def test_neighbouring_floats_end_at_means_of_the_outermost(start: float) -> None:
    values = [start]
    for _ in range(199):
        values.append(np.nextafter(values[-1], np.inf))
    modes = modes_of(np.array(values))
    # No float lies between two of them, so a mean of five is one of the five.
    low, high = modes.knots
    assert values[1] < low <= values[4]
    assert values[-5] <= high < values[-2]


def test_large_floats_do_not_overflow() -> None:
    modes = modes_of(np.linspace(1.0e308, 1.7e308, 300))
    assert np.isfinite(modes.knots).all()
    assert modes.n_bins == 17


@pytest.mark.parametrize("centre", [0.0, 7.0, 2.0**52 + 1, 2.0**52 + 2])
def test_a_grid_column_whose_ends_clip_to_one_value_is_one_bin(centre: float) -> None:
    # Four rows on either side of the one in the middle, which is the fifth from both ends.
    modes = modes_of(centre + np.arange(-4, 5), on_grid=True)
    assert modes.n_modes == modes.n_bins == 1
    assert modes.knots[0] < centre < modes.knots[1]
    assert modes.knots[1] - modes.knots[0] <= 2.0


def test_bins_on_a_grid_end_half_way_between_its_points() -> None:
    values = np.random.default_rng(0).integers(0, 5000, 10_000).astype(float)
    modes = modes_of(values, on_grid=True)
    assert (modes.knots % 1 == 0.5).all()


def test_a_value_between_spikes_goes_to_the_nearest() -> None:
    modes = modes_of(np.repeat([0.0, 10.0, 100.0], 9))
    values = np.array([-5.0, 4.0, 6.0, 54.0, 56.0, 1e9])
    assert modes.encode(values, np.empty(0))[0].tolist() == [0, 0, 1, 1, 2, 2]


def test_a_number_beside_a_spike_keeps_its_rows() -> None:
    values = np.concatenate(
        [np.repeat(np.arange(200.0), 20), np.repeat(np.arange(50.0, 121, 10), 120)]
    )
    modes = modes_of(values, on_grid=True)
    assert 100.0 in modes.spikes
    assert 99.0 not in modes.spikes
    rng = np.random.default_rng(0)
    codes, _ = modes.encode(values, np.empty(0))
    codes = np.repeat(codes, 20)
    drawn = np.rint(modes.decode(codes, rng.random(len(codes))))
    counts = [(drawn == value).mean() * len(values) for value in (98, 99, 100, 101)]
    assert counts == pytest.approx([20, 20, 140, 20], abs=3)
    # What is drawn is in the mode that it was drawn from.
    assert (modes.encode(drawn, np.empty(0))[0] == codes).all()
    # And the masses of all integers say the same.
    integers = np.arange(200.0)
    masses = modes.cdf(integers + 0.5) - modes.cdf(integers - 0.5)
    shares = np.bincount(codes, minlength=modes.n_modes) / len(codes)
    np.testing.assert_allclose(
        masses @ shares, np.bincount(drawn.astype(int), minlength=200) / len(drawn), atol=0.002
    )
