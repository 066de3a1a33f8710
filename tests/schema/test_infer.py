"""The kind of each column is guessed for a stated reason, and no message holds a cell's value."""

import datetime
import uuid
import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import InvalidDataError, UnsupportedTypeError
from tabgan.schema import ColumnSchema, Kind, infer_schema

CANARY = "xyzzy-canary"


def column_of(values: object, **kwargs: object) -> ColumnSchema:
    return infer_schema(pd.DataFrame({"c": pd.Series(values, **kwargs)}))["c"]


def days(date_format: str, n_days: int = 400) -> list[str]:
    return pd.date_range("2020-01-01", periods=n_days).strftime(date_format).tolist()


DTYPES: list[tuple[pd.Series, Kind, str]] = [
    (pd.Series([1, 1, 3], dtype="uint8"), Kind.INTEGER, "integers, 2 distinct"),
    (pd.Series([1, None, 3], dtype="Int64"), Kind.INTEGER, "integers, 2 distinct"),
    (pd.Series([1, None, 3], dtype=object), Kind.INTEGER, "integers, 2 distinct"),
    (pd.Series([0, 2**64 - 1], dtype="uint64"), Kind.INTEGER, "integers, 2 distinct"),
    (pd.Series([1.5, None, np.pi]), Kind.CONTINUOUS, "real numbers"),
    (pd.Series([1.5, None], dtype="Float32"), Kind.CONTINUOUS, "real numbers with 1 decimal"),
    (pd.Series([1, 2.5, None], dtype=object), Kind.CONTINUOUS, "real numbers with 1 decimal"),
    (pd.Series([None, None], dtype="float64"), Kind.CONTINUOUS, "real numbers, all missing"),
    (pd.Series([True, False]), Kind.BOOLEAN, "boolean dtype"),
    (pd.Series([True, None], dtype="boolean"), Kind.BOOLEAN, "boolean dtype"),
    (pd.Series([True, None], dtype=object), Kind.BOOLEAN, "True and False stored as objects"),
    (pd.Series(["a", "b", None]), Kind.CATEGORICAL, "text, 2 distinct"),
    (pd.Series(["a", "b", None], dtype="string"), Kind.CATEGORICAL, "text, 2 distinct"),
    (
        pd.Series(pd.Categorical([3, 1, 3], categories=[1, 2, 3])),
        Kind.CATEGORICAL,
        "category dtype with 3 levels",
    ),
    (pd.Series([1, "a"], dtype=object), Kind.CATEGORICAL, "mixed-integer values, 2 distinct"),
    (pd.Series([Decimal("1.1"), None]), Kind.CONTINUOUS, "Decimal objects with 1 decimal"),
    (pd.Series([2**70, 2**70 + 1]), Kind.CATEGORICAL, "integer values, 2 distinct"),
    (pd.Series([(1, 2), (3, 4)]), Kind.CATEGORICAL, "mixed values, 2 distinct"),
    (pd.Series(pd.interval_range(0, 2)), Kind.CATEGORICAL, "interval values, 2 distinct"),
    (pd.Series(pd.to_datetime(["2020-01-01", None])), Kind.DATETIME, "datetime dtype"),
    (
        pd.Series(pd.to_datetime(["2020-01-01", None]).tz_localize("Asia/Tokyo")),
        Kind.DATETIME,
        "datetime dtype, by local clocks",
    ),
    (
        pd.Series(pd.to_datetime(["2020-01-01 17:30", None]).tz_localize("Asia/Tokyo")),
        Kind.DATETIME,
        "datetime dtype",
    ),
    (pd.Series(pd.to_timedelta(["1D", None])), Kind.TIMEDELTA, "timedelta dtype"),
    (pd.Series(pd.period_range("2020", periods=2, freq="M")), Kind.DATETIME, "period dtype"),
    (pd.Series([datetime.date(2020, 1, 1), None]), Kind.DATETIME, "date objects"),
    (pd.Series([datetime.time(10), None]), Kind.TIMEDELTA, "time objects"),
]


