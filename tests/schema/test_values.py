"""Single values travel through JSON without loss."""

import datetime
import json
import math
import pathlib
import uuid
from contextlib import suppress
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import InvalidDataError, UnsupportedTypeError
from tabgan.schema.values import value_from_json, value_to_json


def sent_and_read(value: object) -> object:
    return value_from_json(json.loads(json.dumps(value_to_json(value), allow_nan=False)))


python_values = st.one_of(
    st.text(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False),
    st.binary(),
    st.dates(),
    st.datetimes(),
    # As far as 64 bits of microseconds go.
    st.timedeltas(datetime.timedelta(-(10**8)), datetime.timedelta(10**8)),
    st.decimals(allow_nan=False),
    st.none(),
)


@settings(deadline=None)
@given(value=st.recursive(python_values, lambda inner: st.tuples(inner, inner), max_leaves=4))
def test_a_python_value_comes_back_equal(value: object) -> None:
    assert sent_and_read(value) == value


@settings(deadline=None)
@given(value=st.one_of(python_values, st.floats(allow_nan=True)))
def test_a_value_comes_back_as_its_own_type(value: object) -> None:
    read = sent_and_read(value)
    # pandas' own subclass is the type in which a column holds dates and times.
    assert isinstance(read, type(value))


@given(value=st.floats(allow_nan=True, allow_infinity=True))
def test_every_bit_of_a_float_comes_back(value: float) -> None:
    read = sent_and_read(value)
    assert math.isnan(read) if math.isnan(value) else read.hex() == value.hex()


@given(number=st.integers(-(2**63), 2**63 - 1), unit=st.sampled_from(["s", "ms", "us", "ns"]))
def test_a_duration_comes_back_with_its_unit(number: int, unit: str) -> None:
    if number == -(2**63):  # this number is NaT
        number += 1
    value = pd.Timedelta(np.timedelta64(number, unit))
    read = sent_and_read(value)
    assert read == value
    assert read.unit == unit


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.int8(-5), -5),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.bool_(True), True),
        (np.str_("text"), "text"),
    ],
)
def test_a_numpy_scalar_comes_back_as_the_python_one(value: object, expected: object) -> None:
    read = sent_and_read(value)
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2024-02-29 23:59:59.123456789"),
        pd.Timestamp("0001-01-01").as_unit("s"),
        pd.Timestamp("9999-12-31 23:59:59").as_unit("us"),
        pd.Timestamp("2024-10-27 03:30", tz="Europe/Berlin"),
        pd.Timestamp("2024-01-01 10:00", tz="UTC+02:00").as_unit("ms"),
        pd.Interval(0, 1, closed="left"),
        pd.Interval(pd.Timestamp("2020-01-01"), pd.Timestamp("2021-01-01"), closed="both"),
        pd.Interval(-np.inf, 0.5),
        pd.Period("2024-01", freq="M"),
        pd.Period("2024-01-03", freq="W-WED"),
        Decimal("1.10"),
        ("a", 1, (2.5, None)),
        b"\x00\xff",
    ],
    ids=repr,
)
def test_a_value_of_pandas_comes_back_equal(value: object) -> None:
    read = sent_and_read(value)
    assert read == value
    assert repr(read) == repr(value)


def test_both_readings_of_an_hour_that_occurs_twice_stay_apart() -> None:
    # The night on which the clocks go back.
    first = pd.Timestamp("2024-10-27 00:30", tz="UTC").tz_convert("Europe/Berlin")
    second = pd.Timestamp("2024-10-27 01:30", tz="UTC").tz_convert("Europe/Berlin")
    assert first.strftime("%H:%M") == second.strftime("%H:%M")
    assert sent_and_read(first) == first
    assert sent_and_read(second) == second


@pytest.mark.parametrize("missing", [None, pd.NA, pd.NaT])
def test_missing_is_none(missing: object) -> None:
    assert sent_and_read(missing) is None


@pytest.mark.parametrize(
    "value", [uuid.UUID(int=0xCA9A41), {1, 2}, 1j, pathlib.Path("CA9A41"), np.timedelta64(7, "M")]
)
def test_a_type_without_a_json_form_is_refused_by_its_name(value: object) -> None:
    with pytest.raises(UnsupportedTypeError, match=type(value).__name__) as caught:
        value_to_json(value)
    assert str(value) not in str(caught.value)


@pytest.mark.parametrize(
    "form",
    [
        5,
        None,
        ["a"],
        {},
        {"int": "1", "float": "0x1p0"},
        {"pickle": "x"},
        {"bool": "no"},
        {"int": 1.5},
        {"int": "one"},
        {"float": "0x1p99999"},
        {"float": 1.5},
        {"bytes": "?"},
        {"tuple": "ab"},
        {"decimal": 5},
        {"timestamp": ["2020-01-01", "Nowhere/Land", "ns"]},
        {"timestamp": ["2020-01-01", None, "fortnight"]},
        {"timestamp": [None, None, "ns"]},
        {"date": 5},
        {"timedelta": ["1", "fortnight"]},
        {"interval": ["a", 1, "left"]},
        {"interval": [{"int": "2"}, {"int": "1"}, "left"]},
        {"period": ["2020", "?"]},
    ],
    ids=repr,
)
def test_a_form_that_nobody_wrote_is_refused(form: object) -> None:
    with pytest.raises(InvalidDataError):
        value_from_json(form)


json_forms = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=5,
)
TYPES = ["bool", "int", "float", "bytes", "tuple", "decimal", "date", "interval"]


@settings(deadline=None)
@given(name=st.sampled_from(TYPES), payload=json_forms)
def test_any_payload_is_read_or_refused_as_invalid(name: str, payload: object) -> None:
    with suppress(InvalidDataError):
        value_to_json(value_from_json({name: payload}))
