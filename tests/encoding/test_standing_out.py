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
    exact = rng.lognormal(12.5, 0.5, 30_000)
    step = rng.choice([1, 1000], 30_000, p=[0.5, 0.5])
    encoder = fit_column(pd.Series(np.rint(exact / step) * step).astype(int))
    assert 1000 in encoder.modes.roundness.steps
