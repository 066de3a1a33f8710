from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from tabgan import TabGAN
from tabgan.schema import TableSchema

Run = Callable[..., Result]


def test_info_says_what_the_model_gives_out_and_how_it_was_made(run: Run, model: Path) -> None:
    result = run("info", model)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines() if line)
    assert lines["size"] == "integer      Int64    1 to 5"
    assert lines["learnt"].startswith("from   300 rows")
    assert "tabgan " in lines["written"]


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
