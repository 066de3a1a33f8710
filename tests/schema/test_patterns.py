"""Identifiers are written anew: in the shape of the old ones, and no two alike."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.schema.patterns import infer_pattern, look_measured, write_identifier


@pytest.mark.parametrize(
    ("texts", "pattern"),
    [
        (["DE-0017", "FR-9935"], "AA-9999"),
        (["a1", "b2"] * 10 + ["odd one"], "a9"),
        (["#1", "#2"], r"\#9"),
        (["x\\1", "y\\2"], r"a\\9"),
        (["a", "bb"], "id-#"),
        (["--", "--"], "id-#"),
        (["", ""], "id-#"),
        (["x" * 41] * 5, "id-#"),
    ],
)
def test_a_pattern_says_the_shape_that_most_texts_share(texts: list[str], pattern: str) -> None:
    assert infer_pattern(pd.Series(texts)) == pattern


@given(text=st.from_regex(r"[A-Za-z0-9#\\ -]{1,12}", fullmatch=True))
def test_a_written_identifier_has_the_shape_of_the_old_ones(text: str) -> None:
    pattern = infer_pattern(pd.Series([text]))
    if pattern != "id-#":
        assert infer_pattern(pd.Series([write_identifier(pattern, 0)])) == pattern


@pytest.mark.parametrize(
    ("text", "is_measured"),
    [
        ("12.50", True),
        ("-1,017.30 €", True),
        ("$1.017,30", True),
        ("7%", False),
        ("3/8/2019 15:11", True),
        ("2022-10-20T18:16:47.861Z", True),
        ("07:05", True),
        ("055433", False),
        ("030-123456", False),
        ("+49 007 217", False),
        ("10.7.21.35", False),
        ("INV-2023-00001", False),
        ("12:07:AB:07", False),
    ],
)
def test_amounts_dates_and_times_are_told_from_identifiers(text: str, is_measured: bool) -> None:
    assert look_measured(pd.Series([text] * 20)) is is_measured


patterns = st.text("9Aa#\\-x1", max_size=6)


@settings(deadline=None)
@given(pattern=patterns, numbers=st.sets(st.integers(0, 10**7), min_size=2, max_size=50))
def test_different_numbers_are_written_differently(pattern: str, numbers: set[int]) -> None:
    assert len({write_identifier(pattern, number) for number in numbers}) == len(numbers)


@pytest.mark.parametrize("pattern", ["9", "A9", "#", "a-#", "x", "", "\\9-9"])
def test_the_first_thousand_are_different(pattern: str) -> None:
    assert len({write_identifier(pattern, number) for number in range(1000)}) == 1000


def test_written_identifiers_spread_over_all_there_are() -> None:
    leading = Counter(write_identifier("9999-AAAAA", number)[0] for number in range(1_000))
    assert set(leading) == set("0123456789")
    assert max(leading.values()) - min(leading.values()) <= 2