@pytest.mark.parametrize(
    ("values", "kind", "reason"), DTYPES, ids=[f"{v.dtype}, {reason}" for v, _, reason in DTYPES]
)
def test_a_kind_is_guessed_with_its_reason(values: pd.Series, kind: Kind, reason: str) -> None:
    column = column_of(values)
    assert column.kind is kind
    assert column.reason == reason
    assert column.dtype.to_pandas() == values.dtype


@pytest.mark.parametrize(
    ("arrow", "values", "kind"),
    [
        ("int64[pyarrow]", [1, None], Kind.INTEGER),
        ("double[pyarrow]", [1.5, None], Kind.CONTINUOUS),
        ("bool[pyarrow]", [True, None], Kind.BOOLEAN),
        ("utf8[pyarrow]", ["a", None], Kind.CATEGORICAL),
        ("large_string[pyarrow]", ["a", None], Kind.CATEGORICAL),
        ("timestamp[us][pyarrow]", [pd.Timestamp("2020"), None], Kind.DATETIME),
        ("duration[ms][pyarrow]", [pd.Timedelta("1D"), None], Kind.TIMEDELTA),
    ],
)
def test_arrow_columns_are_of_the_same_kinds(arrow: str, values: list[object], kind: Kind) -> None:
    pytest.importorskip("pyarrow")
    column = column_of(values, dtype=pd.api.types.pandas_dtype(arrow))
    assert column.kind is kind


@pytest.mark.parametrize("dtype", ["float32", "float64", "Float32", "object"])
def test_decimals_are_counted_in_the_precision_of_the_column(dtype: str) -> None:
    column = column_of([0.1, 12.34, None, -5.0], dtype=dtype)
    assert column.decimals == 2


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([1.0, 2.0], 0),
        ([0.001, 1.0], 3),
        ([1e-9, 1.0], 9),
        ([1e-10, 1.0], None),
        ([0.1 + 0.2], None),
        ([1e300], None),
        ([1e14 + 0.5, 0.25], None),
    ],
)
def test_decimals_are_those_of_every_number(values: list[float], decimals: int | None) -> None:
    assert column_of(values).decimals == decimals


def test_random_floats_have_no_decimals() -> None:
    rng = np.random.default_rng(0)
    for dtype in ("float32", "float64"):
        assert column_of(rng.normal(size=1000), dtype=dtype).decimals is None


