"""Columns that others determine but for a remainder are found, and no others."""

import numpy as np
import pandas as pd
import pytest

from tabgan import Formula, Sum, infer_schema
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.remainder import Remainder
from tabgan.encoding.remainder_search import find_remainders

N_ROWS = 2_000


def found_in(table: pd.DataFrame, taken: tuple[str, ...] = ()) -> tuple[Remainder, ...]:
    encoder = TableEncoder.from_frame(table, infer_schema(table), EncodingOptions())
    return find_remainders(table, encoder.of_table, taken)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def bills(rng: np.random.Generator) -> pd.DataFrame:
    """Amounts, a share of them as tip, one of three fees."""
    net = rng.gamma(2.0, 20.0, N_ROWS).round(2)
    tip = (net * rng.choice([0.0, 0.1, 0.2], N_ROWS) * rng.uniform(0.8, 1.2, N_ROWS)).round(2)
    fee = rng.choice([0.5, 2.0, 3.5], N_ROWS)
    return pd.DataFrame({"net": net, "tip": tip, "total": (net + tip + fee).round(2)})


def test_a_total_is_told_by_its_parts_and_one_of_a_few_fees(rng):
    (found,) = found_in(bills(rng))
    assert found == Remainder(Sum("total", ["net", "tip", "rest of total"]), "rest of total", 2)
    assert str(found) == "'total' = 'net' + 'tip' + 'rest of total'"


def test_of_two_dates_the_later_one_is_computed(rng):
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**7, N_ROWS), "s")
    end = start + pd.to_timedelta(rng.gamma(2.0, 600.0, N_ROWS).round(), "s")
    for table in (pd.DataFrame({"a": start, "b": end}), pd.DataFrame({"a": end, "b": start})):
        (found,) = found_in(table)
        later = "b" if table["b"].mean() > table["a"].mean() else "a"
        assert found.column == later
        assert found.rule.total == later


def test_an_exact_sum_leaves_nothing(rng):
    above, below = rng.integers(500, 4_000, N_ROWS), rng.integers(0, 2_000, N_ROWS)
    table = pd.DataFrame({"all": above + below, "above": above, "below": below})
    (found,) = found_in(table)
    assert set(found.columns) == {"all", "above", "below"}
    assert (found.of(table, infer_schema(table)) == 0).all()


def test_a_column_of_few_values_is_not_the_one_that_is_computed(rng):
    lent = rng.choice([5_000, 10_000, 20_000], N_ROWS)
    paid = (lent * rng.random(N_ROWS)).round(2)
    (found,) = found_in(pd.DataFrame({"lent": lent, "paid": paid, "open": (lent - paid).round(2)}))
    assert found.column in ("open", "paid")
    assert found.rule.expression == f"lent - {'paid' if found.column == 'open' else 'open'} + " + (
        f"`rest of {found.column}`"
    )


def test_columns_that_add_up_to_nearly_the_same_are_found(rng):
    days = rng.integers(10_000, 40_000, N_ROWS)
    left = 50_000 - days - rng.integers(0, 2, N_ROWS)
    weight = rng.normal(70.0, 10.0, N_ROWS).round(1)
    (found,) = found_in(pd.DataFrame({"weight": weight, "days": days, "left": left}))
    assert set(found.columns) == {"days", "left"}
    assert found.rule.expression.startswith("- ")


def test_columns_that_only_go_together_are_left_alone(rng):
    size = rng.normal(170.0, 10.0, N_ROWS)
    table = pd.DataFrame(
        {
            "size": size.round(1),
            "weight": (size - 100.0 + rng.normal(0.0, 4.0, N_ROWS)).round(1),
            "noise": rng.normal(size=N_ROWS),
            "when": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(rng.integers(0, 10**7, N_ROWS), "s"),
            "gap": pd.to_timedelta(rng.integers(0, 10**4, N_ROWS), "s"),
            "group": rng.choice(["a", "b"], N_ROWS),
        }
    )
    assert found_in(table) == ()


