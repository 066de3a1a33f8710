from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tabgan.schema import TableSchema

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
