"""Learn tables with and without the rules that are found in them.

    python benchmarks/rules.py --data ../shared/data

prints, for each table, how many rows break a rule without them and how many are drawn again with
them, how long samples take, how far apart the columns of an order are, and a two-sample score, and
writes ``results/rules.json``.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from tabgan import Inequality, TabGAN, evaluate, infer_constraints, infer_schema
from tabgan.schema.constraints import Constraint
from tabgan.synthesizers.redrawing import Redrawing

TABLES = ["taxis", "king"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--tables", nargs="+", default=TABLES)
    options = parser.parse_args()
    path = Path(__file__).parent / "results" / "rules.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    for name in options.tables:
        if name not in results:
            results[name] = measure(pd.read_parquet(options.data / f"{name}.parquet"))
            path.write_text(json.dumps(results, indent=1) + "\n")
        print(name, json.dumps(results[name], indent=1), flush=True)


def measure(table: pd.DataFrame) -> dict[str, object]:
    order = np.random.default_rng(0).permutation(len(table))
    holdout = table.iloc[order[: len(table) // 5]].reset_index(drop=True)
    train = table.iloc[order[len(table) // 5 :]].reset_index(drop=True)
    rules = infer_constraints(train)
    result: dict[str, object] = {
        "rows": len(train),
        "rules": [str(rule) for rule in rules],
        "holdout": described(rules, holdout, train),
    }
    for label, constraints in (("without", None), ("with", rules)):
        started = time.perf_counter()
        gan = TabGAN(constraints=constraints, random_state=0, verbose=2).fit(train)
        fitted = time.perf_counter()
        counter = CountedRedrawing()
        with counter:
            sample = gan.sample(len(train), random_state=0)
        sampled = time.perf_counter()
        report = evaluate(train, sample, holdout=holdout, random_state=0).to_frame()
        scores = report[report["column"].isna()].set_index("name")["value"]
        result[label] = {
            "fit_seconds": round(fitted - started, 1),
            "rows_a_second": round(len(train) / (sampled - fitted)),
            "drawn_again": round(counter.n_redrawn / len(train), 4),
            **described(rules, sample, train),
            "c2st": round(float(scores["c2st"]), 3),
            "trend": round(float(scores["trend"]), 4),
        }
    return result


class CountedRedrawing:
    """Counts the rows that are drawn again while it is entered."""

    def __init__(self) -> None:
        self.n_redrawn = 0

    def __enter__(self) -> None:
        self._broken = broken = Redrawing._broken

        def counted(redrawing: Redrawing, rows: pd.DataFrame) -> np.ndarray:
            found = broken(redrawing, rows)
            self.n_redrawn += int(found.sum())
            return found

        Redrawing._broken = counted

    def __exit__(self, *_: object) -> None:
        Redrawing._broken = self._broken


def described(
    rules: tuple[Constraint, ...], rows: pd.DataFrame, train: pd.DataFrame
) -> dict[str, object]:
    """Return the share of rows that break a rule, and quartiles of the gaps of each order."""
    schema = infer_schema(train)
    broken = np.zeros(len(rows), dtype=bool)
    gaps = {}
    for rule in rules:
        broken |= rule.broken(rows, schema)
        if isinstance(rule, Inequality):
            gap = rows[rule.high] - rows[rule.low]
            if gap.dtype.kind == "m":
                gap = gap.dt.total_seconds() / 60
            gaps[str(rule)] = [round(float(gap.quantile(q)), 2) for q in (0.25, 0.5, 0.75)]
    return {"broken": round(float(broken.mean()), 4), "quartiles_of_gaps": gaps}


if __name__ == "__main__":
    main()
