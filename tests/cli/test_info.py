from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from click.testing import Result

from tabgan import Range, TabGAN, Unique
from tabgan.schema import TableSchema

Run = Callable[..., Result]


def test_info_says_what_the_model_gives_out_and_how_it_was_made(run: Run, model: Path) -> None:
    result = run("info", model)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines() if line)
    assert lines["size"] == "integer      Int64    1 to 5"
    assert lines["learnt"].startswith("from   300 rows")
    assert "tabgan " in lines["written"]


def test_info_names_the_rules_that_every_row_keeps(run: Run, model: Path, tmp_path: Path) -> None:
    gan = TabGAN.load(model)
    gan._model = replace(gan._model, constraints=(Range("use", 0), Unique(["zip", "joined"])))
    gan.save(tmp_path / "ruled.tabgan")
    lines = run("info", tmp_path / "ruled.tabgan").stdout.splitlines()
    ruled = [line for line in lines if line.startswith("every row")]
    told = [line.removeprefix("every row").strip() for line in ruled]
    assert told == ["'use' >= 0", "'zip', 'joined' unique"]


def test_the_schema_of_a_model_is_that_of_the_estimator(run: Run, model: Path) -> None:
    schema = TableSchema.from_json(run("info", model, "--schema").stdout)
    assert schema == TabGAN.load(model).schema_


def test_a_damaged_model_is_refused(run: Run, model: Path, tmp_path: Path) -> None:
    content = bytearray(model.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "damaged.tabgan").write_bytes(content)
    result = run("info", tmp_path / "damaged.tabgan")
    assert result.exit_code == 4
    assert "not sound" in result.stderr
