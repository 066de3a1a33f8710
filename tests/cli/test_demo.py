import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tabgan import TabGAN, load_demo

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.mark.slow
def test_the_demo_goes_all_the_way(start: Start, tmp_path: Path) -> None:
    process = start("demo", "--rows", 400, "--out", tmp_path / "new folder")
    stdout, stderr = process.communicate(timeout=600)
    assert process.returncode == 0, stderr
    assert "real" in stdout
    assert "synthetic" in stdout
    assert "c2st" in stdout
    assert max(map(len, stdout.splitlines())) <= 80
    rows = (tmp_path / "new folder" / "synthetic.csv").read_text().splitlines()
    assert rows[0] == ",".join(load_demo(1).columns)
    assert len(rows) == 1 + 360
    assert len(TabGAN.load(tmp_path / "new folder" / "model.tabgan").sample(5)) == 5
