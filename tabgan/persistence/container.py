"""Write and read the model file (``.tabgan``, format version 1).

The reader never follows what a file says about itself. It reads forward once, knows from the
manifest what must come next, and compares every byte that is not content with the byte that the
writer would have put there. So there is no room for a second directory, a member nobody lists,
data before or after the archive, or a flipped bit.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from tabgan.errors import InvalidParameterError, ModelFileError, UnsupportedTypeError
from tabgan.persistence.archive import (
    MAX_ARCHIVE_BYTES,
    Entry,
    archive_size,
    directory,
    local_header_size,
    size_in_header,
    starts_member,
)
from tabgan.persistence.atomic import replace_file, require_regular_file
from tabgan.persistence.manifest import (
    MANIFEST_NAME,
    MAX_MANIFEST_BYTES,
    MEMBER_NAMES,
    OPTIONAL_MEMBERS,
    Manifest,
    MemberRecord,
)
from tabgan.persistence.path import is_path

__all__ = ["DEFAULT_MAX_BYTES", "read_container", "write_container"]

# Some hundred times a network 512 units wide (a million float32 weights); a file from a stranger
# can cost no more memory than this.
DEFAULT_MAX_BYTES = 512 * 1024 * 1024

# Without it, to open a pipe waits for a writer; Windows has neither the flag nor such pipes.
_NEVER_WAIT = getattr(os, "O_NONBLOCK", 0)


def write_container(
    path: str | os.PathLike[str], members: Mapping[str, bytes], *, versions: Mapping[str, str]
) -> None:
    """Write a model file, whole or not at all.

    Equal members and versions give equal bytes: the file holds no time and no name of a machine.

    Parameters
    ----------
    path : str or os.PathLike
        Where the file belongs. A symbolic link is followed and stays; see
        :func:`tabgan.persistence.atomic.replace_file` for permissions.
    members : mapping of str to bytes
        The content of each member: ``schema.json``, ``params.json``, ``encoder.json``,
        ``history.json``, ``encoder.safetensors``, ``generator.safetensors`` and, if wished,
        ``discriminator.safetensors``. Their order does not matter.
    versions : mapping of str to str
        The version of each package that took part, by name; ``"tabgan"`` is needed.

    Raises
    ------
    InvalidParameterError
        If a member is missing or unknown, ``versions`` lacks ``"tabgan"``, or the file would
        pass 4 GiB.
    UnsupportedTypeError
        If ``path`` is no path, a member is not bytes or a version is not text.
    ModelFileError
        If ``path`` is a directory, a pipe or a device.
    OSError
        If the system refuses; what stood at ``path`` is then untouched.
    """
    _require_members(members)
    _require_versions(versions)
    ordered = {name: members[name] for name in MEMBER_NAMES if name in members}
    records = {name: MemberRecord.of(content) for name, content in ordered.items()}
    contents = {MANIFEST_NAME: Manifest(versions, records).to_bytes(), **ordered}
    if len(contents[MANIFEST_NAME]) > MAX_MANIFEST_BYTES:
        raise InvalidParameterError(
            "versions makes a manifest that no reader would take; at most 64 kB are needed. "
            "Name the packages that took part and no others."
        )
    if archive_size((name, len(content)) for name, content in contents.items()) > MAX_ARCHIVE_BYTES:
        raise InvalidParameterError(
            "members hold more than 4 GiB, which the format cannot address. Train a smaller "
            "network, or save without the discriminator."
        )
    with _naming(path):
        replace_file(path, _pieces(contents))


def read_container(
    path: str | os.PathLike[str], *, max_bytes: int = DEFAULT_MAX_BYTES
) -> dict[str, bytes]:
    """Read a model file and refuse every byte that its writer would not have written.

    The members come back as bytes whose SHA-256 agrees with the manifest; nothing in them has
    been parsed. Peak memory is the size of the file. A symbolic link is followed, for models are
    often linked to, and what it leads to is checked like any file.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    max_bytes : int, default=512 MiB
        The largest file that is opened, in bytes. The default is some hundred times what a
        network 512 units wide takes.

    Returns
    -------
    dict of str to bytes
        The members in the order of the file, the manifest left out.

    Raises
    ------
    ModelVersionError
        If the file needs a newer tabgan; the message names the version that wrote it.
    ModelFileError
        If the file is no model, is damaged or altered, is larger than ``max_bytes``, or is not a
        regular file.
    UnsupportedTypeError, InvalidParameterError
        If ``path`` is no path, or one that no file can have.
    OSError
        If the system cannot open it (``FileNotFoundError``, ``PermissionError``).
    """
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 1:
        raise InvalidParameterError("max_bytes is not a positive whole number. Give it in bytes.")
    with _naming(path), _opened(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > max_bytes:
            raise ModelFileError(
                f"The file has {size} bytes and max_bytes allows {max_bytes}. If you trust where "
                "it comes from, give a larger max_bytes."
            )
        return _read_members(file, size)


def _require_members(members: Mapping[str, bytes]) -> None:
    unknown = members.keys() - set(MEMBER_NAMES)
    missing = set(MEMBER_NAMES) - OPTIONAL_MEMBERS - members.keys()
    if unknown or missing:
        raise InvalidParameterError(
            f"members has unknown names {sorted(unknown)} and lacks {sorted(missing)}. Give "
            f"{', '.join(MEMBER_NAMES)}, where {', '.join(OPTIONAL_MEMBERS)} may be left out."
        )
    for name, content in members.items():
        if not isinstance(content, bytes):
            raise UnsupportedTypeError(
                f"Member {name!r} is of type {type(content).__name__}; bytes are needed. Use "
                "dump_json or dump_tensors."
            )


def _require_versions(versions: Mapping[str, str]) -> None:
    if "tabgan" not in versions:
        raise InvalidParameterError(
            "versions does not name 'tabgan', which a reader needs to say who wrote the file. "
            "Add the version of tabgan."
        )
    for name, version in versions.items():
        if not isinstance(version, str):
            raise UnsupportedTypeError(
                f"The version of {name!r} is of type {type(version).__name__}; text is needed. "
                "Give it as a string."
            )


def _pieces(contents: Mapping[str, bytes]) -> Iterator[bytes]:
    entries = [Entry.of(name, content) for name, content in contents.items()]
    for entry, content in zip(entries, contents.values(), strict=True):
        yield entry.local_header()
        yield content
    yield directory(entries)


@contextlib.contextmanager
def _naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Put the path before what the inner functions found wrong with the file."""
    if not isinstance(path, str | bytes | os.PathLike):
        raise UnsupportedTypeError(
            f"path is of type {type(path).__name__}; text or a pathlib.Path is needed"
        )
    if not is_path(path):
        raise InvalidParameterError(
            "path holds a character that no file's name can have, such as NUL; give another path"
        )
    try:
        yield
    except ModelFileError as error:
        raise type(error)(f"{os.fsdecode(path)}: {error}") from None


