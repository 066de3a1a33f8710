import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan import load_demo

PROJECT = Path(__file__).resolve().parent.parent


def test_the_quickstart_goes_from_a_csv_file_to_scores_and_a_loaded_model(tmp_path: Path) -> None:
    columns = ["dwelling", "residents", "arrears_eur", "switched"]
    load_demo(400)[columns].to_csv(tmp_path / "households.csv", index=False)
    budget = ["--epochs", "1", "--max-time", "1s"]
    finished = subprocess.run(
        [sys.executable, "examples/quickstart.py", tmp_path / "households.csv", *budget],
        cwd=PROJECT,
        # One thread, because on busy cores the threads of small trees wait for each other.
        env=os.environ
        | {"PYTHONPATH": str(PROJECT), "TMPDIR": str(tmp_path), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert "500 rows where switched is yes" in finished.stdout
    assert "c2st_train_auc" in finished.stdout
    assert "the loaded model gives the same rows: True" in finished.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("conditions", "satisfy the rest"),
        ("gaps", "0 gaps left"),
        ("picture", ""),
    ],
)
def test_an_example_runs(name: str, expected: str, tmp_path: Path) -> None:
    picture = [str(tmp_path / "picture.png")] if name == "picture" else []
    finished = subprocess.run(
        [sys.executable, f"examples/{name}.py", *picture, "--epochs", "1"],
        cwd=PROJECT,
        env=os.environ | {"PYTHONPATH": str(PROJECT), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert expected in finished.stdout
    assert all(Path(path).stat().st_size > 10_000 for path in picture)


@pytest.mark.slow
def test_the_python_blocks_of_the_readme_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    age = rng.integers(18, 90, 1_600)
    customers = pd.DataFrame(
        {
            "region": rng.choice(["harbour", "moor", "valley"], 1_600),
            "age": age,
            "joined": pd.date_range("2021-01-01", "2024-12-31", periods=1_600).strftime("%Y-%m-%d"),
            "churned": np.where(rng.random(1_600) < age / 200, "yes", "no"),
        }
    )
    customers.to_csv(tmp_path / "customers.csv", index=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    text = (PROJECT / "README.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) >= 3
    # Shorter than a reader's, but for that word for word.
    code = "\n".join(blocks).replace("10_000_000", "2_000").replace("(random", "(epochs=1, random")
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "customers.tabgan").exists()