def test_rows_that_do_not_add_up_are_part_of_the_remainder(rng):
    table = bills(rng)
    wrong = rng.random(N_ROWS) < 0.05
    table.loc[wrong, "total"] = rng.gamma(2.0, 30.0, wrong.sum()).round(2)
    table.loc[rng.random(N_ROWS) < 0.2, "tip"] = np.nan
    (found,) = found_in(table)
    assert found.rule == Sum("total", ["net", "tip", "rest of total"])


def test_one_that_is_computed_can_be_part_of_one_that_is_computed_later(rng):
    table = bills(rng)
    table["paid"] = (table["total"] + rng.integers(0, 3, N_ROWS)).round(2)
    found = found_in(table)
    told: set[str] = set()
    for remainder in found:  # nobody needs what is computed after it
        assert remainder.column not in told
        told |= set(remainder.columns)
    assert len(found) == 2


def test_what_a_rule_determines_is_left_to_the_rule(rng):
    assert found_in(bills(rng), taken=("total",)) == ()
    table = bills(rng).assign(paid=lambda bill: bill["total"] + 1.0)
    (found,) = found_in(table, taken=("net",))
    assert set(found.columns) == {"total", "paid"}


@pytest.mark.parametrize("is_cut", [False, True])
def test_tables_that_say_too_little_or_leave_no_name_are_left_alone(rng, is_cut):
    table = bills(rng)
    if is_cut:
        assert found_in(table.head(99)) == ()
        return
    (found,) = found_in(table.assign(**{"rest of total": 1.0}))
    assert found.column != "total"
    table.columns = pd.MultiIndex.from_tuples([("x", name) for name in table.columns])
    assert found_in(table) == ()


def test_a_sum_is_found_among_a_hundred_columns(rng):
    noise = pd.DataFrame(rng.normal(size=(N_ROWS, 97)).round(3)).add_prefix("x")
    (found,) = found_in(pd.concat([noise, bills(rng)], axis=1))
    assert found.rule == Sum("total", ["net", "tip", "rest of total"])


def counts(rng: np.random.Generator, n_columns: int = 5) -> pd.DataFrame:
    """Whole numbers that have little to do with each other."""
    means = np.array([3.0, 10.0, 1.0, 30.0, 5.0])[:n_columns]
    return pd.DataFrame(rng.poisson(means, (N_ROWS, n_columns))).add_prefix("n")


@pytest.mark.parametrize("place", [0, 5])
def test_a_total_of_many_is_found_though_no_part_tells_much(rng, place):
    table = counts(rng)
    table.insert(place, "all", table.sum(axis=1))
    (found,) = found_in(table)
    assert found.rule == Sum("all", ["n0", "n1", "n2", "n3", "n4", "rest of all"])
    assert (found.of(table, infer_schema(table)) == 0).all()


def test_every_total_of_totals_is_found_beside_other_columns(rng):
    table = counts(rng)
    table["some"], table["others"] = (
        table["n0"] + table["n1"],
        table[["n2", "n3", "n4"]].sum(axis=1),
    )
    table["all"] = table["some"] + table["others"]
    table["noise"], table["again"] = rng.normal(size=N_ROWS), table["n4"]
    table.loc[rng.random(N_ROWS) < 0.1, "noise"] = np.nan
    found = found_in(table)
    assert {rest.column for rest in found} - {"again", "n4"} == {"some", "others", "all"}
    for rest in found:
        assert (rest.of(table, infer_schema(table)) == 0).all()


def test_what_is_left_of_several_costs_is_found(rng):
    table = pd.DataFrame(rng.lognormal(5.0, 1.0, (N_ROWS, 4)).round(2), columns=[*"abcd"])
    table["left"] = (table["a"] - table["b"] - table["c"] - table["d"]).round(2)
    (found,) = found_in(table)
    assert set(found.columns) == set(table.columns)
    assert (found.of(table, infer_schema(table)).abs() < 1e-6).all()


