"""What opening a stranger's file promises: nothing runs, and no other file is touched."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

import tabgan.persistence
from tabgan.persistence import write_container

ROOT = Path(tabgan.persistence.__file__).parents[2]

# Every audited event of Python is noted from the moment the file is opened; only those of opening
# and reading it are let through. A hook cannot be removed, hence the process of its own.
READ_AND_WATCH = """
import json, sys
from tabgan.errors import ModelFileError
from tabgan.persistence import load_json, load_tensors, read_container

events, watching = [], True
def watch(event, arguments):
    if watching:
        events.append([event, str(arguments[0]) if event == "open" else ""])
sys.addaudithook(watch)

outcomes = {}
try:
    members = read_container(sys.argv[1])
except ModelFileError:
    outcomes["container"] = "refused"
else:
    for name, content in members.items():
        try:
            (load_json if name.endswith(".json") else load_tensors)(content)
            outcomes[name] = "read"
        except ModelFileError:
            outcomes[name] = "refused"
watching = False
print(json.dumps([events, outcomes]))
"""


class _Canary:
    """An object whose pickle runs a command when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.system, (f"touch {self.path}",)


def _read_and_watch(path: Path) -> tuple[list[list[str]], dict[str, str]]:
    program = [sys.executable, "-c", READ_AND_WATCH, str(path)]
    run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True)
    events, outcomes = json.loads(run.stdout)
    return events, outcomes


def test_the_watch_sees_a_pickle_run(tmp_path: Path) -> None:
    # Without this control an empty list of events would prove nothing.
    program = READ_AND_WATCH.replace(
        "read_container(sys.argv[1])", "__import__('pickle').load(open(sys.argv[1], 'rb')) or {}"
    )
    (tmp_path / "bait").write_bytes(pickle.dumps(_Canary(tmp_path / "ran")))
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "bait")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert {"pickle.find_class", "os.system"} <= {event for event, _ in json.loads(run.stdout)[0]}
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "bait", ["sound", "pickled members", "a bare pickle", "a damaged manifest"]
)
def test_nothing_is_executed_imported_or_opened_besides_the_file(
    tmp_path: Path,
    members: Mapping[str, bytes],
    versions: Mapping[str, str],
    bait: str,
) -> None:
    path, canary = tmp_path / "bait.tabgan", tmp_path / "ran"
    poison = pickle.dumps(_Canary(canary))
    if bait == "a bare pickle":
        path.write_bytes(poison)
    else:
        content = dict.fromkeys(members, poison) if bait == "pickled members" else members
        write_container(path, content, versions=versions)
    if bait == "a damaged manifest":
        path.write_bytes(path.read_bytes().replace(b'"min_reader":1', b'"min_reader":2'))

    events, outcomes = _read_and_watch(path)

    assert [event for event in events if event != ["open", str(path)]] == []
    assert set(outcomes.values()) == ({"read"} if bait == "sound" else {"refused"})
    assert not canary.exists()
