"""What the tensor format promises: the same arrays back, and a refusal before any allocation."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tabgan.errors import InvalidParameterError, ModelFileError, UnsupportedTypeError
from tabgan.persistence import dump_tensors, load_tensors

Arrays = Mapping[str, np.ndarray[Any, Any]]


@pytest.fixture
def arrays() -> Arrays:
    generator = np.random.default_rng(0)
    return {
        "bool": np.array([True, False, True]),
        "bytes": np.arange(5, dtype=np.uint8),
        "empty": np.zeros((0, 7), np.float32),
        "float32": generator.normal(size=(3, 4)).astype(np.float32),
        "float64": np.array([0.0, -0.0, np.nan, np.inf, 5e-324]),
        "int32": np.array([[-(2**31)], [2**31 - 1]], np.int32),
        "int64": np.array([-(2**63), 2**63 - 1]),
        "none": np.zeros(0),
        "scalar": np.array(1.5),
        "ünïcode name": np.ones((1, 1, 1), np.float32),
    }


def _assert_same(read: Arrays, written: Arrays) -> None:
    assert read.keys() == written.keys()
    for name in written:
        assert read[name].dtype == written[name].dtype
        assert read[name].shape == written[name].shape
        assert read[name].tobytes() == written[name].tobytes()


def test_arrays_come_back_bit_by_bit(arrays: Arrays) -> None:
    _assert_same(load_tensors(dump_tensors(arrays)), arrays)


def test_no_arrays_are_a_file_too() -> None:
    assert load_tensors(dump_tensors({})) == {}


def test_arrays_that_are_read_can_be_written_to_and_share_nothing(arrays: Arrays) -> None:
    for array in load_tensors(dump_tensors(arrays)).values():
        assert array.flags.writeable
        assert array.flags.aligned
        assert array.dtype.isnative


def test_equal_arrays_give_equal_bytes_whatever_their_order(arrays: Arrays) -> None:
    assert dump_tensors(dict(reversed(list(arrays.items())))) == dump_tensors(arrays)


def test_numbers_begin_at_a_multiple_of_eight_bytes(arrays: Arrays) -> None:
    length = int.from_bytes(dump_tensors(arrays)[:8], "little")
    assert length % 8 == 0


def test_the_layout_in_memory_does_not_show_in_the_file() -> None:
    plain = np.arange(12, dtype=np.float32).reshape(3, 4)
    strided = np.repeat(plain, 2, axis=1)[:, ::2]
    for array in (np.asfortranarray(plain), plain.astype(">f4"), strided):
        assert dump_tensors({"kernel": array}) == dump_tensors({"kernel": plain})


def test_the_reference_reader_reads_our_files(arrays: Arrays) -> None:
    oracle = pytest.importorskip("safetensors.numpy")
    _assert_same(oracle.load(dump_tensors(arrays)), arrays)


def test_we_read_the_files_of_the_reference_writer(arrays: Arrays) -> None:
    oracle = pytest.importorskip("safetensors.numpy")
    _assert_same(load_tensors(oracle.save(dict(arrays))), arrays)


@pytest.mark.parametrize("dtype", ["f2", "c8", "O", "U3", "M8[us]", "i2", "u8"])
def test_other_dtypes_are_not_written(dtype: str) -> None:
    with pytest.raises(UnsupportedTypeError, match="'column' is of type array of"):
        dump_tensors({"column": np.zeros(2, dtype)})


def test_what_is_no_array_is_not_written() -> None:
    with pytest.raises(UnsupportedTypeError, match="'weights' is of type list"):
        dump_tensors({"weights": [1.0]})  # type: ignore[dict-item]


def test_the_name_that_the_format_reserves_is_not_written() -> None:
    with pytest.raises(InvalidParameterError, match="__metadata__"):
        dump_tensors({"__metadata__": np.zeros(1)})


def test_a_header_that_could_not_be_read_back_is_not_written() -> None:
    with pytest.raises(InvalidParameterError, match="header of"):
        dump_tensors({"n" * 2**20: np.zeros(1)})


def _framed(header: object, data: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def _tensor(dtype: object = "F32", shape: object = (2,), offsets: object = (0, 8)) -> object:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


DATA = bytes(8)
UNSOUND = {
    "nothing": b"",
    "less than a length": b"\x02\x00\x00",
    "a length of 2^64 - 1": b"\xff" * 8 + b"{}",
    "a header over 1 MiB": _framed(b"{}" + b" " * (2**20 - 1), b""),
    "a cut header": (100).to_bytes(8, "little") + b"{}",
    "a header of no bytes": bytes(8),
    "a list for a header": _framed([], b""),
    "metadata": _framed({"__metadata__": {"a": "b"}}, b""),
    "a name twice": _framed(
        b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},'
        b'"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        bytes(2),
    ),
    "NaN in a shape": _framed({"a": _tensor(shape=[float("nan")])}, DATA),
    "a cut tensor": _framed({"a": _tensor()}, DATA[:-1]),
    "bytes left over": _framed({"a": _tensor()}, DATA + b"x"),
    "bytes and no tensor": _framed({}, DATA),
    "an unknown dtype": _framed({"a": _tensor(dtype="F16", shape=[4])}, DATA),
    "a dtype that is a list": _framed({"a": _tensor(dtype=["F32"])}, DATA),
    "a dtype to unpickle": _framed({"a": _tensor(dtype="O", shape=[1])}, DATA),
    "too small a shape": _framed({"a": _tensor(shape=[1])}, DATA),
    "too large a shape": _framed({"a": _tensor(shape=[3])}, DATA),
    "a shape below 0": _framed({"a": _tensor(shape=[-2])}, DATA),
    "two sizes below 0": _framed({"a": _tensor(shape=[-1, -2])}, DATA),
    "a shape of fractions": _framed({"a": _tensor(shape=[2.0])}, DATA),
    "a shape of truths": _framed({"a": _tensor(shape=[2, True])}, DATA),
    "a shape that is a number": _framed({"a": _tensor(shape=2)}, DATA),
    "2^63 numbers": _framed({"a": _tensor(shape=[2**63])}, DATA),
    "2^64 + 2 numbers, 2 if they wrap": _framed({"a": _tensor(shape=[2**64 + 2])}, DATA),
    "2^63 times 2 numbers, 0 if they wrap": _framed(
        {"a": _tensor(shape=[2**63, 2], offsets=[0, 0])}, b""
    ),
    "2^63 times nothing": _framed({"a": _tensor(shape=[2**63, 0], offsets=[0, 0])}, b""),
    "2^40 times 2^40 times nothing": _framed(
        {"a": _tensor(shape=[2**40, 2**40, 0], offsets=[0, 0])}, b""
    ),
    "a hundred dimensions": _framed({"a": _tensor(shape=[1] * 99 + [2])}, DATA),
    "offsets below 0": _framed({"a": _tensor(offsets=[-8, 0])}, DATA),
    "offsets turned round": _framed({"a": _tensor(offsets=[8, 0])}, DATA),
    "offsets past the end": _framed({"a": _tensor(offsets=[8, 16])}, DATA),
    "offsets past 64 bits": _framed({"a": _tensor(offsets=[2**64, 2**64 + 8])}, DATA),
    "three offsets": _framed({"a": _tensor(offsets=[0, 8, 8])}, DATA),
    "no offsets": _framed({"a": {"dtype": "F32", "shape": [2]}}, DATA),
    "a word too many": _framed({"a": {**dict(_tensor()), "stride": [1]}}, DATA),  # type: ignore[call-overload]
    "tensors in one place": _framed({"a": _tensor(), "b": _tensor()}, DATA),
    "tensors that overlap": _framed({"a": _tensor(), "b": _tensor(offsets=[4, 12])}, bytes(12)),
    "a gap": _framed({"a": _tensor(), "b": _tensor(offsets=[12, 20])}, bytes(20)),
    "a gap at the beginning": _framed({"a": _tensor(offsets=[4, 12])}, bytes(12)),
    "a boolean of 2": _framed({"a": _tensor("BOOL", [2], [0, 2])}, b"\x01\x02"),
    "a pickle": b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n",
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_unsound_tensors_are_refused(kind: str) -> None:
    with pytest.raises(ModelFileError, match="member is not sound"):
        load_tensors(UNSOUND[kind])


def test_a_header_of_1_mebibyte_is_the_longest_allowed() -> None:
    assert load_tensors(_framed(b"{}" + b" " * (2**20 - 2), b"")) == {}
    with pytest.raises(ModelFileError, match="claims 1048577 bytes, of 1048576 allowed"):
        load_tensors(UNSOUND["a header over 1 MiB"])
    with pytest.raises(ModelFileError, match="ends inside its header"):
        load_tensors(UNSOUND["a cut header"])


def test_every_truncation_is_refused(arrays: Arrays) -> None:
    content = dump_tensors(arrays)
    for size in range(len(content)):
        with pytest.raises(ModelFileError):
            load_tensors(content[:size])


def test_no_flipped_bit_of_the_header_leads_to_another_error(arrays: Arrays) -> None:
    # Some flips give a sound file with another name; the hash in the manifest finds those.
    content = dump_tensors(arrays)
    length = 8 + int.from_bytes(content[:8], "little")
    refused = 0
    for place in range(length * 8):
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        try:
            load_tensors(bytes(flipped))
        except ModelFileError:
            refused += 1
    # Measured 92 %; the rest are letters of names and the padding.
    assert refused > 0.85 * length * 8