def test_a_score_is_the_number_of_flags_and_flags_are_left_alone(rng):
    flags = pd.DataFrame((rng.random((N_ROWS, 5)) < 0.3).astype(int)).add_prefix("f")
    group = pd.get_dummies(pd.Series(rng.integers(0, 4, N_ROWS)), prefix="is", dtype=int)
    (found,) = found_in(pd.concat([flags, group], axis=1).assign(score=flags.sum(axis=1)))
    assert found.rule == Sum("score", [*flags, "rest of score"])


@pytest.mark.parametrize("decimals", [2, None])
@pytest.mark.parametrize("place", [0, 3])
def test_a_mean_is_found_and_rounded_as_the_column_is(rng, decimals, place):
    table = counts(rng, 3)
    mean = table.mean(axis=1)
    table.insert(place, "mean", mean if decimals is None else mean.round(decimals))
    (found,) = found_in(table)
    written = "n0 / 3 + n1 / 3 + n2 / 3"
    written = written if decimals is None else f"round(({written}) * 100) / 100"
    assert found.rule == Formula("mean", f"{written} + `rest of mean`")
    assert found.of(table, infer_schema(table)).abs().max() < 1e-8


@pytest.mark.parametrize("is_turned", [False, True])
def test_points_are_found_and_games_are_won_drawn_or_lost(rng, is_turned):
    table = pd.DataFrame(rng.integers(0, 9, (N_ROWS, 3)), columns=["won", "drawn", "lost"])
    table["played"], table["points"] = table.sum(axis=1), 3 * table["won"] + table["drawn"]
    table = table[table.columns[::-1]] if is_turned else table
    found = {rest.column: rest for rest in found_in(table)}
    assert set(found["played"].columns) == {"played", "won", "drawn", "lost"}
    assert set(found["points"].columns) == {"points", "won", "drawn"}
    for rest in found.values():
        assert (rest.of(table, infer_schema(table)) == 0).all()


def test_a_column_that_says_what_another_says_is_computed_once(rng):
    table = counts(rng, 2)
    table["left"] = 50 - table["n1"]
    table["again"] = table["n0"]
    found = found_in(table)
    assert [len(rest.columns) for rest in found] == [2, 2]
    assert {frozenset(rest.columns) for rest in found} == {
        frozenset({"n1", "left"}),
        frozenset({"n0", "again"}),
    }


def test_columns_that_are_nearly_equal_are_no_balance_with_what_parts_them(rng):
    clock = rng.integers(0, 2_400, N_ROWS).astype(float)
    late, later = rng.normal(0.0, 9.0, (2, N_ROWS)).round()
    table = pd.DataFrame({"clock": clock, "left": clock + late, "come": clock + late + later})
    for rest in found_in(table.assign(late=late)):
        assert rest.of(table.assign(late=late), infer_schema(table.assign(late=late))).std() < 15.0


def test_a_weighted_mean_is_computed_and_not_its_parts(rng):
    table = counts(rng, 2)
    table["mean"] = (2 * table["n0"] + table["n1"]) / 3
    (found,) = found_in(table)
    assert found.rule == Formula("mean", "2 * n0 / 3 + n1 / 3 + `rest of mean`")


@pytest.mark.parametrize(
    "names", [["total", "big", "a", "b", "c"], ["big", "a", "b", "c", "total"]]
)
def test_a_part_that_is_nearly_the_total_does_not_hide_the_others(rng, names):
    table = pd.DataFrame(rng.poisson(100, (N_ROWS, 3)), columns=[*"abc"])
    table["big"] = rng.normal(10_000, 1_500, N_ROWS).round().astype(int)
    table["total"] = table.sum(axis=1)
    (found,) = found_in(table[names])
    assert set(found.columns) == set(table)


def test_large_numbers_and_gaps_elsewhere_hide_no_total(rng):
    table = counts(rng)
    table["all"] = table.sum(axis=1)
    table = table.astype("Int64").mask(np.repeat((rng.random(N_ROWS) < 0.3)[:, None], 6, axis=1))
    table.insert(0, "clock", rng.integers(16 * 10**14, 17 * 10**14, N_ROWS))
    for name in ("x", "y", "z"):
        table.insert(0, name, pd.Series(rng.normal(size=N_ROWS)).mask(rng.random(N_ROWS) < 0.3))
    (found,) = found_in(table)
    assert found.rule.total == "all"
    assert len(found.rule.parts) == 6


