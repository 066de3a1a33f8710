"""Rules are found that every row keeps and chance does not."""

import numpy as np
import pandas as pd
import pytest

from tabgan import FixedCombinations, Inequality, MissingTogether, Sum, infer_constraints
from tabgan.schema.constraints import Constraint

N = 1_000


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 365, N), unit="D")
    country = rng.choice(["DE", "FR", "IT"], N)
    net, fee = rng.gamma(2.0, 50.0, N).round(2), rng.gamma(2.0, 50.0, N).round(2)
    is_missing = rng.random(N) < 0.1
    return pd.DataFrame(
        {
            "start": start,
            "end": start + pd.to_timedelta(rng.integers(0, 90, N), unit="D"),
            "country": country,
            "state": [
                f"{code}-{i}" for code, i in zip(country, rng.integers(0, 4, N), strict=True)
            ],
            "net": net,
            "fee": fee,
            "gross": (net + fee).round(2),
            "width": np.where(is_missing, np.nan, rng.normal(size=N)),
            "height": np.where(is_missing, np.nan, rng.normal(size=N)),
            "noise": rng.normal(size=N),
        }
    )


RULES = [
    Inequality("start", "end"),
    Inequality("net", "gross"),
    Inequality("fee", "gross"),
    Sum("gross", ["net", "fee"]),
    FixedCombinations(["state", "country"]),
    MissingTogether(["width", "height"]),
]


def test_the_rules_of_a_table_are_found_and_no_others(table: pd.DataFrame) -> None:
    assert list(infer_constraints(table)) == RULES


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_one_row_that_breaks_a_rule_unmakes_it(table: pd.DataFrame, rule: Constraint) -> None:
    columns = list(rule.columns)
    other = table.loc[[900], columns].copy()
    values = {
        "start": pd.Timestamp("2030-01-01"),
        "net": 1e6,
        "fee": 1e6,
        "gross": 1e6 + 1,
        "state": table["state"][table["country"] != table["country"][900]].iloc[0],
        "width": np.nan if table["width"].notna()[900] else 1.0,
    }
    other[columns[0]] = values[columns[0]]
    table.loc[[900], columns] = other
    assert rule not in infer_constraints(table)


def test_totals_of_many_parts_are_found_once() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.poisson([3, 10, 1, 30], (N, 4)), columns=[*"abcd"])
    table["all"], table["left"] = table.sum(axis=1), 100 - table["a"] - table["b"] - table["c"]
    sums = [rule for rule in infer_constraints(table) if isinstance(rule, Sum)]
    assert sums == [Sum("all", [*"abcd"])]
    table.loc[700, "all"] += 1
    assert not any(isinstance(rule, Sum) for rule in infer_constraints(table))


def test_numbers_that_floats_cannot_add_up_are_no_sums() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.poisson(9, (N, 2)), columns=["a", "b"])
    table.insert(0, "x", rng.normal(size=N) * 1e155)
    assert not any(isinstance(rule, Sum) for rule in infer_constraints(table))


def test_units_of_dates_make_no_difference_and_zones_are_not_compared() -> None:
    rng = np.random.default_rng(0)
    start = pd.Series(pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 365, N), "D"))
    table = pd.DataFrame(
        {"start": start, "end": start + pd.to_timedelta(rng.integers(0, 9, N), "D")}
    )
    for unit, other in (("ns", "us"), ("us", "s"), ("s", "ns")):
        stored = table.assign(
            start=table["start"].dt.as_unit(unit), end=table["end"].dt.as_unit(other)
        )
        assert infer_constraints(stored) == (Inequality("start", "end"),)
    text = table.assign(end=table["end"].dt.strftime("%d/%m/%Y"))
    assert infer_constraints(text) == (Inequality("start", "end"),)
    assert infer_constraints(table.assign(end=table["end"].dt.tz_localize("Asia/Tokyo"))) == ()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "day"])
def test_a_date_that_stands_for_no_end_is_compared_like_any_other(unit: str) -> None:
    start = pd.Series(pd.date_range("2020", periods=600))
    end = start.where(start.index % 3 > 0, pd.Timestamp("9999-12-31"))
    table = pd.DataFrame({"start": start, "end": end}).apply(
        lambda dates: dates.dt.date if unit == "day" else dates.dt.as_unit(unit)
    )
    assert infer_constraints(table) == (Inequality("start", "end"),)


def test_orders_that_others_imply_are_left_out() -> None:
    steps = np.random.default_rng(0).gamma(2.0, 10.0, (N, 4)).cumsum(axis=1)
    table = pd.DataFrame(steps, columns=list("abcd"))
    assert infer_constraints(table) == (
        Inequality("a", "b"),
        Inequality("b", "c"),
        Inequality("c", "d"),
    )


def test_few_rows_are_no_evidence(table: pd.DataFrame) -> None:
    assert infer_constraints(table.head(499)) == ()


def test_identifiers_alone_keep_no_rules() -> None:
    table = pd.DataFrame({"key": [f"key-{n:04d}" for n in range(N)], "number": range(N)})
    assert infer_constraints(table) == ()


@pytest.mark.parametrize("dtype", ["float16", "halffloat[pyarrow]", "float[pyarrow]", "Float32"])
def test_numbers_of_any_width_are_compared(dtype: str) -> None:
    low, gap = np.random.default_rng(0).integers(1, 64, (2, N)).astype("float32")
    table = pd.DataFrame({"low": low + 0.5, "high": low + gap}).astype(dtype)
    assert infer_constraints(table) == (Inequality("low", "high"),)


def test_dates_as_text_and_other_dtypes_make_no_difference(table: pd.DataFrame) -> None:
    stored = table.assign(
        start=table["start"].dt.strftime("%d.%m.%Y"),
        end=table["end"].dt.strftime("%Y-%m-%d"),
        state=table["state"].astype("category"),
        net=table["net"].astype("Float64"),
        width=table["width"].astype("double[pyarrow]"),
    )
    assert list(infer_constraints(stored)) == RULES
