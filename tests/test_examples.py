import os
import subprocess
import sys
from pathlib import Path

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
