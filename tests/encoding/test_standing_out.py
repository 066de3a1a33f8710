"""Values that far more rows have than their neighbours are spikes."""

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.standing_out import stand_out


def counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    distinct, counts = np.unique(values, return_counts=True)
    return distinct.astype(float), counts


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
@pytest.mark.parametrize(("n_rows", "share"), [(300, 0.05), (5_000, 0.012), (50_000, 0.011)])
@pytest.mark.parametrize("decimals", [15, 2, 0])
def test_zeros_among_amounts_are_kept(fit_column, normalisation, n_rows, share, decimals):
    rng = np.random.default_rng(0)
    amounts = rng.lognormal(6.0, 1.0, n_rows)
    n_zeros = int(share * n_rows)
    amounts[:n_zeros] = 0.0
    encoder = fit_column(pd.Series(amounts.round(decimals)), normalisation=normalisation)
    assert encoder.modes.spikes[0] == 0.0
    assert encoder.shares[0] == pytest.approx(share, abs=1e-3)


def test_two_values_side_by_side_may_stand_out():
    values = np.concatenate(
        [np.repeat([0, 1], 60), np.random.default_rng(1).integers(2, 10**6, 5_000)]
    )
    distinct, counts = counted(values)
    assert distinct[stand_out(distinct, counts, 5)].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("law", ["geometric", "normal", "poisson", "lognormal"])
@pytest.mark.parametrize("seed", range(20))
def test_frequent_values_among_frequent_ones_do_not(law, seed):
    rng = np.random.default_rng(seed)
    parameters = {"geometric": [0.01], "normal": [0, 100], "poisson": [300], "lognormal": [6, 1]}
    values = getattr(rng, law)(*parameters[law], size=5_000)
    assert not stand_out(*counted(np.rint(values)), 5).any()


def test_rows_that_belong_together_do_not():
    weights = np.random.default_rng(2).normal(70.0, 10.0, 50)
    distinct, counts = counted(np.repeat(weights, 10))
    assert not stand_out(distinct, counts, 5).any()


def test_a_round_number_is_expected_more_often(fit_column):
    rng = np.random.default_rng(3)
    exact = rng.integers(10_000, 110_000, 4_000)
    step = rng.choice([1, 1000], 4_000, p=[0.2, 0.8])
    column = pd.Series(np.rint(exact / step) * step).astype(int)
    values, counts = counted(column.to_numpy())
    # Some thousands are a hundredth of the rows, and far more than the numbers beside them.
    assert stand_out(values, counts, 5).any()
    find = fit_column(column).roundness_on(fit_column(column).scale, fit_column(column).column)
    assert not stand_out(values, counts, 5, find).any()


def test_what_chance_brings_does_not_stand_out():
    # Of 40 rows twelve have one of twenty numbers: more than five times two, but not a hundredth
    # of a millionth likely.
    values = np.arange(20.0)
    counts = np.full(20, 2)
    counts[7] = 10
    assert not stand_out(values, counts, 5).any()
    counts[7] = 20
    assert stand_out(values, counts, 5).tolist() == [place == 7 for place in range(20)]
