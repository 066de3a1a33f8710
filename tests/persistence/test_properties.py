"""What holds for any bytes, any value and any array that a reader or a writer may be given."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tabgan.errors import ModelFileError
from tabgan.persistence import (
    dump_json,
    dump_tensors,
    load_json,
    load_tensors,
    read_container,
    write_container,
)
from tabgan.persistence.archive import archive_size
from tabgan.persistence.atomic import replace_file
from tabgan.persistence.manifest import MEMBER_NAMES, Manifest, MemberRecord

# A hundred examples each take a minute together; the other tests of this room state the same facts
# of chosen examples.
pytestmark = pytest.mark.slow

# The folder of the test is shared by its examples, each of which writes the file anew.
in_one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS.filter(lambda value: not (isinstance(value, float) and math.isinf(value))),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    max_leaves=15,
)
DTYPES = st.sampled_from(["?", "u1", "i4", "i8", "f4", "f8"])
ARRAYS = st.dictionaries(
    st.text(max_size=8).filter(lambda name: name != "__metadata__"),
    DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0))),
    max_size=4,
)
MEMBERS = st.fixed_dictionaries({name: st.binary(max_size=40) for name in MEMBER_NAMES})
RECORDS = st.builds(MemberRecord.of, st.binary(max_size=9))


def edited(draw: st.DrawFn, content: bytes) -> bytes:
    """Return the content with a part of it replaced by other bytes."""
    start = draw(st.integers(0, len(content)))
    stop = draw(st.integers(start, min(len(content), start + 20)))
    changed = content[:start] + draw(st.binary(max_size=20)) + content[stop:]
    assume(changed != content)
    return changed


EDITED_JSON = st.composite(lambda draw: edited(draw, dump_json(draw(VALUES))))()
EDITED_TENSORS = st.composite(lambda draw: edited(draw, dump_tensors(draw(ARRAYS))))()


def read_or_refuse(reader: Any, content: bytes) -> Any:
    """Return what is read, or an exception of the one kind that a reader may raise."""
    try:
        return reader(content)
    except ModelFileError as refusal:
        return refusal


@given(st.binary(max_size=200) | EDITED_JSON)
def test_json_of_any_bytes_is_a_value_or_refused(content: bytes) -> None:
    read_or_refuse(load_json, content)


@given(EDITED_JSON | st.builds(dump_json, VALUES))
def test_what_strict_json_reads_is_what_everybody_reads(content: bytes) -> None:
    read = read_or_refuse(load_json, content)
    if not isinstance(read, ModelFileError):
        assert repr(read) == repr(json.loads(content))


@given(st.binary(max_size=60) | EDITED_JSON)
def test_what_was_read_can_be_written_and_is_then_the_same(content: bytes) -> None:
    read = read_or_refuse(load_json, content)
    if not isinstance(read, ModelFileError):
        written = dump_json(read)
        assert load_json(written) == read
        assert dump_json(load_json(written)) == written


@given(st.text(alphabet='"\\[]{},:a\x00é\ud800', max_size=40))
def test_text_of_any_brackets_and_backslashes_comes_back(text: str) -> None:
    assert load_json(dump_json([text, {text: text}])) == [text, {text: text}]


@given(ARRAYS)
def test_any_arrays_come_back_bit_by_bit(arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    read = load_tensors(dump_tensors(arrays))
    assert list(read) == sorted(arrays)
    for name, array in arrays.items():
        assert (read[name].dtype, read[name].shape) == (array.dtype, array.shape)
        assert read[name].tobytes() == array.tobytes()


@given(ARRAYS)
def test_writing_what_was_read_gives_the_same_bytes(
    arrays: Mapping[str, np.ndarray[Any, Any]],
) -> None:
    content = dump_tensors(arrays)
    assert dump_tensors(load_tensors(content)) == content


@given(st.binary(max_size=200) | EDITED_TENSORS)
def test_tensors_of_any_bytes_are_arrays_no_larger_than_the_bytes_or_refused(
    content: bytes,
) -> None:
    read = read_or_refuse(load_tensors, content)
    if not isinstance(read, ModelFileError):
        assert sum(array.nbytes for array in read.values()) < len(content)


@given(EDITED_TENSORS)
def test_what_we_read_the_reference_reader_reads_alike(content: bytes) -> None:
    oracle = pytest.importorskip("safetensors.numpy")
    read = read_or_refuse(load_tensors, content)
    if not isinstance(read, ModelFileError):
        theirs = oracle.load(content)
        assert {name: array.tobytes() for name, array in theirs.items()} == {
            name: array.tobytes() for name, array in read.items()
        }


@given(st.dictionaries(st.text(), st.text()), st.lists(RECORDS, min_size=7, max_size=7))
def test_any_manifest_comes_back(versions: dict[str, str], records: list[MemberRecord]) -> None:
    manifest = Manifest(versions, dict(zip(MEMBER_NAMES, records, strict=True)))
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest


@given(st.data())
def test_any_part_of_a_manifest_may_be_anything_and_is_checked(data: st.DataObject) -> None:
    records = {name: MemberRecord.of(b"") for name in MEMBER_NAMES}
    document = json.loads(Manifest({"tabgan": "0"}, records).to_bytes())
    place = data.draw(
        st.sampled_from([document, document["members"], *document["members"].values()])
    )
    place[data.draw(st.sampled_from(sorted(place)))] = data.draw(VALUES)
    read = read_or_refuse(Manifest.from_bytes, dump_json(document))
    if not isinstance(read, ModelFileError):
        assert set(read.members) >= set(MEMBER_NAMES) - {"discriminator.safetensors"}
        assert all(type(record.size) is int for record in read.members.values())


@in_one_folder
@given(MEMBERS)
def test_any_members_come_back_from_a_file_of_the_size_foretold(
    tmp_path: Path, members: dict[str, bytes]
) -> None:
    path = tmp_path / "m.tabgan"
    write_container(path, members, versions={"tabgan": "0"})
    assert read_container(path) == members
    manifest = Manifest({"tabgan": "0"}, {n: MemberRecord.of(c) for n, c in members.items()})
    sizes = [("manifest.json", len(manifest.to_bytes()))]
    sizes += [(name, len(content)) for name, content in members.items()]
    assert path.stat().st_size == archive_size(sizes)


@in_one_folder
@given(MEMBERS, st.data())
def test_any_other_bytes_in_a_model_file_are_refused(
    tmp_path: Path, members: dict[str, bytes], data: st.DataObject
) -> None:
    path = tmp_path / "m.tabgan"
    write_container(path, members, versions={"tabgan": "0"})
    path.write_bytes(data.draw(st.composite(edited)(path.read_bytes())))
    with pytest.raises(ModelFileError):
        read_container(path)


@in_one_folder
@given(st.lists(MEMBERS, min_size=2, max_size=2), st.integers(0, 4_000))
def test_a_file_that_begins_as_one_model_and_ends_as_another_is_refused(
    tmp_path: Path, members: list[dict[str, bytes]], place: int
) -> None:
    path = tmp_path / "m.tabgan"
    contents = []
    for part in members:
        write_container(path, part, versions={"tabgan": "0"})
        contents.append(path.read_bytes())
    mixed = contents[0][:place] + contents[1][place:]
    assume(mixed not in contents)
    path.write_bytes(mixed)
    with pytest.raises(ModelFileError):
        read_container(path)


@in_one_folder
@given(st.lists(st.binary(max_size=30), max_size=8))
def test_a_file_is_its_pieces_however_it_was_cut_into_them(
    tmp_path: Path, pieces: list[bytes]
) -> None:
    path = tmp_path / "file"
    replace_file(path, pieces)
    assert path.read_bytes() == b"".join(pieces)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
