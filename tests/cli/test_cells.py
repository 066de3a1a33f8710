import numpy as np
import pandas as pd
import pytest

from tabgan.cli.cells import fixed_decimals, read_cells
from tabgan.schema import infer_schema


def cells(*texts: str | None) -> pd.Series:
    return pd.Series(texts, dtype=object)


@pytest.mark.parametrize(
    ("texts", "dtype"),
    [
        (["7", "-12", "0"], "int64"),
        (["7", None], "Int64"),
        (["7", "NA", "null"], "Int64"),
        (["1.50", "2", "-.5e3"], "float64"),
        (["1.5", None], "float64"),
        (["True", "False"], "bool"),
        (["True", None], "boolean"),
    ],
)
def test_numbers_and_booleans_are_recognised(texts: list[str | None], dtype: str) -> None:
    column = read_cells(cells(*texts))
    assert str(column.dtype) == dtype
    assert column.isna().sum() == sum(text in (None, "NA", "null") for text in texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["01067", "99084"],
        ["10", "007"],
        ["+4930", "+4989"],
        ["99999999999999999999", "1"],
        ["2.5", "007"],
        ["true", "FALSE"],
        ["1,5", "2"],
        ["nan", "inf", "x"],
        ["inf", "-inf"],
        ["007", "inf"],
        ["1" * 5000, "2"],
        ["\N{FULLWIDTH DIGIT ONE}", "7"],
        ["2021-02-01", "2021-12-31"],
    ],
    ids=lambda texts: str(texts)[:40],
)
def test_what_a_number_could_not_write_back_stays_text(texts: list[str]) -> None:
    assert read_cells(cells(*texts)).tolist() == texts


def test_integers_above_two_to_the_53_keep_every_digit_beside_missing_ones() -> None:
    assert read_cells(cells("9007199254740993", None)).iloc[0] == 9007199254740993


@pytest.mark.parametrize("word", ["inf", "-inf", "Infinity", "+INF", "1e999"])
def test_an_infinite_number_among_numbers_is_one(word: str) -> None:
    for number in ("7", "0.5"):
        assert np.isinf(read_cells(cells(number, word, None)).tolist()[1])


def test_words_for_missing_stay_text_among_text() -> None:
    assert read_cells(cells("NA", "DE", "None", None)).tolist()[:3] == ["NA", "DE", "None"]


@pytest.mark.parametrize(("n_distinct", "n_rows", "n_missing"), [(20, 1000, 0), (40, 60, 30)])
def test_words_for_missing_are_missing_where_the_column_is_numbers_without_them(
    n_distinct: int, n_rows: int, n_missing: int
) -> None:
    texts = [f"${n % n_distinct}.50" for n in range(n_rows)]
    column = read_cells(cells(*texts, *["None"] * 30))
    assert column.isna().sum() == n_missing
    assert (infer_schema(column.to_frame("c"))["c"].kind == "continuous") is (n_missing > 0)


@pytest.mark.parametrize(
    "date", ["2021-02-01", "3/8/19", "8.3.2019 9:05", "2021-02-01 00:00:00.5", "9:30"]
)
def test_words_for_missing_are_missing_among_dates(date: str) -> None:
    column = read_cells(cells(date, "NULL", date))
    assert column.isna().tolist() == [False, True, False]


def test_a_column_of_text_elsewhere_is_text_here() -> None:
    assert read_cells(cells("12", "7"), keep_text=True).tolist() == ["12", "7"]


def test_a_column_without_any_value_stays_without() -> None:
    assert read_cells(cells(None, None)).isna().all()


def test_floats_are_read_to_the_last_bit() -> None:
    texts = ["0.1", "0.30000000000000004", "1e23", "5e-324"]
    assert read_cells(cells(*texts)).tolist() == [float(text) for text in texts]


@pytest.mark.parametrize(
    ("texts", "decimals"),
    [
        (["1.50", "2.00"], 2),
        (["-0.50", "12.25", "NA", None], 2),
        (["1.0", "2.0"], 1),
        (["1.50", "2.0"], None),
        (["1.50", "2"], None),
        (["+1.50", "2.50"], None),
        (["1.50", ".50"], None),
        (["1.50", "01.50"], None),
        (["1.5e3", "2.5e3"], None),
        (["1.50", "inf"], None),
        (["1.", "2."], None),
        (["0." + "1" * 20], None),
        (["1000000000000.100000"], None),
        (["NA", None], None),
    ],
)
def test_decimals_are_fixed_where_all_numbers_are_written_back_by_them(
    texts: list[str | None], decimals: int | None
) -> None:
    assert fixed_decimals(cells(*texts)) == decimals


@pytest.mark.parametrize(
    "texts",
    [
        ["0 days 00:05:00", "1 days 02:03:04.000005"],
        ["-1 days +23:00:00", "NaT", None],
        ["5 days 00:00:00", "1 days 00:00:00.000000001"],
        ["5 days", "-1 days"],
        ["-1 days +00:00:00"],
    ],
)
def test_durations_as_pandas_writes_them_are_durations(texts: list[str | None]) -> None:
    column = read_cells(pd.Series(texts, dtype="str"))
    present = [text for text in texts if text not in ("NaT", None)]
    assert column.dtype.kind == "m"
    assert column.dropna().tolist() == [pd.Timedelta(text) for text in present]
    assert read_cells(pd.Series(texts, dtype="str"), keep_text=True).tolist()[0] == texts[0]


@pytest.mark.parametrize(
    "text",
    [
        *("1 day", "1 days", "05 days", "1 days 25:00:00", "1 days 2:00:00"),
        *("999999 days 00:00:00", "1d"),
    ],
)
def test_durations_that_pandas_would_write_otherwise_stay_text(text: str) -> None:
    texts = ["0 days 00:05:00", text]
    assert read_cells(pd.Series(texts, dtype="str")).tolist() == texts


@pytest.mark.parametrize("text", ["05 days", "1_0 days", "999999 days"])
def test_whole_days_that_pandas_would_write_otherwise_stay_text(text: str) -> None:
    assert read_cells(pd.Series(["5 days", text], dtype="str")).tolist() == ["5 days", text]
