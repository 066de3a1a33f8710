"""How much memory this machine, or the container, has left for the process."""

import os
from pathlib import Path

_PROC, _CGROUP = Path("/proc"), Path("/sys/fs/cgroup")
# File of the limit, of what is in use, and what of that are pages of files, which are given back.
_LIMITS = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)


def available_memory(proc: Path = _PROC, cgroup: Path = _CGROUP) -> int | None:
    """Return how many bytes the process may still take, ``None`` where that cannot be told.

    Parameters
    ----------
    proc, cgroup : pathlib.Path
        Where Linux says so: of the machine, and of the container.
    """
    of_machine = _field(proc / "meminfo", "MemAvailable:")
    found = [_left_to_container(cgroup, *names) for names in _LIMITS]
    found.append(_free_pages() if of_machine is None else of_machine * 1024)
    known = [n_bytes for n_bytes in found if n_bytes is not None]
    return min(known) if known else None


def resident_memory(proc: Path = _PROC) -> int:
    """Return how many bytes the process has taken, 0 where that cannot be told."""
    kilobytes = _field(proc / "self" / "status", "VmRSS:")
    return 0 if kilobytes is None else kilobytes * 1024


def _left_to_container(cgroup: Path, limit: str, used: str, stat: str, files: str) -> int | None:
    most, taken = _number(cgroup / limit), _number(cgroup / used)
    if most is None or taken is None:  # "max" is no number: there is no limit
        return None
    return max(0, most - taken + (_field(cgroup / stat, files) or 0))


def _free_pages() -> int | None:
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not on Windows, nor on every Unix
        return None


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return None


def _field(path: Path, name: str) -> int | None:
    """Return the number that follows a name in a file of names and numbers."""
    try:
        words = path.read_text().split()
        return int(words[words.index(name) + 1])
    except (OSError, ValueError, IndexError):
        return None
