"""Drawn rows are made to keep rules by other places inside their modes, and by computing cells."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ks_2samp

from tabgan import FixedCombinations, Formula, Inequality, MissingTogether, Sum, infer_schema
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.restriction import Restriction
from tabgan.schema.constraints import Constraint
from tabgan.synthesizers.compatibility import CompatibleModes
from tabgan.synthesizers.rules import Rules

N_ROWS = 2_000


@pytest.fixture(scope="module", params=["quantile", "mixture"])
def encoder(request) -> TableEncoder:
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 9_000, N_ROWS), "h")
    table = pd.DataFrame(
        {
            "start": start,
            "end": (start + pd.to_timedelta(rng.integers(1, 90, N_ROWS), "D")).strftime("%d/%m/%Y"),
            "net": rng.gamma(2.0, 50.0, N_ROWS).round(2),
            "tax": rng.gamma(2.0, 10.0, N_ROWS).astype("float32"),
            "gross": rng.gamma(2.0, 60.0, N_ROWS).round(1),
            "count": pd.array(rng.poisson(30, N_ROWS), dtype="UInt8"),
            "hint": rng.normal(size=N_ROWS),
        }
    )
    table.loc[rng.random(N_ROWS) < 0.1, ["gross", "end", "count"]] = None
    return TableEncoder.from_frame(table, infer_schema(table), EncodingOptions(5, request.param))


def drawn(encoder: TableEncoder, seed: int = 0) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Rows of independent columns."""
    rng = np.random.default_rng(seed)
    codes = np.column_stack([rng.integers(0, n, N_ROWS) for n in encoder.layout.sizes])
    uniforms = rng.random(codes.shape)
    return codes, uniforms, encoder.decode(codes, uniforms)


def rules_of(encoder: TableEncoder, *constraints: Constraint) -> Rules:
    return Rules(constraints, encoder)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("low", "high"), [("start", "end"), ("net", "gross"), ("tax", "net")])
def test_modes_that_go_together_keep_an_inequality_by_their_places(encoder, low, high, strict):
    rule = Inequality(low, high, strict=strict)
    rules = rules_of(encoder, rule)
    codes, uniforms, table = drawn(encoder)
    places = [encoder.learnt_index(name) for name in (low, high)]
    allowed = CompatibleModes.of([rule], encoder).tables[places[1]][places[0]]
    together = allowed[codes[:, places[0]], codes[:, places[1]]]
    before = rule.broken(table, rules.schema)
    untouched = table.copy()
    rules.arrange(table, codes, uniforms, {})
    after = rule.broken(table, rules.schema)
    assert (before & together).any()
    assert not (after & together).any()
    # Modes that do not go together keep it in no place.
    assert (after == (before & ~together)).all()
    # Rows that kept the rule are as they were, and so are the other columns.
    pd.testing.assert_frame_equal(table[~before], untouched[~before])
    others = [name for name in table if name not in (low, high)]
    pd.testing.assert_frame_equal(table[others], untouched[others])
    for place in places:
        # What moved is still inside the mode that it was drawn in.
        ends = [encoder.decode(codes, np.full(codes.shape, end)) for end in (0.0, 1.0 - 1e-16)]
        name = encoder.learnt[place].column.name
        first, last = (end[name] for end in ends)
        present = first.notna()
        if name != "end":
            assert (first <= table[name])[present].all()
            assert (table[name] <= last)[present].all()


def test_a_chain_of_orders_is_kept_where_modes_allow_it():
    rng = np.random.default_rng(0)
    steps = rng.gamma(2.0, 10.0, (N_ROWS, 6)).cumsum(axis=1)
    table = pd.DataFrame(steps, columns=list("abcdef"))
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    chain = [
        Inequality(a, b).learnt(table, schema, 5) for a, b in zip("abcde", "bcdef", strict=True)
    ]
    rules = rules_of(encoder, *chain)
    codes = encoder.encode_known(table)
    uniforms = rng.random(codes.shape)
    rows = encoder.decode(codes, uniforms)
    before = rules.broken(rows).mean()
    rules.arrange(rows, codes, uniforms, {})
    assert before > 0.02
    assert rules.broken(rows).mean() < 0.01
    # Rows whose modes cannot keep the rules end the search, too.
    codes = np.column_stack([rng.permutation(column) for column in codes.T])
    rows = encoder.decode(codes, uniforms)
    rules.arrange(rows, codes, uniforms, {})
    assert rules.broken(rows).any()


