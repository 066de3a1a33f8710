"""How long the command line takes to answer, against a bare program made with click.

    python benchmarks/startup.py

The programs are started in turn, so that whatever else the machine does hits all of them, and the
fastest start of each counts. Writes ``results/startup.json``.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "startup.json"
N_STARTS = 15
BARE = """
import click

@click.group()
def cli():
    "A group."

@cli.command()
@click.option("--size", type=int, default=1, show_default=True, help="A number.")
def one(size):
    "A command."

cli(prog_name="bare")
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        programs = {
            "bare click --help": [str(bare), "--help"],
            "tabgan --help": ["-m", "tabgan", "--help"],
            "tabgan fit --help": ["-m", "tabgan", "fit", "--help"],
            "tabgan --version": ["-m", "tabgan", "--version"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in programs}
        for _ in range(N_STARTS):
            for name, arguments in programs.items():
                started = time.perf_counter()
                subprocess.run(
                    [sys.executable, *arguments],
                    check=True,
                    stdout=subprocess.DEVNULL,
                    env=os.environ | {"COLUMNS": "80"},
                )
                seconds[name].append(time.perf_counter() - started)
    fastest = {name: min(times) for name, times in seconds.items()}
    bare_seconds = fastest["bare click --help"]
    results = {
        name: {"seconds": round(least, 3), "ratio": round(least / bare_seconds, 2)}
        for name, least in fastest.items()
    }
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
