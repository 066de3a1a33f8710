import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import InvalidDataError
from tabgan.evaluation.tables import Tables, align_tables, draw_rows, independent_columns


def view(train: object, synthetic: object) -> Tables:
    return align_tables(pd.DataFrame({"a": train}), pd.DataFrame({"a": synthetic}), None)


def test_equal_dates_compare_equal_in_any_unit_and_time_zone() -> None:
    dates = pd.Series(pd.date_range("2021-03-01 00:00:00.123456", periods=5, freq="h"))
    zoned = dates.dt.tz_localize("UTC")
    pairs = [
        (dates.astype("datetime64[ns]"), dates.astype("datetime64[us]")),
        (zoned, zoned.dt.tz_convert("Asia/Tokyo").dt.as_unit("us")),
    ]
    for train, synthetic in pairs:
        tables = view(train, synthetic)
        np.testing.assert_array_equal(tables.train, tables.synthetic)
        np.testing.assert_allclose(np.diff(tables.train[:, 0]), 3600.0)


def test_durations_and_missing_dates_are_seconds_and_nan() -> None:
    durations = pd.to_timedelta(pd.Series([90, 30, None]), unit="s")
    np.testing.assert_array_equal(view(durations, durations).train[:, 0], [30, 90, np.nan])
    dates = pd.to_datetime(pd.Series(["1970-01-02", None, "1969-12-31"]))
    np.testing.assert_array_equal(view(dates, dates).train[:, 0], [-86400, 86400, np.nan])


def test_text_dates_are_read_in_the_format_of_the_training_rows() -> None:
    tables = view(["13.01.2020", "02.01.2020"], ["13.01.2020", "02.01.2020"])
    assert tables.columns[0].is_ordered
    np.testing.assert_array_equal(np.diff(tables.train[:, 0]), [11 * 86400])


def test_text_of_numbers_and_times_is_read_in_the_notation_of_the_training_rows() -> None:
    prices = [f"${n:,}.50" for n in range(0, 6000, 100)]
    tables = view(pd.Series(prices), pd.Series(prices, dtype=object))
    assert tables.columns[0].is_ordered
    np.testing.assert_array_equal(tables.train, tables.synthetic)
    np.testing.assert_array_equal(np.sort(tables.train[:, 0]), np.arange(0.5, 6000, 100))
    times = view(["9:30", None, "10:00"], ["9:30", None, "10:00"])
    np.testing.assert_array_equal(np.diff(times.train[:, 0])[:1], [1800])
    with pytest.raises(InvalidDataError, match="column 'a' of synthetic") as caught:
        view(prices, ["xyzzy-canary"] * 60)
    assert "xyzzy" not in str(caught.value)


@pytest.mark.parametrize(
    ("train", "synthetic"),
    [
        (pd.array([1, None, 3], dtype="Int64"), np.array([1.0, np.nan, 3.0])),
        (pd.array([0.5, None, 2.5], dtype="Float64"), np.array([0.5, np.nan, 2.5])),
        (pd.array([True, None, False], dtype="boolean"), np.array([True, None, False], object)),
        (pd.array(["u", None, "v"], dtype="string"), np.array(["u", None, "v"], object)),
        (pd.Categorical(["u", None, "v"]), np.array(["u", np.nan, "v"], object)),
        (pd.Categorical([2, 1, None]), np.array([2.0, 1.0, np.nan])),
    ],
)
def test_equal_values_in_other_dtypes_compare_equal(train: object, synthetic: object) -> None:
    tables = view(train, synthetic)
    np.testing.assert_array_equal(tables.train, tables.synthetic)
    assert np.isnan(tables.train).sum() == 1


@pytest.mark.parametrize(
    ("plain", "dtype"),
    [
        ([datetime.date(2020, 1, 2), None, datetime.date(2020, 3, 1)], "date32[pyarrow]"),
        (pd.to_datetime(["2020-01-02", None, "2020-03-01"]), "timestamp[us][pyarrow]"),
        (
            pd.to_datetime(["2020-01-02", None, "2020-03-01"], utc=True),
            "timestamp[us, tz=UTC][pyarrow]",
        ),
        (pd.to_timedelta(["1s", None, "2h"]), "duration[us][pyarrow]"),
        ([datetime.time(8), None, datetime.time(9, 30)], "time64[us][pyarrow]"),
        ([0.5, None, 2.5], "halffloat[pyarrow]"),
    ],
)
def test_dtypes_of_arrow_compare_equal_to_those_of_pandas(plain: object, dtype: str) -> None:
    pytest.importorskip("pyarrow")
    column = pd.Series(plain, dtype=object if isinstance(plain, list) else None)
    tables = view(column.astype(dtype), column)
    np.testing.assert_array_equal(tables.train, tables.synthetic)
    assert tables.columns[0].is_ordered
    assert np.isnan(tables.train).sum() == 1


