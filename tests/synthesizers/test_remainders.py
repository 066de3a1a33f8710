"""Bills add up and trips end after they began, without anybody saying that they do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tabgan import Formula, Inequality, Range, Sum, TabGAN
from tabgan.cli.main import cli
from tabgan.conditioning.conditions import read_condition_rows
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import ModelFileError
from tabgan.persistence import dump_json, load_json, read_container, write_container
from tabgan.synthesizers.completion import complete_table
from tabgan.synthesizers.computed_modes import ComputedModes
from tabgan.synthesizers.likelihood import Cells
from tabgan.synthesizers.preparation import prepare_table
from tabgan.synthesizers.rules import Rules

N_ROWS = 1_600
FEES = {0.5, 2.0, 3.5}


def make_bills(n_rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    net = rng.gamma(2.0, 20.0, n_rows).round(2)
    tip = (net * rng.choice([0.0, 0.1, 0.2], n_rows) * rng.uniform(0.8, 1.2, n_rows)).round(2)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**7, n_rows), "s")
    table = pd.DataFrame(
        {
            "total": (net + tip + rng.choice(sorted(FEES), n_rows)).round(2),
            "start": start,
            "net": net,
            "end": start + pd.to_timedelta(rng.gamma(2.0, 600.0, n_rows).round(), "s"),
            "tip": tip,
            "kind": rng.choice(["a", "b"], n_rows),
        }
    )
    table.loc[rng.random(n_rows) < 0.1, "tip"] = np.nan
    return table


def fees(table: pd.DataFrame) -> pd.Series:
    return (table["total"] - table["net"] - table["tip"]).round(2)


@pytest.fixture(scope="module")
def bills() -> pd.DataFrame:
    return make_bills(N_ROWS, 0)


@pytest.fixture(scope="module")
def gan(bills) -> TabGAN:
    return TabGAN(epochs=4, batch_size=128, verbose=0, random_state=0).fit(bills)


def test_the_sums_are_told(gan):
    assert {str(rest) for rest in gan.remainders_} == {
        "'total' = 'net' + 'tip' + 'rest of total'",
        "'end' = 'start' + 'rest of end'",
    }


def test_a_sample_has_the_columns_of_the_table_and_adds_up(gan, bills):
    sample = gan.sample(3_000, random_state=1)
    pd.testing.assert_index_equal(sample.columns, bills.columns)
    assert sample.dtypes.equals(bills.dtypes)
    assert gan.schema_.names == list(bills.columns)
    whole = sample.dropna()
    assert 0.8 < len(whole) / len(sample) < 0.97
    assert fees(whole).isin(FEES).all()
    assert (sample["end"] > sample["start"]).all()
    # Where the tip is missing nothing adds up, and the total is drawn.
    of_others = sample[sample["tip"].isna()]
    assert of_others["total"].notna().all()
    assert np.corrcoef(of_others["total"], of_others["net"])[0, 1] > 0.8


def test_few_rows_are_the_head_of_more(gan):
    assert gan.sample(10, random_state=2).equals(gan.sample(1_500, random_state=2).head(10))


@pytest.mark.parametrize("passes", [1, 2, 5, "auto"])
def test_rows_add_up_in_any_number_of_passes(gan, passes):
    sample = gan.sample(500, passes=passes, random_state=3)
    assert fees(sample.dropna()).isin(FEES).all()
    assert (sample["end"] > sample["start"]).all()


@pytest.mark.parametrize("total", [31.4, (30.0, 40.0)])
def test_what_is_asked_of_a_computed_column_holds_and_adds_up(gan, total):
    sample = gan.sample(400, conditions={"total": total}, random_state=4)
    low, high = total if isinstance(total, tuple) else (total, total)
    assert sample["total"].between(low, high).all()
    assert fees(sample.dropna()).isin(FEES).mean() > 0.8


def test_a_part_is_computed_from_a_total_that_is_known(gan):
    known = make_bills(300, 5).dropna().reset_index(drop=True)
    filled = gan.complete(known.assign(tip=np.nan), random_state=0)
    assert filled[["total", "net"]].equals(known[["total", "net"]])
    adds_up = fees(filled).isin(FEES)
    assert adds_up.mean() > 0.98  # a tip that needs the lowest fee may not find it in eight draws
    assert (filled["tip"] - known["tip"])[adds_up].abs().max() <= 3.0 + 1e-9
    guess = gan.complete(known.drop(columns="end"), how="expected")
    assert (guess["end"] - guess["start"]).between("1min", "2h").all()


def test_asked_for_whole_rows_tell_their_remainder(gan):
    wanted = make_bills(40, 8).dropna()[["net", "tip", "total"]]
    wanted = wanted[wanted["net"].between(5.0, 90.0)]
    sample = gan.sample(conditions=wanted, random_state=9)
    assert sample[["net", "tip", "total"]].equals(wanted.reset_index(drop=True))
    source = read_condition_rows(wanted, gan._model.encoder)
    of_rest = gan._model.encoder.learnt_index("rest of total")
    assert (source.known[:, of_rest] >= 0).all()


def test_a_row_under_a_condition_of_its_own_does_not_depend_on_those_beside_it(gan):
    wanted = make_bills(60, 10).dropna()[["net", "kind"]]
    other = pd.concat([wanted.head(20), wanted.iloc[20:].assign(net=4.5)])
    one, two = (
        gan.sample(conditions=rows, random_state=11, passes=passes).head(20)
        for rows, passes in ((wanted, 2), (other, 2))
    )
    assert one.equals(two)


@pytest.mark.parametrize("gaps", ["net", "tip", "total"])
def test_no_row_of_a_table_lacks_its_remainder_alone(gaps):
    table = make_bills(400, 12).dropna().reset_index(drop=True)
    table.loc[::5, gaps] = np.nan
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    computed = ComputedModes.of(encoder)
    codes = encoder.encode_codes(table, np.random.default_rng(0)).astype(np.int64)
    for rest in encoder.remainders:
        assert len(computed.lacking(rest, codes)) == 0
    (rest,) = (rest for rest in encoder.remainders if gaps in rest.columns)
    lacks = np.flatnonzero(table[gaps].notna())[:7]
    codes[lacks, computed.place(rest.name)] = encoder.encoder_of(rest.name).missing_code
    assert computed.lacking(rest, codes).tolist() == lacks.tolist()


def test_computed_modes_are_those_of_what_adds_up():
    table = make_bills(400, 13).dropna().reset_index(drop=True)
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    computed = ComputedModes.of(encoder)
    codes = encoder.encode_codes(table, np.random.default_rng(0)).astype(np.int64)
    drawn = codes.copy()
    for rest in encoder.remainders:
        place = computed.place(rest.column)
        drawn[:, place] = 0
        computed.put(rest, drawn, np.random.default_rng(1))
        # Up to where in their modes the others lie.
        assert np.corrcoef(drawn[:, place], codes[:, place])[0, 1] > 0.99
        assert np.abs(drawn[:, place] - codes[:, place]).mean() < 1.0


@pytest.mark.parametrize("large", [2**62, -(2**62), 10**15])
def test_integers_too_large_to_add_up_have_no_remainder(large):
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 10**6, (2, 5_000))
    table = pd.DataFrame({"first": first, "second": second, "both": first + second})
    table.loc[1, "first"] = large  # a row that the search does not look at
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    assert encoder.remainders
    asked = pd.DataFrame({"first": [large, 1], "second": [-large, 2], "both": [large, 3]})
    assert encoder.encode_known(asked).shape == (2, 4)


def test_numbers_that_the_dtype_of_the_fit_does_not_hold_are_no_reason_to_fail():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.integers(0, 5_000, (300, 2)), columns=["a", "b"]).astype("uint16")
    table["both"] = (table["a"] + table["b"]).astype("uint16")
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    (rest,) = encoder.remainders
    other = table.astype("Int64")
    other.loc[0, "a"], other.loc[1, "a"], other.loc[2, "a"] = -1, 70_000, pd.NA
    cells = encoder.cells_of(other, rest.name)
    assert cells.isna().tolist()[:4] == [False, False, True, False]


@pytest.mark.parametrize("far", [1e12, 5e14])
def test_a_remainder_too_large_to_be_exact_is_none(far):
    rng = np.random.default_rng(0)
    small = rng.random(400) / 100
    far_off = pd.DataFrame({"a": small, "b": small + np.where(rng.random(400) < 0.02, far, 0.0)})
    prepare_table(far_off, None, EncodingOptions())
    table = pd.DataFrame(rng.normal(size=(9_000, 2)), columns=["a", "b"])
    table["both"] = table["a"] + table["b"]
    table.loc[1, "both"] = far  # a row that the search does not look at
    prepare_table(table, None, EncodingOptions())


def test_tax_and_gross_that_were_asked_for_follow_from_one_net():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"net": rng.lognormal(4.0, 1.0, 400).round(2)})
    table["tax"] = (0.19 * table["net"]).round(2)
    table["gross"] = (table["net"] + table["tax"]).round(2)
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    rules = Rules((), encoder)
    codes = encoder.encode_codes(table, rng).astype(np.int64)[::-1]
    drawn = encoder.decode(codes, rng.random(codes.shape))
    drawn["gross"] = 100.0
    rules.solve(drawn, {"gross": np.zeros(len(drawn), dtype=bool)})
    assert (drawn["gross"] == 100.0).all()
    assert not rules.not_added_up(drawn).any()
    assert drawn["net"].between(84.02, 84.05).all()


def test_games_are_won_drawn_or_lost_and_have_their_points():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.integers(0, 9, (1_500, 3)), columns=["won", "drawn", "lost"])
    table["played"], table["points"] = table.sum(axis=1), 3 * table["won"] + table["drawn"]
    table["a_game"] = table["points"] / 3
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    rules = Rules((), encoder)
    codes = encoder.encode_codes(table, rng).astype(np.int64)
    drawn = encoder.decode(rng.permuted(codes, axis=0), rng.random(codes.shape))
    rules.solve(drawn, {})
    # But for counts that so few rows have that they are withheld.
    assert (drawn["played"] == drawn[["won", "drawn", "lost"]].sum(axis=1)).mean() > 0.99
    assert (drawn["points"] == 3 * drawn["won"] + drawn["drawn"]).mean() > 0.99
    assert ((drawn["a_game"] - drawn["points"] / 3).abs() < 1e-8).mean() > 0.99
    given = ["won", "drawn", "played"]
    drawn[given] = table[given]
    rules.solve(drawn, dict.fromkeys(given, np.zeros(len(table), dtype=bool)))
    assert drawn[given].equals(table[given])
    assert (drawn[["lost", "points"]] == table[["lost", "points"]]).mean().min() > 0.99


def test_a_date_says_what_its_parts_say_and_a_journey_takes_as_long_as_it_took():
    rng = np.random.default_rng(0)
    hours = pd.to_timedelta(rng.integers(0, 2 * 365 * 24, 3_000), "h")
    when = pd.Series(pd.Timestamp("2023-01-01") + hours)
    table = pd.DataFrame({"when": when, "year": when.dt.year, "month": when.dt.month})
    table["day"], table["hour"] = when.dt.day, when.dt.hour
    table["minutes"] = rng.gamma(2.0, 20.0, len(table)).round(1)
    table["end"] = when + pd.to_timedelta((60 * table["minutes"]).round(), "s")
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    rules = Rules((), encoder)
    codes = encoder.encode_codes(table, rng).astype(np.int64)
    drawn = encoder.decode(rng.permuted(codes, axis=0), rng.random(codes.shape))
    assert rules.not_added_up(drawn).mean() > 0.9
    rules.solve(drawn, {})
    parts = drawn[["year", "month", "day", "hour"]]
    told = pd.to_datetime(parts, errors="coerce")
    is_day = told.notna()  # there is no 30th of February, and the last hours are not released
    assert is_day.mean() > 0.97
    assert (drawn["when"] == told)[is_day].mean() > 0.99
    took = pd.to_timedelta((60 * drawn["minutes"]).round(), "s")
    assert (drawn["end"] - drawn["when"] == took).mean() > 0.99


def test_how_long_a_journey_took_follows_from_its_dates_where_these_are_known():
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 10**7, 2_000), "s")
    table = pd.DataFrame({"start": start, "minutes": rng.gamma(2.0, 20.0, 2_000).round(1)})
    table["end"] = table["start"] + pd.to_timedelta((60 * table["minutes"]).round(), "s")
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    codes = encoder.encode_codes(table, rng).astype(np.int64)
    drawn = encoder.decode(rng.permuted(codes, axis=0), rng.random(codes.shape))
    drawn[["start", "end"]] = table[["start", "end"]]
    nowhere = np.zeros(len(table), dtype=bool)
    Rules((), encoder).solve(drawn, {"start": nowhere, "end": nowhere})
    assert drawn[["start", "end"]].equals(table[["start", "end"]])
    assert (drawn["minutes"] - table["minutes"]).abs().le(1e-9).mean() > 0.99


def test_a_date_outside_the_calendar_is_not_computed():
    rng = np.random.default_rng(0)
    when = pd.Series(pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 900, 1_500), "D"))
    table = pd.DataFrame({"when": when.dt.date, "year": when.dt.year, "month": when.dt.month})
    table["day"] = when.dt.day
    table.loc[rng.random(1_500) < 0.02, "year"] = 9_999  # what is left are minus 8,049 years
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    (rest,) = encoder.remainders
    codes = rng.permuted(encoder.encode_codes(table, rng).astype(np.int64), axis=0)
    ComputedModes.of(encoder).put(rest, codes, rng)
    drawn = encoder.decode(codes, rng.random(codes.shape))
    Rules((), encoder).solve(drawn, {})
    assert drawn["when"].notna().all()


def test_a_gap_is_filled_by_the_rules_where_nothing_adds_up(gan):
    known = make_bills(60, 14).dropna().drop(columns="kind")
    known["total"] = (known["net"] / 2.0).round(2)  # less than a part
    filled = complete_table(gan._model, known.assign(tip=np.nan), "draw", 16, 0)
    assert (filled["tip"] == 0.0).all()  # the nearest to what adds up
    rule = Range("tip", 1.0, 30.0)
    model = replace(gan._model, constraints=(rule,))
    filled = complete_table(model, known.assign(tip=np.nan), "draw", 16, 0)
    assert not rule.broken(filled, model.schema).any()


def test_a_total_counts_where_its_remainder_does_not(gan, bills):
    cells = Cells.of(gan._model, bills)
    (total, of_rest), *_ = gan._model.encoder.computed.items()
    adds_up = bills["tip"].notna().to_numpy()
    assert (cells.codes[adds_up, total] == -1).all()
    assert (cells.codes[~adds_up, total] >= 0).all()
    # So it tells nothing and is certain: the remainder says the rest.
    assert (cells.densities[total][adds_up] == 1.0).all()
    assert (cells.densities[total][~adds_up] == 0.0).any(axis=1).all()
    assert (cells.codes[:, of_rest] >= 0).all()
    assert np.isfinite(gan.score_samples(bills)).all()


def test_a_rule_of_the_user_comes_first(bills):
    exact = bills[["net", "tip"]].dropna()
    exact["total"] = (exact["net"] + exact["tip"]).round(2)
    options = EncodingOptions()
    assert prepare_table(exact, None, options).encoder.remainders
    for rule in (Sum("total", ["net", "tip"]), Formula("total", "net + tip")):
        assert prepare_table(exact, None, options, [rule]).encoder.remainders == ()
    rule = Inequality("net", "total")
    assert prepare_table(exact, None, options, [rule]).encoder.remainders


def test_a_model_file_keeps_the_remainders(gan, bills, tmp_path):
    gan.save(tmp_path / "m.tabgan", include_discriminator=True)
    again = TabGAN.load(tmp_path / "m.tabgan")
    assert again.remainders_ == gan.remainders_
    assert again.schema_ == gan.schema_
    assert again.sample(200, random_state=7).equals(gan.sample(200, random_state=7))
    assert again.score(bills) == gan.score(bills)
    assert np.array_equal(again.realism(bills), gan.realism(bills))
    told = CliRunner().invoke(cli, ["info", str(tmp_path / "m.tabgan")], catch_exceptions=False)
    assert "computed      'total' = 'net' + 'tip' + 'rest of total'" in told.output


@pytest.mark.parametrize(
    "change",
    [
        {"name": "rest of end"},  # of another sum
        {"name": "net"},
        {"rule": {"kind": "sum", "total": "total", "parts": ["elsewhere", "rest of total"]}},
        {"rule": {"kind": "sum", "total": "total", "parts": ["kind", "rest of total"]}},
        {"decimals": "two"},
        None,
    ],
)
def test_a_file_with_other_remainders_is_refused(gan, tmp_path, change):
    path = tmp_path / "m.tabgan"
    gan.save(path)
    members = read_container(path)
    params = load_json(members["params.json"])
    if change is None:
        params["remainders"].pop()
    else:
        place = [rest["name"] for rest in params["remainders"]].index("rest of total")
        params["remainders"][place] |= change
    members["params.json"] = dump_json(params)
    write_container(path, members, versions={"tabgan": "0"})
    with pytest.raises(ModelFileError):
        TabGAN.load(path)
