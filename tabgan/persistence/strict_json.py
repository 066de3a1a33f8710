"""JSON with one reading only: what is written reads back the same, and nothing else is read.

Python's ``json`` is lenient where a file from a stranger must not be: it keeps the last of two
equal keys, reads ``NaN`` and turns ``1e999`` into infinity, and turns the keys of a dictionary
into text when it writes.
"""

import json
import math
import re
from typing import NoReturn

from tabgan.errors import InvalidParameterError, ModelFileError, UnsupportedTypeError

__all__ = ["MAX_DEPTH", "MAX_JSON_BYTES", "MAX_LISTS", "MAX_VALUES", "dump_json", "load_json"]

MAX_JSON_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 16
# What takes three bytes in the file can take seventy in memory, so values are counted as well as
# bytes. A thousand columns take some ten thousand lists and objects, and each released category or
# figure of the history is a value.
MAX_LISTS = 200_000
MAX_VALUES = 1_000_000
# Python's own default limit (CVE-2020-10735: reading digits takes quadratic time), which a program
# may have switched off for itself.
MAX_INTEGER_DIGITS = 4300

# Text, or what begins as text and has no end. Nothing in it is ever read twice: a search that goes
# back takes hours for a megabyte of backslashes.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_ROUND_TO_SQUARE = bytes.maketrans(b"{}", b"[]")
_ALL_BUT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ALL_BUT_STRUCTURE = bytes(byte for byte in range(256) if byte not in b"[]{},:")


def dump_json(value: object) -> bytes:
    """Write a value as compact UTF-8 with sorted keys; equal values give equal bytes.

    Parameters
    ----------
    value : object
        None, bool, int, finite float, str, list (a tuple is written as a list) or dict with str
        keys, at most 16 levels deep. Any text is taken: a lone surrogate is written as an escape.

    Returns
    -------
    bytes
        What :func:`load_json` reads back as an equal value.

    Raises
    ------
    UnsupportedTypeError
        If a part of the value or a key is of another type.
    InvalidParameterError
        If the value holds NaN or infinity, an integer over 4300 digits, more than 16 levels, more
        than a million values or 200,000 lists and objects, or takes more than 64 MiB.
    """
    _require_text_keys(value, levels=MAX_DEPTH)
    try:
        text = json.dumps(
            value, sort_keys=True, allow_nan=False, ensure_ascii=False, separators=(",", ":")
        )
    except TypeError:
        raise UnsupportedTypeError(
            "value holds an object that JSON has no form for; None, bool, int, float, str, list "
            "and dict are needed. Convert it first."
        ) from None
    except ValueError:
        raise InvalidParameterError(
            "value holds NaN, infinity or an integer over 4300 digits, which JSON cannot carry. "
            "Write such a number as text."
        ) from None
    # Python's form of a character that UTF-8 does not have is the escape that JSON uses.
    content = text.encode("utf-8", errors="backslashreplace")
    if len(content) > MAX_JSON_BYTES:
        raise InvalidParameterError(
            f"value takes {len(content)} bytes as JSON, of {MAX_JSON_BYTES} allowed. Keep large "
            "arrays as tensors."
        )
    structure = _STRING.sub(b"", content).translate(None, _ALL_BUT_STRUCTURE)
    if _n_lists(structure) > MAX_LISTS or _n_values(structure) > MAX_VALUES:
        raise InvalidParameterError(
            f"value holds more than {MAX_VALUES} values, or {MAX_LISTS} of them are lists or "
            "dicts. Keep large arrays as tensors."
        )
    return content


def load_json(content: bytes) -> object:
    """Read a value, refusing everything that could be read in two ways or without bound.

    Parameters
    ----------
    content : bytes
        UTF-8, at most 64 MiB.

    Returns
    -------
    object
        None, bool, int, finite float, str, list or dict.

    Raises
    ------
    ModelFileError
        If the bytes are too many, not UTF-8 or not JSON, or hold NaN, infinity, a number past
        the range of float64, a key twice in one object, more than 16 levels, more than a million
        values, 200,000 lists and objects or an integer over 4300 digits.
    """
    if len(content) > MAX_JSON_BYTES:
        raise _unsound(f"it has {len(content)} bytes, of {MAX_JSON_BYTES} allowed")
    structure = _STRING.sub(b"", content).translate(None, _ALL_BUT_STRUCTURE)
    if _n_lists(structure) > MAX_LISTS or _n_values(structure) > MAX_VALUES:
        raise _unsound(
            f"it holds more than {MAX_VALUES} values, or {MAX_LISTS} of them are lists or objects"
        )
    if not _is_shallow(structure):
        raise _unsound(f"its brackets do not close or go deeper than {MAX_DEPTH} levels")
    try:
        return json.loads(
            content.decode("utf-8"),
            parse_constant=_refuse_constant,
            parse_int=_read_integer,
            parse_float=_read_float,
            object_pairs_hook=_read_object,
        )
    except UnicodeDecodeError as error:
        raise _unsound(f"it is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        # The cause is left out of the chain: it carries the whole text of the member.
        raise _unsound(f"it is not JSON at character {error.pos}") from None


def _require_text_keys(value: object, levels: int) -> None:
    if not isinstance(value, dict | list | tuple):
        return
    if levels == 0:
        raise InvalidParameterError(
            f"value is more than {MAX_DEPTH} levels deep, or holds itself. Flatten it."
        )
    if isinstance(value, dict) and not all(isinstance(key, str) for key in value):
        raise UnsupportedTypeError(
            "value holds a dict with a key that is not text; JSON has no other keys. Turn the "
            "keys into text, or write a list of pairs."
        )
    for part in value.values() if isinstance(value, dict) else value:
        _require_text_keys(part, levels - 1)


def _n_lists(structure: bytes) -> int:
    """Return how many lists and objects there are, given brackets, commas and colons in order."""
    return structure.count(b"[") + structure.count(b"{")


def _n_values(structure: bytes) -> int:
    """Return how many values and keys there are, at most."""
    return 1 + _n_lists(structure) + structure.count(b",") + structure.count(b":")


def _is_shallow(structure: bytes) -> bool:
    """Tell whether all brackets close within the allowed depth, without recursion.

    Asked before parsing, because the parser recurses and a program may have raised Python's
    limit past what its stack can hold.
    """
    brackets = structure.translate(_ROUND_TO_SQUARE, _ALL_BUT_BRACKETS)
    for _ in range(MAX_DEPTH):
        brackets = brackets.replace(b"[]", b"")
    return not brackets


def _refuse_constant(_: str) -> NoReturn:
    raise _unsound("it holds NaN or infinity")


def _read_integer(digits: str) -> int:
    if len(digits.removeprefix("-")) > MAX_INTEGER_DIGITS:
        raise _unsound(f"it holds an integer over {MAX_INTEGER_DIGITS} digits")
    try:
        return int(digits)
    except ValueError:
        raise _unsound("it holds an integer longer than this Python was told to read") from None


def _read_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _unsound("it holds a number past the range of float64")
    return number


def _read_object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise _unsound("it holds a key twice in one object")
    return read


def _unsound(finding: str) -> ModelFileError:
    return ModelFileError(
        f"A JSON member is not sound: {finding}. The file is damaged or was altered; take another "
        "copy of it or save the model again."
    )