@contextlib.contextmanager
def _opened(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    # Asked twice: before opening, because to open a device can do something; after, because
    # another file may have taken the name in between.
    require_regular_file(os.stat(path).st_mode)
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | _NEVER_WAIT)) as file:
        require_regular_file(os.fstat(file.fileno()).st_mode)
        yield file


def _read_members(file: BinaryIO, size: int) -> dict[str, bytes]:
    manifest_content, manifest_entry = _read_manifest(file)
    manifest = Manifest.from_bytes(manifest_content)
    sizes = [(name, record.size) for name, record in manifest.members.items()]
    # Agreed before any member is read, so that no claimed size can make us allocate.
    if size != archive_size([(MANIFEST_NAME, manifest_entry.size), *sizes]):
        raise _damage("the file is longer or shorter than its manifest says")
    entries = [manifest_entry]
    contents = {}
    for name, record in manifest.members.items():
        header = file.read(local_header_size(name))
        content = file.read(record.size)
        if MemberRecord.of(content) != record:
            raise _damage(f"{name} is not what the manifest says (size or SHA-256)")
        entries.append(_checked_entry(name, header, content))
        contents[name] = content
    expected = directory(entries)
    if file.read(len(expected) + 1) != expected:
        raise _damage("the directory at its end does not match its members")
    return contents


def _read_manifest(file: BinaryIO) -> tuple[bytes, Entry]:
    header = file.read(local_header_size(MANIFEST_NAME))
    if not starts_member(header, MANIFEST_NAME):
        raise ModelFileError(
            "This is not a tabgan model, for it does not begin with a manifest; a file written "
            "by TabGAN.save is needed. Check the path."
        )
    size = size_in_header(header)
    if size > MAX_MANIFEST_BYTES:
        raise _damage(f"the manifest claims {size} bytes, of {MAX_MANIFEST_BYTES} allowed")
    content = file.read(size)
    return content, _checked_entry(MANIFEST_NAME, header, content)


def _checked_entry(name: str, header: bytes, content: bytes) -> Entry:
    entry = Entry.of(name, content)
    if header != entry.local_header():
        raise _damage(f"the header of {name} is not the one that tabgan writes")
    return entry


def _damage(finding: str) -> ModelFileError:
    return ModelFileError(
        f"The model file is not sound: {finding}. It is damaged, cut short or altered; take "
        "another copy of it or save the model again."
    )
