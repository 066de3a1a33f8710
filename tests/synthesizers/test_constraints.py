"""Every sampled row keeps the rules, and otherwise has the law that the model has."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan import (
    FixedCombinations,
    Formula,
    Inequality,
    MissingTogether,
    Range,
    Sum,
    TabGAN,
    Unique,
    infer_schema,
)
from tabgan.errors import ConstraintError, InvalidParameterError, ModelFileError
from tabgan.schema.constraints import Constraint, check_constraints

FROZEN = Path(__file__).parent / "frozen" / "format_1.tabgan"


def with_rules(gan: TabGAN, *rules: Constraint) -> TabGAN:
    """The fitted model with rules that its table does not keep: none of them is learnt."""
    ruled = TabGAN()
    ruled._keep(replace(gan._model, constraints=rules), gan._container, list(gan.schema_.names))
    return ruled


@pytest.fixture(scope="module")
def combinations(table) -> FixedCombinations:
    """Half of the combinations of two columns that are independent of each other."""
    is_north = table["region"].str.startswith("north")
    some = table[is_north == (table["dwelling"] == "house")]
    return FixedCombinations(["dwelling", "region"]).learnt(some, infer_schema(some), 5)


@pytest.fixture(scope="module")
def ruled(gan, combinations) -> TabGAN:
    return with_rules(
        gan,
        combinations,
        Inequality("residents", "satisfaction"),
        Formula("yearly_use_kwh", "500 * residents + `arrears_eur` / 3"),
        MissingTogether(["heating", "satisfaction"]),
        Unique(["joined_on", "tariff"]),
        Range("residents", None, 4),
    )


@pytest.mark.parametrize("passes", [1, "auto"])
def test_every_row_keeps_every_rule(ruled, table, passes):
    sample = ruled.sample(1_200, passes=passes, random_state=0)
    check_constraints(ruled.constraints_, sample, ruled.schema_)
    assert sample.dtypes.equals(table.dtypes)
    assert sample["satisfaction"].isna().any()


def test_fewer_rows_are_the_head_of_more(ruled):
    whole = ruled.sample(1_100, random_state=1)
    pd.testing.assert_frame_equal(ruled.sample(30, random_state=1), whole.head(30))
    batches = ruled.sample_batches(1_100, batch_size=1_024, random_state=1)
    pd.testing.assert_frame_equal(pd.concat(batches), whole)


def test_a_rule_leaves_the_law_of_the_column_before_it(gan, table):
    order = [gan.schema_.names[place] for place in gan._model.passes.order]
    first, second = sorted(["region", "dwelling"], key=order.index)
    # One value of the column drawn first goes with one of the other, the rest with all.
    pairs = set(zip(table[first], table[second], strict=True))
    alone, only = table[first].mode()[0], table[second].value_counts().index[-1]
    allowed = {pair for pair in pairs if pair[0] != alone} | {(alone, only)}
    rule = FixedCombinations([first, second], frozenset(allowed))
    plain = gan.sample(4_096, random_state=0)[first].value_counts(normalize=True)
    sample = with_rules(gan, rule).sample(4_096, random_state=0)
    assert set(sample.loc[sample[first] == alone, second]) == {only}
    kept = sample[first].value_counts(normalize=True)
    assert (plain - kept).abs().max() < 0.03


def test_as_many_rows_are_found_as_can_be_unique(gan):
    ruled = with_rules(gan, Unique(["region", "tariff"]))  # 48 combinations
    sample = ruled.sample(40, random_state=0)
    check_constraints(ruled.constraints_, sample, ruled.schema_)
    pd.testing.assert_frame_equal(ruled.sample(5, random_state=0), sample.head(5))
    with pytest.raises(ConstraintError, match="'region', 'tariff' unique"):
        ruled.sample(60, random_state=0)


def test_conditions_and_rules_hold_together(ruled):
    asked = {"yearly_use_kwh": (1_000.0, 2_000.0), "dwelling": "house", "heating": None}
    sample = ruled.sample(200, conditions=asked, random_state=0)
    check_constraints(ruled.constraints_[:5], sample, ruled.schema_)
    assert sample["yearly_use_kwh"].between(1_000.0, 2_000.0).all()
    assert set(sample["dwelling"]) == {"house"}
    assert sample["satisfaction"].isna().all()


def test_a_formula_is_turned_round_where_its_column_is_known(gan):
    rule = Formula("yearly_use_kwh", "500 * residents + `arrears_eur` / 3")
    ruled = with_rules(gan, rule)
    sample = ruled.sample(100, conditions={"yearly_use_kwh": 1_700.0}, random_state=0)
    check_constraints(ruled.constraints_, sample, ruled.schema_)
    assert (sample["yearly_use_kwh"] == 1_700.0).all()
    assert set(sample["residents"]) == {3}  # arrears end at 672, a third of which is 224


def test_each_row_keeps_its_own_conditions_and_the_rules(ruled):
    asked = pd.DataFrame({"dwelling": ["house", "flat"] * 30, "residents": [1, 2] * 30})
    sample = ruled.sample(conditions=asked, random_state=0)
    check_constraints(ruled.constraints_, sample, ruled.schema_)
    pd.testing.assert_frame_equal(sample[["dwelling", "residents"]], asked, check_dtype=False)


def test_what_no_row_can_keep_is_refused_with_the_rule(ruled):
    with pytest.raises(ConstraintError, match="'residents' <= 'satisfaction'"):
        ruled.sample(5, conditions={"residents": 4, "satisfaction": 1})


def test_rows_of_their_own_conditions_are_the_head_of_more(gan):
    ruled = with_rules(gan, Range("residents", None, 3))
    asked = pd.DataFrame({"dwelling": ["house", "flat"] * 40})
    whole = ruled.sample(conditions=asked, random_state=0)
    for n in (2, 51):
        head = ruled.sample(conditions=asked.head(n), random_state=0)
        pd.testing.assert_frame_equal(head, whole.head(n))


def test_gaps_are_filled_by_the_rules(ruled, table):
    given = ruled.sample(400, random_state=5)
    holes = given.copy()
    holes.loc[holes.index % 2 == 0, ["yearly_use_kwh", "region"]] = None
    holes.loc[holes.index % 3 == 0, "dwelling"] = None
    holes.loc[holes.index % 5 == 0, "residents"] = np.nan
    filled = ruled.complete(holes, random_state=0)
    rules = (ruled.constraints_[0], *ruled.constraints_[2:4])
    check_constraints(rules, filled, ruled.schema_)
    known = holes["region"].notna()
    pd.testing.assert_series_equal(filled["region"][known], given["region"][known])


def test_a_gap_that_nothing_fills_by_the_rules_is_told(gan, table):
    ruled = with_rules(gan, Inequality("yearly_use_kwh", "residents"))
    with pytest.warns(UserWarning, match="20 of 20 rows break a rule"):
        ruled.complete(table.head(20).drop(columns="residents"), random_state=0)


def test_guesses_are_moved_inside_their_modes_by_the_rules():
    frozen = TabGAN.load(FROZEN)
    known = pd.DataFrame({"residents": [1, 2, 4, 6]})
    is_above = frozen.complete(known, how="expected")["arrears_eur"] > known["residents"]
    rule = Inequality("arrears_eur", "residents")
    guessed = with_rules(frozen, rule).complete(known, how="expected")
    assert is_above.any()
    assert (guessed["arrears_eur"] <= guessed["residents"]).all()


def test_guesses_are_the_likeliest_that_the_rules_allow():
    frozen = TabGAN.load(FROZEN)
    known = pd.DataFrame({"arrears_eur": [0.0, 2.5, 3.5, 4.5, 5.5]})
    without = frozen.complete(known, how="expected")["residents"]
    assert (without < known["arrears_eur"]).any()
    ruled = with_rules(frozen, Inequality("arrears_eur", "residents"))
    guessed = ruled.complete(known, how="expected")
    assert (guessed["residents"] >= guessed["arrears_eur"]).all()


@pytest.mark.parametrize(
    "rule",
    [
        Inequality("residents", "arrears_eur"),
        Formula("arrears_eur", "10 * residents"),
        FixedCombinations(["arrears_eur", "stay"], frozenset({(0.5, None)})),
    ],
    ids=str,
)
@pytest.mark.parametrize("how", ["draw", "expected"])
def test_a_gap_that_no_guess_fills_by_the_rules_is_told(how, rule):
    ruled = with_rules(TabGAN.load(FROZEN), rule)
    with pytest.warns(UserWarning, match="2 of 2 rows break a rule") as caught:
        ruled.complete(pd.DataFrame({"arrears_eur": [0.5, 0.5]}), how=how, random_state=0)
    assert caught[0].filename == __file__


def test_rules_travel_with_the_model(ruled, tmp_path):
    path = tmp_path / "model.tabgan"
    ruled.save(path)
    loaded = TabGAN.load(path)
    assert loaded.constraints_ == ruled.constraints_
    pd.testing.assert_frame_equal(
        loaded.sample(20, random_state=3), ruled.sample(20, random_state=3)
    )


def test_rules_about_other_columns_make_a_file_unsound(gan, tmp_path):
    path = tmp_path / "model.tabgan"
    with_rules(gan, Unique("elsewhere")).save(path)
    with pytest.raises(ModelFileError, match="constraints"):
        TabGAN.load(path)


@pytest.mark.parametrize(
    "rule",
    [
        Inequality("region", "residents"),
        Range("residents", "x"),
        Sum("region", ["residents", "satisfaction"]),
        Formula("region", "residents"),
    ],
    ids=str,
)
def test_rules_that_cannot_be_asked_of_the_columns_make_a_file_unsound(gan, tmp_path, rule):
    path = tmp_path / "model.tabgan"
    with_rules(gan, rule).save(path)
    with pytest.raises(ModelFileError):
        TabGAN.load(path)


def test_a_table_that_breaks_a_rule_is_not_learnt(table):
    gan = TabGAN(constraints=[Range("residents", 1), Inequality("residents", "satisfaction")])
    with pytest.raises(ConstraintError, match="'residents' <= 'satisfaction'"):
        gan.fit(table)
    assert not hasattr(gan, "schema_")


@pytest.mark.parametrize("constraints", ["all", [1], Inequality("a", "b"), {"a": 1}])
def test_what_is_no_list_of_rules_is_no_parameter(table, constraints):
    with pytest.raises(InvalidParameterError, match="constraints must be"):
        TabGAN(constraints=constraints).fit(table)


@pytest.mark.slow
@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
def test_a_table_of_rules_is_learnt_and_kept(normalisation):
    rng, n_rows = np.random.default_rng(0), 600
    admitted = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 9_000, n_rows), "h")
    net, rate = rng.gamma(2.0, 50.0, n_rows).round(2) + 1, rng.choice([0.07, 0.19], n_rows)
    country = rng.choice(["DE", "FR", "IT"], n_rows)
    is_missing = rng.random(n_rows) < 0.3
    table = pd.DataFrame(
        {
            "admitted": admitted.strftime("%d.%m.%Y %H:%M"),
            "discharged": admitted + pd.to_timedelta(rng.integers(1, 200, n_rows), "h"),
            "net": net,
            "tax": (net * rate).round(2),
            "gross": (net + (net * rate).round(2)).round(2),
            "country": country,
            "state": [f"{c}{i}" for c, i in zip(country, rng.integers(0, 5, n_rows), strict=True)],
            "width": np.where(is_missing, np.nan, rng.normal(size=n_rows)),
            "height": np.where(is_missing, np.nan, rng.normal(size=n_rows)),
            "row": np.arange(n_rows) % 40,
            "seat": np.arange(n_rows) // 40,
        }
    )
    table["share"] = (100 * table["tax"] / table["net"]).round().astype("Int64")
    rules = [
        Inequality("admitted", "discharged", strict=True),
        Sum("gross", ["net", "tax"]),
        Formula("share", "100 * tax / net"),
        FixedCombinations(["state", "country"]),
        MissingTogether(["width", "height"]),
        Unique(["row", "seat"]),
        Range("net", 0.0),
    ]
    gan = TabGAN(
        epochs=1, constraints=rules, normalisation=normalisation, verbose=0, random_state=0
    ).fit(table)
    counts = table.groupby(["state", "country"]).size()
    assert gan.constraints_[3].combinations == frozenset(counts[counts >= 5].index)
    for passes in (1, 3, "auto"):
        # Half of the seats there are, so that the last ones can be found.
        sample = gan.sample(300, passes=passes, random_state=0)
        check_constraints(gan.constraints_, sample, gan.schema_)
        assert sample.dtypes.equals(table.dtypes)
