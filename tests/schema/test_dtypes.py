"""Dtypes travel through JSON and come back the same."""

import json

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import InvalidDataError
from tabgan.schema import DtypeSpec
from tabgan.schema.dtypes import unit_of, zone_of

pa = pytest.importorskip("pyarrow")

NUMPY = [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
NUMPY += ["float16", "float32", "float64", "bool", "object"]
NUMPY += [
    f"{kind}64[{unit}]" for kind in ("datetime", "timedelta") for unit in ["s", "ms", "us", "ns"]
]
NULLABLE = [f"{sign}nt{bits}" for sign in ("I", "UI") for bits in (8, 16, 32, 64)]
NULLABLE += ["Float32", "Float64", "boolean", "string[python]", "string[pyarrow]"]
NULLABLE += ["datetime64[ns, Europe/Berlin]", "datetime64[us, UTC+02:00]", "period[M]"]
NULLABLE += ["interval[int64, left]"]
ARROW = [pa.int8(), pa.uint64(), pa.float32(), pa.bool_(), pa.string(), pa.large_string()]
ARROW += [pa.timestamp("us"), pa.timestamp("ns", "Europe/Berlin"), pa.duration("ms"), pa.date32()]
DTYPES = [pd.api.types.pandas_dtype(name) for name in NUMPY + NULLABLE]
DTYPES += [pd.ArrowDtype(arrow) for arrow in ARROW]
DTYPES += [pd.Series(["a"]).dtype]  # the default text dtype: object or, since pandas 3, str


def sent_and_read(dtype: object) -> object:
    form = json.loads(json.dumps(DtypeSpec.of(dtype).to_json(), allow_nan=False))
    return DtypeSpec.from_json(form).to_pandas()


@pytest.mark.parametrize("dtype", DTYPES, ids=repr)
def test_a_dtype_comes_back_the_same(dtype: object) -> None:
    read = sent_and_read(dtype)
    assert read == dtype
    assert type(read) is type(dtype)


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize(
    "levels",
    [
        pd.Index(["low", "unused", "high"]),
        pd.Index([], dtype="object"),
        pd.Index(["a", "b"], dtype="string"),
        pd.Index([3, 1, 2], dtype="int16"),
        pd.Index([0.1, -np.inf]),
        pd.Index([True, False]),
        pd.date_range("2020", periods=3, tz="Europe/Berlin"),
        pd.to_timedelta(["1D", "2h"]),
        pd.interval_range(0, 3),
        pd.period_range("2020-01", periods=2, freq="M"),
        pd.Index(["text", 1, (2, None), b"bytes"], dtype="object"),
    ],
    ids=lambda levels: str(getattr(levels, "dtype", levels)),
)
def test_a_categorical_dtype_keeps_its_levels_and_their_order(
    levels: pd.Index, ordered: bool
) -> None:
    dtype = pd.CategoricalDtype(levels, ordered=ordered)
    read = sent_and_read(dtype)
    assert read == dtype
    assert read.ordered is ordered
    assert read.categories.tolist() == levels.tolist()
    assert read.categories.dtype == levels.dtype


@pytest.mark.parametrize(
    "form",
    [
        "float65",
        "list<item: int64>[pyarrow]",
        5,
        None,
        {"levels": ["a"]},
        {"levels": ["a", "a"], "level_dtype": "object", "ordered": False},
        {"levels": ["a"], "level_dtype": "int64", "ordered": False},
        {"levels": 5, "level_dtype": "int64", "ordered": False},
    ],
    ids=repr,
)
def test_a_form_that_is_no_dtype_is_refused(form: object) -> None:
    with pytest.raises(InvalidDataError, match="dtype"):
        DtypeSpec.from_json(form)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_unit_and_zone_are_found_in_dtypes_of_pandas_numpy_and_arrow(unit: str) -> None:
    zoned = f"datetime64[{unit}, Europe/Paris]", f"timestamp[{unit}, tz=Europe/Paris][pyarrow]"
    naive = f"datetime64[{unit}]", f"timestamp[{unit}][pyarrow]"
    durations = f"timedelta64[{unit}]", f"duration[{unit}][pyarrow]"
    for name in (*zoned, *naive, *durations):
        dtype = pd.api.types.pandas_dtype(name)
        assert unit_of(dtype) == unit
        assert str(zone_of(dtype)) == ("Europe/Paris" if name in zoned else "None")
