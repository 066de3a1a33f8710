"""Log-likelihoods: probabilities that sum to one, densities that integrate to one."""

import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from tabgan import infer_schema
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import InvalidDataError
from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.synthesizers.likelihood import Cells, score_in_order, score_rows
from tabgan.synthesizers.model import FittedModel
from tabgan.synthesizers.passes import PassPlan

RNG = np.random.default_rng(3)


def model_of(table: pd.DataFrame, normalisation: str = "quantile") -> FittedModel:
    """Return a model of a table whose network has random weights: no law in particular."""
    options = EncodingOptions(normalisation=normalisation)
    encoder = TableEncoder.from_frame(table, infer_schema(table), options)
    spec = NetworkSpec(encoder.layout.sizes, noise_dim=2, width=8, n_blocks=1)
    weights = {n: RNG.normal(0, 0.7, s).astype("f") for n, s in spec.weight_shapes().items()}
    n_columns = encoder.layout.n_columns
    passes = PassPlan(tuple(range(n_columns)), np.zeros((n_columns, n_columns)))
    return FittedModel(encoder, NumpyGenerator(spec, weights), passes, len(table), 1.0, [], {})


def test_the_probabilities_of_one_order_sum_to_one():
    table = pd.DataFrame(
        {
            "a": RNG.choice(["u", "v", None], 300),
            "b": RNG.integers(0, 4, 300),
            "c": RNG.choice([True, False], 300),
        }
    )
    model = model_of(table)
    every_row = pd.DataFrame(
        itertools.product(["u", "v", None], range(4), [True, False]), columns=list("abc")
    ).astype({"a": table["a"].dtype})
    cells = Cells.of(model, every_row)
    totals = [
        np.exp(score_in_order(model, cells, order)).sum()
        for order in itertools.permutations(range(3))
    ]
    np.testing.assert_allclose(totals, 1.0, atol=1e-5)
    # The mean of logarithms is below the logarithm of the mean: no more than one altogether.
    assert 0.5 < np.exp(score_rows(model, every_row)).sum() <= 1.0


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
def test_integers_have_masses_that_sum_to_one(normalisation):
    values = RNG.geometric(0.01, 5_000)
    model = model_of(pd.DataFrame({"n": values}), normalisation)
    scores = score_rows(model, pd.DataFrame({"n": np.arange(1, values.max())}))
    low, high = model.encoder.learnt[0].modes.limits
    inside = slice(int(np.ceil(low)) - 1, int(np.floor(high)))
    assert np.exp(scores[inside]).sum() == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
@pytest.mark.parametrize("decimals", [None, 2])
def test_real_numbers_have_a_density_in_their_own_unit(normalisation, decimals):
    values = RNG.gamma(2.0, 10.0, 4_000)
    values = values if decimals is None else values.round(decimals)
    model = model_of(pd.DataFrame({"x": values}), normalisation)
    low, high = model.encoder.learnt[0].modes.limits
    if decimals is not None:
        low, high = low / 100, high / 100
    grid = np.linspace(low, high, 200_001)[1:-1]
    grid = grid if decimals is None else np.unique(grid.round(2))
    density = np.exp(score_rows(model, pd.DataFrame({"x": grid})))
    assert np.trapezoid(density, grid) == pytest.approx(1.0, abs=5e-3)


def test_a_spike_and_missing_have_a_mass_and_the_rest_a_density():
    values = np.where(RNG.random(4_000) < 0.3, 0.0, RNG.normal(50.0, 5.0, 4_000))
    values[RNG.random(4_000) < 0.2] = np.nan
    model = model_of(pd.DataFrame({"x": values}))
    masses = np.exp(score_rows(model, pd.DataFrame({"x": [0.0, np.nan]})))
    low, high = model.encoder.learnt[0].modes.knots[[0, -1]]
    grid = np.linspace(low, high, 200_001)[1:-1]
    density = np.exp(score_rows(model, pd.DataFrame({"x": grid})))
    assert masses.sum() + np.trapezoid(density, grid) == pytest.approx(1.0, abs=5e-3)


def test_on_a_grid_spikes_are_densities_as_their_neighbours_are():
    """In another unit a value would say whether enough training rows have it."""
    values = np.where(RNG.random(4_000) < 0.3, 50.0, (RNG.normal(50.0, 5.0, 4_000) * 4).round() / 4)
    values = np.append(values, RNG.uniform(0.0, 100.0, 500).round(0))
    model = model_of(pd.DataFrame({"x": values}))
    encoder = model.encoder.learnt[0]
    assert len(encoder.modes.spikes)
    assert encoder.modes.n_bins
    low, high = encoder.modes.limits
    grid = np.arange(np.ceil(low), np.floor(high) + 1) * 0.25
    density = np.exp(score_rows(model, pd.DataFrame({"x": grid})))
    assert 0.25 * density.sum() == pytest.approx(1.0, abs=5e-3)


def test_values_never_seen_and_out_of_range_are_unlikely_but_finite(gan, table):
    rows = table.head(3).astype({"region": object}).assign(yearly_use_kwh=1e9)
    rows.loc[0, "region"] = "xyzzy-canary"
    scores = gan.score_samples(rows)
    assert np.isfinite(scores).all()
    assert (scores < gan.score_samples(table.head(3))).all()


def test_scores_are_deterministic_and_row_by_row(gan, table):
    scores = gan.score_samples(table.head(300))
    np.testing.assert_array_equal(scores, gan.score_samples(table.head(300)))
    np.testing.assert_allclose(scores[40:50], gan.score_samples(table.iloc[40:50]), atol=1e-4)
    assert gan.score(table.head(300)) == pytest.approx(scores.mean())


def test_rows_of_the_table_are_likelier_than_shuffled_columns(gan, table):
    rng = np.random.default_rng(0)
    shuffled = pd.concat(
        [table[name].take(rng.permutation(len(table))).reset_index(drop=True) for name in table],
        axis=1,
    )
    scores = np.concatenate([gan.score_samples(table), gan.score_samples(shuffled)])
    assert roc_auc_score(np.repeat([1, 0], len(table)), scores) > 0.58
    # A likelihood test does not tell its own samples from the table.
    sample = gan.sample(len(table), random_state=0)
    scores = np.concatenate([gan.score_samples(table), gan.score_samples(sample)])
    assert 0.4 < roc_auc_score(np.repeat([1, 0], len(table)), scores) < 0.6


def test_a_table_without_all_columns_cannot_be_scored(gan, table):
    with pytest.raises(InvalidDataError, match="lacks the columns"):
        gan.score_samples(table[["region"]])
