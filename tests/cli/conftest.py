"""One small table and one real model of it, fitted by the command itself."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from threadpoolctl import threadpool_limits

from tabgan.cli.main import cli

_PROJECT = Path(__file__).resolve().parent.parent.parent
Run = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]
DrawTable = Callable[[int, int], pd.DataFrame]


def _draw_table(n_rows: int, seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    size = generator.integers(1, 6, n_rows)
    days = pd.Timestamp("2020-01-31") + pd.to_timedelta(generator.integers(0, 900, n_rows), "D")
    return pd.DataFrame(
        {
            "zip": [f"{number:05d}" for number in generator.integers(1000, 1008, n_rows)],
            "size": pd.array(size, dtype="Int64"),
            "use": (1000.0 * size * generator.lognormal(0.0, 0.2, n_rows)).round(1),
            "joined": days.strftime("%d.%m.%Y"),
            "garage": generator.choice(["None", "NA", "double"], n_rows),
            "switched": np.where(generator.random(n_rows) < size / 8, "yes", "no"),
        }
    ).assign(size=lambda table: table["size"].mask(generator.random(n_rows) < 0.1))


@pytest.fixture(scope="session")
def start() -> Start:
    """Start `python -m tabgan` with these arguments."""

    def start_process(*arguments: object, code: str | None = None) -> "subprocess.Popen[str]":
        program = ["-m", "tabgan"] if code is None else ["-c", code]
        return subprocess.Popen(
            [sys.executable, *program, *map(str, arguments)],
            cwd=_PROJECT,
            # 80 columns whatever the terminal that runs the tests, and one thread as below.
            env=os.environ | {"PYTHONPATH": str(_PROJECT), "COLUMNS": "80", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start_process


@pytest.fixture(scope="session")
def without_training() -> str:
    """Code that runs the command line where neither Keras nor a backend can be imported."""
    return (
        "import sys\n"
        "for name in ('tensorflow', 'keras', 'jax'):\n"
        "    sys.modules[name] = None\n"
        "from tabgan.cli.main import main\n"
        "main()"
    )


@pytest.fixture(scope="session")
def mixed_table() -> pd.DataFrame:
    """A table whose cells a careless file would change."""
    return pd.DataFrame(
        {
            "zip": ["01067", float("nan"), "99084"],
            "size": pd.array([1, None, 3], dtype="Int64"),
            "use": [0.1, float("nan"), 2.5],
            "text": ['a "quoted", one', "two\nlines", "Grüße"],
            "joined": ["31.12.2020", "01.02.2021", float("nan")],
        }
    )


@pytest.fixture(scope="session")
def run() -> Run:
    """Run the command line in this process."""

    def run_command(*arguments: object, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, [*map(str, arguments)], input=stdin, prog_name="tabgan")

    return run_command


@pytest.fixture(scope="session")
def draw_table() -> DrawTable:
    """Draw so many rows of one law with a seed."""
    return _draw_table


@pytest.fixture(scope="session")
def csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The table that the model has learnt."""
    path = tmp_path_factory.mktemp("tables") / "homes.csv"
    _draw_table(300, 0).to_csv(path, index=False, float_format="%.2f")
    return path


@pytest.fixture(scope="session")
def fit_output(
    tmp_path_factory: pytest.TempPathFactory, start: Start, csv: Path
) -> "subprocess.CompletedProcess[str]":
    """What `tabgan fit` said; the last of its arguments is the model that it wrote."""
    path = tmp_path_factory.mktemp("models") / "homes.tabgan"
    # A second is over after the first steps: what these tests promise holds for a poor model, too.
    process = start("fit", csv, "--max-time", "1s", "-o", path)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


@pytest.fixture(scope="session")
def model(fit_output: "subprocess.CompletedProcess[str]") -> Path:
    """A model that was really fitted."""
    return Path(fit_output.args[-1])


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    # Trees of some hundred rows gain nothing from threads and lose much on busy cores. Only the
    # libraries that are loaded by now are limited, and the commands load theirs when they run.
    import_module("tabgan.evaluation")
    with threadpool_limits(1):
        yield
