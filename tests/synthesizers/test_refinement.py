"""Candidates are rejected by how often the table has their like: the law of the table is left."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from tabgan.conditioning.conditions import no_conditions, read_condition_rows, read_conditions
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.schema import infer_schema
from tabgan.synthesizers import refinement
from tabgan.synthesizers.density_ratio import DensityRatio
from tabgan.synthesizers.drawing import probability_of_known, relative_share_taken
from tabgan.synthesizers.passes import PassPlan
from tabgan.synthesizers.refinement import learn_density_ratio
from tabgan.synthesizers.sampler import Sampler

N_ROWS = 6_000


@pytest.fixture(scope="module")
def table():
    """Two categories that go together, a number that rises with them, and one column apart."""
    rng = np.random.default_rng(0)
    first = rng.choice(list("uvw"), N_ROWS, p=[0.5, 0.3, 0.2])
    second = np.where(rng.random(N_ROWS) < 0.8, first, rng.permutation(first))
    number = rng.normal(size=N_ROWS) + 2.0 * (first == "u")
    return pd.DataFrame(
        {
            "first": first,
            "second": second,
            "number": number,
            "apart": rng.choice(list("xy"), N_ROWS),
        }
    )


@pytest.fixture(scope="module")
def encoder(table):
    return TableEncoder.from_frame(table, infer_schema(table), EncodingOptions())


def independent_sampler(encoder, conditions=None):
    """Return what draws each column by itself, whatever the others are."""
    spec = NetworkSpec(encoder.layout.sizes, noise_dim=2, width=8, n_blocks=1)
    weights = {name: np.zeros(shape, "f") for name, shape in spec.weight_shapes().items()}
    weights["heads/bias"] += encoder.log_shares
    n_columns = encoder.layout.n_columns
    passes = PassPlan(tuple(range(n_columns)), np.zeros((n_columns, n_columns)))
    # So many passes that only a thirtieth of the law is cut off.
    conditions = conditions or no_conditions(encoder)
    return Sampler(NumpyGenerator(spec, weights), passes, conditions, n_passes=9)


@pytest.fixture(scope="module")
def codes(table, encoder):
    return encoder.encode_known(table)


@pytest.fixture(scope="module")
def refined(encoder, codes):
    sampler = independent_sampler(encoder)
    ranks = [column.ranks for column in encoder.learnt]
    ratio = learn_density_ratio(sampler, ranks, codes[500:], codes[:500], seed=1)
    return replace(sampler, ratio=ratio)


def drawn(sampler, encoder, n_blocks=12):
    blocks = [sampler.block(2, block) for block in range(n_blocks)]
    return encoder.decode(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))


def test_columns_drawn_apart_depend_on_each_other_as_in_the_table(table, encoder, refined):
    def facts(rows):
        return np.array(
            [
                (rows["first"] == rows["second"]).mean(),
                rows.loc[rows["first"] == "u", "number"].mean(),
                rows.loc[rows["second"] == "w", "number"].mean(),
                (rows["first"] == "u").mean(),
            ]
        )

    wanted, raw, found = (
        facts(rows)
        for rows in (
            table,
            drawn(independent_sampler(encoder), encoder),
            drawn(refined, encoder),
        )
    )
    assert abs(raw - wanted)[:3].min() > 0.4
    # Shares are raked; of what depends on each other three quarters and more are made good: some
    # is cut off, and 5,500 rows do not tell the ratio better.
    assert abs(found - wanted)[3] < 0.02
    assert (abs(found - wanted) < 0.25 * abs(raw - wanted) + 0.02).all()


def test_the_ratio_is_that_of_the_trees_it_was_read_from(encoder, codes):
    ranks = [column.ranks for column in encoder.learnt]
    rng = np.random.default_rng(1)
    shuffled = np.stack([rng.permutation(column) for column in codes.T], axis=1)
    real, fake = (refinement.along_lines(rows, ranks) for rows in (codes, shuffled))
    trees = refinement._fit_trees(real, fake, 50, seed=0)
    words = refinement._as_words(trees, 30, ranks, encoder.layout)
    ratio = DensityRatio(encoder.layout, *words, np.zeros(encoder.layout.n_modes, "f"))
    thirtieth = list(trees.staged_decision_function(fake))[29]
    np.testing.assert_allclose(ratio.log_ratios(shuffled), thirtieth, atol=1e-4)
    assert isinstance(trees, HistGradientBoostingClassifier)


def test_the_more_passes_the_fewer_trees(encoder, codes, refined):
    """What is left to find in a sample that is nearly right is who was in the table."""
    sampler = replace(independent_sampler(encoder), n_passes=1)
    ranks = [column.ranks for column in encoder.learnt]
    ratio = learn_density_ratio(sampler, ranks, codes[500:], codes[:500], seed=1)
    assert len(refined.ratio.values) <= 600 / 3
    assert len(ratio.values) > len(refined.ratio.values)


def test_a_sample_that_is_right_already_is_left_alone(encoder):
    sampler = independent_sampler(encoder)
    own = np.concatenate([sampler.block(3, block)[0] for block in range(6)])
    ranks = [column.ranks for column in encoder.learnt]
    assert learn_density_ratio(sampler, ranks, own[600:], own[:600], seed=1) is None


def test_rows_too_few_to_judge_by_give_no_ratio(encoder, codes):
    sampler = independent_sampler(encoder)
    ranks = [column.ranks for column in encoder.learnt]
    assert learn_density_ratio(sampler, ranks, codes[:100], codes[:0], seed=1) is None


def test_known_cells_stay_and_the_others_follow_them(table, encoder, refined):
    conditions = read_conditions({"first": "w"}, encoder)
    rows = drawn(replace(refined, conditions=conditions), encoder)
    assert (rows["first"] == "w").all()
    wanted = (table.loc[table["first"] == "w", "second"] == "w").mean()
    raw, found = (table["second"] == "w").mean(), (rows["second"] == "w").mean()
    assert abs(found - wanted) < 0.25 * abs(raw - wanted)


def test_rows_with_conditions_of_their_own_follow_them_too(table, encoder, refined):
    asked = pd.DataFrame({"first": np.tile(["u", "w"], 4_000)})
    sampler = replace(refined, conditions=read_condition_rows(asked, encoder))
    rows = drawn(sampler, encoder, n_blocks=7)
    assert (rows["first"] == asked["first"].head(len(rows))).all()
    for value in ("u", "w"):
        wanted = (table.loc[table["first"] == value, "second"] == value).mean()
        raw = (table["second"] == value).mean()
        found = (rows.loc[rows["first"] == value, "second"] == value).mean()
        # Four candidates a row hold one that is taken seldom, where one in five is right.
        assert abs(found - wanted) < 0.6 * abs(raw - wanted)


def test_what_conditions_cost_is_said_of_the_refined_sample(encoder, refined):
    """The network alone thinks the pair rare: it draws both columns apart."""
    rows = drawn(refined, encoder)
    share = ((rows["first"] == "w") & (rows["second"] == "w")).mean()
    asked = replace(refined, conditions=read_conditions({"first": "w", "second": "w"}, encoder))
    network = probability_of_known(replace(asked, ratio=None))
    assert network < 0.5 * share
    assert network * relative_share_taken(asked, 2, []) == pytest.approx(share, rel=0.1)
    assert relative_share_taken(replace(asked, ratio=None), 2, []) == 1.0


@pytest.mark.parametrize("share_taken", [0.4, 0.0])
def test_a_block_is_whole_however_few_candidates_are_taken(encoder, refined, share_taken):
    """Even if none ever is: then the last candidates are kept."""
    offsets = np.full(encoder.layout.n_modes, np.log(max(share_taken, 1e-30)) / 4, "f")
    trees = refined.ratio
    nothing = DensityRatio(encoder.layout, trees.leaves_left, np.zeros_like(trees.values), offsets)
    codes, _ = replace(refined, ratio=nothing).block(4, 0)
    sizes = np.array(encoder.layout.sizes)
    assert codes.shape == (1024, len(sizes))
    assert ((codes >= 0) & (codes < sizes)).all()


def test_candidates_cost_no_more_than_eight_a_row():
    """Where nothing but one candidate in a thousand is like the table, most of the law is cut."""
    log_ratios = np.full(10_000, -8.0)
    log_ratios[:10] = 6.0
    cap = np.exp(refinement._log_cap(log_ratios, 0.02))
    taken = np.minimum(np.exp(log_ratios) / cap, 1.0).mean()
    assert taken >= 1 / 8


def test_two_hundredths_of_the_law_are_cut_off_where_that_is_cheap():
    rng = np.random.default_rng(0)
    ratios = np.exp(rng.normal(-0.5, 1.0, 20_000))
    cap = np.exp(refinement._log_cap(np.log(ratios), 0.02))
    kept = np.minimum(ratios, cap).sum() / ratios.sum()
    assert 0.98 <= kept < 0.981
