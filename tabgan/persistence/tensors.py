"""Arrays to and from bytes in the safetensors format (Hugging Face, 2022).

Eight bytes give the length of a JSON header, the header gives each tensor its dtype, shape and
place, and the numbers follow, little-endian and row-major. Reading cannot execute anything. The
format carries no hash: a flipped bit in a weight is found by the container around it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from tabgan.errors import InvalidParameterError, ModelFileError, UnsupportedTypeError
from tabgan.persistence.strict_json import dump_json, load_json

__all__ = ["MAX_HEADER_BYTES", "dump_tensors", "load_tensors"]

MAX_HEADER_BYTES = 1024 * 1024

# To add a dtype: 1. its name in the format and its little-endian numpy form here; 2. a case in the
# round trips of the tests; 3. raise the version of the model file, for old readers refuse it.
_DTYPES = {
    "BOOL": np.dtype("?"),
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    "I32": np.dtype("<i4"),
    "I64": np.dtype("<i8"),
    "U8": np.dtype("u1"),
}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}

_LENGTH_BYTES = 8
_ALIGNMENT = 8
_RESERVED_NAME = "__metadata__"
# numpy's limits: dimensions before version 2, and bytes addressed by a signed 64-bit number.
_MAX_DIMENSIONS = 32
_MAX_TENSOR_BYTES = 2**63 - 1
_MAX_SHOWN_NAME = 60


@dataclass(frozen=True)
class _Record:
    """What the header says about one tensor; ``begin`` and ``end`` count bytes of the data."""

    name: str
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    begin: int
    end: int


def dump_tensors(tensors: Mapping[str, npt.NDArray[np.generic]]) -> bytes:
    """Write arrays in the safetensors format; equal arrays give equal bytes.

    Parameters
    ----------
    tensors : mapping of str to ndarray
        Arrays of any shape, of dtype bool, uint8, int32, int64, float32 or float64. They are
        written in the order of their names, whatever their order here.

    Returns
    -------
    bytes
        What :func:`load_tensors` and any safetensors reader read back.

    Raises
    ------
    UnsupportedTypeError
        If a value is not an array or has another dtype.
    InvalidParameterError
        If a name is reserved by the format, or the header would pass 1 MiB.
    """
    header: dict[str, object] = {}
    data: list[bytes] = []
    begin = 0
    for name in sorted(tensors):
        dtype_name = _dtype_name(name, tensors[name])
        content = tensors[name].astype(_DTYPES[dtype_name], copy=False).tobytes()
        header[name] = {
            "data_offsets": [begin, begin + len(content)],
            "dtype": dtype_name,
            "shape": list(tensors[name].shape),
        }
        data.append(content)
        begin += len(content)
    return b"".join([*_framed(dump_json(header)), *data])


def load_tensors(content: bytes) -> dict[str, npt.NDArray[np.generic]]:
    """Read arrays in the safetensors format, checking the header before any array is made.

    Parameters
    ----------
    content : bytes
        The whole of a safetensors file without metadata.

    Returns
    -------
    dict of str to ndarray
        New, writable arrays in the order of their names, of the dtypes that
        :func:`dump_tensors` takes.

    Raises
    ------
    ModelFileError
        If the header passes 1 MiB or is not strict JSON; if a dtype is unknown; if a shape and
        the place of its bytes disagree; if the tensors overlap, leave a gap or leave bytes over;
        if a boolean is neither 0 nor 1.
    """
    length = int.from_bytes(content[:_LENGTH_BYTES], "little")
    if length > MAX_HEADER_BYTES:
        raise _unsound(f"its header claims {length} bytes, of {MAX_HEADER_BYTES} allowed")
    start = _LENGTH_BYTES + length
    if len(content) < start:
        raise _unsound("it ends inside its header")
    records = _read_header(content[_LENGTH_BYTES:start])
    _require_cover(records, len(content) - start)
    return {
        record.name: _read_tensor(content, start, record)
        for record in sorted(records, key=lambda record: record.name)
    }


def _dtype_name(name: str, tensor: npt.NDArray[np.generic]) -> str:
    if name == _RESERVED_NAME:
        raise InvalidParameterError(
            f"A tensor is called {name!r}, which the format keeps for itself. Rename it."
        )
    kind = tensor.dtype.newbyteorder("<") if isinstance(tensor, np.ndarray) else None
    if kind not in _NAMES:
        found = type(tensor).__name__ if kind is None else f"array of {tensor.dtype}"
        raise UnsupportedTypeError(
            f"Tensor {name!r} is of type {found}; an array of bool, uint8, int32, int64, float32 "
            "or float64 is needed. Convert it with numpy.asarray(..., dtype=...)."
        )
    return _NAMES[kind]


def _framed(header: bytes) -> tuple[bytes, bytes]:
    padded = header + b" " * (-len(header) % _ALIGNMENT)
    if len(padded) > MAX_HEADER_BYTES:
        raise InvalidParameterError(
            f"tensors need a header of {len(padded)} bytes, of {MAX_HEADER_BYTES} allowed. Use "
            "fewer tensors or shorter names."
        )
    return len(padded).to_bytes(_LENGTH_BYTES, "little"), padded


def _read_header(header: bytes) -> list[_Record]:
    document = load_json(header)
    if not isinstance(document, dict):
        raise _unsound("its header is not a JSON object")
    return [_read_record(name, value) for name, value in document.items()]


def _read_record(name: str, value: object) -> _Record:
    shown = repr(name[:_MAX_SHOWN_NAME])
    if not isinstance(value, dict) or value.keys() != {"data_offsets", "dtype", "shape"}:
        raise _unsound(f"{shown} is not described by dtype, shape and data_offsets")
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or dtype not in _DTYPES:
        raise _unsound(f"{shown} has an unknown dtype")
    if not _is_counts(shape) or len(shape) > _MAX_DIMENSIONS:
        raise _unsound(f"{shown} has a shape that is not at most {_MAX_DIMENSIONS} whole numbers")
    if not _is_counts(offsets) or len(offsets) != 2:
        raise _unsound(f"{shown} has data_offsets that are not two whole numbers")
    record = _Record(name, _DTYPES[dtype], tuple(shape), *offsets)
    # numpy refuses a shape too large to address even where another dimension is 0.
    if math.prod(max(size, 1) for size in shape) * record.dtype.itemsize > _MAX_TENSOR_BYTES:
        raise _unsound(f"{shown} has a shape too large to address")
    if math.prod(shape) * record.dtype.itemsize != record.end - record.begin:
        raise _unsound(f"{shown} has a shape and data_offsets that disagree")
    return record


def _is_counts(value: object) -> TypeGuard[list[int]]:
    # JSON's true is Python's 1, which is not what was meant.
    return isinstance(value, list) and all(type(part) is int and part >= 0 for part in value)


def _require_cover(records: list[_Record], data_bytes: int) -> None:
    """Refuse tensors that share bytes, leave some between them or do not end where data ends."""
    position = 0
    for record in sorted(records, key=lambda record: (record.begin, record.end)):
        if record.begin != position:
            raise _unsound("its tensors overlap or leave a gap")
        position = record.end
    if position != data_bytes:
        raise _unsound(f"its tensors take {position} bytes and {data_bytes} follow the header")


def _read_tensor(content: bytes, start: int, record: _Record) -> npt.NDArray[np.generic]:
    count = math.prod(record.shape)
    raw = np.frombuffer(content, np.uint8, record.end - record.begin, start + record.begin)
    if record.dtype == np.bool_ and raw.max(initial=0) > 1:
        raise _unsound(f"{record.name[:_MAX_SHOWN_NAME]!r} holds a boolean that is not 0 or 1")
    stored = np.frombuffer(content, record.dtype, count, start + record.begin)
    # A copy: the view is read-only and rarely aligned, and would keep all of the bytes alive.
    return stored.astype(record.dtype.newbyteorder("="), copy=True).reshape(record.shape)


def _unsound(finding: str) -> ModelFileError:
    return ModelFileError(
        f"A tensor member is not sound: {finding}. The file is damaged or was altered; take "
        "another copy of it or save the model again."
    )
