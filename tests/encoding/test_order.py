"""The order of modes as smooth functions of their rank."""

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding import Layout, TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.order import (
    BlockBasis,
    along_lines,
    block_basis,
    cosine_basis,
    order_basis,
    places,
)
from tabgan.schema import infer_schema


def encoder_of(table: pd.DataFrame, **options: object) -> TableEncoder:
    return TableEncoder.from_frame(table, infer_schema(table), EncodingOptions(**options))


def test_waves_of_equal_steps_are_orthogonal_and_of_length_one_on_average():
    basis = cosine_basis([(np.arange(40) + 0.5) / 40], Layout([40]))
    assert basis.shape == (40, 16)
    np.testing.assert_allclose(basis.T @ basis / 40, np.eye(16), atol=1e-6)


def test_a_wave_is_zero_outside_its_column_and_where_there_is_no_rank():
    layout = Layout([3, 4])
    basis = cosine_basis([np.full(3, np.nan), np.array([0.2, 0.5, 0.8, np.nan])], layout)
    # Three places: two waves tell them apart.
    assert basis.shape == (7, 2)
    assert not basis[layout.modes(0)].any()
    assert not basis[layout.modes(1)][3].any()
    assert basis[layout.modes(1)][:3].any(axis=1).all()


def test_categories_have_no_waves_at_all():
    assert cosine_basis([np.full(3, np.nan)], Layout([3])).shape == (3, 0)


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
def test_the_modes_of_numbers_and_dates_rank_as_their_values(normalisation):
    rng = np.random.default_rng(0)
    skewed = np.where(rng.random(3_000) < 0.3, 0.0, rng.lognormal(0, 2, 3_000))
    table = pd.DataFrame(
        {
            "number": pd.Series(skewed).mask(rng.random(3_000) < 0.1),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400, 3_000), "D"),
        }
    )
    encoder = encoder_of(table, normalisation=normalisation)
    for column in encoder.learnt:
        ranks = column.ranks
        known = np.flatnonzero(np.isfinite(ranks))
        values = column.decode(known, np.full(len(known), 0.5), 0)
        assert values.iloc[np.argsort(ranks[known])].is_monotonic_increasing
        assert ((ranks[known] > 0) & (ranks[known] < 1)).all()
    # The zero, three tenths of the rows, has the rank of its middle row; "missing" has none.
    number = encoder.learnt[0]
    zero = number.code_of(0.0)
    assert number.ranks[zero] == pytest.approx(0.15, abs=0.02)
    assert np.isnan(number.ranks[number.missing_code])


def test_ordered_categories_rank_as_their_levels_and_others_not():
    levels = ["low", "middle", "high"]
    sizes = pd.Categorical(["high", "low", "middle", "high"] * 20, levels, ordered=True)
    table = pd.DataFrame({"size": sizes, "name": ["a", "b", "c", "a"] * 20})
    size, name = encoder_of(table).learnt
    ranked = sorted(size.values, key=lambda level: size.ranks[size.code_of(level)])
    assert ranked == levels
    assert np.isnan(name.ranks).all()


def test_only_bins_lie_beside_each_other():
    """A spike is a value like no other, "missing" is none, and categories have no sides."""
    rng = np.random.default_rng(0)
    skewed = np.where(rng.random(3_000) < 0.3, 0.0, rng.normal(0, 2, 3_000))
    table = pd.DataFrame(
        {
            "number": pd.Series(skewed).mask(rng.random(3_000) < 0.1),
            "name": rng.choice(list("abc"), 3_000),
        }
    )
    encoder = encoder_of(table)
    number, name = encoder.learnt
    own = np.arange(number.n_modes)
    alone = [number.code_of(0.0), number.missing_code]
    assert (number.neighbours[alone] == own[alone, None]).all()
    bins = np.setdiff1d(own, alone)
    middles = number.decode(own, np.full(len(own), 0.5), 0).to_numpy()
    below, above = number.neighbours[bins].T
    assert (middles[below][1:] == middles[bins][:-1]).all()
    assert (middles[above][:-1] == middles[bins][1:]).all()
    assert below[0] == bins[0]
    assert above[-1] == bins[-1]
    assert (name.neighbours == np.arange(3)[:, None]).all()
    assert encoder.neighbours.shape == (encoder.layout.n_modes, 2)
    assert (encoder.neighbours[encoder.layout.modes(0)] == number.neighbours).all()


def test_gaussian_modes_overlap_so_that_none_lies_beside_another():
    table = pd.DataFrame({"number": np.random.default_rng(0).normal(size=2_000)})
    (number,) = encoder_of(table, normalisation="mixture").learnt
    assert (number.neighbours == np.arange(number.n_modes)[:, None]).all()


def test_codes_are_renumbered_along_the_line():
    ranks = [np.array([0.7, np.nan, 0.2]), np.full(2, np.nan)]
    assert places(ranks[0]).tolist() == [1.0, 2.0, 0.0]
    codes = np.array([[0, 1], [1, 0], [2, 1]])
    assert along_lines(codes, ranks).tolist() == [[1.0, 1.0], [2.0, 0.0], [0.0, 1.0]]


def line(size: int, without_place: int = 0) -> np.ndarray:
    ranks = (np.arange(size) + 0.5) / size
    ranks[size - without_place :] = np.nan
    return ranks


def test_blocks_hold_the_waves_of_each_column_and_no_zeros_of_others():
    sizes = [40, 5, 40, 3, 5]
    layout = Layout(sizes)
    ranks = [line(40), line(5, 2), line(40, 1), line(3, 3), line(5)]
    dense, blocks = cosine_basis(ranks, layout), block_basis(ranks, layout)
    rng = np.random.default_rng(0)
    # The same waves: group by group, and padded where a column has fewer than its group.
    waves, of_blocks, done = rng.normal(size=(dense.shape[1], 6)), [], {}
    for column in range(len(sizes)):
        own = min(16, int(np.isfinite(ranks[column]).sum()) - 1)
        start = sum(len(part) for part in done.values())
        done[column] = waves[start : start + max(0, own)]
    for group, block in zip(layout.groups, blocks.blocks, strict=True):
        for column in group.columns:
            padded = np.zeros((block.shape[2], 6))
            padded[: len(done[column])] = done[column]
            of_blocks.append(padded)
    assert blocks.shape == (layout.n_modes, sum(map(len, of_blocks)))
    found = blocks.spread(np.concatenate(of_blocks))
    np.testing.assert_allclose(found, dense @ waves, atol=1e-5)
    np.testing.assert_array_equal(blocks.has_place, dense.any(axis=1))


def test_only_a_basis_that_would_be_very_large_comes_in_blocks():
    narrow = [line(64)] * 100
    assert isinstance(order_basis(narrow, Layout([64] * 100)), np.ndarray)
    wide = [line(8)] * 1_000
    basis = order_basis(wide, Layout([8] * 1_000))
    assert isinstance(basis, BlockBasis)
    assert sum(block.nbytes for block in basis.blocks) < 1e6
