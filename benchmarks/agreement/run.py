"""The evaluators of ``evaluate`` beside those of three other packages, on the same made tables.

    python benchmarks/agreement/run.py

in an environment of its own (see ``requirements.txt``); ``README.md`` says what agrees and what
differs on purpose. Needs no data and no model. Some minutes. Fails where figures differ that should
not; all of them are then in ``results/agreement.json``.
"""

import argparse
import importlib
import json
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from comparison import Comparison

RESULTS = Path(__file__).parents[1] / "results" / "agreement.json"
PEERS = ("sdmetrics", "synthcity", "anonymeter")
PACKAGES = (*PEERS, "numpy", "pandas", "scikit-learn", "scipy")


def table_of(comparisons: list[Comparison]) -> Iterator[str]:
    """Yield the lines of a table of all comparisons."""
    yield (
        f"{'quantity':46} {'table':12} {'sample':12} {'ours':>9} {'theirs':>9} {'difference':>10} "
        f"{'tolerance':>9}  agrees"
    )
    for c in comparisons:
        tolerance = "" if c.tolerance is None else f"{c.tolerance:.1e}"
        yield (
            f"{c.quantity:46} {c.table:12} {c.sample:12} {c.ours:9.6f} {c.theirs:9.6f} "
            f"{c.difference:10.1e} {tolerance:>9}  {_word(c)}"
        )


def summary(comparisons: list[Comparison]) -> Iterator[str]:
    """Yield one line of Markdown for each quantity, with the comparison that differs most."""
    yield "| package | quantity | compared | largest difference | of ours | theirs | allowed |"
    yield "|---|---|---|---|---|---|---|"
    groups: dict[tuple[str, str, bool], list[Comparison]] = {}
    for c in comparisons:
        quantity = c.quantity.partition(" of ")[0]  # of whichever columns
        groups.setdefault((c.peer, quantity, c.tolerance is None), []).append(c)
    for (peer, quantity, _), group in groups.items():
        worst = max(group, key=lambda c: c.difference)
        allowed = "on purpose" if worst.tolerance is None else f"{worst.tolerance:.1g}"
        yield (
            f"| {peer} | {quantity} | {len(group)} | {worst.difference:.1g} | {worst.ours:.4f} "
            f"| {worst.theirs:.4f} | {allowed} |"
        )


def _word(comparison: Comparison) -> str:
    return {True: "yes", False: "NO", None: "on purpose"}[comparison.agrees]


def _write(comparisons: list[Comparison]) -> None:
    content = {
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "comparisons": [{**vars(c), "agrees": c.agrees} for c in comparisons],
    }
    RESULTS.write_text(json.dumps(content, indent=1) + "\n")


def _read() -> list[Comparison]:
    found = json.loads(RESULTS.read_text())["comparisons"]
    return [Comparison(**{k: v for k, v in one.items() if k != "agrees"}) for one in found]


def main() -> None:
    """Compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--report", action="store_true", help="only print the table of README.md")
    if parser.parse_args().report:
        print("\n".join(summary(_read())))
        return
    comparisons = [
        comparison
        for peer in PEERS
        for comparison in importlib.import_module(f"beside_{peer}").comparisons()
    ]
    print("\n".join(table_of(comparisons)))
    _write(comparisons)
    apart = sum(comparison.agrees is False for comparison in comparisons)
    on_purpose = sum(comparison.agrees is None for comparison in comparisons)
    print(f"{len(comparisons)} compared, {on_purpose} differ on purpose, {apart} should not differ")
    sys.exit(apart > 0)


if __name__ == "__main__":
    main()
