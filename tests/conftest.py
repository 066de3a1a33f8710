import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

if "PYTEST_XDIST_WORKER" in os.environ:
    # A worker has one core. Libraries that believe they have all of them wait for each other; they
    # read this when they are imported, also in the processes that tests start.
    for _library in ("OMP_NUM", "OPENBLAS_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"):
        os.environ.setdefault(f"{_library}_THREADS", "1")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell makes what it starts in the background deaf to Ctrl-C, which some tests press.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# The same examples in every run, and no limit on the time of one: a machine may be busy. Look for
# new examples with ``pytest --hypothesis-profile=search``.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=1_000)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--data",
        type=Path,
        default=None,
        metavar="FOLDER",
        help="folder of real tables (NAME.parquet); default: ../shared/data beside the project",
    )
    parser.addoption(
        "--write-docs",
        action="store_true",
        help="write docs/hard_inputs.md from what the tests of hard inputs find",
    )


@pytest.fixture(scope="session")
def data_folder(pytestconfig: pytest.Config) -> Path:
    """The folder with the real tables; a test that needs it is skipped where there is none."""
    asked = pytestconfig.getoption("--data")
    folder = asked or pytestconfig.rootpath.parent / "shared" / "data"
    if asked and not folder.is_dir():
        # Skipping would report success for a check that somebody asked for.
        pytest.fail(f"--data={asked} is not a folder")
    if not folder.is_dir():
        pytest.skip("needs real tables: pytest --data FOLDER")
    return folder


# Rooms whose tests share one fitted model, the one with the longest tests first.
_SHARED_MODEL = ["synthesizers", "cli"]


# First, as pytest-xdist looks for the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share a model on one worker, and begin with those that take longest."""

    def room(item: pytest.Item) -> str:
        return item.path.parent.name

    for item in items:
        group = room(item) if room(item) in _SHARED_MODEL else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
    first = [*_SHARED_MODEL, "training"]
    items.sort(key=lambda item: first.index(room(item)) if room(item) in first else len(first))
