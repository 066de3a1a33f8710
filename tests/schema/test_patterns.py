"""Identifiers are written anew: in the shape of the old ones, and no two alike."""

import uuid
from collections import Counter

import numpy as np
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
        (["x" * 129] * 5, "id-#"),
        # What all share, and what only few do.
        ([f"INV-2023-{i:05}" for i in range(1, 301)], "INV-2023-00999"),
        ([f"A9a#{i:03}" for i in range(1000)], r"\A\9\a\#999"),
        ([f"DE-{i:04}" for i in range(0, 4000, 1000)], "AA-9999"),
        ([f"DE-{i:03}" for i in range(950)] + [f"FR-{i:03}" for i in range(50)], "DE-999"),
        ([f"DE-{i:03}" for i in range(800)] + [f"FR-{i:03}" for i in range(200)], "AA-999"),
        (["KEY-1"] * 50, "AAA-9"),
        # One number of any length.
        ([f"user{i}" for i in range(1, 400)], "user#"),
        ([f"user{i}@example.com" for i in range(1, 400)], r"user#@ex\ample.com"),
        ([f"2023/{i}" for i in range(1, 400)], "2023/#"),
        ([f"#9-{i}" for i in range(1, 400)], r"\#\9-#"),
        ([f"{'ABC'[i % 3]}{i}" for i in range(1, 400)], "A#"),
        ([f"{i}.{i * 7 % 400}" for i in range(1, 400)], "id-#"),
        ([str(i) for i in range(1, 400)], "id-#"),
        (["person@example.com", "another@example.com"] * 10, "id-#"),
    ],
)
def test_a_pattern_says_the_shape_that_most_texts_share(texts: list[str], pattern: str) -> None:
    assert infer_pattern(pd.Series(texts)) == pattern


def test_hexadecimal_digits_are_told_from_letters() -> None:
    numbers = np.random.default_rng(0).integers(2**32, size=(300, 8))
    digests = [row.astype(">u4").tobytes().hex() for row in numbers]
    keys = [str(uuid.UUID(digest[:32], version=4)) for digest in digests]
    h = r"\h"
    pattern = f"{h * 8}-{h * 4}-4{h * 3}-{h * 4}-{h * 12}"
    assert infer_pattern(pd.Series(keys)) == pattern
    assert uuid.UUID(write_identifier(pattern, 7)).version == 4
    assert infer_pattern(pd.Series(keys).str.upper()) == pattern.replace("h", "H")
    assert infer_pattern(pd.Series(digests)) == h * 64
    assert infer_pattern("Row-" + pd.Series(digests).str[:6]) == "Row-" + h * 6
    assert infer_pattern(pd.Series(keys[:150] + digests[150:])) == "id-#"


def test_digits_that_all_share_count_on_when_the_others_are_used_up() -> None:
    written = [write_identifier("INV-0099", number) for number in range(10_000)]
    assert set(written) == {f"INV-{number:04}" for number in range(10_000)}
    assert write_identifier("INV-0099", 10_000) == "INV-0000-10000"


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
        ("1.234.567,89", True),
        ("1,234,567", True),
        ("1.234.567 €", True),
        ("13 567 kr", True),
        ("₹69,96,306.00", True),
        ("($4,078.82)", True),
        ("US$588.99", True),
        ("EUR 12,50", True),
        ("11.18 mg/dl", True),
        ("5.46e5", True),
        ("7%", False),
        ("3/8/2019 15:11", True),
        ("2022-10-20T18:16:47.861Z", True),
        ("08/May/2020:05:49:33 +0000", True),
        ("20MAY2016", True),
        ("Dec 28 21:23:39", True),
        ("Mon Dec 28 21:23:39 2020", True),
        ("07:05", True),
        ("3:14.190", True),
        ("2:32am", True),
        ("055433", False),
        ("030-123456", False),
        ("+49 007 217", False),
        ("10.7.21.35", False),
        ("INV-2023-00001", False),
        ("12:07:AB:07", False),
        ("57.414.158", False),
        ("10.958.949-K", False),
        ("12.345.678 A", False),
        ("375 579 841", False),
        ("(030) 123 456", False),
        ("555.123.4567", False),
        ("10.132.214.149", False),
        ("ABC23.58", False),
        ("E11.9", False),
        ("MAR-12", False),
        ("April 28", False),
        ("Marie Smith", False),
        ("12 Main St", False),
        ("SW1A 1AA", False),
        ("1234 AB", False),
        ("75 001", False),
        ("v1.5.2", False),
        ("12e4567e-e89b-12d3-a456-426614174000", False),
    ],
)
def test_amounts_dates_and_times_are_told_from_identifiers(text: str, is_measured: bool) -> None:
    assert look_measured(pd.Series([text] * 20)) is is_measured


patterns = st.text("9Aa#\\-hH19", max_size=6)


@settings(deadline=None)
@given(pattern=patterns, numbers=st.sets(st.integers(0, 10**7), min_size=2, max_size=50))
def test_different_numbers_are_written_differently(pattern: str, numbers: set[int]) -> None:
    assert len({write_identifier(pattern, number) for number in numbers}) == len(numbers)


@pytest.mark.parametrize(
    "pattern", ["9", "A9", "#", "a-#", "x", "", "\\9-9", "09", "\\99", "1-19A", "\\h", "\\\\h"]
)
def test_the_first_thousand_are_different(pattern: str) -> None:
    assert len({write_identifier(pattern, number) for number in range(1000)}) == 1000


def test_written_identifiers_spread_over_all_there_are() -> None:
    leading = Counter(write_identifier("9999-AAAAA", number)[0] for number in range(1_000))
    assert set(leading) == set("0123456789")
    assert max(leading.values()) - min(leading.values()) <= 2
