"""Between two clusters nothing is drawn; where numbers only thin out, nothing is a void."""

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.voids import voids


def counted(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    distinct, counts = np.unique(values, return_counts=True)
    return distinct.astype(float), counts


def draws(encoder, column: pd.Series, n_looks: int = 20) -> np.ndarray:
    """Return draws from the modes that the cells of a column are in, several of each."""
    rng = np.random.default_rng(1)
    codes, _ = encoder.encode(column, rng.random(len(column)))
    codes = np.repeat(codes, n_looks)
    return encoder.decode(codes, rng.random(len(codes)), 0).to_numpy()


@pytest.mark.parametrize("decimals", [15, 1, 0])
@pytest.mark.parametrize("sizes", [(500, 500), (1_000, 40), (20_000, 20_000, 300)])
def test_hardly_anything_is_drawn_between_clusters(fit_column, sizes, decimals):
    rng = np.random.default_rng(0)
    clusters = [rng.normal(1_000.0 * place, 30.0, size) for place, size in enumerate(sizes)]
    column = pd.Series(np.concatenate(clusters).round(decimals))
    drawn = draws(fit_column(column), column)
    nearest = np.abs(drawn[:, None] - 1_000.0 * np.arange(len(sizes))).min(axis=1)
    assert np.mean(nearest > 200.0) < 2 * len(sizes) / len(column)
    for place, size in enumerate(sizes):
        share = np.mean(np.abs(drawn - 1_000.0 * place) < 200.0)
        assert share == pytest.approx(size / len(column), abs=2 / np.sqrt(len(column)) / 10)


@pytest.mark.parametrize("law", ["lognormal", "pareto", "normal", "uniform", "standard_cauchy"])
@pytest.mark.parametrize("n_rows", [100, 3_000, 100_000])
def test_one_cluster_has_no_voids(law, n_rows):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        values = rng.pareto(1.5, n_rows) if law == "pareto" else getattr(rng, law)(size=n_rows)
        for decimals in (15, 2):
            assert len(voids(*counted(values.round(decimals)), 16)) == 0


def test_a_cluster_of_fewer_rows_than_asked_is_none():
    values, counts = counted(np.concatenate([np.arange(200.0), 10_000.0 + np.arange(12)]))
    assert voids(values, counts, 13).tolist() == []
    assert voids(values, counts, 12).tolist() == [200]


def test_a_value_in_a_void_stays_possible(fit_column):
    rng = np.random.default_rng(2)
    column = pd.Series(np.concatenate([rng.normal(size=500), rng.normal(1_000.0, size=500)]))
    encoder = fit_column(column)
    density = encoder.densities(pd.Series([500.0, 0.0])) @ encoder.shares
    assert 0 < density[0] < 1e-4 * density[1]


def test_a_few_distinct_values_beside_a_gap_make_no_void():
    values, counts = counted(np.append(np.arange(100.0), np.repeat([500.0, 500.5, 501.0], 20)))
    assert len(voids(values, counts, 16)) == 0


@pytest.mark.parametrize(("threshold", "n_rows"), [(5, 20), (20, 50), (100, 500)])
def test_rows_at_the_end_of_a_cluster_stay_in_it(fit_column, threshold, n_rows):
    rng = np.random.default_rng(3)
    column = pd.Series(np.concatenate([rng.normal(size=n_rows), rng.normal(100.0, size=n_rows)]))
    encoder = fit_column(column, rare_threshold=threshold)
    if n_rows >= 2 * threshold:
        drawn = draws(encoder, column)
        assert (drawn < 50.0).mean() == pytest.approx(0.5, abs=0.01)
        assert np.mean((drawn > 10.0) & (drawn < 90.0)) < 1.0 / n_rows