def test_a_wrong_row_among_thousands_hides_no_total(rng):
    table = counts(rng)
    table["all"] = table.sum(axis=1)
    table.loc[7, "all"] = -999
    (found,) = found_in(table)
    assert found.rule.total == "all"


def test_a_share_that_would_lose_its_law_is_not_computed(rng):
    even, uneven = rng.dirichlet([5.0] * 3, N_ROWS), rng.dirichlet([0.5] * 4, N_ROWS)
    (found,) = found_in(pd.DataFrame(even).add_prefix("share"))
    assert set(found.columns) == {"share0", "share1", "share2"}
    # Most are next to none, which no sum of the others is.
    assert found_in(pd.DataFrame(uneven).add_prefix("share")) == ()


def test_a_total_that_is_there_without_some_of_its_parts_is_found(rng):
    table = counts(rng, 4)
    table["all"] = table.sum(axis=1)
    table["n3"] = table["n3"].astype("Int64").mask(table["n3"] > 33)
    (found,) = found_in(table)
    assert found.rule == Sum("all", ["n0", "n1", "n2", "n3", "rest of all"])


def test_the_years_of_a_panel_are_found_by_all_their_flags(rng):
    years = pd.Series(np.tile(np.arange(1980, 1988), 1_000))
    flags = pd.get_dummies(years, prefix="d", dtype=int).iloc[:, 1:]
    table = pd.concat(
        [flags.assign(year=years), pd.Series(rng.normal(size=8_000), name="x")], axis=1
    )
    (found,) = found_in(table)
    assert set(found.columns) == {"year", *flags}


def test_numbers_that_nearly_add_up_are_no_balance(rng):
    table = counts(rng)
    table["all"] = table.sum(axis=1) + (rng.random(N_ROWS) < 0.02)
    assert found_in(table) == ()


def test_a_product_is_found(rng):
    number, price = rng.integers(1, 30, N_ROWS), rng.gamma(3.0, 5.0, N_ROWS).round(2)
    shipping = rng.choice([0.0, 4.9], N_ROWS)
    table = pd.DataFrame({"n": number, "price": price, "hint": rng.normal(size=N_ROWS)})
    table["amount"] = (number * price + shipping).round(2)
    (found,) = found_in(table)
    assert found.rule == Formula("amount", "n * price + `rest of amount`")
    rest = found.of(table, infer_schema(table)).round(2)
    assert set(rest.abs().unique()) == {0.0, 4.9}


@pytest.mark.parametrize("decimals", [0, 2])
def test_a_share_is_found_and_rounded_as_the_column_is(rng, decimals):
    table = pd.DataFrame({"net": rng.gamma(2.0, 900.0, N_ROWS).round(2)})
    table["tax"] = (0.19 * table["net"]).round(decimals)
    if not decimals:
        table["tax"] = table["tax"].astype(int)
    (found,) = found_in(table)
    assert found.column == "tax"
    assert "round(" in found.rule.expression
    rest = found.of(table, infer_schema(table))
    assert (rest == 0).mean() > 0.95


def test_an_invoice_is_computed_from_what_was_bought(rng):
    n, price = rng.integers(1, 40, N_ROWS), rng.choice(rng.gamma(2.0, 15.0, 200).round(2), N_ROWS)
    discount = np.where(rng.random(N_ROWS) < 0.3, (n * price * 0.1).round(2), 0.0)
    table = pd.DataFrame({"n": n, "price": price, "discount": discount})
    table["net"] = (n * price - discount).round(2)
    table["tax"] = (table["net"] * 0.19).round(2)
    table["gross"] = (table["net"] + table["tax"]).round(2)
    assert [str(found) for found in found_in(table)] == [
        "'net' = n * price - discount + `rest of net`",
        "'tax' = round((0.19 * net) * 100) / 100 + `rest of tax`",
        "'gross' = 'net' + 'tax' + 'rest of gross'",
    ]


