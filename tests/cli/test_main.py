import io
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tabgan import __version__
from tabgan.cli.main import cli

PROJECT = Path(__file__).resolve().parent.parent.parent
FROZEN = PROJECT / "tests" / "synthesizers" / "frozen" / "format_1.tabgan"
Run = Callable[..., Result]
Start = Callable[..., "subprocess.Popen[str]"]


def test_help_names_every_command(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in ("demo", "fit", "sample", "evaluate", "info"))


@pytest.mark.parametrize("command", ["", "demo", "fit", "sample", "evaluate", "info"])
def test_help_loads_no_table_library(start: Start, command: str) -> None:
    code = (
        "import sys\n"
        "for name in ('numpy', 'pandas', 'sklearn', 'scipy', 'keras', 'tensorflow', 'rich'):\n"
        "    sys.modules[name] = None\n"
        "from tabgan.cli.main import main\n"
        "main()"
    )
    process = start(*command.split(), "--help", code=code)
    stdout, stderr = process.communicate(timeout=300)
    assert (process.returncode, stderr) == (0, "")
    assert "Usage: tabgan" in stdout


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").stdout == f"tabgan {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["sample", "no such model.tabgan"],
        ["fit", __file__, "-o", "x.tabgan"],
        ["fit", "{csv}", "-o", "no such folder/x.tabgan"],
        ["fit", "{csv}", "-o", "{folder}"],
        ["fit", "{csv}", "-o", "{folder}/x.tabgan", "--max-time", "soon"],
        ["fit", "{csv}", "-o", "{folder}/x.tabgan", "--passes", "0"],
        ["fit", "{csv}", "-o", "{folder}/x.tabgan", "--passes", "1" * 5_000],
        ["fit", "{csv}", "-o", "{folder}/x.tabgan", "--epochs", "0"],
        ["fit", "{csv}", "-o", "{folder}/x.tabgan", "--seed", "-1"],
        ["fit", "{csv}"],
        ["sample", "{model}", "-o", "x.xlsx"],
        ["sample", "{model}", "--where", "size"],
        ["sample", "{model}", "--where", "colour=red"],
        ["sample", "{model}", "--where", "size=17"],
        ["sample", "{model}", "-n", "-1"],
        ["sample", "{model}", "--format", "parquet", "--escape-formulas"],
        ["evaluate", "{csv}", "{csv}", "--target", "colour"],
        ["evaluate", "{csv}", "{csv}", "--fail-under", "beauty=1"],
        ["evaluate", "{csv}", "{csv}", "--fail-under", "c2st"],
        ["evaluate", "-", "-"],
        ["demo", "--rows", "1"],
        ["demo", "--out", __file__],
        ["paint"],
    ],
    ids=lambda arguments: " ".join(arguments).replace(str(Path(__file__).parent), "")[:60],
)
def test_a_mistake_ends_with_code_2_and_one_line(
    run: Run, csv: Path, model: Path, tmp_path: Path, arguments: list[str]
) -> None:
    places = {"csv": csv, "model": model, "folder": tmp_path}
    result = run(*(argument.format(**places) for argument in arguments))
    assert result.exit_code == 2
    assert result.stdout == ""
    # click itself puts the usage before what is wrong with an option.
    *_, line = result.stderr.splitlines()
    assert line.startswith("Error: ")
    assert "Traceback" not in result.stderr
    assert isinstance(result.exception, SystemExit)
    assert list(tmp_path.iterdir()) == []


