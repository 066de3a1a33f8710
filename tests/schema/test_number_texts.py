"""Numbers written as text: one notation reads every text of a column back as it is written."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.schema.number_texts import NumberFormat, guess_number_format

CENTS = [*range(-200_000_000, 200_000_000, 77_777_701), 5, 99, 12_345]
NOTATIONS = [
    *("0.00", "#,##0.00", "$#,##0.00", "$-#,##0.00", "0,00", "#.##0,00 €", "# ##0,00"),
    *("CHF #'##0.00", "#\N{NO-BREAK SPACE}##0,00\N{NO-BREAK SPACE}€", "0.00%", "#,##0.00 kg"),
    *("(#,##0.00)", "($#,##0.00)", "EUR0.00", "ABC 0.00"),
]


@pytest.mark.parametrize("notation", NOTATIONS)
def test_every_notation_is_told_from_the_others(notation: str) -> None:
    written = NumberFormat(notation)
    texts = [written.write(Decimal(cents).scaleb(-2)) for cents in CENTS]
    assert guess_number_format(pd.Series(texts)) == notation
    assert [written.read(text) for text in texts] == [Decimal(n).scaleb(-2) for n in CENTS]


@given(st.sampled_from(NOTATIONS), st.integers(-(10**15), 10**15))
def test_a_number_comes_back_from_its_text(notation: str, cents: int) -> None:
    number = Decimal(cents).scaleb(-2)
    assert NumberFormat(notation).read(NumberFormat(notation).write(number)) == number


def test_decimals_may_be_those_that_are_needed() -> None:
    assert guess_number_format(pd.Series(["1.5", "3", "12.25"])) == "0.##"
    assert guess_number_format(pd.Series(["1,234.5", "3", "1,000,000"])) == "#,##0.#"
    assert NumberFormat("0.##").write(Decimal("3.00")) == "3"


def test_the_sign_of_a_zero_is_read_and_not_written() -> None:
    assert guess_number_format(pd.Series(["-0,00 €", "1,50 €"])) == "0,00 €"
    for notation, text in [("0.00", "-0.00"), ("(0.00)", "(0.00)"), ("0.##", "-0")]:
        assert not NumberFormat(notation).read(text).is_signed()
    for number in ("-0.004", "-0.005", "-0.00"):
        assert NumberFormat("0.00").write(Decimal(number)) == "0.00"
    assert NumberFormat("0.00").write(Decimal("-0.0051")) == "-0.01"


def test_parentheses_that_are_no_sign_stay() -> None:
    assert NumberFormat("0.00 (kg)").read("-1.50 (kg)") == Decimal("-1.50")


def test_groups_of_thousands_make_integers() -> None:
    assert guess_number_format(pd.Series(["7", "1,234", "-56,789,012"])) == "#,##0"
    # A zero in front, or four digits, and the comma stands before decimals.
    assert guess_number_format(pd.Series(["0,234", "1,234"])) == "0,000"
    assert guess_number_format(pd.Series(["1,234", "1234,500"])) == "0,000"


@pytest.mark.parametrize(
    "texts",
    [
        ["12", "345"],
        ["007.50", "1.50"],
        ["1.50", "1.5"],
        ["1.50", "1,50"],
        ["1.50", "$1.50"],
        ["$1.50", "€1.50"],
        ["+1.50", "2.50"],
        ["(1.50)", "-2.50"],
        ["(1.50", "2.50"],
        ["1.50)", "2.50"],
        ["ABC1.50", "ABC2.50"],
        ["1,23,456.00"],
        ["1.2.3"],
        ["10.7.21.35"],
        ["Room 1.50"],
        ["1.5e3"],
        ["1.50", "N/A"],
        ["1.50", ""],
        [".50"],
        ["1." + "1" * 10],
        ["1" * 30 + ".50"],
        ["1" * 5000 + ".50"],
        ["\N{FULLWIDTH DIGIT ONE}.50"],
        [],
    ],
    ids=lambda texts: str(texts)[:20],
)
def test_what_no_single_notation_writes_is_no_number(texts: list[str]) -> None:
    assert guess_number_format(pd.Series(texts, dtype=object)) is None


def test_a_number_of_a_billion_digits_is_not_written() -> None:
    with pytest.raises(ValueError, match="digits"):
        NumberFormat("0.00").write(Decimal("1e999999999"))


@pytest.mark.parametrize("notation", ["", "1.00", "0.0000000000", "#,#0", "0.0#", "0 0"])
def test_what_is_no_notation_is_refused(notation: str) -> None:
    with pytest.raises(ValueError, match="notation"):
        NumberFormat(notation)
