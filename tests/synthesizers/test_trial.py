"""A fit says at once which rules no sample could keep together."""

import numpy as np
import pandas as pd
import pytest

from tabgan import FixedCombinations, Formula, Inequality, MissingTogether, Sum
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import ConstraintError
from tabgan.synthesizers.preparation import prepare_table

N_ROWS = 600


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    size = rng.normal(size=N_ROWS)
    other = np.abs(size) * rng.choice([-1, 1], N_ROWS)
    frame = pd.DataFrame({"size": size, "other": other, "length": np.abs(size)})
    return frame.assign(half=frame["length"] / 2, rest=frame["length"] / 2)


AT_ODDS = Formula("length", "abs(size)"), Formula("length", "abs(other)")


def test_rules_that_no_row_drawn_again_keeps_are_named_with_their_columns(table) -> None:
    with pytest.raises(ConstraintError, match=r"0 keep .* abs\(size\); 'length' = abs\(oth"):
        prepare_table(table, None, EncodingOptions(), AT_ODDS)


def test_rules_about_other_columns_are_not_named(table) -> None:
    rules = [*AT_ODDS, Inequality("city", "age")]
    table = table.assign(city=np.arange(N_ROWS) % 7, age=np.arange(N_ROWS) % 7 + 1)
    with pytest.raises(ConstraintError) as caught:
        prepare_table(table, None, EncodingOptions(), rules)
    assert "city" not in str(caught.value)


def test_rules_that_hardly_any_row_keeps_are_told_of(table) -> None:
    rng = np.random.default_rng(1)
    size = rng.normal(size=2_000).round(3)
    other = size * rng.choice([-1, 1], 2_000)
    few = pd.DataFrame({"size": size, "other": other, "length": np.abs(size)})
    with pytest.warns(UserWarning, match="keep these constraints together"):
        prepare_table(few, None, EncodingOptions(), AT_ODDS)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "rules",
    [
        [Formula("length", "abs(size)"), Sum("length", ["half", "rest"])],
        [Sum("length", ["half", "rest"]), Formula("length", "half + rest")],
        [Formula("length", "abs(size)"), MissingTogether(["size", "length"])],
        [],
    ],
)
def test_rules_that_can_be_kept_are_taken(table, rules) -> None:
    table.loc[::7, ["size", "length"]] = None
    assert len(prepare_table(table, None, EncodingOptions(), rules).constraints) == len(rules)


@pytest.mark.filterwarnings("error")
def test_combinations_that_few_rows_carry_are_no_reason_against_a_rule() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.integers(0, 400, 2_000), "b": rng.integers(0, 400, 2_000)})
    frame.loc[:19, ["a", "b"]] = 7
    rule = FixedCombinations(["a", "b"])
    assert prepare_table(frame, None, EncodingOptions(), [rule]).constraints


def test_too_few_rows_say_nothing(table) -> None:
    prepare_table(table.head(50), None, EncodingOptions(), AT_ODDS)
