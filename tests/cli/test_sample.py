import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result

from tabgan import TabGAN

FROZEN = Path(__file__).parents[1] / "synthesizers" / "frozen" / "format_1.tabgan"
Run = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]


def read_text(csv: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(csv), dtype=str, keep_default_na=False)


def test_stdout_is_the_table_and_nothing_else(run: Run, model: Path) -> None:
    result = run("sample", model, "-n", 50)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == "zip,size,use,joined,garage,switched"
    assert read_text(result.stdout).shape == (50, 6)


def test_cells_are_written_as_they_were_read(run: Run, model: Path) -> None:
    table = read_text(run("sample", model, "-n", 300, "--seed", 1).stdout)
    assert table["zip"].str.fullmatch(r"0100[0-7]").all()
    assert table["size"].str.fullmatch(r"[1-5]?").all()
    assert (table["size"] == "").any()
    assert table["use"].str.fullmatch(r"\d+\.\d0").all()  # one decimal, and a zero
    assert table["joined"].str.fullmatch(r"\d\d\.\d\d\.202\d").all()
    assert set(table["garage"]) == {"None", "NA", "double"}


def test_as_many_rows_as_were_learnt_if_no_number_is_given(run: Run, model: Path) -> None:
    assert len(read_text(run("sample", model).stdout)) == 300


@pytest.mark.parametrize(
    "condition", ["zip=01003", "size=2", "size=", "switched=yes", "garage=None", "garage=NA"]
)
def test_a_condition_holds_in_every_row(run: Run, model: Path, condition: str) -> None:
    result = run("sample", model, "-n", 40, "--where", condition)
    name, _, value = condition.partition("=")
    assert set(read_text(result.stdout)[name]) == {value}


def test_conditions_hold_together(run: Run, model: Path) -> None:
    result = run("sample", model, "-n", 40, "--where", "zip=01003", "--where", "switched=yes")
    table = read_text(result.stdout)[["zip", "switched"]]
    assert table.drop_duplicates().to_numpy().tolist() == [["01003", "yes"]]


def test_the_same_seed_gives_the_same_bytes_and_fewer_rows_are_the_head_of_more(
    run: Run, model: Path, tmp_path: Path
) -> None:
    run("sample", model, "-n", 30, "--seed", 7, "-o", tmp_path / "rows.csv")
    written = (tmp_path / "rows.csv").read_bytes()
    again = run("sample", model, "-n", 30, "--seed", 7).stdout_bytes
    assert again == written
    assert again.startswith(run("sample", model, "-n", 10, "--seed", 7).stdout_bytes)
    assert again != run("sample", model, "-n", 30, "--seed", 8).stdout_bytes


def test_without_a_seed_every_sample_is_another(run: Run, model: Path) -> None:
    assert run("sample", model).stdout != run("sample", model).stdout


def test_the_number_of_passes_changes_the_rows(run: Run, model: Path) -> None:
    one, all_of_them = (
        run("sample", model, "--seed", 7, "--passes", n).stdout for n in (1, "auto")
    )
    assert one != all_of_them


def test_sampling_needs_neither_keras_nor_tensorflow(
    start: Start, without_training: str, model: Path
) -> None:
    process = start("sample", model, "-n", 5, code=without_training)
    stdout, stderr = process.communicate(timeout=300)
    assert (process.returncode, stderr) == (0, "")
    assert len(stdout.splitlines()) == 1 + 5


def test_a_sample_can_be_a_parquet_file(run: Run, model: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    assert run("sample", model, "-o", tmp_path / "rows.parquet").exit_code == 0
    assert str(pd.read_parquet(tmp_path / "rows.parquet")["size"].dtype) == "Int64"


def test_batches_and_a_parquet_pipe_carry_the_rows_of_one_sample(run: Run, model: Path) -> None:
    pytest.importorskip("pyarrow")
    options = ["-n", 17_000, "--seed", 3, "--passes", 1]  # a batch and a bit
    piped = run("sample", model, *options, "--format", "parquet")
    rows = pd.read_parquet(io.BytesIO(piped.stdout_bytes))
    pd.testing.assert_frame_equal(rows, TabGAN.load(model).sample(17_000, passes=1, random_state=3))
    described = run("schema", "-", stdin=piped.stdout_bytes)
    assert described.stdout.splitlines()[2].split()[:3] == ["size", "integer", "Int64"]


def test_no_rows_are_a_line_of_names(run: Run, model: Path) -> None:
    assert run("sample", model, "-n", 0).stdout == "zip,size,use,joined,garage,switched\n"


def test_what_ranges_cost_is_said_on_stderr(run: Run, model: Path) -> None:
    result = run("sample", model, "-n", 500, "--where", "size=2..4", "--where", "use=1500..")
    rows = pd.read_csv(io.StringIO(result.stdout))
    assert rows["size"].between(2, 4).all()
    assert (rows["use"] >= 1500).all()
    assert re.fullmatch(
        r"The conditions hold in about \d+ % of all rows; the sample is worth [\d,]+ "
        r"independent ones\.\n",
        result.stderr,
    )


def test_a_sample_has_the_separator_that_is_asked_for(run: Run, tmp_path: Path) -> None:
    plain = run("sample", FROZEN, "-n", 5, "--passes", 1, "--seed", 0).stdout
    other = run("sample", FROZEN, "-n", 5, "--passes", 1, "--seed", 0, "--sep", "|").stdout
    run("sample", FROZEN, "-n", 5, "--passes", 1, "--seed", 0, "-o", tmp_path / "s.tsv")
    table = pd.read_csv(io.StringIO(plain))
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(other), sep="|"), table)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "s.tsv", sep="\t"), table)
    refused = run("sample", FROZEN, "--sep", ";", "-o", tmp_path / "s.parquet")
    assert refused.exit_code == 2
