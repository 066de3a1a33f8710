"""What the manifest promises: an old reader names a newer writer, and no claim goes unchecked."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tabgan.errors import ModelFileError, ModelVersionError
from tabgan.persistence import read_container
from tabgan.persistence.archive import Entry
from tabgan.persistence.manifest import MEMBER_NAMES, Manifest, MemberRecord


def _document() -> dict[str, Any]:
    records = {name: MemberRecord.of(name.encode()) for name in MEMBER_NAMES}
    return dict(json.loads(Manifest({"tabgan": "0.1.0"}, records).to_bytes()))


def test_a_manifest_reads_back_as_it_was() -> None:
    records = {name: MemberRecord.of(name.encode()) for name in MEMBER_NAMES}
    manifest = Manifest({"tabgan": "0.1.0", "keras": "3.13.2"}, records)
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest


def test_a_newer_model_is_refused_with_the_version_that_wrote_it(tmp_path: Path) -> None:
    # Nothing behind the manifest looks as it does today, and yet the version is what is said.
    newer = {"format": "tabgan", "format_version": 3, "min_reader": 2, "members": ["new"]}
    content = json.dumps({**newer, "versions": {"tabgan": "7.1"}}).encode()
    path = tmp_path / "newer.tabgan"
    path.write_bytes(Entry.of("manifest.json", content).local_header() + content + b"new")
    with pytest.raises(ModelVersionError, match=r"tabgan '7\.1'.*version 2; .*Upgrade tabgan"):
        read_container(path)


def test_a_newer_format_that_keeps_old_readers_is_read() -> None:
    document = {**_document(), "format_version": 2, "added_later": True}
    assert Manifest.from_bytes(json.dumps(document).encode()).versions == {"tabgan": "0.1.0"}


def _without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.pop(name)


def _with(**claims: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.update(claims)


def _member(**claims: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["members"]["schema.json"].update(claims)


UNSOUND: Mapping[str, Callable[[dict[str, Any]], object]] = {
    "no format": _without("format"),
    "another format": _with(format="keras"),
    "no version": _without("format_version"),
    "no least reader": _without("min_reader"),
    "version 0": _with(format_version=0, min_reader=0),
    "true for a version": _with(format_version=True, min_reader=True),
    "a version as text": _with(min_reader="1"),
    "a least reader past the version": _with(min_reader=2),
    "no versions of packages": _without("versions"),
    "a package version that is a number": _with(versions={"tabgan": 1}),
    "no members": _without("members"),
    "members in a list": _with(members=["schema.json"]),
    "no schema": lambda document: document["members"].pop("schema.json"),
    "a member from outside": lambda document: document["members"].update({"../x": {}}),
    "a size below 0": _member(size=-1),
    "a size that is no whole number": _member(size=1.0),
    "true for a size": _member(size=True),
    "a short hash": _member(sha256="00"),
    "a hash in capitals": _member(sha256="A" * 64),
    "no hash": _member(sha256=None),
    "one word too many on a member": _member(method="deflate"),
    "another total": _with(total_size=1),
}


@pytest.mark.parametrize("kind", UNSOUND)
def test_a_manifest_that_is_not_sound_is_refused(kind: str) -> None:
    document = _document()
    UNSOUND[kind](document)
    with pytest.raises(ModelFileError) as refusal:
        Manifest.from_bytes(json.dumps(document).encode())
    assert not isinstance(refusal.value, ModelVersionError)


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b'{"format":"tabgan"', b"\xff"])
def test_what_is_no_json_object_is_no_manifest(content: bytes) -> None:
    with pytest.raises(ModelFileError):
        Manifest.from_bytes(content)
