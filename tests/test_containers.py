"""Tables of other packages come back as what they were, as far as their types hold the cells."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from tabgan.containers import read_table
from tabgan.errors import InvalidDataError


def test_a_column_of_another_dtype_follows_the_frame_and_not_the_container() -> None:
    days = [datetime.date(2024, 1, 1), datetime.date(2024, 1, 2)]
    frame, container = read_table(
        pl.DataFrame({"day": days, "n": [1, 2]}, {"day": None, "n": pl.Int8})
    )
    restored = container.restore(frame.assign(n=[0.5, 288.02]), dict(frame.dtypes))
    assert restored.schema == {"day": pl.Date, "n": pl.Float64}
    assert container.restore(frame).schema == {"day": pl.Date, "n": pl.Int8}


def test_a_cell_that_its_type_does_not_hold_gives_the_column_another_type() -> None:
    money = pa.array([Decimal("1.5"), Decimal("2.5")], pa.decimal128(5, 1))
    frame, container = read_table(pa.table({"money": money, "n": pa.array([1, 2], pa.int8())}))
    wide = frame.assign(money=[Decimal("1.25"), Decimal("276.04")], n=[1, 1_000])
    table = container.restore(wide)
    assert table.column("money").to_pylist() == [Decimal("1.25"), Decimal("276.04")]
    assert table.column("n").to_pylist() == [1, 1_000]
    assert container.restore(frame).schema == pa.schema(
        {"money": pa.decimal128(5, 1), "n": pa.int8()}
    )


def test_values_of_several_types_are_refused_without_a_cell() -> None:
    frame, container = read_table(pa.table({"a": [1.5], "b": [True]}))
    mixed = frame.loc[[0, 0]].assign(b=np.array([True, "xyzzy-canary"], dtype=object))
    with pytest.raises(InvalidDataError, match=r"columns \['b'\]") as caught:
        container.restore(mixed)
    assert "xyzzy" not in str(caught.value)


@pytest.mark.parametrize("kind", ["U", "S"])
def test_an_array_of_text_widens_and_has_none_where_cells_are_missing(kind: str) -> None:
    given = np.array([["a", "b"]] * 2, dtype=f"{kind}1")
    frame, container = read_table(given)
    assert container.restore(frame).dtype == given.dtype
    longer = frame.copy()
    longer.iloc[0, 0] = given.dtype.type("long", *([] if kind == "U" else ["ascii"]))
    assert container.restore(longer).dtype == f"{kind}4"
    longer.iloc[0, 0] = None
    assert container.restore(longer).tolist()[0][0] is None


def test_nan_is_missing_where_pandas_keeps_it_apart_and_the_given_table_stays() -> None:
    cells = pd.arrays.FloatingArray(np.array([np.nan, 1.5]), np.zeros(2, dtype=bool))
    given = pd.DataFrame({"a": cells})
    read, _ = read_table(given)
    assert read["a"].isna().tolist() == [True, False]
    assert read["a"].dtype == "Float64"
    assert given["a"].isna().tolist() == [False, False]
