"""What is left of a column without others, and back."""

import numpy as np
import pandas as pd
import pytest

from tabgan import Formula, Sum, infer_schema
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.remainder import Remainder
from tabgan.encoding.restore import restore_meanings
from tabgan.schema import Kind

GROSS = Remainder(Sum("gross", ["net", "tax", "rest"]), "rest", 2)
COUNT = Remainder(Sum("count", ["old", "rest"]), "rest")
END = Remainder(Sum("end", ["start", "rest"]), "rest")
AMOUNT = Remainder(Formula("amount", "n * price + rest"), "rest", 2)


def test_the_remainder_of_decimals_has_their_decimals():
    table = pd.DataFrame({"gross": [0.3, 12.3, None], "net": [0.1, 10.1, 1.0], "tax": 0.2})
    rest = GROSS.of(table, infer_schema(table))
    stored = restore_meanings(rest, GROSS.as_column(rest))
    assert stored.tolist()[:2] == [0.0, 2.0]  # 0.3 - 0.1 - 0.2 is not 0 in floats
    assert np.isnan(rest[2])
    assert GROSS.as_column(rest).kind is Kind.CONTINUOUS
    assert GROSS.as_column(rest).decimals == 2


def test_the_remainder_of_integers_is_one():
    table = pd.DataFrame({"count": pd.array([5, None, 2**60], "Int64"), "old": [2, 2, 2**60 - 1]})
    rest = COUNT.of(table, infer_schema(table))
    assert rest.tolist() == [3, pd.NA, 1]
    assert COUNT.as_column(rest).kind is Kind.INTEGER


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_the_remainder_of_dates_is_a_duration(unit):
    start = pd.Series(pd.to_datetime(["2024-01-01", "2024-02-28"])).dt.as_unit(unit)
    table = pd.DataFrame({"start": start, "end": start + pd.Timedelta(hours=36)})
    rest = END.of(table, infer_schema(table))
    assert (rest == pd.Timedelta(hours=36)).all()
    assert END.as_column(rest).kind is Kind.TIMEDELTA


def test_the_remainder_of_a_product():
    table = pd.DataFrame({"amount": [0.6, 12.0], "n": [3, 4], "price": [0.2, 2.5]})
    assert AMOUNT.of(table, infer_schema(table)).round(2).tolist() == [0.0, 2.0]
    assert AMOUNT.column == "amount"
    assert set(AMOUNT.columns) == {"amount", "n", "price"}


@pytest.mark.parametrize("remainder", [GROSS, COUNT, END, AMOUNT], ids=str)
def test_it_comes_back_from_json(remainder):
    assert Remainder.from_json(remainder.to_json()) == remainder


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"name": "gross"},
        {"decimals": -1},
        {"decimals": 2.0},
        {"rule": {"kind": "formula", "column": "gross", "expression": "net + abs(rest)"}},
        {"rule": {"kind": "range", "column": "rest", "low": 0}},
        {"rule": {"kind": "sum"}},
    ],
)
def test_json_that_is_none_is_refused(change):
    with pytest.raises(ValueError):  # noqa: PT011  (our own errors are ValueErrors, too)
        Remainder.from_json(GROSS.to_json() | change)


@pytest.fixture
def bills() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    net, tax = rng.gamma(2.0, 20.0, 500).round(2), rng.gamma(1.0, 9.0, 500).round(2)
    gross = (net + tax + rng.choice([0.5, 2.0], 500)).round(2)
    return pd.DataFrame({"net": net, "gross": gross, "tax": tax})


@pytest.fixture
def encoder(bills) -> TableEncoder:
    plain = TableEncoder.from_frame(bills, infer_schema(bills), EncodingOptions())
    return plain.with_remainders(bills, (GROSS,), EncodingOptions())


def test_a_remainder_is_a_column_that_the_schema_does_not_show(encoder, bills):
    assert encoder.schema.names == list(bills.columns)
    assert encoder.full_schema.names == [*bills.columns, "rest"]
    assert encoder.computed == {1: 3}
    codes = encoder.encode_codes(bills, np.random.default_rng(0)).astype(np.int64)
    decoded = encoder.decode(codes, np.full(codes.shape, 0.5))
    assert set(decoded["rest"].unique()) == {0.5, 2.0}
    shown = encoder.shown(decoded)
    assert shown.columns.equals(bills.columns)
    assert shown.dtypes.equals(bills.dtypes)


def test_a_remainder_is_known_where_all_columns_are(encoder, bills):
    of_text = bills.astype({"net": object}).head(3)
    of_text.loc[0, "tax"] = np.nan
    for table in (bills.head(3), of_text):
        wanted = (table["gross"] - table["net"].astype(float) - table["tax"]).round(2)
        pd.testing.assert_series_equal(
            encoder.cells_of(table, "rest"), wanted, check_names=False, check_dtype=False
        )
    assert encoder.cells_of(bills[["net", "gross"]], "rest") is None
    known = encoder.encode_known(of_text)
    assert known[0, 3] == -1  # no row of the fit lacked it
    assert (known[1:, 3] >= 0).all()


def test_an_encoder_with_a_remainder_comes_back_from_its_state(encoder, bills):
    again = TableEncoder.from_state(encoder.state(), encoder.full_schema, encoder.remainders)
    assert again.full_schema == encoder.full_schema
    assert np.array_equal(again.encode_known(bills), encoder.encode_known(bills))