NUMBERS = np.array([0.5, 1.5, 2.5])
DATES = pd.Series(pd.date_range("2020", periods=3))
DURATIONS = pd.to_timedelta(pd.Series([1, 2, 4]), unit="s")


@pytest.mark.parametrize(
    ("train", "synthetic"),
    [
        (DATES, [1, 2, 3]),
        (DATES, pd.Series([1, 2, None], dtype=object)),
        (DURATIONS, [86400, 1, 2]),
        (NUMBERS, DATES),
        (NUMBERS, DURATIONS),
        (NUMBERS, pd.Series(DURATIONS.to_numpy(), dtype=object)),
        (NUMBERS, [True, False, True]),
        (NUMBERS, pd.array([True, None, False], dtype="boolean")),
        (NUMBERS, NUMBERS + 1j),
        ([1, 2, 2], pd.Series([1, 2, 10**400], dtype=object)),
    ],
)
def test_values_of_another_kind_are_refused(train: object, synthetic: object) -> None:
    with pytest.raises(InvalidDataError, match="column 'a' of synthetic holds values that are no"):
        view(train, synthetic)


@pytest.mark.parametrize("train", [DATES, DURATIONS, NUMBERS])
@pytest.mark.parametrize("missing", [np.nan, pd.NaT, None])
def test_a_column_without_values_is_missing_whatever_its_dtype(train: object, missing: Any) -> None:
    assert np.isnan(view(train, [missing] * 3).synthetic).all()


def test_categories_may_be_integers_that_no_float_holds() -> None:
    cells = pd.Series([10**400, 7, 10**400 + 1] * 2, dtype=object)
    np.testing.assert_array_equal(view(cells, cells).train[:, 0], [0, 0, 1, 1, 2, 2])


def test_the_view_ignores_the_order_of_rows_and_columns(draw_table) -> None:
    train = draw_table(100, 0)
    shuffled = train.sample(frac=1, random_state=0)[train.columns[::-1]]
    first, second = align_tables(train, train, train), align_tables(shuffled, train, shuffled)
    assert first.columns == second.columns
    np.testing.assert_array_equal(first.train, second.train)
    np.testing.assert_array_equal(first.holdout, second.holdout)


def test_identifiers_are_left_out_and_named(draw_table) -> None:
    train = draw_table(100, 0).assign(key=[f"K{i:05d}" for i in range(100)])
    tables = align_tables(train, train, None)
    assert tables.left_out == ("key",)
    assert "key" not in [column.name for column in tables.columns]


def test_different_columns_are_named() -> None:
    train, other = (
        pd.DataFrame({"a": [1, 2], "b": [1, 2]}),
        pd.DataFrame({"a": [1, 2], "c": [1, 2]}),
    )
    with pytest.raises(InvalidDataError, match=r"synthetic lacks \['b'\] and has \['c'\]"):
        align_tables(train, other, None)
    with pytest.raises(InvalidDataError, match="holdout lacks"):
        align_tables(train, train, other)


def test_errors_name_the_column_and_hide_the_value() -> None:
    with pytest.raises(InvalidDataError, match=r"column 'a' of synthetic.*integer") as caught:
        view([1, 2, 2], ["secret", "1", "2"])
    assert "secret" not in str(caught.value)
    with pytest.raises(InvalidDataError, match="column 'a' of synthetic holds infinite"):
        view([1.5, 2.5], [np.inf, 1.5])


def test_a_table_of_one_row_is_refused() -> None:
    frame = pd.DataFrame({"a": [1, 2]})
    with pytest.raises(InvalidDataError, match="holdout has 1 rows"):
        align_tables(frame, frame, frame[:1])


def test_independent_columns_keep_every_column_and_no_relation() -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=2000)
    rows = independent_columns(np.column_stack([x, x]), 2000, generator)
    np.testing.assert_array_equal(np.sort(rows, axis=0), np.sort(np.column_stack([x, x]), axis=0))
    # Three standard errors of a correlation of 2,000 independent pairs.
    assert abs(np.corrcoef(rows.T)[0, 1]) < 3 / np.sqrt(2000)
    assert independent_columns(rows, 4500, generator).shape == (4500, 2)


def test_drawn_rows_are_distinct() -> None:
    rows = np.arange(10.0)[:, np.newaxis]
    assert len(np.unique(draw_rows(rows, 7, np.random.default_rng(0)))) == 7
