import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import Verdict
from tabgan.evaluation.fidelity.constraints import Rules
from tabgan.evaluation.fidelity.relations import relation_scores
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import align_tables, independent_columns

N_ROWS = 1_000
STATES = {"berlin": "de", "hamburg": "de", "paris": "fr", "lyon": "fr", "rome": "it"}


def draw(seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    net = np.round(generator.gamma(2.0, 50.0, N_ROWS), 2)
    tax = np.round(generator.gamma(2.0, 9.0, N_ROWS), 2)
    city = generator.choice(list(STATES), N_ROWS)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(generator.integers(0, 365, N_ROWS), "D")
    end = start + pd.to_timedelta(generator.integers(0, 60, N_ROWS), "D")
    frame = pd.DataFrame(
        {
            "net": net,
            "tax": tax,
            "gross": net + tax,
            "city": city,
            "state": pd.Series(city).map(STATES),
            "start": start,
            "end": end,
            "noise": generator.normal(size=N_ROWS),
            "limit": 1e6,  # above all numbers, whatever their relation
        }
    )
    frame.loc[generator.random(N_ROWS) < 0.1, "end"] = pd.NaT
    return frame


def rules_of(train: pd.DataFrame) -> Rules:
    tables = align_tables(train, train, None)
    independent = independent_columns(tables.train, len(train), np.random.default_rng(0))
    return Rules.found_in(tables.columns, tables.train, independent)


def told_of(train: pd.DataFrame) -> set[str]:
    names = sorted(train.columns)
    return {rule.told(names) for rule in rules_of(train).rules}


def test_the_rules_of_a_table_are_found_and_no_others() -> None:
    assert told_of(draw(0)) == {
        "gross = net + tax",
        "net <= gross",
        "tax <= gross",
        "start <= end",
        "city tells state",
    }


def test_rules_of_few_rows_or_with_one_exception_are_none() -> None:
    train = draw(0)
    assert told_of(train[:400]) == set()
    train.loc[5, "state"] = "it" if train.loc[5, "city"] != "rome" else "de"
    train.loc[6, "gross"] = train.loc[6, "net"] / 2
    assert told_of(train) == {"tax <= gross", "start <= end"} - {
        "tax <= gross" if train.loc[6, "tax"] > train.loc[6, "gross"] else ""
    }


def test_a_sum_of_many_columns_is_told_and_counted() -> None:
    parts = pd.DataFrame(np.random.default_rng(0).poisson(20, (N_ROWS, 4)), columns=[*"abcd"])
    rules = rules_of(parts.assign(z=parts.sum(axis=1)))
    (total,) = (i for i, rule in enumerate(rules.rules) if "z =" in rule.told([*"abcdz"]))
    assert rules.rules[total].told([*"abcdz"]) == "z = a + b + c + d"
    rows = parts.assign(z=parts.sum(axis=1) + np.arange(N_ROWS) % 2).to_numpy(dtype=float)
    assert rules.kept_shares(rows)[total] == 0.5


def test_fresh_rows_keep_them_and_broken_rows_are_counted() -> None:
    broken = draw(1)
    broken.loc[:299, "gross"] += 1.0
    broken.loc[:99, "state"] = "nowhere"
    tables = align_tables(draw(0), broken, draw(2))
    scores = [s for s in relation_scores(tables, RandomStreams(0)) if s.name == "constraints"]
    overall, of_rule = scores[0], {score.note: score for score in scores[1:]}
    assert overall.ceiling == 1.0
    assert overall.verdict is Verdict.OK
    of_sum = of_rule["gross = net + tax"]
    assert of_sum.value == pytest.approx(0.7)
    assert (of_sum.column, of_sum.other_column) == ("gross", "net")
    assert of_rule["city tells state"].value == pytest.approx(0.9)
    assert of_rule["start <= end"].value == 1.0
    assert overall.value == pytest.approx(np.mean([s.value for s in of_rule.values()]))


def test_a_missing_value_may_be_what_a_category_tells() -> None:
    train = draw(0).assign(visa=lambda frame: frame["state"].where(frame["state"] != "de"))
    assert {"state tells visa", "visa tells state"} <= told_of(train)


def test_a_rule_about_rows_that_are_gone_is_broken_and_about_rare_ones_unknown() -> None:
    rules = rules_of(draw(0))
    empty = np.full((N_ROWS, len(draw(0).columns)), np.nan)
    np.testing.assert_array_equal(rules.kept_shares(empty), np.zeros(len(rules.rules)))
    rare = Rules(rules.rules, [0.01] * len(rules.rules))
    assert np.isnan(rare.kept_shares(empty[:60])).all()


def test_columns_that_are_mostly_missing_or_too_small_to_show_make_no_sums() -> None:
    generator = np.random.default_rng(0)
    gaps = pd.DataFrame(generator.normal(size=(N_ROWS, 12))).add_prefix("x")
    assert told_of(gaps.mask(generator.random(gaps.shape) < 0.95)) == set()
    large = generator.uniform(1e6, 9e6, N_ROWS)
    table = pd.DataFrame({"a": large, "b": large + 1e-3, "c": generator.normal(0, 0.01, N_ROWS)})
    assert told_of(table) <= {"a <= b"}