def test_an_environment_variable_stands_for_an_option(
    run: Run, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABGAN_SAMPLE_ROWS", "4")
    assert len(run("sample", model).stdout.splitlines()) == 1 + 4


def test_a_variable_for_conditions_holds_one_a_line(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for value in ("region=old town", "region=old town\nsolar_panels=True\n"):
        monkeypatch.setenv("TABGAN_SAMPLE_WHERE", value)
        rows = pd.read_csv(io.StringIO(run("sample", FROZEN, "-n", 5, "--passes", 1).stdout))
        assert (rows["region"] == "old town").all()
        assert rows["solar_panels"].all() or "solar_panels" not in value


def test_a_variable_for_columns_holds_one_a_line(run: Run, monkeypatch, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("marital status,age\n" + "single,5\nmarried,7\n" * 5)
    monkeypatch.setenv("TABGAN_EVALUATE_QUASI_IDENTIFIER", "marital status\nno column")
    assert "'no column' is not a column" in run("evaluate", table, table).stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["sample", __file__],
        ["info", __file__],
        ["fit", "{csv}", "-o", "{folder}/x.tabgan", "--schema", __file__],
        ["evaluate", "{csv}", "{other}"],
        ["schema", "{empty}"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_content_that_cannot_be_used_ends_with_code_4_and_one_line(
    run: Run, csv: Path, tmp_path: Path, arguments: list[str]
) -> None:
    places = {"csv": csv, "folder": tmp_path, "other": tmp_path / "a", "empty": tmp_path / "b"}
    places["other"].write_text("x,y\n1,2\n3,4\n")
    places["empty"].write_text("")
    result = run(*(argument.format(**places) for argument in arguments))
    assert result.exit_code == 4
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("Error: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_the_commands_are_listed_in_the_order_of_use(run: Run) -> None:
    commands = run("--help").stdout.partition("Commands:")[2].split("\n\n")[0]
    names = [line.split()[0] for line in commands.strip().splitlines()]
    assert names == ["demo", "schema", "fit", "sample", "evaluate", "info"]


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["sa"], {"sample"}),
        (["fit", "--dr"], {"--dry-run"}),
        (["sample", "{model}", "--where", "s"], {"size=", "switched="}),
        (["sample", "no model", "--where", "s"], set()),
    ],
)
def test_the_shell_completes_words(run: Run, model: Path, words: list[str], offered: set[str]):
    typed = " ".join(["tabgan", *(shlex.quote(word.format(model=model)) for word in words)])
    variables = {"COMP_WORDS": typed, "COMP_CWORD": str(len(words))}
    environment = variables | {"_TABGAN_COMPLETE": "bash_complete"}
    result = CliRunner().invoke(cli, [], env=environment, prog_name="tabgan")
    assert {line.partition(",")[2] for line in result.stdout.splitlines() if line} == offered


def test_every_option_has_the_variable_of_its_name() -> None:
    for command in cli.commands.values():
        for option in command.params:
            name = max(option.opts, key=len).lstrip("-").replace("-", "_")
            if isinstance(option, click.Option):
                found = option.envvar or f"TABGAN_{command.name}_{option.name}".upper()
                assert found == f"TABGAN_{command.name}_{name}".upper()


def test_a_variable_called_version_changes_nothing(
    run: Run, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TABGAN_VERSION", "1")
    assert run("info", model).stdout.startswith("column")


def test_no_command_replaces_what_it_reads(
    run: Run, model: Path, csv: Path, tmp_path: Path
) -> None:
    copy, table = tmp_path / "model", tmp_path / "table.csv"
    copy.write_bytes(model.read_bytes())
    table.write_bytes(csv.read_bytes())
    before = {path: path.read_bytes() for path in (copy, table)}
    for arguments in (
        ["sample", copy, "-n", 1, "-o", copy],
        ["sample", copy, "--format", "csv", "-o", tmp_path / "." / "model"],
        ["evaluate", table, csv, "--json", table],
        ["fit", table, "-o", table],
        ["fit", table, "-o", tmp_path / "x", "--checkpoint", table],
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert before == {path: path.read_bytes() for path in (copy, table)}


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="needs descriptors with names")
def test_a_table_can_go_to_a_named_descriptor_and_behind_what_is_there(
    start: Start, model: Path, tmp_path: Path
) -> None:
    process = start("sample", model, "-n", 3, "-o", "/dev/stdout")
    stdout, stderr = process.communicate(timeout=300)
    assert (process.returncode, stderr, len(stdout.splitlines())) == (0, "", 1 + 3)
    path = tmp_path / "all.csv"
    path.write_text("first\n")
    command = f"exec {sys.executable} -m tabgan sample {model} -n 3 -o /dev/stdout >> {path}"
    subprocess.run(["bash", "-c", command], cwd=PROJECT, check=True, timeout=300)
    assert path.read_text().splitlines()[0] == "first"
    assert len(path.read_text().splitlines()) == 1 + 1 + 3


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [(signal.SIGINT, 130, "Interrupted."), (signal.SIGTERM, 143, "Terminated.")],
)
def test_a_signal_ends_with_its_code_and_without_a_traceback(
    start: Start, tmp_path: Path, sent: signal.Signals, code: int, said: str
) -> None:
    process = start("fit", "-", "-o", tmp_path / "x.tabgan")
    assert process.stdin is not None
    # More than a pipe holds: once it is written, the command is reading and handles the signal.
    process.stdin.write("a,b\n" + "1,2\n" * 100_000)
    process.stdin.flush()
    process.send_signal(sent)
    stdout, stderr = process.communicate(timeout=300)
    assert (process.returncode, stdout, stderr.strip()) == (code, "", said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes as Unix has them")
def test_a_reader_that_has_had_enough_ends_the_command_quietly(start: Start, model: Path) -> None:
    process = start("sample", model, "-n", 20_000)  # some hundred times a pipe's buffer
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith("zip,size")
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=300) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="needs descriptors as Unix has them")
def test_a_closed_stdout_is_no_failure(start: Start, model: Path) -> None:
    code = (
        "import os, sys\n"
        "os.close(1)\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'tabgan', *sys.argv[1:]])"
    )
    process = start("sample", model, "-n", 5, code=code)
    _, stderr = process.communicate(timeout=300)
    assert (process.returncode, stderr) == (0, "")
