"""Counts in bins: exact where they can be, fair to the bulk where they cannot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.histogram import Histogram, histogram
from tabgan.errors import InvalidDataError, InvalidParameterError

# Any magnitude that a square would overflow or underflow at.
numbers = st.floats(-1e300, 1e300, allow_subnormal=False)


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [np.inf, 1.0], [-np.inf, 1.0]])
def test_values_without_a_histogram_are_refused(values: list[float]) -> None:
    with pytest.raises(InvalidDataError, match="finite"):
        histogram(values)
    with pytest.raises(InvalidParameterError, match="n_bins"):
        histogram([1.0], n_bins=1)


def test_few_distinct_values_are_counted_exactly() -> None:
    bins = histogram([3.0, 1.0, 3.0, 2.0, 3.0])
    occupied = bins.weights > 0
    assert bins.centers[occupied] == pytest.approx([1.0, 2.0, 3.0], rel=1e-15)
    assert bins.weights[occupied].tolist() == [1.0, 1.0, 3.0]


def test_a_frequent_value_has_a_bin_of_its_own() -> None:
    values = np.append(np.random.default_rng(10).uniform(-1, 1, 5_000), np.zeros(500))
    bins = histogram(values, n_bins=100)
    alone = bins.widths < 1e-300
    assert bins.weights[alone].tolist() == [500.0]
    assert bins.centers[alone] == pytest.approx(0.0, abs=1e-300)


@pytest.mark.parametrize("far", [1e12, -1e12])
def test_a_far_value_leaves_the_bulk_its_bins(far: float) -> None:
    bulk = np.random.default_rng(11).normal(0.0, 1.0, 10_000)
    bins = histogram(np.append(bulk, far), n_bins=400)
    near = np.abs(bins.centers) < 10.0
    assert bins.weights[near].sum() == 10_000
    assert (bins.weights[near] > 0).sum() > 150
    mean = np.average(bins.centers[near], weights=bins.weights[near])
    assert mean == pytest.approx(bulk.mean(), abs=0.01)


def test_no_bin_stands_in_a_wide_gap() -> None:
    rng = np.random.default_rng(12)
    far = np.concatenate([rng.normal(0.0, 1.0, 2_000), rng.normal(1e9, 1.0, 1_003)])
    bins = histogram(far, n_bins=400)
    between = (bins.centers > 10.0) & (bins.centers < 1e9 - 10.0)
    assert bins.weights[between].sum() == 0


def test_a_histogram_cannot_be_changed() -> None:
    centers = np.array([0.0, 1.0])
    bins = Histogram(centers, np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match="read-only"):
        bins.weights[0] = 5.0
    centers[0] = -1.0
    assert bins.centers[0] == 0.0


@settings(max_examples=40, deadline=None)
@given(values=st.lists(numbers, min_size=1, max_size=60), n_bins=st.integers(2, 40))
def test_bins_are_adjacent_and_hold_every_value(values: list[float], n_bins: int) -> None:
    bins = histogram(values, n_bins=n_bins)
    assert bins.weights.sum() == len(values)
    assert (bins.weights >= 0).all()
    assert (bins.widths > 0).all()
    assert (np.diff(bins.centers) >= 0).all()


@settings(max_examples=40, deadline=None)
@given(
    counted=st.dictionaries(st.integers(-50, 50), st.integers(1, 9), min_size=1),
    n_bins=st.integers(2, 40),
)
def test_counted_values_are_binned_as_if_they_were_repeated(
    counted: dict[int, int], n_bins: int
) -> None:
    values, counts = np.array([*counted]), np.array([*counted.values()])
    once, repeated = (
        histogram(values, counts, n_bins=n_bins),
        histogram(np.repeat(values, counts), n_bins=n_bins),
    )
    assert once.centers.tolist() == repeated.centers.tolist()
    assert once.weights.tolist() == repeated.weights.tolist()
    assert once.widths.tolist() == repeated.widths.tolist()


@pytest.mark.parametrize("counts", [[1.0], [1.0, 0.0], [1.0, -2.0], [1.0, np.nan]])
def test_counts_that_are_none_are_refused(counts: list[float]) -> None:
    with pytest.raises(InvalidDataError, match="counts"):
        histogram([1.0, 2.0], counts)
