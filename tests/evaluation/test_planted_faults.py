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

PROJECT = Path(__file__).parents[2]


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
        "privacy/nearness",
        "wins = to_train.distance < to_holdout.distance",
        "wins = to_train.distance <= to_holdout.distance",
        "privacy/nearness",
    ),
    Fault(
        "training and holdout rows are swapped",
        "privacy/risk",
        "value = _beyond(of_train, of_holdout)",
        "value = _beyond(of_holdout, of_train)",
        "privacy/attacks",
    ),
    Fault(
        "the control is forgotten",
        "privacy/risk",
        "value = _beyond(of_train, of_holdout)",
        "value = _beyond(of_train, 0.0)",
        "privacy/attacks",
    ),
    Fault(
        "more training than holdout rows are compared",
        "privacy/sides",
        "draw_rows(tables.train, n_real, rng),",
        "draw_rows(tables.train, len(tables.train), rng),",
        "privacy/suite",
    ),
    Fault(
        "a negative secret allows no error",
        "privacy/inference",
        "np.abs(rows), _LEAST_SHARE_OF_RANGE",
        "rows, _LEAST_SHARE_OF_RANGE",
        "privacy/attacks",
    ),
    Fault(
        "rows are their own neighbours beyond the first block",
        "privacy/neighbours",
        "total[own, start + own] = np.inf",
        "total[own, own] = np.inf",
        "privacy/neighbours",
    ),
    Fault(
        "missing is as good as the smallest value",
        "privacy/neighbours",
        "_MISSING = 5.0",
        "_MISSING = 0.0",
        "privacy/neighbours",
    ),
    Fault(
        "ranges are those of the training rows",
        "privacy/neighbours",
        "real = np.concatenate([train[:, i], holdout[:, i]])",
        "real = train[:, i]",
        "privacy/neighbours",
    ),
    Fault(
        "copies of one row count as evidence each",
        "privacy/copies",
        "only_train = len(np.unique(drawn[in_train & ~in_holdout]))",
        "only_train = len(drawn[in_train & ~in_holdout])",
        "privacy/copies",
    ),
    Fault(
        "the strongest of several tests pays for itself alone",
        "privacy/significance",
        "return min(1.0, max(1, len(p_values)) * min(p_values, default=1.0))",
        "return min(p_values, default=1.0)",
        "privacy/significance",
    ),
    Fault(
        "far rows are taken for members",
        "privacy/membership",
        'found["nearest"] = _Scores(*(-to_synthetic.distance for to_synthetic in near))',
        'found["nearest"] = _Scores(*(to_synthetic.distance for to_synthetic in near))',
        "privacy/attacks",
    ),
    Fault(
        "a description that fits several rows singles one out",
        "privacy/singling_out",
        "descriptions.n_fitting(rows) == 1",
        "descriptions.n_fitting(rows) >= 1",
        "privacy/attacks",
    ),
    Fault(
        "values that many rows have are rare",
        "privacy/rare_values",
        "once = values[counts == 1]",
        "once = values[counts >= 1]",
        "privacy/rare_values",
    ),
    Fault(
        "each test has the level of all",
        "report/score",
        "return SIGNIFICANCE / max(1, n_tests)",
        "return SIGNIFICANCE",
        "privacy/suite",
    ),
    Fault(
        "a range is covered whose upper end is lost",
        "fidelity/shape",
        "+ max(0.0, high - other[-1]) / width",
        "+ 0.0",
        "fidelity/shape",
    ),
    Fault(
        "fractions pass for whole numbers",
        "fidelity/shape",
        "inside &= other == np.floor(other)",
        "inside &= other == other",
        "fidelity/shape",
    ),
    Fault(
        "a pair with a column that collapsed is left out",
        "fidelity/trend",
        "other = np.nan_to_num(correlations(rows[:, self._ordered]))",
        "other = correlations(rows[:, self._ordered])",
        "fidelity/trend",
    ),
    Fault(
        "gaps of one column pass for those of another",
        "fidelity/dependence",
        "both = missing.T @ missing / len(rows)",
        "both = np.outer(missing.mean(axis=0), missing.mean(axis=0))",
        "fidelity/dependence",
    ),
    Fault(
        "rows have themselves beside them beyond the first block",
        "fidelity/manifold",
        "apart[own, start + own] = np.inf",
        "apart[own, own] = np.inf",
        "fidelity/manifold",
    ),
    Fault(
        "a kernel of a row with itself counts",
        "fidelity/discrepancy",
        "np.fill_diagonal(terms, 0.0)",
        "pass",
        "fidelity/discrepancy",
    ),
    Fault(
        "what columns without relation keep is a rule",
        "../schema/constraints/finding",
        "and float(by_chance.mean()) < 1.0 - _BROKEN_BY_CHANCE",
        "",
        "fidelity/constraints",
    ),
    Fault(
        "a holdout of few rows gives the ceiling of few rows",
        "fidelity/measured",
        "return 1.0 - (1.0 - similarity(fresh)) * shrinkage, note",
        "return similarity(fresh), note",
        "evaluate",
    ),
    Fault(
        "what is lost without a column is counted as gained",
        "utility/importance",
        "max(0.0, whole - quality(weights))",
        "max(0.0, quality(weights) - whole)",
        "utility/suite",
    ),
    Fault(
        "unrelated rows are taken for real ones",
        "utility/suite",
        "for more in (with_independent, with_real)",
        "for more in (with_real, with_independent)",
        "utility/suite",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_a_planted_fault_is_noticed(tmp_path: Path, fault: Fault) -> None:
    for folder in ("tabgan", "tests/evaluation"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    module = tmp_path / "tabgan/evaluation" / f"{fault.module}.py"
    text = module.read_text()
    assert text.count(fault.right) == 1
    module.write_text(text.replace(fault.right, fault.wrong))
    room, _, name = fault.tests.rpartition("/")
    tests = tmp_path / "tests/evaluation" / room / f"test_{name}.py"
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
