"""Text that stands for times or numbers is learnt in order and written as its column writes it."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.column import ColumnEncoder, EncodingOptions
from tabgan.errors import InvalidDataError
from tabgan.schema import TableSchema, infer_schema
from tabgan.schema.constraints import Inequality, Sum, infer_constraints
from tabgan.schema.number_texts import NumberFormat
from tabgan.synthesizers.preparation import prepare_table

FitColumn = Callable[..., ColumnEncoder[Any]]
TIMES = [datetime.time(n // 60, n % 60) for n in range(0, 1440, 5)]


@pytest.mark.parametrize(
    ("write", "date_format"),
    [
        (lambda t: t.isoformat(), "%H:%M:%S"),
        (lambda t: t.isoformat("minutes"), "%H:%M"),
        (lambda t: f"{t.hour}:{t.minute:02}", "%-H:%M"),
        (lambda t: f"{t:%I:%M} {'AM' if t.hour < 12 else 'PM'}", "%I:%M %p"),
        (lambda t: f"{t.isoformat()}.{t.minute:03}", "%H:%M:%S.%3f"),
        (lambda t: f"{t.isoformat()}Z", "%H:%M:%SZ"),
    ],
)
@pytest.mark.parametrize("dtype", ["object", "string", "string[pyarrow]"])
def test_times_of_day_come_back_as_they_are_written(
    fit_column: FitColumn,
    write: Callable[[datetime.time], str],
    date_format: str,
    dtype: str,
) -> None:
    values = pd.Series([*map(write, TIMES), None], dtype=dtype)
    encoder = fit_column(values)
    assert (encoder.column.kind, encoder.column.date_format) == ("timedelta", date_format)
    codes, positions = encoder.encode(values, np.zeros(len(values)))
    same = encoder.decode(codes.astype(np.int64), (positions + 1.0) / 2.0, 0)
    assert same.dtype == values.dtype
    assert same.isna().tolist() == values.isna().tolist()
    assert np.mean(same[10:-11] == values[10:-11]) == 1.0
    codes = np.arange(600) % encoder.n_modes
    drawn = encoder.decode(codes, np.random.default_rng(0).random(600), 0)
    assert infer_schema(drawn.to_frame("c"))["c"].date_format == date_format


def test_a_condition_is_a_time_object_or_text_of_the_column_or_of_iso(
    fit_column: FitColumn,
) -> None:
    values = pd.Series([f"{t:%I:%M} {'AM' if t.hour < 12 else 'PM'}" for t in TIMES])
    encoder = fit_column(values)
    code = encoder.code_of("03:00 PM")
    assert code is not None
    assert encoder.code_of("15:00") == encoder.code_of(datetime.time(15)) == code
    evening = encoder.holds(values, encoder.between("06:00 PM", "23:00"))
    assert values[evening].tolist() == values[18 * 12 : 23 * 12 + 1].tolist()
    for wrong in ("15:00:01", datetime.time(15, 0, 1), "soon", 15, pd.Timedelta("15h")):
        with pytest.raises((ValueError, TypeError)):
            encoder.code_of(wrong)


@pytest.mark.parametrize("notation", ["$#,##0.00", "-#.##0,00 €", "0.##", "#,##0"])
@pytest.mark.parametrize("dtype", ["object", "string", "string[pyarrow]"])
def test_numbers_come_back_as_they_are_written(
    fit_column: FitColumn, notation: str, dtype: str
) -> None:
    written = NumberFormat(notation.lstrip("-"))
    cents = np.random.default_rng(0).lognormal(11, 2, 400).astype(np.int64) - 1000
    numbers = [Decimal(int(n)).scaleb(-written.decimals) for n in cents]
    values = pd.Series([*map(written.write, numbers), None], dtype=dtype)
    encoder = fit_column(values)
    assert encoder.column.kind == "continuous"
    assert encoder.column.number_format == written.notation
    codes, positions = encoder.encode(values, np.zeros(len(values)))
    same = encoder.decode(codes.astype(np.int64), (positions + 1.0) / 2.0, 0)
    assert same.dtype == values.dtype
    assert same.isna().tolist() == values.isna().tolist()
    inner = np.argsort(np.argsort(cents))
    inner = np.flatnonzero((inner > 10) & (inner < 390))
    assert np.mean(same[inner] == values[inner]) > 0.95
    codes = np.arange(600) % (encoder.n_modes - 1)
    drawn = encoder.decode(codes, np.random.default_rng(0).random(600), 0)
    assert infer_schema(drawn.to_frame("c"))["c"].number_format == written.notation
    assert (drawn.dropna().map(written.read) >= min(numbers)).all()


def test_a_condition_on_text_numbers_is_a_number_or_text(fit_column: FitColumn) -> None:
    values = pd.Series([f"${n:,}.50" for n in range(0, 4000, 10)])
    encoder = fit_column(values)
    code = encoder.code_of("$2,000.50")
    assert code is not None
    for same in ("2000.50", 2000.5, Decimal("2000.50"), Decimal("2000.5")):
        assert encoder.code_of(same) == code
    assert values[encoder.holds(values, encoder.between(3000, "$3,100.00"))].tolist() == [
        f"${n:,}.50" for n in range(3000, 3100, 10)
    ]
    for wrong in ("soon", "2.000,50", 2000.501, True, pd.Timestamp("2020")):
        with pytest.raises((ValueError, TypeError)):
            encoder.code_of(wrong)


def test_conditions_on_time_objects_are_text_as_before(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series(TIMES, dtype=object))
    at_ten = encoder.between("10:00", "10:00")
    assert np.flatnonzero(encoder.holds(pd.Series(TIMES, dtype=object), at_ten)).tolist() == [120]


def test_few_numbers_as_text_are_categories() -> None:
    for n_distinct, kind in ((20, "categorical"), (21, "continuous")):
        grades = pd.DataFrame({"c": [f"{1 + n % n_distinct / 10:.1f}" for n in range(2_000)]})
        assert infer_schema(grades)["c"].kind == kind
        assert infer_schema(grades.head(49))["c"].kind == "categorical"


def test_sums_of_numbers_as_text_are_rules() -> None:
    net, tax = np.random.default_rng(0).integers(100, 10**6, (2, 600))
    table = pd.DataFrame({"net": net / 100, "tax": tax / 100, "gross": (net + tax) / 100})
    table = table.map("€{:,.2f}".format)
    assert Sum("gross", ["net", "tax"]) in infer_constraints(table)
    prepared = prepare_table(table, None, EncodingOptions(), "infer")
    assert prepared.constraints


@pytest.mark.parametrize(
    ("texts", "notation"),
    [
        ([t.isoformat() for t in TIMES], "%H:%M:%S"),
        ([f"${n:,}.50" for n in range(0, 4000, 10)], "$#,##0.00"),
    ],
)
def test_what_is_written_otherwise_is_refused_with_the_notation_and_not_quoted(
    fit_column: FitColumn, texts: list[str], notation: str
) -> None:
    encoder = fit_column(pd.Series(texts))
    with pytest.raises(InvalidDataError, match="'c'") as caught:
        encoder.read_numbers(pd.Series([texts[0], "xyzzy-canary"]), encoder.column)
    assert f"not written {notation}, as the schema says" in str(caught.value)
    assert "xyzzy" not in str(caught.value)


@pytest.mark.parametrize("decimals", [1, 10**9])
def test_decimals_that_do_not_hold_those_of_the_notation_are_refused(decimals: int) -> None:
    table = pd.DataFrame({"c": [f"${n:,}.{n % 90 + 10}" for n in range(300)]})
    schema = TableSchema((replace(infer_schema(table)["c"], decimals=decimals),))
    with pytest.raises(InvalidDataError, match="'c'"):
        prepare_table(table, schema, EncodingOptions())


@pytest.mark.parametrize("texts", [["24:00", "12:00"], ["9:05", "09:05"], ["1:5"], ["12:00", "x"]])
def test_what_no_single_format_writes_is_no_time(texts: list[str]) -> None:
    assert infer_schema(pd.DataFrame({"c": texts}))["c"].kind == "categorical"


def test_rules_compare_times_of_day_by_what_they_mean() -> None:
    opens = np.random.default_rng(0).permutation(np.arange(600))
    table = pd.DataFrame(
        {
            "opens": [f"{n // 60}:{n % 60:02}" for n in opens],
            "closes": [f"{n // 60}:{n % 60:02}" for n in opens + 60 + opens % 77],
        }
    )
    assert infer_constraints(table) == (Inequality("opens", "closes"),)
