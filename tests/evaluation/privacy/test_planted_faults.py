"""Faults that other packages' evaluators have, or that a hand may slip into ours: all are noticed.

Each is planted into a copy of the package, and the tests named beside it have to fail there.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
ROOM = Path("tabgan/evaluation/privacy")
TESTS = Path("tests/evaluation/privacy")


@dataclass(frozen=True)
class Fault:
    """A line that is wrong, and who has to notice."""

    name: str
    module: str
    right: str
    wrong: str
    tests: str


FAULTS = [
    Fault(
        "ties go to the training rows",
        "nearness",
        "wins = to_train.distance < to_holdout.distance",
        "wins = to_train.distance <= to_holdout.distance",
        "nearness",
    ),
    Fault(
        "training and holdout rows are swapped",
        "risk",
        "value = _beyond(of_train, of_holdout)",
        "value = _beyond(of_holdout, of_train)",
        "attacks",
    ),
    Fault(
        "the control is forgotten",
        "risk",
        "value = _beyond(of_train, of_holdout)",
        "value = _beyond(of_train, 0.0)",
        "attacks",
    ),
    Fault(
        "more training than holdout rows are compared",
        "sides",
        "draw_rows(tables.train, n_real, rng),",
        "draw_rows(tables.train, len(tables.train), rng),",
        "suite",
    ),
    Fault(
        "a negative secret allows no error",
        "inference",
        "np.abs(rows), _LEAST_SHARE_OF_RANGE",
        "rows, _LEAST_SHARE_OF_RANGE",
        "attacks",
    ),
    Fault(
        "rows are their own neighbours beyond the first block",
        "neighbours",
        "total[own, start + own] = np.inf",
        "total[own, own] = np.inf",
        "neighbours",
    ),
    Fault(
        "missing is as good as the smallest value",
        "neighbours",
        "_MISSING = 5.0",
        "_MISSING = 0.0",
        "neighbours",
    ),
    Fault(
        "ranges are those of the training rows",
        "neighbours",
        "real = np.concatenate([train[:, i], holdout[:, i]])",
        "real = train[:, i]",
        "neighbours",
    ),
    Fault(
        "copies of one row count as evidence each",
        "copies",
        "only_train = len(np.unique(drawn[in_train & ~in_holdout]))",
        "only_train = len(drawn[in_train & ~in_holdout])",
        "copies",
    ),
    Fault(
        "the strongest of several tests pays for itself alone",
        "significance",
        "return min(1.0, max(1, len(p_values)) * min(p_values, default=1.0))",
        "return min(p_values, default=1.0)",
        "significance",
    ),
    Fault(
        "far rows are taken for members",
        "membership",
        'found["nearest"] = _Scores(*(-to_synthetic.distance for to_synthetic in near))',
        'found["nearest"] = _Scores(*(to_synthetic.distance for to_synthetic in near))',
        "attacks",
    ),
    Fault(
        "a description that fits several rows singles one out",
        "singling_out",
        "descriptions.n_fitting(rows) == 1",
        "descriptions.n_fitting(rows) >= 1",
        "attacks",
    ),
    Fault(
        "values that many rows have are rare",
        "rare_values",
        "once = values[counts == 1]",
        "once = values[counts >= 1]",
        "rare_values",
    ),
    Fault(
        "each test has the level of all",
        "suite",
        "level = SIGNIFICANCE / max(1, n_tests)",
        "level = SIGNIFICANCE",
        "suite",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_planted_fault_is_noticed(tmp_path: Path, fault: Fault) -> None:
    for folder in ("tabgan", "tests/evaluation"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    module = tmp_path / ROOM / f"{fault.module}.py"
    text = module.read_text()
    assert text.count(fault.right) == 1
    module.write_text(text.replace(fault.right, fault.wrong))
    tests = tmp_path / TESTS / f"test_{fault.tests}.py"
    arguments = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
    found = subprocess.run(
        [*arguments, str(tests)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1, found.stdout
    assert " failed" in found.stdout
