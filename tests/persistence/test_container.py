"""What the model file promises: equal bytes, a whole round trip, and no damage unnoticed."""

import hashlib
import io
import os
import pickle
import socket
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tabgan.errors import InvalidParameterError, ModelFileError, UnsupportedTypeError
from tabgan.persistence import read_container, write_container
from tabgan.persistence.archive import Entry, directory
from tabgan.persistence.manifest import MEMBER_NAMES


def test_members_come_back_as_they_were(model: Path, members: Mapping[str, bytes]) -> None:
    assert read_container(model) == members


def test_members_stand_in_a_fixed_order_behind_the_manifest(model: Path) -> None:
    assert zipfile.ZipFile(model).namelist() == ["manifest.json", *MEMBER_NAMES]


def test_the_discriminator_may_stay_at_home(
    tmp_path: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    without = {name: members[name] for name in members if not name.startswith("discriminator")}
    write_container(tmp_path / "m.tabgan", without, versions=versions)
    assert read_container(tmp_path / "m.tabgan") == without


def test_empty_members_are_members(
    tmp_path: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    empty = dict.fromkeys(members, b"")
    write_container(tmp_path / "m.tabgan", empty, versions=versions)
    assert read_container(tmp_path / "m.tabgan") == empty


def test_equal_models_give_equal_bytes_whatever_the_order_of_their_parts(
    model: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    again = model.with_name("again.tabgan")
    turned = dict(reversed(list(members.items())))
    write_container(again, turned, versions=dict(reversed(list(versions.items()))))
    assert again.read_bytes() == model.read_bytes()


def test_the_bytes_of_format_1_are_frozen(tmp_path: Path, versions: Mapping[str, str]) -> None:
    # Models that people keep were written so: a change here makes every one of them unreadable.
    path = tmp_path / "frozen.tabgan"
    write_container(path, {name: name.encode() for name in MEMBER_NAMES}, versions=versions)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert digest == "d0390673087c4607b471d081d1d02c4e247c7d90ec07e9ae008444f7bcdbd211"


def test_any_zip_tool_finds_the_file_sound(model: Path, members: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(model) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in members} == members


def test_every_truncation_is_refused(model: Path) -> None:
    for size in reversed(range(model.stat().st_size)):
        os.truncate(model, size)
        with pytest.raises(ModelFileError):
            read_container(model)


def test_every_flipped_bit_is_refused(model: Path, members: Mapping[str, bytes]) -> None:
    content = model.read_bytes()
    assert 2_000 < len(content) < 4_000
    with open(model, "r+b", buffering=0) as file:
        for place, byte in enumerate(content):
            for bit in range(8):
                os.pwrite(file.fileno(), bytes([byte ^ 1 << bit]), place)
                with pytest.raises(ModelFileError):
                    read_container(model)
            os.pwrite(file.fileno(), bytes([byte]), place)
    assert read_container(model) == members


def test_random_edits_of_many_bytes_are_refused(model: Path) -> None:
    content = model.read_bytes()
    generator = np.random.default_rng(0)
    for _ in range(500):
        edited = bytearray(content)
        start, length = generator.integers(len(content)), generator.integers(1, 64)
        edited[start : start + length] = generator.bytes(int(generator.integers(64)))
        if edited == content:
            continue
        model.write_bytes(edited)
        with pytest.raises(ModelFileError):
            read_container(model)


def test_two_members_that_swapped_contents_are_refused(
    tmp_path: Path, model: Path, members: Mapping[str, bytes]
) -> None:
    swapped = {
        **members,
        "encoder.json": members["history.json"],
        "history.json": members["encoder.json"],
    }
    refuse(_rebuilt(tmp_path, model, swapped), "encoder.json|longer or shorter")


def test_a_member_of_equal_size_and_right_checksum_but_other_content_is_refused(
    tmp_path: Path, model: Path, members: Mapping[str, bytes]
) -> None:
    # The ZIP is rebuilt around the new content, so only the SHA-256 can tell.
    other = bytes(reversed(members["encoder.safetensors"]))
    path = _rebuilt(tmp_path, model, {**members, "encoder.safetensors": other})
    refuse(path, "encoder.safetensors is not what the manifest says")


def test_deflated_members_are_refused(
    tmp_path: Path, model: Path, members: Mapping[str, bytes]
) -> None:
    path = tmp_path / "deflated.tabgan"
    with zipfile.ZipFile(model) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            method = zipfile.ZIP_DEFLATED if name == "schema.json" else zipfile.ZIP_STORED
            target.writestr(zipfile.ZipInfo(name), source.read(name), method)
    refuse(path, "not sound")


@pytest.mark.parametrize("name", ["../x", "extra.json", "schema.json", "/etc/passwd", "a/b.json"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_the_manifest_does_not_list_is_refused(model: Path, name: str) -> None:
    with zipfile.ZipFile(model, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    refuse(model, "longer or shorter")


@pytest.mark.parametrize("junk", [b"\x00", b"#!/bin/sh\n", b"PK\x05\x06" + bytes(18)])
def test_data_before_or_after_the_archive_is_refused(model: Path, junk: bytes) -> None:
    content = model.read_bytes()
    model.write_bytes(junk + content)
    refuse(model, "not a tabgan model|not sound")
    model.write_bytes(content + junk)
    refuse(model, "longer or shorter")


def test_data_between_members_and_directory_is_refused(model: Path) -> None:
    content = model.read_bytes()
    place = content.index(b"PK\x01\x02")
    model.write_bytes(content[:place] + b"hidden" + content[place:])
    refuse(model, "longer or shorter")


def test_an_archive_comment_is_refused(model: Path) -> None:
    with zipfile.ZipFile(model, "a") as archive:
        archive.comment = b"hello"
    refuse(model, "longer or shorter")


def test_a_manifest_that_claims_gigabytes_is_refused(model: Path) -> None:
    content = bytearray(model.read_bytes())
    content[18:26] = b"\xff" * 8
    model.write_bytes(content)
    refuse(model, "manifest claims 4294967295 bytes")


def _foreign() -> dict[str, bytes]:
    buffer = io.BytesIO()
    np.savez(buffer, weights=np.zeros(3))
    return {
        "an empty file": b"",
        "a pickle": pickle.dumps({"weights": [1.0]}),
        "an .npz": buffer.getvalue(),
        "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(100),
        "a CSV": b"age,income\n38,1\n",
    }


@pytest.mark.parametrize("kind", _foreign())
def test_files_of_other_kinds_are_refused_as_such(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(_foreign()[kind])
    refuse(path, "not a tabgan model")


def test_a_file_over_the_limit_is_refused_with_the_way_out(
    model: Path, members: Mapping[str, bytes]
) -> None:
    size = model.stat().st_size
    with pytest.raises(ModelFileError, match="larger max_bytes"):
        read_container(model, max_bytes=size - 1)
    assert read_container(model, max_bytes=size) == members


@pytest.mark.parametrize("max_bytes", [0, -1, True, 1.5])
def test_a_limit_that_is_no_size_is_refused(model: Path, max_bytes: int) -> None:
    with pytest.raises(InvalidParameterError, match="max_bytes"):
        read_container(model, max_bytes=max_bytes)


def test_a_link_to_a_model_is_a_model(model: Path, members: Mapping[str, bytes]) -> None:
    link = model.with_name("link.tabgan")
    link.symlink_to(model)
    assert read_container(link) == members


def test_directories_pipes_sockets_and_devices_are_refused_without_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "pipe")
    refuse(tmp_path, "directory")
    refuse(tmp_path / "pipe", "pipe")
    refuse(link, "pipe")
    refuse(Path("/dev/zero"), "device")
    with socket.socket(socket.AF_UNIX) as listener:
        # The name of a socket may be 107 bytes long, which a temporary directory can exceed.
        monkeypatch.chdir(tmp_path)
        listener.bind("socket")
        refuse(Path("socket"), "socket")


def test_a_missing_file_is_the_error_that_everyone_knows(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_container(tmp_path / "nowhere.tabgan")


def test_errors_name_the_file(model: Path) -> None:
    os.truncate(model, 100)
    refuse(model, "small.tabgan: ")


@pytest.mark.parametrize("name", ["../x", "manifest.json", "weights.h5"])
def test_unknown_members_are_not_written(
    model: Path, members: Mapping[str, bytes], versions: Mapping[str, str], name: str
) -> None:
    with pytest.raises(InvalidParameterError, match=r"unknown names \['"):
        write_container(model, {**members, name: b""}, versions=versions)
    assert read_container(model) == members


def test_a_model_that_lacks_a_member_is_not_written(
    tmp_path: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    rest = {name: members[name] for name in members if name != "params.json"}
    with pytest.raises(InvalidParameterError, match=r"lacks \['params.json'\]"):
        write_container(tmp_path / "m.tabgan", rest, versions=versions)
    assert not list(tmp_path.iterdir())


def test_members_and_versions_of_a_wrong_type_are_not_written(
    tmp_path: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    path = tmp_path / "m.tabgan"
    with pytest.raises(UnsupportedTypeError, match=r"'schema\.json' is of type str"):
        write_container(path, {**members, "schema.json": "{}"}, versions=versions)  # type: ignore[dict-item]
    with pytest.raises(UnsupportedTypeError, match="version of 'keras' is of type int"):
        write_container(path, members, versions={**versions, "keras": 3})  # type: ignore[dict-item]
    with pytest.raises(InvalidParameterError, match="'tabgan'"):
        write_container(path, members, versions={"numpy": "2.2.0"})
    with pytest.raises(InvalidParameterError, match="64 kB"):
        write_container(path, members, versions={**versions, "numpy": "2" * 70_000})
    assert not list(tmp_path.iterdir())


def refuse(path: Path, finding: str) -> None:
    """Check that the file is refused for the reason given."""
    with pytest.raises(ModelFileError, match=finding):
        read_container(path)


def _rebuilt(folder: Path, model: Path, contents: Mapping[str, bytes]) -> Path:
    """Write a ZIP that is sound in itself, with the manifest of ``model`` over other contents."""
    with zipfile.ZipFile(model) as archive:
        everything = {"manifest.json": archive.read("manifest.json"), **contents}
    entries = [Entry.of(name, content) for name, content in everything.items()]
    pieces = [entry.local_header() + everything[entry.name] for entry in entries]
    path = folder / "rebuilt.tabgan"
    path.write_bytes(b"".join(pieces) + directory(entries))
    return path


def test_a_path_of_bytes_is_a_path(
    tmp_path: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    path = os.fsencode(tmp_path / "model.tabgan")
    write_container(path, members, versions=versions)
    assert read_container(path) == members
