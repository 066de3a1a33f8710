"""What strict JSON promises: the same value back, and a refusal for all that has two readings."""

import json
import math
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.errors import InvalidParameterError, ModelFileError, UnsupportedTypeError
from tabgan.persistence import dump_json, load_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
FINITE = SCALARS.filter(lambda value: not (isinstance(value, float) and math.isinf(value)))
VALUES = st.recursive(
    FINITE, lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts), max_leaves=20
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(VALUES)
def test_values_come_back_equal_and_of_the_same_types(value: object) -> None:
    assert repr(load_json(dump_json(value))) == repr(_with_sorted_keys(value))


def _with_sorted_keys(value: object) -> object:
    if isinstance(value, dict):
        return {key: _with_sorted_keys(value[key]) for key in sorted(value)}
    return [_with_sorted_keys(part) for part in value] if isinstance(value, list) else value


def test_equal_values_give_equal_compact_bytes() -> None:
    assert dump_json({"b": [1, 2.5], "a": "é"}) == '{"a":"é","b":[1,2.5]}'.encode()
    assert dump_json({"a": 1, "b": 2}) == dump_json({"b": 2, "a": 1})


@pytest.mark.parametrize("text", ["\ud800", "\\\udfff\\", 'a"\udc80"[{', "[[[[" * 9, "\x00\u2028"])
def test_any_text_that_python_can_hold_comes_back(text: str) -> None:
    content = dump_json([text, {text: 1}])
    assert load_json(content) == [text, {text: 1}]
    content.decode("utf-8")


def test_brackets_inside_text_are_no_levels() -> None:
    assert load_json(b'["[[[[[[[[[[[[[[[[[[[[", "\\"{{", "}"]') == ["[" * 20, '"{{', "}"]


REFUSED = {
    "NaN": b"[NaN]",
    "infinity": b"[-Infinity]",
    "a float past the range": b"[1e999]",
    "a key twice": b'{"a":1,"b":2,"a":1}',
    "a key twice, once escaped": b'{"a":1,"\\u0061":2}',
    "a key twice, deep inside": b'[{"x":{"a":1,"a":1}}]',
    "17 levels": b"[" * 17 + b"]" * 17,
    "17 levels of both kinds": b'[{"a":' * 8 + b"[]" + b"}]" * 8,
    "a hundred thousand levels": b"[" * 100_000,
    "a hundred thousand levels that close": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a million backslashes without an end": b'["' + b'\\"' * 1_000_000,
    "a million texts without an end": b'"a\\' * 1_000_001,
    "an escape without an end": b'"\\',
    "more than a million values": b"[" + b"0," * 1_000_000 + b"0]",
    "more than 200,000 lists": b"[" + b"[]," * 200_000 + b"[]]",
    "more than 200,000 objects": b"[" + b"{}," * 200_000 + b"{}]",
    "a 4301-digit integer": b"1" * 4301,
    "a 4301-digit negative integer": b"[-" + b"1" * 4301 + b"]",
    "bytes that are not UTF-8": b'"\xff"',
    "an overlong form": b'"\xc0\xaf"',
    "UTF-16": '{"a":1}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "nothing": b"",
    "two values": b"{} {}",
    "a cut value": b'{"a":',
    "an unclosed text": b'["a',
    "a comma too many": b"[1,]",
    "single quotes": b"{'a':1}",
    "a control character in text": b'"\n"',
    "a pickle": b"\x80\x04K\x01.",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_strict_json_is_refused(kind: str) -> None:
    with pytest.raises(ModelFileError, match="JSON member is not sound"):
        load_json(REFUSED[kind])


def test_the_limits_themselves_are_allowed() -> None:
    assert load_json(b"[" * 16 + b"]" * 16) == json.loads("[" * 16 + "]" * 16)
    assert load_json(b"-" + b"1" * 4300) == -int("1" * 4300)


def test_long_integers_are_refused_where_python_was_told_to_read_them() -> None:
    limit = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(0)
        with pytest.raises(ModelFileError, match="4300 digits"):
            load_json(b"1" * 4301)
    finally:
        sys.set_int_max_str_digits(limit)


def test_more_than_64_mebibytes_are_refused() -> None:
    with pytest.raises(ModelFileError, match="67108865 bytes"):
        load_json(b" " * (64 * 1024 * 1024) + b"1")


def test_errors_show_nothing_of_the_content() -> None:
    for content in (b'{"Jane Doe":1,"Jane Doe":2}', b'["Jane Doe" 3]', b'["Jane Doe\xff"]'):
        with pytest.raises(ModelFileError) as refusal:
            load_json(content)
        assert "Jane" not in str(refusal.value)
        assert refusal.value.__cause__ is None
        assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


@pytest.mark.parametrize(
    "value",
    [math.nan, [math.inf], {"a": -math.inf}, [10**5000]],
    ids=["nan", "inf", "-inf", "long"],
)
def test_numbers_that_could_not_be_read_back_are_not_written(value: object) -> None:
    with pytest.raises(InvalidParameterError, match="NaN, infinity or an integer"):
        dump_json(value)


def test_values_too_deep_to_be_read_back_are_not_written() -> None:
    value: list[object] = []
    for _ in range(15):
        value = [value]
    assert load_json(dump_json(value)) == value
    with pytest.raises(InvalidParameterError, match="16 levels"):
        dump_json([value])
    value.append(value)
    with pytest.raises(InvalidParameterError, match="holds itself"):
        dump_json(value)


@pytest.mark.parametrize("value", [[0] * 1_000_001, [[]] * 200_001], ids=["values", "lists"])
def test_values_too_many_to_be_read_back_are_not_written(value: list[object]) -> None:
    with pytest.raises(InvalidParameterError, match="1000000 values, or 200000"):
        dump_json(value)


def test_brackets_and_commas_inside_text_are_no_values() -> None:
    text = "[],{}:" * 200_000
    assert load_json(dump_json([text])) == [text]


@pytest.mark.parametrize("value", [{1: "a"}, {None: 1}, [{True: 1}], {("a",): 1}])
def test_keys_that_are_not_text_are_not_written(value: object) -> None:
    with pytest.raises(UnsupportedTypeError, match="key that is not text"):
        dump_json(value)


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, np.float32(1), np.arange(2), object()])
def test_objects_without_a_form_in_json_are_not_written(value: object) -> None:
    with pytest.raises(UnsupportedTypeError, match="no form"):
        dump_json([value])