def test_names_that_no_formula_can_write_are_left_alone(rng):
    table = pd.DataFrame({"n": rng.integers(1, 30, N_ROWS), "price ": rng.gamma(3.0, 5.0, N_ROWS)})
    table["price "] = table["price "].round(2)
    table["a`b"] = (table["n"] * table["price "]).round(2)
    (found,) = found_in(table.rename(columns={"a`b": "class"}))
    assert found.rule.expression == "n * `price ` + `rest of class`"
    assert found_in(table) == ()
    numbered = table.set_axis([0, 1, 2], axis=1)
    (found,) = found_in(numbered)
    assert found.rule.expression == "{0} * {1} + `rest of 2`"


@pytest.mark.parametrize("unit", [1, 1_000])
def test_what_is_found_does_not_hang_on_the_unit(rng, unit):
    near = rng.gamma(2.0, 100.0, N_ROWS).round().astype(int)
    table = pd.DataFrame({"a": near, "b": near + rng.normal(0.0, 30.0, N_ROWS).round().astype(int)})
    assert found_in(table * unit) == ()
    table = (bills(rng) * 100).round().astype(int)
    assert [rest.column for rest in found_in(table * unit)] == ["total"]


def test_days_that_go_together_are_left_alone(rng):
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 400, N_ROWS), "D")
    other = day + pd.to_timedelta(rng.integers(-60, 60, N_ROWS), "D")
    assert found_in(pd.DataFrame({"day": day, "other": other})) == ()


def test_a_round_column_is_not_computed_from_one_that_is_not(rng):
    exact = rng.gamma(2.0, 90_000.0, N_ROWS).round(2)
    (found,) = found_in(
        pd.DataFrame({"exact": exact, "thousands": (exact / 1_000).round() * 1_000})
    )
    assert found.column == "exact"


def test_a_regression_is_no_rate(rng):
    first, second = rng.gamma(2.0, 900.0, N_ROWS).round(2), rng.gamma(2.0, 900.0, N_ROWS).round(2)
    noise = rng.normal(0.0, 5.0, N_ROWS)
    table = pd.DataFrame({"first": first, "second": second})
    table["third"] = (0.37 * first + 0.61 * second + noise).round(2)
    assert found_in(table) == ()


def test_names_too_long_for_a_formula_are_left_alone(rng):
    n, price = rng.integers(1, 30, N_ROWS), rng.gamma(3.0, 5.0, N_ROWS).round(2)
    table = pd.DataFrame({"n" * 600: n, "p" * 600: price, "amount": (n * price).round(2)})
    assert found_in(table) == ()


def test_names_that_read_the_same_are_told_apart(rng):
    table = bills(rng)
    table["other"] = (table["net"] + 2.0 * table["tip"]).round(2)
    table.columns = ["net", "tip", 0, "0"]
    names = [rest.name for rest in found_in(table)]
    assert len(set(names)) == len(names)


def minutes(rng, scale: float) -> pd.Series:
    return pd.Series(pd.to_timedelta(rng.gamma(2.0, scale, N_ROWS), "min"))


def moments(rng, unit: str) -> pd.Series:
    return pd.Series(
        pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500_000, N_ROWS), unit)
    )


def test_dates_with_and_without_a_zone_are_not_taken_from_each_other(rng):
    start = moments(rng, "s")
    end = start + minutes(rng, 9.0).dt.round("s")
    assert found_in(pd.DataFrame({"a": start, "b": end.dt.tz_localize("UTC")})) == ()
    elsewhere = end.dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    found = found_in(pd.DataFrame({"a": start.dt.tz_localize("UTC"), "b": elsewhere}))
    assert [rest.column for rest in found] == ["b"]


