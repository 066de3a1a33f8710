"""The bytes of a ZIP archive whose members are stored, in the one form that tabgan writes.

The layout follows APPNOTE 6.3 (PKWARE, 2006), so any ZIP tool opens the file. It is written here
rather than by ``zipfile`` because the reader demands these bytes exactly: ``zipfile`` leaves some
of them to the platform and to the Python version, and a file must outlive both.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self
from zlib import crc32

__all__ = [
    "MAX_ARCHIVE_BYTES",
    "Entry",
    "archive_size",
    "directory",
    "local_header_size",
    "size_in_header",
    "starts_member",
]

# Without the ZIP64 records every size and offset is an unsigned 32-bit number.
MAX_ARCHIVE_BYTES = 2**32 - 1

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_DIRECTORY_ENTRY = struct.Struct("<4s6H3I5H2I")
_END_OF_DIRECTORY = struct.Struct("<4s4H2IH")

_LOCAL_SIGNATURE = b"PK\x03\x04"
_SIZE_OFFSET_IN_LOCAL_HEADER = 22
_VERSION = 20
_FLAGS = 0
_STORED = 0
_MIDNIGHT = 0
# 1980-01-01, the first day that ZIP knows: a real date would make equal models unequal files.
_FIRST_DAY = (1 << 5) | 1


@dataclass(frozen=True)
class Entry:
    """What the archive says about one member: its name, size in bytes and CRC-32."""

    name: str
    size: int
    checksum: int

    @classmethod
    def of(cls, name: str, content: bytes) -> Self:
        """Describe a member by its content."""
        return cls(name, len(content), crc32(content))

    def local_header(self) -> bytes:
        """Return the bytes that stand before the member's content."""
        name = self.name.encode("ascii")
        fields = (_VERSION, _FLAGS, _STORED, _MIDNIGHT, _FIRST_DAY)
        sizes = (self.checksum, self.size, self.size)
        return _LOCAL_HEADER.pack(_LOCAL_SIGNATURE, *fields, *sizes, len(name), 0) + name

    def directory_entry(self, offset: int) -> bytes:
        """Return the member's record in the central directory."""
        name = self.name.encode("ascii")
        fields = (_VERSION, _VERSION, _FLAGS, _STORED, _MIDNIGHT, _FIRST_DAY)
        sizes = (self.checksum, self.size, self.size)
        rest = (len(name), 0, 0, 0, 0, 0, offset)
        return _DIRECTORY_ENTRY.pack(b"PK\x01\x02", *fields, *sizes, *rest) + name


def local_header_size(name: str) -> int:
    """Return how many bytes stand before the content of the member ``name``."""
    return _LOCAL_HEADER.size + len(name)


def starts_member(header: bytes, name: str) -> bool:
    """Tell whether ``header`` opens a member called ``name``, whatever else it says."""
    return header.startswith(_LOCAL_SIGNATURE) and header.endswith(name.encode("ascii"))


def size_in_header(header: bytes) -> int:
    """Return the size in bytes that a local header claims for its member."""
    return int.from_bytes(header[_SIZE_OFFSET_IN_LOCAL_HEADER:][:4], "little")


def directory(entries: Sequence[Entry]) -> bytes:
    """Return all that follows the members: the central directory and the end record."""
    records = bytearray()
    offset = 0
    for entry in entries:
        records += entry.directory_entry(offset)
        offset += local_header_size(entry.name) + entry.size
    counts = (0, 0, len(entries), len(entries))
    return bytes(records) + _END_OF_DIRECTORY.pack(b"PK\x05\x06", *counts, len(records), offset, 0)


def archive_size(members: Iterable[tuple[str, int]]) -> int:
    """Return the size in bytes of an archive of members given as (name, size)."""
    return _END_OF_DIRECTORY.size + sum(
        local_header_size(name) + size + _DIRECTORY_ENTRY.size + len(name) for name, size in members
    )
