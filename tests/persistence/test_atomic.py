"""What saving promises: the old file or the new one, whole, and nothing beside it."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import tabgan.persistence
from tabgan.errors import ModelFileError
from tabgan.persistence import read_container, write_container
from tabgan.persistence.atomic import replace_file

ROOT = Path(tabgan.persistence.__file__).parents[2]

# A disk that is full after 1,000 bytes, as far as this process can tell.
FULL_DISK = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
"""
# A system that refuses the very last step.
NO_RENAME = """
def refuse(event, arguments):
    if event == "os.rename":
        raise PermissionError("no renaming today")
sys.addaudithook(refuse)
"""
WRITE = """
import sys
from tabgan.persistence.atomic import replace_file
{fault}
try:
    replace_file(sys.argv[1], [bytes(600)] * 5)
except OSError as error:
    sys.exit(f"refused: {{type(error).__name__}}")
"""


@pytest.mark.parametrize("fault", [FULL_DISK, NO_RENAME], ids=["full disk", "no rename"])
@pytest.mark.parametrize("existed", [True, False])
def test_a_failed_write_leaves_what_was_there(tmp_path: Path, fault: str, existed: bool) -> None:
    path = tmp_path / "model.tabgan"
    if existed:
        path.write_bytes(b"the old model")
    program = [sys.executable, "-c", WRITE.format(fault=fault), str(path)]
    run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "refused: " in run.stderr
    assert _contents(tmp_path) == ({path.name: b"the old model"} if existed else {})


def test_an_interrupt_leaves_what_was_there(tmp_path: Path) -> None:
    def interrupted() -> Iterator[bytes]:
        yield b"half a model"
        raise KeyboardInterrupt

    path = tmp_path / "model.tabgan"
    path.write_bytes(b"the old model")
    with pytest.raises(KeyboardInterrupt):
        replace_file(path, interrupted())
    assert _contents(tmp_path) == {path.name: b"the old model"}


def test_a_new_model_replaces_the_old_one_whole(
    model: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    changed = {**members, "history.json": b"{}"}
    write_container(model, changed, versions=versions)
    assert read_container(model) == changed
    assert [path.name for path in model.parent.iterdir()] == [model.name]


def test_directories_pipes_and_devices_are_not_replaced(
    tmp_path: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    folder, pipe = tmp_path / "folder", tmp_path / "pipe"
    folder.mkdir()
    os.mkfifo(pipe)
    for path in (folder, pipe, Path("/dev/null")):
        with pytest.raises(ModelFileError, match=f"{path}: .* regular file"):
            write_container(path, members, versions=versions)
    assert sorted(tmp_path.iterdir()) == [folder, pipe]
    assert not list(folder.iterdir())
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_path_that_ends_as_a_directorys_does_is_no_file(
    tmp_path: Path, members: Mapping[str, bytes], versions: Mapping[str, str]
) -> None:
    with pytest.raises(ModelFileError, match="models/: This path is a directory"):
        write_container(f"{tmp_path}/models/", members, versions=versions)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_directory_is_the_error_that_everyone_knows(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere'$"):
        replace_file(tmp_path / "nowhere" / "model.tabgan", [b""])


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target.tabgan", tmp_path / "link.tabgan"
    target.write_bytes(b"the old model")
    link.symlink_to(target)
    replace_file(link, [b"the new ", b"model"])
    assert link.is_symlink()
    assert target.read_bytes() == b"the new model"


def test_a_new_file_is_its_owners_and_an_old_one_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "model.tabgan"
    replace_file(path, [b"new"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    replace_file(path, [b"newer"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_name_as_long_as_the_system_allows_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("m" * 255)
    replace_file(path, [b"model"])
    assert _contents(tmp_path) == {path.name: b"model"}


def test_a_relative_path_is_written_where_it_points(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    replace_file("model.tabgan", [b"model"])
    assert _contents(tmp_path) == {"model.tabgan": b"model"}


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
