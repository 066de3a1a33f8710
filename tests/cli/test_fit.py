import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import Result

from tabgan import TabGAN
from tabgan.cli.fit import _save
from tabgan.schema import TableSchema

Run = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]
Output = subprocess.CompletedProcess[str]


def test_a_fit_writes_nothing_to_stdout(fit_output: Output) -> None:
    assert fit_output.stdout == ""


def test_a_fit_shows_the_schema_and_what_it_wrote(fit_output: Output, model: Path) -> None:
    assert "text dates written %d.%m.%Y" in fit_output.stderr
    assert f"Wrote {model}: 300 rows" in fit_output.stderr


def test_a_fit_that_ran_out_of_time_says_so(fit_output: Output, run: Run, model: Path) -> None:
    assert "--max-time cut the training short" in fit_output.stderr
    assert "cut short by --max-time" in run("info", model).stdout


def test_a_model_that_cannot_be_written_where_it_should_is_written_elsewhere(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    gan = TabGAN.load(model)
    gone = str(tmp_path / "a folder that was deleted meanwhile" / "x.tabgan")
    with pytest.raises(click.ClickException, match="could not be written") as caught:
        _save(gan, gone)
    assert caught.value.exit_code == 1
    rescue = caught.value.message.split()[-1]
    assert TabGAN.load(rescue).sample(3, random_state=0).equals(gan.sample(3, random_state=0))


def test_tensorflow_does_not_greet_the_user(fit_output: Output) -> None:
    assert not any(word in fit_output.stderr for word in ("oneDNN", "absl", "WARNING", "I0000"))


def test_a_leading_zero_makes_a_column_text_and_a_gap_leaves_integers_integers(
    run: Run, model: Path
) -> None:
    schema = TableSchema.from_json(run("info", model, "--schema").stdout)
    assert {column.name: str(column.kind) for column in schema} == {
        "zip": "categorical",
        "size": "integer",
        "use": "continuous",
        "joined": "datetime",
        "garage": "categorical",
        "switched": "categorical",
    }
    assert schema["size"].dtype.name == "Int64"


def test_a_model_never_replaces_a_table(run: Run, csv: Path, tmp_path: Path) -> None:
    before = csv.read_bytes()
    for output in (csv, tmp_path / "other.csv", tmp_path / "other.parquet"):
        result = run("fit", csv, "-o", output)
        assert result.exit_code == 2
        assert "give another" in result.stderr
    assert csv.read_bytes() == before
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_says_what_a_fit_takes_and_writes_nothing(
    start: Start, without_training: str, csv: Path, tmp_path: Path
) -> None:
    process = start("fit", csv, "-o", tmp_path / "x.tabgan", "--dry-run", code=without_training)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    assert "text dates written %d.%m.%Y" in stderr
    lines = dict(line.split(maxsplit=1) for line in stdout.splitlines())
    assert lines["table"].startswith("300 rows, 6 columns with ")
    assert set(lines) == {"table", "weights", "steps", "time", "memory"}
    assert list(tmp_path.iterdir()) == []


def test_rules_are_checked_before_anything_is_learnt(run: Run, csv: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.json"
    rules.write_text('[{"kind": "range", "column": "use", "low": 1e9}]')
    broken = run("fit", csv, "--dry-run", "--constraints", rules)
    assert broken.exit_code == 2
    assert "rows" in broken.stderr
    assert "'use' >= 1000000000.0" in broken.stderr
    rules.write_text('[{"kind": "range", "column": "use", "low": 0}]')
    assert run("fit", csv, "--dry-run", "--constraints", rules).exit_code == 0
    assert run("fit", csv, "--dry-run", "--constraints", "infer").exit_code == 0
    rules.write_text("[1]")
    assert run("fit", csv, "--dry-run", "--constraints", rules).exit_code == 4
    absent = run("fit", csv, "--dry-run", "--constraints", tmp_path / "nothing.json")
    assert absent.exit_code == 2
    assert "infer" in absent.stderr


def test_a_file_that_is_no_checkpoint_is_not_said_to_be_gone_on_from(
    run: Run, csv: Path, tmp_path: Path
) -> None:
    checkpoint = tmp_path / "checkpoint"
    checkpoint.write_bytes(b"of another program")
    refused = run("fit", csv, "-o", tmp_path / "model", "--checkpoint", checkpoint)
    assert refused.exit_code == 4
    assert f"{checkpoint} is no checkpoint" in refused.stderr
    assert "Going on" not in refused.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [(signal.SIGTERM, 143, "Terminated."), (signal.SIGINT, 130, "Interrupted.")],
)
def test_a_fit_that_is_ended_at_random_moments_goes_on_to_the_same_model(
    start: Start, csv: Path, tmp_path: Path, sent: signal.Signals, code: int, said: str
) -> None:
    whole, output, checkpoint = (tmp_path / name for name in ("whole", "output", "checkpoint"))
    assert start("fit", csv, "-o", whole, "--epochs", 1).wait(timeout=600) == 0
    chance = random.Random(0)

    def written() -> int:
        return checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0

    ended, is_done = 0, False
    for _ in range(6):
        output.unlink(missing_ok=True)
        before = written()
        process = start("fit", csv, "-o", output, "--epochs", 1, "--checkpoint", checkpoint)
        # A look of this process: before it there may be nothing that hears the signal in order.
        begun = time.monotonic()
        while process.poll() is None and written() == before and time.monotonic() - begun < 300:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 2.0))
        process.send_signal(sent)
        _, stderr = process.communicate(timeout=600)
        left = {path.name for path in tmp_path.iterdir()}
        assert left <= {"whole", "output", "checkpoint"}
        assert "Traceback" not in stderr
        # A signal may also find a program that has said its last word.
        is_done = stderr.splitlines()[-1].startswith(f"Wrote {output}")
        if is_done:
            break
        ended += 1
        assert (process.returncode, stderr.splitlines()[-1]) == (code, said)
        if "output" in left:
            assert len(TabGAN.load(output).sample(9)) == 9
            assert "the best model so far" in stderr
    assert ended
    if not is_done:
        again = start("fit", csv, "-o", output, "--epochs", 1, "--checkpoint", checkpoint)
        assert again.wait(timeout=600) == 0
    assert output.read_bytes() == whole.read_bytes()
    assert not checkpoint.exists()