@pytest.mark.parametrize("grid", ["15min", "h", "D"])
def test_times_on_a_grid_are_not_computed_from_times_that_are_not(rng, grid):
    start = moments(rng, "min")
    end = (start + minutes(rng, 60.0)).dt.ceil(grid)
    found = found_in(pd.DataFrame({"start": start, "end": end}))
    assert "end" not in [rest.column for rest in found]


@pytest.mark.parametrize("spike", [0.0, -999.0])
def test_a_column_of_which_many_rows_have_one_value_is_not_computed(rng, spike):
    first, second = rng.lognormal(5.0, 1.0, (2, N_ROWS)).round(1)
    both = np.where(rng.random(N_ROWS) < 0.05, spike, (first + second).round(1))
    found = found_in(pd.DataFrame({"first": first, "second": second, "both": both}))
    assert "both" not in [rest.column for rest in found]


def test_prices_keep_their_endings(rng):
    cost = rng.lognormal(5.0, 1.2, N_ROWS).round(2)
    price = np.floor(cost) + 0.99
    found = found_in(pd.DataFrame({"cost": cost, "price": price}))
    assert "price" not in [rest.column for rest in found]


@pytest.mark.parametrize("name", [None, np.nan])
def test_a_column_whose_name_is_no_value_is_left_alone(rng, name):
    table = bills(rng)
    table.columns = pd.Index(["net", "tip", name], dtype=object)
    assert found_in(table) == ()


def journeys(rng: np.random.Generator, start_in: str = "s") -> pd.DataFrame:
    """When they began and ended, in whole seconds."""
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**7, N_ROWS), "s")
    start = start.floor(start_in)
    lasted = pd.Series(pd.to_timedelta(rng.gamma(2.0, 1_500.0, N_ROWS), "s")).dt.round(start_in)
    return pd.DataFrame({"start": start, "end": start + lasted})


@pytest.mark.parametrize(
    ("start_in", "unit", "decimals", "written"),
    [
        ("s", "s", 0, "seconds(lasted)"),
        ("s", "min", 2, "seconds(round(lasted * 60))"),
        ("s", "h", 3, "seconds(round(lasted * 3600))"),
        ("min", "min", 0, "minutes(lasted)"),
        ("min", "s", 0, "minutes(round(lasted / 60))"),
        ("5min", "h", 2, "minutes(5 * round(lasted * 12))"),
        ("45s", "min", 1, "seconds(45 * round(lasted * 4 / 3))"),
    ],
)
def test_a_date_is_computed_from_another_and_a_count(rng, start_in, unit, decimals, written):
    table = journeys(rng, start_in)
    lasted = (table["end"] - table["start"]) / pd.Timedelta(1, unit)
    table["lasted"] = lasted.round(decimals).astype(float if decimals else int)
    (found,) = found_in(table)
    assert str(found) == f"'end' = start + {written} + `rest of end`"
    rest = found.of(table, infer_schema(table)).abs()
    assert rest.max() <= pd.Timedelta(1, unit) * 10.0**-decimals


@pytest.mark.parametrize("column", ["end", "lasted"])
def test_a_count_is_found_beside_a_few_rows_that_do_not_add_up(rng, column):
    table = journeys(rng)
    table["lasted"] = (table["end"] - table["start"]).dt.total_seconds()
    wrong = pd.Timedelta(200, "D") if column == "end" else 99_999.0
    table.loc[rng.random(N_ROWS) < 0.01, column] += wrong
    (found,) = found_in(table)
    assert str(found) == "'end' = start + seconds(lasted) + `rest of end`"


def test_a_count_is_found_beside_a_date_that_is_often_missing(rng):
    table = journeys(rng)
    table["lasted"] = (table["end"] - table["start"]).dt.total_seconds()
    table.loc[rng.random(N_ROWS) < 0.05, "start"] = pd.NaT
    (found,) = found_in(table)
    assert str(found) == "'end' = start + seconds(lasted) + `rest of end`"


def test_two_dates_are_kept_together_where_a_count_cannot_be_written(rng):
    table = journeys(rng)
    table["how `long`"] = (table["end"] - table["start"]).dt.total_seconds()
    (found,) = found_in(table)
    assert found.rule == Sum("end", ["start", "rest of end"])


