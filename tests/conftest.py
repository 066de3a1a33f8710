from pathlib import Path

import pytest
from hypothesis import settings

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