def test_what_a_row_becomes_does_not_depend_on_the_rows_beside_it():
    rng = np.random.default_rng(2)
    net, tax = rng.integers(10, 500, 300), rng.integers(0, 100, 300)
    table = pd.DataFrame({"net": net, "tax": tax, "gross": net + rng.integers(0, 1 + tax)})
    table["total"] = net + tax
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    orders = [Inequality("gross", "total"), Inequality("net", "gross")]
    learnt = [order.learnt(table, schema, 5) for order in orders]
    rules = rules_of(encoder, learnt[0], Formula("total", "net + tax"), learnt[1])
    codes = encoder.encode_known(table)
    uniforms = rng.random(codes.shape)
    given = encoder.decode(codes, uniforms)
    rows = given.copy()
    rules.arrange(rows, codes, uniforms, {})
    for start in range(0, 300, 3):
        part = slice(start, start + 3)
        alone = given.iloc[part].reset_index(drop=True)
        rules.arrange(alone, codes[part], uniforms[part], {})
        pd.testing.assert_frame_equal(alone, rows.iloc[part].reset_index(drop=True))


def test_known_cells_stay_and_the_other_column_moves(encoder):
    rule = Inequality("net", "gross")
    codes, uniforms, table = drawn(encoder)
    before = table.copy()
    rules_of(encoder, rule).arrange(table, codes, uniforms, {"gross": np.zeros(N_ROWS, bool)})
    pd.testing.assert_series_equal(table["gross"], before["gross"])
    assert (table["net"] <= before["net"]).all()
    assert (table["net"] < before["net"]).any()


@pytest.mark.parametrize("is_text", [False, True])
@pytest.mark.parametrize("fixed", ["start", "end", "neither"])
def test_gaps_are_as_wide_as_the_table_has_them_and_not_as_its_modes(is_text, fixed):
    rng = np.random.default_rng(0)
    start = pd.Series(
        pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 500_000, 3_000), "min")
    )
    length = pd.to_timedelta(rng.gamma(2.0, 300.0, len(start)).astype(int), "s")
    table = pd.DataFrame({"start": start, "end": start + length})
    if is_text:
        table["end"] = table["end"].dt.strftime("%d.%m.%Y %H:%M:%S")
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    plain = Inequality("start", "end")
    rule = plain.learnt(table, schema, 5)
    codes = encoder.encode_known(table)
    uniforms = rng.random(codes.shape)

    def lengths(rule: Inequality) -> np.ndarray:
        rows = encoder.decode(codes, uniforms)
        free = {fixed: np.zeros(len(rows), dtype=bool)}
        rules_of(encoder, rule).arrange(rows, codes, uniforms, free)
        assert rows.dtypes.equals(table.dtypes)
        kept = rows[~rule.broken(rows, schema)]
        ends = pd.to_datetime(kept["end"], format="%d.%m.%Y %H:%M:%S" if is_text else None)
        return (ends - kept["start"]).dt.total_seconds().to_numpy()

    real = length.total_seconds().to_numpy()
    # Modes are days wide, gaps minutes.
    assert ks_2samp(lengths(plain), real).statistic > 0.9
    learnt = lengths(rule)
    # A date that stays where it was drawn in its mode leaves few gaps to some of the other's.
    assert ks_2samp(learnt, real).statistic < (0.03 if fixed == "neither" else 0.06)
    assert len(learnt) > 0.97 * len(real) or fixed != "neither"


