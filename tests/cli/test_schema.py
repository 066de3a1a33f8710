from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tabgan import Sum
from tabgan.schema import TableSchema
from tabgan.schema.constraints import read_constraints

Run = Callable[..., Result]


def test_kinds_are_shown_with_their_reason(run: Run, csv: Path) -> None:
    lines = run("schema", csv).stdout.splitlines()
    assert lines[0].split() == ["column", "kind", "dtype", "reason"]
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["zip", "categorical"],
        ["size", "integer"],
        ["use", "continuous"],
    ]


def test_json_is_what_fit_takes(run: Run, csv: Path) -> None:
    schema = TableSchema.from_json(run("schema", csv, "--json").stdout)
    assert list(schema.names) == csv.read_text().splitlines()[0].split(",")
    assert schema["joined"].date_format == "%d.%m.%Y"


def test_rules_that_all_rows_keep_are_shown_and_written(run: Run, tmp_path: Path) -> None:
    data = tmp_path / "bills.csv"
    lines = [f"{i % 37},{i % 41 + 1},{i % 37 + i % 41 + 1}" for i in range(600)]
    data.write_text("\n".join(["net,tax,gross", *lines]))
    shown = run("schema", data, "--constraints").stdout
    assert "'gross' = 'net' + 'tax'" in shown.splitlines()
    rules = read_constraints(run("schema", data, "--constraints", "--json").stdout)
    assert Sum("gross", ["net", "tax"]) in rules
    few = tmp_path / "few.csv"
    few.write_text("a,b\n1,2\n2,3\n")
    assert run("schema", few, "--constraints").stdout.startswith("no rule")


@pytest.mark.parametrize(("name", "options"), [("t.tsv", []), ("t.csv", ["--sep", r"\t"])])
def test_a_table_of_tabs_is_read(run: Run, tmp_path: Path, name: str, options: list[str]) -> None:
    (tmp_path / name).write_text("age\tstay\n" + "39\t0 days 00:05:00\n41\t1 days 00:00:00\n" * 30)
    shown = run("schema", tmp_path / name, *options).stdout
    assert "integer" in shown
    assert "timedelta" in shown


@pytest.mark.parametrize("separator", ["", ";;", "a", "7", '"', "\n", " ", "é", ".", "-"])
def test_what_separates_no_fields_is_refused(run: Run, csv: Path, separator: str) -> None:
    result = run("schema", csv, "--sep", separator)
    assert result.exit_code == 2
    assert "one character" in result.stderr


def test_the_separator_has_its_variable(run: Run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TABGAN_SCHEMA_SEP", ";")
    (tmp_path / "t.csv").write_text("age;sex\n" + "39;u\n41;v\n" * 30)
    assert "sex" in run("schema", tmp_path / "t.csv").stdout
