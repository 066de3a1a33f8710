import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result

Run = Callable[..., Result]
DrawTable = Callable[[int, int], pd.DataFrame]


@dataclass(frozen=True)
class Tables:
    """Three tables of the same law, as files: none of them is a copy of another."""

    train: Path
    synthetic: Path
    holdout: Path


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory, draw_table: DrawTable) -> Tables:
    folder = tmp_path_factory.mktemp("tables")
    paths = [folder / f"{name}.csv" for name in ("train", "synthetic", "holdout")]
    for seed, path in enumerate(paths):
        draw_table(120, seed).to_csv(path, index=False)
    return Tables(*paths)


def test_the_report_goes_to_stdout_and_is_80_columns_wide(run: Run, tables: Tables) -> None:
    result = run("evaluate", tables.train, tables.synthetic)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "fidelity" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_gate_that_fails_gives_code_3_and_the_report_all_the_same(
    run: Run, tables: Tables, tmp_path: Path
) -> None:
    gates = ["--fail-under", "shape=.2", "--fail-under", "trend=1.1"]
    result = run(
        "evaluate", tables.train, tables.synthetic, *gates, "--json", tmp_path / "report.json"
    )
    assert result.exit_code == 3
    assert "fidelity" in result.stdout
    assert result.stderr == "Gate failed: trend\n"
    assert json.loads((tmp_path / "report.json").read_text())["passed"] is False


def test_a_gate_that_holds_gives_code_0_and_json_can_be_all_of_stdout(
    run: Run, tables: Tables
) -> None:
    options = ["--holdout", tables.holdout, "--target", "switched", "--fail-under", "shape=.2"]
    result = run("evaluate", tables.train, tables.synthetic, *options, "--json", "-")
    assert (result.exit_code, result.stderr) == (0, "")
    report = json.loads(result.stdout)
    assert (report["passed"], report["n_holdout"]) == (True, 120)


def test_a_column_that_is_text_in_train_is_text_in_the_others(run: Run, tmp_path: Path) -> None:
    # No leading zero happens to be among the synthetic rows, so that alone they would be numbers.
    train, synthetic = tmp_path / "train.csv", tmp_path / "synthetic.csv"
    train.write_text("zip,use\n" + "01067,1\n99084,2\n" * 40)
    synthetic.write_text("zip,use\n" + "99084,1\n99084,2\n" * 40)
    # Half of the zip codes and all of the uses agree: (.5 + 1) / 2. As numbers, no zip code would.
    assert run("evaluate", train, synthetic, "--fail-under", "shape=.7").exit_code == 0


def test_train_can_come_from_stdin(run: Run, tables: Tables) -> None:
    result = run("evaluate", "-", tables.synthetic, stdin=tables.train.read_bytes())
    assert result.exit_code == 0
    assert result.stdout == run("evaluate", tables.train, tables.synthetic).stdout


def test_a_risk_that_is_too_large_or_unknown_fails_the_gate(run: Run, tables: Tables) -> None:
    copies = run("evaluate", tables.train, tables.train, "--max-risk", ".1")
    assert copies.exit_code == 3  # without a holdout nobody knows
    options = ["--holdout", tables.holdout, "--max-risk", ".1"]
    copies = run("evaluate", tables.train, tables.train, *options)
    assert copies.exit_code == 3
    assert "Gate failed: singling_out, linkability, attribute_inference" in copies.stderr
    assert run("evaluate", tables.train, tables.synthetic, *options[:3], "1").exit_code == 0


def test_quasi_identifiers_and_a_sensitive_column_add_their_scores(
    run: Run, tables: Tables
) -> None:
    known = ["--quasi-identifier", "zip", "--quasi-identifier", "size"]
    found = run("evaluate", tables.train, tables.synthetic, *known, "--sensitive", "garage")
    assert found.exit_code == 0
    for name in ("k_anonymity", "l_diversity", "delta_presence"):
        assert name in found.stdout


def test_the_page_is_written_beside_the_text(run: Run, tables: Tables, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    result = run("evaluate", tables.train, tables.synthetic, "--html", page)
    assert result.exit_code == 0
    assert "fidelity" in result.stdout
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run("evaluate", tables.train, tables.synthetic, "--html", tables.train).exit_code == 2


def test_tables_of_other_separators_are_judged(run: Run, tmp_path: Path) -> None:
    train, synthetic = tmp_path / "train.csv", tmp_path / "synthetic.csv"
    train.write_text("stay;use\n" + "0 days 00:05:00;1\n2 days 00:00:00;2\n" * 40)
    synthetic.write_text("stay;use\n" + "2 days;2\n0 days 00:05:00;1\n" * 40)
    result = run("evaluate", train, synthetic, "--sep", ";", "--fail-under", "shape=1")
    assert result.exit_code == 0
