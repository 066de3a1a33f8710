"""The manifest: the first member of a model file, which answers for all the others."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Self, TypeGuard

from tabgan.errors import ModelFileError, ModelVersionError
from tabgan.persistence.strict_json import dump_json, load_json

__all__ = [
    "FORMAT_VERSION",
    "MANIFEST_NAME",
    "MAX_MANIFEST_BYTES",
    "MEMBER_NAMES",
    "OPTIONAL_MEMBERS",
    "Manifest",
    "MemberRecord",
]

MANIFEST_NAME = "manifest.json"

# A manifest of version 1 is under 2 kB; the bound keeps a foreign file from costing memory before
# anything in it has been checked.
MAX_MANIFEST_BYTES = 64 * 1024

# To change the format: 1. raise FORMAT_VERSION, and MIN_READER when the readers of today would
# misread the new file; 2. keep the manifest the first member, stored, with `format`, `min_reader`
# and `versions` as they are, since old readers find the version there; 3. keep a file of the old
# version in the tests and go on reading it.
FORMAT = "tabgan"
FORMAT_VERSION = 1
MIN_READER = 1

# To add a member: 1. name it here, at its place in the file; 2. say below whether a file may do
# without it; 3. raise the format version, for the readers of today refuse what they do not know.
MEMBER_NAMES = (
    "schema.json",
    "params.json",
    "encoder.json",
    "history.json",
    "encoder.safetensors",
    "generator.safetensors",
    "discriminator.safetensors",
)
OPTIONAL_MEMBERS = frozenset({"discriminator.safetensors"})

_SHA256 = re.compile(r"[0-9a-f]{64}")
_MAX_SHOWN_VERSION = 40


@dataclass(frozen=True)
class MemberRecord:
    """The size in bytes and the SHA-256 (hexadecimal) of one member."""

    size: int
    sha256: str

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Measure and hash a member's content."""
        return cls(len(content), sha256(content).hexdigest())


@dataclass(frozen=True)
class Manifest:
    """Who wrote a model file and what every member must be.

    Parameters
    ----------
    versions : mapping of str to str
        The version of each package that took part, ``"tabgan"`` among them.
    members : mapping of str to MemberRecord
        The members in the order of the file, the manifest left out.
    """

    versions: Mapping[str, str]
    members: Mapping[str, MemberRecord]

    def to_bytes(self) -> bytes:
        """Write the manifest; equal manifests give equal bytes."""
        members = {
            name: {"sha256": member.sha256, "size": member.size}
            for name, member in self.members.items()
        }
        return dump_json(
            {
                "format": FORMAT,
                "format_version": FORMAT_VERSION,
                "members": members,
                "min_reader": MIN_READER,
                "total_size": sum(member.size for member in self.members.values()),
                "versions": dict(self.versions),
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read a manifest and check all that it claims.

        Raises
        ------
        ModelVersionError
            If the file needs a newer tabgan.
        ModelFileError
            If this is no manifest, or one that contradicts itself.
        """
        document = load_json(content)
        if not isinstance(document, dict) or document.get("format") != FORMAT:
            raise ModelFileError(
                "The manifest is not that of a tabgan model; a file written by TabGAN.save is "
                "needed. Check the path."
            )
        # The version comes first: all that follows may look different in a newer file.
        versions = _read_versions(document.get("versions"))
        _require_readable(document, versions)
        members = _read_members(document.get("members"))
        if document.get("total_size") != sum(member.size for member in members.values()):
            raise _contradiction("the total size is not the sum of the sizes of the members")
        return cls(versions, members)


def _read_versions(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise _contradiction("the versions of the packages are not text")
    return value


def _require_readable(document: dict[str, object], versions: Mapping[str, str]) -> None:
    written_as, needed = document.get("format_version"), document.get("min_reader")
    if not (_is_count(written_as) and _is_count(needed) and 1 <= needed <= written_as):
        raise _contradiction("the version of the format is not a whole number from 1 on")
    if needed > FORMAT_VERSION:
        writer = versions.get("tabgan", "unknown")[:_MAX_SHOWN_VERSION]
        raise ModelVersionError(
            f"This model was written by tabgan {writer!r} and needs a reader of format version "
            f"{needed}; this tabgan reads up to {FORMAT_VERSION}. Upgrade tabgan to open it."
        )


def _read_members(value: object) -> dict[str, MemberRecord]:
    if not isinstance(value, dict):
        raise _contradiction("it lists no members")
    if not value.keys() <= set(MEMBER_NAMES):
        raise _contradiction("it lists a member that a model does not have")
    if not value.keys() >= set(MEMBER_NAMES) - OPTIONAL_MEMBERS:
        raise _contradiction("it lacks a member that a model needs")
    return {name: _read_record(value[name]) for name in MEMBER_NAMES if name in value}


def _read_record(value: object) -> MemberRecord:
    if not isinstance(value, dict) or value.keys() != {"sha256", "size"}:
        raise _contradiction("a member is not described by its size and SHA-256")
    size, digest = value["size"], value["sha256"]
    if not _is_count(size):
        raise _contradiction("the size of a member is not a whole number of bytes")
    if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
        raise _contradiction("the SHA-256 of a member is not 64 hexadecimal digits")
    return MemberRecord(size, digest)


def _is_count(value: object) -> TypeGuard[int]:
    # JSON's true is Python's 1, which is not what was meant.
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _contradiction(finding: str) -> ModelFileError:
    return ModelFileError(
        f"The manifest is not sound: {finding}. The file is damaged or was altered; take another "
        "copy of it or save the model again."
    )
