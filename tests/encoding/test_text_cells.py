"""Text that stands for times of day is learnt in order and written as the column writes it."""

import datetime
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.column import ColumnEncoder
from tabgan.errors import InvalidDataError
from tabgan.schema import infer_schema
from tabgan.schema.constraints import Inequality, infer_constraints

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


def test_text_that_is_no_time_is_refused_without_quoting_it(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series([t.isoformat() for t in TIMES]))
    with pytest.raises(InvalidDataError, match="'c'") as caught:
        encoder.read_numbers(pd.Series(["10:00:00", "xyzzy-canary"]), encoder.column)
    assert "xyzzy" not in str(caught.value)


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
