"""Replace a file whole or not at all."""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tabgan.errors import ModelFileError

__all__ = ["replace_file", "replacing", "require_regular_file"]


def replace_file(path: str | os.PathLike[str], chunks: Iterable[bytes]) -> None:
    """Write ``chunks`` to ``path``; see :func:`replacing`."""
    with replacing(path) as file:
        file.writelines(chunks)


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str], *, is_private: bool = True) -> Iterator[BinaryIO]:
    """Open a file to be written; whoever reads ``path`` sees the old file or the new one, whole.

    A symbolic link is followed: the file that it points to is replaced and the link stays. An
    existing file keeps its permissions. Of two writers at once the last one wins.

    Parameters
    ----------
    path : str or os.PathLike
        Where the file belongs; its directory must exist.
    is_private : bool, default=True
        Whether a new file can be read by its owner alone (mode 0600), because who else may see
        what was learnt from people's data is for the owner to decide.

    Raises
    ------
    ModelFileError
        If ``path`` is a directory, a pipe or a device.
    OSError
        If the system refuses (no room, no right to write). ``path`` is then as it was and
        nothing is left beside it. A process that is killed in the middle leaves ``path`` as it
        was, too, and may leave a file ``.tabgan-….tmp`` beside it, which can be deleted.
    """
    if not os.path.basename(path):  # "models/", which realpath would take for a file "models"
        require_regular_file(stat.S_IFDIR)
    target = os.path.realpath(os.fsdecode(path))
    permissions = _permissions(target)
    if permissions is None and not is_private:
        permissions = 0o666 & ~_mask()
    folder = os.path.dirname(target)
    os.stat(folder)  # the error of a folder that is not there names it, not the file below
    # The name is known before there is a file of it, so that an interrupt at any point can undo it.
    temporary = os.path.join(folder, f".tabgan-{secrets.token_hex(16)}.tmp")
    try:
        with open(temporary, "xb", opener=_for_owner) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if permissions is not None:
            os.chmod(temporary, permissions)
        os.replace(temporary, target)
    except BaseException:
        # An interrupt from the keyboard, too, must leave nothing behind.
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    _remember_name(folder)


def require_regular_file(mode: int) -> None:
    """Refuse what is not a plain file on a disk, given the mode that ``os.stat`` reports."""
    if not stat.S_ISREG(mode):
        kind = "a directory" if stat.S_ISDIR(mode) else "a pipe, a socket or a device"
        raise ModelFileError(
            f"This path is {kind}; a model is kept in a regular file. Give the path of a file."
        )


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _permissions(target: str) -> int | None:
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        return None
    require_regular_file(mode)
    return mode & 0o777


def _mask() -> int:
    """Return the permissions that new files do not get, which can only be read by setting them."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _remember_name(folder: str) -> None:
    """Make the new name survive a power cut, where the system can promise that."""
    if os.name == "nt":
        return
    # The file is complete and in place; a file system that cannot sync a directory is no failure.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
