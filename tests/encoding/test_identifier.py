"""Values of identifiers are not learnt: each row gets a new one, or none where some have none."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.identifier import IdentifierEncoder
from tabgan.errors import InvalidDataError

FitColumn = Callable[..., IdentifierEncoder]
NOTHING = np.empty(0)


def written(encoder: IdentifierEncoder, n_rows: int, first_row: int = 0) -> pd.Series:
    return encoder.decode(np.zeros(n_rows), np.zeros(n_rows), first_row)


def test_no_value_is_learnt(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series([f"KEY-{i:04}" for i in range(3000, 3100)]))
    assert encoder.n_modes == 0
    assert encoder.state() == {}
    assert encoder.describe() == "written anew as KEY-3099"


@pytest.mark.parametrize("dtype", ["object", "string"])
def test_identifiers_are_written_in_the_pattern_and_all_different(
    fit_column: FitColumn, dtype: str
) -> None:
    encoder = fit_column(pd.Series([f"KEY-{i:04}" for i in range(100)], dtype=dtype))
    sample = written(encoder, 5000)
    assert sample.dtype == dtype
    assert sample.is_unique
    assert sample.str.fullmatch(r"[A-Z]{3}-\d{4}").all()


def test_parts_of_a_sample_go_on_where_the_last_one_ended(fit_column: FitColumn) -> None:
    encoder = fit_column(pd.Series([f"KEY-{i:04}" for i in range(100)]))
    parts = [written(encoder, 30), written(encoder, 20, first_row=30)]
    assert pd.concat(parts, ignore_index=True).tolist() == written(encoder, 50).tolist()


@pytest.mark.parametrize("dtype", ["int32", "uint64", "Int64", "float64"])
def test_numbers_count_from_one(fit_column: FitColumn, dtype: str) -> None:
    sample = written(fit_column(pd.Series(range(60), dtype=dtype), "identifier"), 70)
    assert sample.dtype == dtype
    assert sample.tolist() == list(range(1, 71))


@pytest.mark.parametrize(("dtype", "largest"), [("int8", 127), ("uint8", 255), ("Int16", 32767)])
def test_a_type_too_narrow_to_number_the_rows_starts_again(
    fit_column: FitColumn, dtype: str, largest: int
) -> None:
    encoder = fit_column(pd.Series(range(60), dtype=dtype), "identifier")
    assert written(encoder, 3, first_row=largest - 1).tolist() == [largest, 1, 2]


@pytest.mark.parametrize("dtype", ["object", "string", "Int64", "float64"])
def test_whether_a_row_has_one_is_learnt_where_some_have_none(
    fit_column: FitColumn, dtype: str
) -> None:
    keys = [f"KEY-{i:04}" for i in range(90)] if dtype in ("object", "string") else [*range(90)]
    values = pd.Series([None if i % 3 else key for i, key in enumerate(keys)], dtype=dtype)
    encoder = fit_column(values, "identifier")
    assert encoder.shares.tolist() == pytest.approx([1 / 3, 2 / 3])
    codes, _ = encoder.encode(values, np.zeros(90))
    for each in (encoder, IdentifierEncoder.from_state(encoder.state(), encoder.column)):
        again = each.decode(codes, np.zeros(90), 0)
        assert again.dtype == values.dtype
        assert again.isna().tolist() == values.isna().tolist()
        assert again.dropna().is_unique
    # A condition may ask for a row without one, and for no value.
    assert encoder.code_of(None) == encoder.missing_code
    assert encoder.code_of(values[0]) is None


@pytest.mark.parametrize("values", [pd.to_datetime(["2020"]), pd.Categorical(["a"]), [True]])
def test_a_dtype_that_holds_no_identifiers_is_refused(
    fit_column: FitColumn, values: object
) -> None:
    with pytest.raises(InvalidDataError, match="column 'c' is of dtype"):
        fit_column(pd.Series(values), "identifier")