def drawn_in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return draws from the modes of rows, so that ``start`` is not after ``end``."""
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    rule = Inequality("start", "end").learnt(table, schema, 5)
    codes = encoder.encode_known(table)
    uniforms = np.random.default_rng(1).random(codes.shape)
    rows = encoder.decode(codes, uniforms)
    rules_of(encoder, rule).arrange(rows, codes, uniforms, {})
    return rows


@pytest.mark.parametrize("n_timed", [0, 30])
def test_dates_that_keep_an_order_stay_as_round_as_they_are(n_timed):
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 2_000, 3_000), "D")
    table = pd.DataFrame(
        {"start": start, "end": start + pd.to_timedelta(rng.geometric(0.1, 3_000), "D")}
    )
    table.loc[: n_timed - 1, "end"] += pd.to_timedelta(rng.integers(1, 86_400, n_timed), "s")
    rows = drawn_in_order(table)
    for name in table:
        at_midnight = (rows[name] == rows[name].dt.normalize()).mean()
        real = (table[name] == table[name].dt.normalize()).mean()
        assert at_midnight == pytest.approx(real, abs=0.01)
    lengths = [frame["end"] - frame["start"] for frame in (rows, table)]
    assert ks_2samp(*lengths).statistic < 0.05


def test_modes_that_are_further_apart_than_rows_are_do_not_go_together():
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 700, 2_000), "D")
    table = pd.DataFrame(
        {"start": start, "end": start + pd.to_timedelta(rng.integers(1, 9, 2_000), "D")}
    )
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    rule = Inequality("start", "end").learnt(table, schema, 5)
    codes = encoder.encode_known(table)
    (allowed,) = CompatibleModes.of([rule], encoder).tables[encoder.learnt_index("end")].values()
    start_codes, end_codes = (codes[:, encoder.learnt_index(name)] for name in ("start", "end"))
    assert allowed[start_codes, end_codes].mean() > 0.999
    # Modes are two weeks wide or so; of a month's distance none is left.
    assert allowed.sum(axis=1).max() <= 6
    without = CompatibleModes.of([Inequality("start", "end")], encoder)
    assert without.tables[encoder.learnt_index("end")][encoder.learnt_index("start")][0].all()


def test_dates_that_keep_an_order_keep_their_hours():
    rng = np.random.default_rng(0)
    days = pd.bdate_range("2020-01-01", periods=500)
    start = days[rng.integers(0, 490, 3_000)] + pd.to_timedelta(
        rng.integers(9 * 60, 17 * 60, 3_000), "min"
    )
    later = rng.integers(1, 6, 3_000)
    end = start.normalize() + pd.to_timedelta(
        later * 1440 + rng.integers(9 * 60, 17 * 60, 3_000), "min"
    )
    table = pd.DataFrame({"start": start, "end": end})
    rows = drawn_in_order(table)
    for name in table:
        assert rows[name].dt.hour.between(9, 16).mean() > 0.97
        assert (rows[name].dt.second == 0).all()
        assert (rows[name].dt.microsecond == 0).all()
    lengths = [frame["end"] - frame["start"] for frame in (rows, table)]
    assert ks_2samp(*lengths).statistic < 0.15


def test_dates_that_keep_an_order_stay_on_working_days():
    rng = np.random.default_rng(0)
    days = pd.bdate_range("2015-01-01", periods=2_000)
    first = rng.integers(0, 1_950, 3_000)
    start, end = days[first], days[first + rng.integers(0, 40, 3_000)]
    table = pd.DataFrame({"start": start, "end": end})
    rows = drawn_in_order(table)
    for name in table:
        days_of_week = rows[name].dt.day_of_week.value_counts(normalize=True)
        assert days_of_week.reindex([5, 6], fill_value=0.0).sum() < 0.02
        # A gap that leads to a weekend ends on the Friday or the Monday.
        assert days_of_week[[0, 1, 2, 3, 4]].between(0.12, 0.3).all()
    lengths = [frame["end"] - frame["start"] for frame in (rows, table)]
    assert ks_2samp(*lengths).statistic < 0.06


def test_equal_values_of_two_columns_stay_equal_as_often():
    rng = np.random.default_rng(0)
    above = rng.gamma(4.0, 300.0, 3_000).round(-1)
    table = pd.DataFrame({"above": above, "all": above + rng.choice([0.0, 500.0, 750.0], 3_000)})
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    rule = Inequality("above", "all").learnt(table, schema, 5)
    codes = encoder.encode_known(table)
    uniforms = rng.random(codes.shape)
    rows = encoder.decode(codes, uniforms)
    before = (rows["all"] == rows["above"]).mean()
    rules_of(encoder, rule).arrange(rows, codes, uniforms, {})
    assert before < 0.15
    assert abs((rows["all"] == rows["above"]).mean() - 1 / 3) < 0.05


def test_no_gap_of_a_single_row_is_learnt():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"low": rng.normal(size=500), "gap": rng.exponential(size=500)})
    table["high"] = table["low"] + table["gap"]
    rule = Inequality("low", "high").learnt(table, infer_schema(table), 5)
    gaps = (table["high"] - table["low"]).to_numpy()
    assert not np.isin(rule.gaps, gaps).any()
    assert gaps.min() < rule.gaps[0] < rule.gaps[-1] < gaps.max()
    assert np.sort(gaps)[4] > rule.gaps[0]
    few = table.head(9)
    assert Inequality("low", "high").learnt(few, infer_schema(few), 5).gaps is None


def test_a_sum_computes_the_total_or_what_is_left_of_it(encoder):
    rule = Sum("gross", ["net", "tax"])
    rules = rules_of(encoder, rule)
    codes, uniforms, table = drawn(encoder)
    before = table.copy()
    rules.arrange(table, codes, uniforms, {})
    pd.testing.assert_frame_equal(table.drop(columns="gross"), before.drop(columns="gross"))
    assert table["gross"].isna().equals(before["gross"].isna())
    assert not rule.broken(table, rules.schema).any()
    known = before.copy()
    rules.arrange(known, codes, uniforms, {"gross": np.zeros(N_ROWS, bool)})
    pd.testing.assert_series_equal(known["gross"], before["gross"])
    kept = ~rule.broken(known, rules.schema)
    assert 0.2 < kept.mean() < 1.0
    # No part is one that the table could not have.
    for name in ("net", "tax"):
        assert encoder.learnt[encoder.learnt_index(name)].holds(known[name]).all()


def test_a_total_in_a_range_moves_a_part(encoder):
    place = encoder.learnt_index("gross")
    restriction = encoder.learnt[place].between(80.0, 90.0)
    codes, uniforms, _ = drawn(encoder)
    codes[:, place] = np.flatnonzero(restriction.shares)[0]
    restricted: dict[int, Restriction] = {place: restriction}
    table = encoder.decode(codes, uniforms, restricted=restricted)
    before = table.copy()
    rules = rules_of(encoder, Sum("gross", ["net", "tax"]))
    rules.arrange(table, codes, uniforms, {}, restricted)
    assert table["gross"].between(80.0, 90.0).all()
    same = table["gross"] == before["gross"]
    assert not rules.broken(table[same]).all()


def test_a_formula_is_computed_in_the_dtype_of_its_column(encoder):
    formulas = [
        Formula("hint", "sqrt(net) + tax"),
        Formula("count", "2 * net"),
        Formula("gross", "hint * 2"),
    ]
    rules = rules_of(encoder, *reversed(formulas))
    codes, uniforms, table = drawn(encoder)
    before = table.copy()
    rules.arrange(table, codes, uniforms, {})
    assert table.dtypes.equals(before.dtypes)
    assert not formulas[0].broken(table, rules.schema).any()
    # One is computed from what the other computes, in whatever order they come.
    assert not formulas[2].broken(table, rules.schema).any()
    # What the column cannot hold stays to be drawn again.
    too_large = before["count"].notna() & (2 * before["net"] > 255.4)
    assert too_large.any()
    assert formulas[1].broken(table, rules.schema)[too_large].all()
    assert not formulas[1].broken(table, rules.schema)[~too_large].any()


def test_a_date_is_computed_as_text_and_in_its_unit():
    rng = np.random.default_rng(0)
    days = pd.Series(pd.date_range("2020-01-01", periods=200, tz="Asia/Tokyo", unit="s"))
    table = pd.DataFrame(
        {
            "start": days,
            "for": pd.to_timedelta(rng.integers(1, 9, 200), "D"),
            "end": rng.permutation(days.to_numpy()),
            "note": days.dt.strftime("%Y/%m/%d"),
        }
    )
    table["end"] = pd.Series(rng.permutation(200)).map(days)
    encoder = TableEncoder.from_frame(table, infer_schema(table), EncodingOptions())
    rules = rules_of(encoder, Sum("end", ["start", "for"]))
    solved = table.copy()
    rules.solve(solved, {})
    assert solved.dtypes.equals(table.dtypes)
    pd.testing.assert_series_equal(
        solved["end"], (table["start"] + table["for"]).dt.as_unit("s"), check_names=False
    )
    plain = table.assign(start=days.dt.tz_localize(None), end=days.dt.tz_localize(None))
    encoder = TableEncoder.from_frame(plain, infer_schema(plain), EncodingOptions())
    rules_of(encoder, Sum("note", ["start", "for"])).solve(plain, {})
    expected = (plain["start"] + plain["for"]).dt.strftime("%Y/%m/%d")
    pd.testing.assert_series_equal(plain["note"], expected, check_names=False, check_dtype=False)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_date_that_stands_for_no_end_is_placed_and_computed(unit):
    start = pd.Series(pd.date_range("2020", periods=600)).dt.as_unit(unit)
    end = start.dt.as_unit("us").where(start.index % 3 > 0, pd.Timestamp("9999-12-31"))
    table = pd.DataFrame({"start": start, "end": end, "length": end - start.dt.as_unit("us")})
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    order = Inequality("start", "end").learnt(table, schema, 5)
    codes, uniforms = encoder.encode_known(table), np.random.default_rng(0).random((600, 3))
    placed = encoder.decode(codes, uniforms)
    rules_of(encoder, order).arrange(placed, codes, uniforms, {})
    assert placed.dtypes.equals(table.dtypes)
    assert order.broken(placed, schema).mean() < 0.02
    rules = rules_of(encoder, Sum("end", ["start", "length"]))
    for fixed in ("start", "end"):
        computed = encoder.decode(codes, uniforms)
        before = computed[fixed].copy()
        rules.solve(computed, {fixed: np.zeros(600, dtype=bool)})
        pd.testing.assert_series_equal(computed[fixed], before)
        assert rules.broken(computed).mean() < 0.1


def test_computed_cells_are_objects_of_the_class_of_their_column():
    rng = np.random.default_rng(0)
    months = pd.Series(pd.period_range("2000-01", periods=200, freq="M"))
    table = pd.DataFrame(
        {
            "month": months,
            "start": [stamp.date() for stamp in months.dt.to_timestamp()],
            "after": pd.to_timedelta(rng.integers(1, 300, 200), "D"),
            "due": pd.Series(rng.permutation(months.array), dtype=months.dtype),
            "day": rng.permutation([stamp.date() for stamp in months.dt.to_timestamp()]),
            "price": [Decimal(int(cents)).scaleb(-2) for cents in rng.integers(1, 999, 200)],
            "pieces": rng.integers(1, 9, 200),
            "bill": [Decimal(int(cents)).scaleb(-2) for cents in rng.integers(1, 999, 200)],
        }
    )
    encoder = TableEncoder.from_frame(table, infer_schema(table), EncodingOptions())
    rules = rules_of(
        encoder,
        Sum("due", ["month", "after"]),
        Sum("day", ["start", "after"]),
        Formula("bill", "price * pieces"),
    )
    rules.solve(table, {})
    moments = months.dt.to_timestamp() + table["after"]
    assert (table["due"] == moments.dt.to_period("M")).all()
    assert table["day"].tolist() == [moment.date() for moment in moments]
    assert table["bill"].tolist() == [
        a * b for a, b in zip(table["price"], table["pieces"], strict=True)
    ]
    assert all(type(bill) is Decimal for bill in table["bill"])
    assert not rules.broken(table).any()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_places_of_arrow_dates_are_cut_to_their_unit(unit):
    pa = pytest.importorskip("pyarrow")
    rng = np.random.default_rng(0)
    low = pd.Timestamp("2020") + pd.to_timedelta(rng.integers(1, 10**7, 300), "s")
    dates = pd.DataFrame(
        {"low": low, "high": low + pd.to_timedelta(rng.integers(1, 9_999, 300), "s")}
    )
    table = dates.astype(pd.ArrowDtype(pa.timestamp(unit)))
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    rules = rules_of(encoder, Inequality("low", "high").learnt(table, schema, 5))
    codes = encoder.encode_known(table)
    uniforms = rng.random(codes.shape)
    rows = encoder.decode(codes, uniforms)
    rules.arrange(rows, codes, uniforms, {})
    assert rows.dtypes.equals(table.dtypes)
    assert not rules.broken(rows).any()


def test_rules_say_of_identifiers_only_which_rows_have_none():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"key": [f"K-{i:04}" for i in range(300)], "x": "x", "when": 1.5})
    table.loc[rng.random(300) < 0.3, ["key", "when"]] = None
    encoder = TableEncoder.from_frame(table, infer_schema(table), EncodingOptions())
    rules = [
        FixedCombinations(["key", "x"], {("K-0000", "x")}),
        MissingTogether(["key", "when"]),
    ]
    allowed = CompatibleModes.of(rules, encoder).tables
    key, when = encoder.learnt_index("key"), encoder.learnt_index("when")
    assert {column: set(others) for column, others in allowed.items()} == {key: {when}, when: {key}}
    missing = encoder.encoder_of("when").missing_code
    assert allowed[when][key][1].nonzero()[0].tolist() == [missing]
    assert not allowed[when][key][0, missing]
