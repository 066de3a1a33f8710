"""What saving promises when the system fails at any point: the old file or the new one, whole."""

import errno
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import tabgan.persistence
from tabgan.errors import ModelFileError
from tabgan.persistence import atomic, read_container, write_container
from tabgan.persistence.manifest import MEMBER_NAMES

ROOT = Path(tabgan.persistence.__file__).parents[2]
OLD = dict.fromkeys(MEMBER_NAMES, b"old")
NEW = {name: bytes(2_000) for name in MEMBER_NAMES}
VERSIONS = {"tabgan": "0"}


def save(path: Path, members: dict[str, bytes]) -> None:
    write_container(path, members, versions=VERSIONS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "model.tabgan"
    save(path, OLD)
    return path


def names_beside(path: Path) -> list[str]:
    return [entry.name for entry in path.parent.iterdir() if entry != path]


@contextmanager
def room_for(n_bytes: int) -> Iterator[None]:
    """Let no file of this process grow past so many bytes, as on a disk that fills up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_is_full_after_any_number_of_bytes_leaves_what_was_there(path: Path) -> None:
    whole = path.with_name("whole")
    save(whole, NEW)
    size = whole.stat().st_size
    whole.unlink()
    before = path.read_bytes()
    for n_bytes in [*range(0, size, 97), size - 1]:
        with room_for(n_bytes), pytest.raises(OSError, match="large"):
            save(path, NEW)
        assert path.read_bytes() == before
        assert names_beside(path) == []
    with room_for(size):
        save(path, NEW)
    assert read_container(path) == NEW


@pytest.mark.parametrize("call", ["open", "fsync", "chmod", "replace", "stat"])
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_system_call_that_fails_leaves_what_was_there(
    path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    before = path.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(OSError, match=r"Errno"):
            save(path, NEW)
    assert path.read_bytes() == before
    assert names_beside(path) == []


def test_a_folder_that_cannot_be_synced_is_no_failure(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def only_files(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "no sync of folders here")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", only_files)
    save(path, NEW)
    assert read_container(path) == NEW


def interrupted_at(n_events: int, action: Callable[[], object]) -> bool:
    """Press Ctrl-C at the n-th bytecode that ``atomic`` runs; say whether it ran so many."""
    left = n_events

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if frame.f_code.co_filename != atomic.__file__:
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(previous)
    return False


@pytest.mark.parametrize("stride", [13, pytest.param(1, marks=pytest.mark.slow)])
def test_an_interrupt_at_any_bytecode_leaves_one_whole_file_and_nothing_beside(
    path: Path, stride: int
) -> None:
    seen = set()
    n_events = 1
    while interrupted_at(n_events, lambda: save(path, NEW)):
        members = read_container(path)
        assert members in (OLD, NEW)
        assert names_beside(path) == []
        seen.add(members == NEW)
        save(path, OLD)
        n_events += stride
    # The interrupts fell on both sides of the moment in which the new file takes the place.
    assert seen == {True, False}
    assert n_events > 100


def test_a_storm_of_signals_does_not_disturb_a_save(path: Path) -> None:
    heard = []
    previous = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        for _ in range(20):
            save(path, {name: os.urandom(100_000) for name in MEMBER_NAMES})
            save(path, NEW)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, previous)
    assert len(heard) >= 3
    assert read_container(path) == NEW
    assert names_beside(path) == []


@pytest.mark.parametrize("name", ["🦔 моя модель.tabgan", "m" * 255, "é" * 127, "-rf", "a\nb", " "])
def test_any_name_that_the_system_allows_is_a_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    save(path, OLD)
    save(path, NEW)
    assert read_container(path) == NEW
    assert names_beside(path) == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_device_that_is_always_full_is_no_file() -> None:
    with pytest.raises(ModelFileError, match="/dev/full"):
        save(Path("/dev/full"), NEW)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only_is_left_as_it_was(path: Path) -> None:
    path.parent.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            save(path, NEW)
        assert read_container(path) == OLD
        assert names_beside(path) == []
    finally:
        path.parent.chmod(0o700)


@pytest.mark.parametrize("when", [0, 2**31 - 1, 2**32])
def test_a_clock_set_back_or_forward_changes_nothing(path: Path, when: int) -> None:
    # A file from the future, as it looks after the clock was set back.
    os.utime(path, (when, when))
    os.utime(path.parent, (when, when))
    assert read_container(path) == OLD
    save(path, NEW)
    assert read_container(path) == NEW


TWO_WRITERS = """
import os, sys, time
from tabgan.persistence import read_container, write_container
from tabgan.persistence.manifest import MEMBER_NAMES
path, seconds = sys.argv[1], float(sys.argv[2])
contents = [{name: bytes([which]) * 20_000 for name in MEMBER_NAMES} for which in (1, 2)]
write_container(path, contents[0], versions={"tabgan": "0"})
end = time.monotonic() + seconds
children = []
for content in contents:
    child = os.fork()
    if not child:
        while time.monotonic() < end:
            write_container(path, content, versions={"tabgan": "0"})
        os._exit(0)
    children.append(child)
seen = []
while time.monotonic() < end:
    seen.append(contents.index(read_container(path)))
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
assert set(seen) == {0, 1} and len(os.listdir(os.path.dirname(path))) == 1
print(len(seen))
"""

KILLS = """
import os, random, signal, sys, time
from pathlib import Path
from tabgan.errors import ModelFileError
from tabgan.persistence import read_container, write_container
from tabgan.persistence.manifest import MEMBER_NAMES
path, n_kills = Path(sys.argv[1]), int(sys.argv[2])
contents = [{name: bytes([which]) * 200_000 for name in MEMBER_NAMES} for which in (1, 2)]
write_container(path, contents[0], versions={"tabgan": "0"})
chance = random.Random(0)
halves = 0
for _ in range(n_kills):
    child = os.fork()
    if not child:
        while True:
            for content in reversed(contents):
                write_container(path, content, versions={"tabgan": "0"})
    time.sleep(chance.uniform(0.002, 0.04))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert read_container(path) in contents
    for left in path.parent.glob(".tabgan-*.tmp"):
        try:
            assert read_container(left) in contents
        except ModelFileError:
            halves += 1
        left.unlink()
    assert os.listdir(path.parent) == [path.name]
print(halves)
"""


def run(script: str, *arguments: object) -> int:
    program = [sys.executable, "-c", script, *map(str, arguments)]
    finished = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return int(finished.stdout)


def test_of_two_writers_at_once_the_last_one_wins_and_no_reader_sees_a_mix(path: Path) -> None:
    assert run(TWO_WRITERS, path, 0.3) > 3


def test_a_writer_that_is_killed_loses_no_file_and_leaves_none_that_could_be_read(
    path: Path,
) -> None:
    run(KILLS, path, 10)


@pytest.mark.slow
def test_two_hundred_killed_writers_lose_no_file(path: Path) -> None:
    # Some of them were killed in the middle of a file.
    assert run(KILLS, path, 200) > 0