def test_a_count_that_is_often_missing_does_not_part_two_dates(rng):
    table = journeys(rng)
    table["lasted"] = (table["end"] - table["start"]) / pd.Timedelta(1, "s")
    table.loc[rng.random(N_ROWS) < 0.1, "lasted"] = np.nan
    (found,) = found_in(table)
    assert found.rule == Sum("end", ["start", "rest of end"])


def test_a_date_is_computed_from_another_and_a_duration(rng):
    table = journeys(rng)
    table["lasted"] = table["end"] - table["start"]
    (found,) = found_in(table)
    assert found.rule == Sum("end", ["start", "lasted", "rest of end"])


def test_a_number_that_goes_along_with_a_duration_is_no_count_of_it(rng):
    table = journeys(rng)
    minutes = (table["end"] - table["start"]) / pd.Timedelta(1, "min")
    table["km"] = (minutes * rng.uniform(0.3, 0.8, N_ROWS)).round(1)
    (found,) = found_in(table)
    assert found.rule == Sum("end", ["start", "rest of end"])


@pytest.mark.parametrize("n_years", [1, 3])
def test_a_date_is_computed_from_its_parts(rng, n_years):
    hours = rng.integers(0, n_years * 365 * 24, N_ROWS)
    when = pd.Series(pd.Timestamp("2023-01-01") + pd.to_timedelta(hours, "h"))
    parts = {part: getattr(when.dt, part) for part in ("year", "month", "day", "hour")}
    (found,) = found_in(pd.DataFrame({"x": rng.normal(size=N_ROWS), "when": when, **parts}))
    year = "year" if n_years > 1 else "2023"
    assert str(found) == f"'when' = date({year}, month, day) + hours(hour) + `rest of when`"


def test_parts_of_a_date_may_be_those_of_another_time_zone(rng):
    hours = rng.integers(0, 365 * 24, N_ROWS)
    here = pd.Series(pd.Timestamp("2023-01-01") + pd.to_timedelta(hours, "h"))
    offset = pd.to_timedelta(np.where(here.dt.month.between(4, 10), 4, 5), "h")
    table = pd.DataFrame({"utc": here + offset, "month": here.dt.month, "day": here.dt.day})
    table["hour"] = here.dt.hour
    (found,) = found_in(table)
    rest = found.of(table, infer_schema(table))
    assert set(rest) == {pd.Timedelta(4, "h"), pd.Timedelta(5, "h")}


@pytest.mark.parametrize("has_children", [True, False])
def test_a_number_that_is_mostly_one_is_no_day(rng, has_children):
    when = pd.DataFrame({"year": 2023, "month": rng.integers(1, 13, N_ROWS), "day": 1})
    when["hour"], when["minute"] = rng.integers(0, 24, N_ROWS), rng.integers(0, 60, N_ROWS)
    table = when[["month", "hour"]].assign(when=pd.to_datetime(when))
    if has_children:
        table["children"] = rng.choice([1, 2, 3, 5], N_ROWS, p=[0.8, 0.1, 0.05, 0.05])
    (found,) = found_in(table)  # the first of the month, which no column says
    assert str(found) == "'when' = date(2023, month, 1) + hours(hour) + `rest of when`"


def test_dates_that_no_calendar_has_are_left_alone(rng):
    start = (rng.integers(10**13, 2 * 10**13, N_ROWS)).astype("datetime64[s]")
    table = pd.DataFrame({"start": start, "days": rng.integers(0, 90, N_ROWS)})
    table["end"] = table["start"] + pd.to_timedelta(table["days"], "D").astype("timedelta64[s]")
    assert found_in(table) == ()


def test_a_day_without_its_year_tells_no_date(rng):
    days = rng.integers(0, 3 * 365, N_ROWS)
    when = pd.Series(pd.Timestamp("2023-01-01") + pd.to_timedelta(days, "D"))
    table = pd.DataFrame({"when": when, "month": when.dt.month, "day": when.dt.day})
    assert found_in(table) == ()
