"""Rules about the same columns are kept together: one of them is turned round."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from tabgan import FixedCombinations, Formula, Inequality, Sum, infer_schema
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.synthesizers.computing import ways_to_compute
from tabgan.synthesizers.rules import Rules

N_ROWS = 1_000

PARTS = Sum("total", ["net", "tax"])
PRODUCT = Formula("total", "price * count")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    price, count = rng.gamma(3.0, 20.0, N_ROWS).round(2), rng.integers(1, 9, N_ROWS)
    total = (price * count).round(2)
    net = (total * rng.uniform(0.5, 0.9, N_ROWS)).round(2)
    fee = rng.integers(1, 5, N_ROWS) * 2.5
    return pd.DataFrame(
        {
            "price": price,
            "count": count,
            "total": total,
            "net": net,
            "tax": (total - net).round(2),
            "plan": pd.Series(fee).astype(str),
            "fee": fee,
            "paid": (base := rng.normal(size=N_ROWS).round(1)) + fee,
            "base": base,
        }
    ).round(2)


def share_broken(table: pd.DataFrame, *rules) -> float:
    """The share of rows, drawn again in their modes, that break a rule."""
    rng = np.random.default_rng(1)
    schema = infer_schema(table)
    encoder = TableEncoder.from_frame(table, schema, EncodingOptions())
    learnt = Rules(tuple(rule.learnt(table, schema, 5) for rule in rules), encoder)
    codes = encoder.encode_known(table)
    uniforms = rng.random(codes.shape)
    rows = encoder.decode(codes, uniforms)
    learnt.arrange(rows, codes, uniforms, {})
    return float(learnt.broken(rows).mean())


@pytest.mark.parametrize("rules", list(permutations([PARTS, PRODUCT, Inequality("net", "total")])))
def test_two_rules_that_compute_one_column_are_both_kept(table, rules) -> None:
    assert share_broken(table, *rules) < 0.05


@pytest.mark.parametrize("order", [1, -1])
def test_a_formula_for_a_column_that_combines_with_another_is_turned_round(table, order) -> None:
    rules = [FixedCombinations(["plan", "fee"]), Formula("fee", "paid - base")]
    assert share_broken(table, *rules[::order]) < 0.05


def test_rules_that_need_what_the_other_computes_are_both_kept(table) -> None:
    other = table.assign(rest=table["total"] - table["tax"]).round(2)
    rules = PARTS, Formula("tax", "total - rest")
    assert share_broken(other, *rules) < 0.05


def test_rules_that_compute_columns_of_their_own_do_so() -> None:
    rules = [PARTS, Formula("double", "2 * total"), Formula("net", "price * count")]
    first = tuple((rule, rule.members[0]) for rule in rules)
    assert ways_to_compute(rules) == (first,)
    assert ways_to_compute([Inequality("a", "b")]) == ((),)


def test_each_of_two_rules_for_one_column_is_turned_round_in_one_way() -> None:
    assert ways_to_compute([PARTS, PRODUCT]) == (
        ((PARTS, "total"), (PRODUCT, "count")),
        ((PARTS, "tax"), (PRODUCT, "total")),
    )


@pytest.mark.parametrize("same", [Formula("total", "net + tax"), Formula("net", "total - tax")])
def test_rules_that_say_the_same_compute_what_each_would_alone(same) -> None:
    rules = [PARTS, same, Formula("double", "2 * total")]
    first = tuple((rule, rule.members[0]) for rule in rules)
    assert ways_to_compute(rules) == (first,)


def test_a_rule_that_is_given_twice_counts_once() -> None:
    assert ways_to_compute([PARTS, PARTS]) == (((PARTS, "total"),),)


def test_many_rules_for_one_column_have_few_ways() -> None:
    rules = [Sum("total", [f"a{i}", f"b{i}"]) for i in range(100)]
    ways = ways_to_compute(rules)
    assert 1 < len(ways) < 10
    for way in ways:
        assert len({name for _, name in way}) == len(rules)