@pytest.mark.parametrize(
    "date_format",
    [
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%Y%m%d",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%SZ",
    ],
)
def test_text_dates_are_read_in_the_format_they_are_written_in(date_format: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # none of pandas' remarks on the order reach the user
        column = column_of([*days(date_format), None])
    assert column.kind is Kind.DATETIME
    assert column.date_format == date_format
    assert column.reason == f"text dates written {date_format}"


def test_a_day_above_twelve_beyond_the_sample_still_settles_the_order() -> None:
    # 132 distinct dates that read either way come first.
    texts = [
        f"{a:02}/{b:02}/{year}" for year in range(2000, 2011) for a in range(1, 13) for b in (1,)
    ]
    assert column_of([*texts, "13/01/2000"]).date_format == "%d/%m/%Y"
    assert column_of([*texts, "01/13/2000"]).date_format == "%m/%d/%Y"


def test_first_days_of_months_are_months_and_not_days_of_january() -> None:
    texts = [f"2020-{month:02}-01" for month in range(1, 13)]
    assert column_of(texts).date_format == "%Y-%m-%d"


@pytest.mark.parametrize(
    "texts", [["2020-01-01", "soon"], ["2020-01-01", "01.02.2020"], ["1/2/2020", "01/02/2020"]]
)
def test_text_that_is_not_written_in_one_date_format_is_no_date(texts: list[str]) -> None:
    assert column_of(texts * 30).kind is Kind.CATEGORICAL


def test_text_that_differs_in_nearly_every_row_is_an_identifier_with_its_pattern() -> None:
    column = column_of([f"DE-{i:05}" for i in range(200)] + ["DE-00001"])
    assert column.kind is Kind.IDENTIFIER
    assert column.reason == "text, 200 distinct values in 201 rows"
    assert column.pattern == "DE-00999"


@pytest.mark.parametrize("mark", [".", " ", ","])
def test_blocks_of_digits_in_texts_of_one_length_are_identifiers(mark: str) -> None:
    codes = [f"{10**7 + i * 271_003:,}".replace(",", mark) for i in range(300)]
    column = column_of(codes)
    assert (column.kind, column.pattern) == (Kind.IDENTIFIER, f"99{mark}999{mark}999")
    for numbers in (
        [*codes, "1,234,567".replace(",", mark)],
        [f"-{code}" for code in codes],
        [f"{code} €" for code in codes],
        [code[:-4] for code in codes],
        codes[:100] * 2 + codes[100:200],
    ):
        assert column_of(numbers).kind is Kind.CONTINUOUS


def test_text_that_repeats_more_often_is_a_category() -> None:
    column = column_of([f"DE-{i:05}" for i in range(100)] + ["DE-00001"] * 10)
    assert column.kind is Kind.CATEGORICAL


def test_a_few_distinct_texts_are_no_identifiers() -> None:
    assert column_of([f"DE-{i:05}" for i in range(49)]).kind is Kind.CATEGORICAL


@pytest.mark.parametrize("dtype", ["int64", "Int32", "uint64", "object"])
@pytest.mark.parametrize("start", [0, 2**31 - 70])
def test_a_running_number_is_an_identifier_in_any_order(dtype: str, start: int) -> None:
    numbers = np.random.default_rng(0).permutation(np.arange(start, start + 60))
    column = column_of(numbers, dtype=dtype)
    assert column.kind is Kind.IDENTIFIER
    assert column.reason == "numbers the rows, one value each"


@pytest.mark.parametrize(
    "numbers",
    [range(49), [*range(59), 58], [*range(59), 60], [3] * 60],
    ids=["few rows", "a repetition", "a gap", "a constant"],
)
def test_other_integers_are_numbers(numbers: list[int]) -> None:
    assert column_of([*numbers]).kind is Kind.INTEGER


def test_a_series_is_refused_with_what_to_do() -> None:
    with pytest.raises(UnsupportedTypeError, match=r"DataFrame, got Series; wrap"):
        infer_schema(pd.Series([1]))  # type: ignore[arg-type]


def test_a_table_without_columns_is_refused() -> None:
    with pytest.raises(InvalidDataError, match="0 columns"):
        infer_schema(pd.DataFrame(index=[0, 1]))


def test_repeated_names_are_refused_all_at_once() -> None:
    frame = pd.DataFrame([[CANARY] * 5], columns=["a", "b", "a", "b", "c"])
    with pytest.raises(InvalidDataError, match=r"\['a', 'b'\]") as caught:
        infer_schema(frame)
    assert CANARY not in str(caught.value)


UNSUPPORTED = {
    "lists": [[CANARY], None],
    "dicts": [{CANARY: 1}, {}],
    "arrays": [np.array([CANARY]), np.array([1])],
    "hidden": [("ok", [CANARY]), "x"],
    "complex": [1j, 2.0],
    "objects": [uuid.UUID(int=12345), uuid.UUID(int=7)],
    "sets": [{1}, {2}],
}


def test_columns_of_unsupported_values_are_named_all_at_once_without_a_value() -> None:
    frame = pd.DataFrame({"fine": [1, 2]} | {k: pd.Series(v) for k, v in UNSUPPORTED.items()})
    frame["levels"] = pd.Categorical(UNSUPPORTED["objects"])
    with pytest.raises(UnsupportedTypeError, match=r"convert them|spread them") as caught:
        infer_schema(frame)
    message = str(caught.value)
    assert all(repr(name) in message for name in [*UNSUPPORTED, "levels"])
    assert "'fine'" not in message
    assert CANARY not in message
    assert str(uuid.UUID(int=12345)) not in message


def test_an_arrow_column_of_lists_is_refused_by_its_name() -> None:
    pa = pytest.importorskip("pyarrow")
    lists = pd.Series([[1, 2], [3]], dtype=pd.ArrowDtype(pa.list_(pa.int64())))
    with pytest.raises(UnsupportedTypeError, match="'lists' holds values that are not scalars"):
        infer_schema(pd.DataFrame({"lists": lists}))
