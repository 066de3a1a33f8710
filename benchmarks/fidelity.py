"""Fit, sample and score tabgan on a real table; one JSON file a method and seed, resumable.

    python benchmarks/fidelity.py --table adult --data ../shared/data
    python benchmarks/fidelity.py --table adult --report

needs the extra ``bench``. Results that exist are not measured again. The table ``bundled`` needs no
data; with ``KERAS_BACKEND=jax`` the method is called ``default-jax`` and so on.
"""

import argparse
import json
import os
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from attacks import attacks_by_model, attacks_by_sample
from protocol import Split, independent_columns, score, split_table

from tabgan import TabGAN, load_demo

RESULTS = Path(__file__).parent / "results"
BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")
# Rows of the bundled table: a small table, yet enough to hold some out and to judge by.
BUNDLED_ROWS = 5_000


def all_passes(split: Split) -> int:
    """Return the default number of passes: one a column."""
    return split.train.shape[1]


# Name of a method: estimator, and the passes to sample it in.
METHODS: dict[str, tuple[Callable[[int], TabGAN], Callable[[Split], list[int]]]] = {
    "default": (
        lambda seed: TabGAN(random_state=seed),
        lambda split: [all_passes(split), 4, 2, 1],
    ),
    "a-minute": (
        lambda seed: TabGAN(random_state=seed, max_time=60),
        lambda split: [all_passes(split)],
    ),
    "without-adversary": (
        lambda seed: TabGAN(random_state=seed, objective=None),
        lambda split: [all_passes(split), 4, 2, 1],
    ),
    "classic": (
        lambda seed: TabGAN(random_state=seed, objective="wasserstein", normalisation="mixture"),
        lambda split: [1],
    ),
}
BOUNDS: dict[str, Callable[[Split, np.random.Generator], pd.DataFrame]] = {
    "independent-columns": lambda split, rng: independent_columns(split.train, rng),
    "training-rows-again": lambda split, rng: split.train.iloc[
        rng.integers(len(split.train), size=len(split.train))
    ].reset_index(drop=True),
}


def measure(split: Split, method: str, seed: int) -> dict[str, object]:
    """Return fit time and the scores of each number of passes."""
    make, passes = METHODS[method]
    started = time.perf_counter()
    gan = make(seed).fit(split.train)
    result: dict[str, object] = {
        "fit_seconds": round(time.perf_counter() - started, 1),
        "n_epochs": round(gan.n_epochs_, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    scores, attacked = {}, {}
    for n_passes in passes(split):
        started = time.perf_counter()
        synthetic = gan.sample(len(split.train), passes=n_passes, random_state=seed)
        rows_per_second = round(len(synthetic) / (time.perf_counter() - started))
        scores[str(n_passes)] = {
            "rows_per_second": rows_per_second,
            **score(synthetic, split, seed),
        }
        print(n_passes, scores[str(n_passes)], flush=True)
        if not attacked:  # the most passes come first
            attacked = attacks_by_sample(synthetic, split)
    result["membership"] = attacked | attacks_by_model(gan, split)
    history = gan.history_.drop(columns="seconds").round(4)
    return result | {"passes": scores, "last_round": json.loads(history.iloc[-1].to_json())}


def main() -> None:
    """Measure what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", default="adult")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--methods", nargs="+", default=["bounds", *METHODS])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--report", action="store_true", help="only print the table")
    options = parser.parse_args()
    folder = RESULTS / options.table
    folder.mkdir(parents=True, exist_ok=True)
    if not options.report:
        if options.table == "bundled":
            table = load_demo(BUNDLED_ROWS)
        else:
            table = pd.read_parquet(options.data / f"{options.table}.parquet")
        for seed in options.seeds:
            split = split_table(options.table, table, seed)
            for method in options.methods:
                _measure_missing(split, method, seed, folder)
    print(report(folder))


def _measure_missing(split: Split, method: str, seed: int, folder: Path) -> None:
    label = method if BACKEND == "tensorflow" or method == "bounds" else f"{method}-{BACKEND}"
    path = folder / f"{label}-{seed}.json"
    if path.exists():
        return
    print(f"{split.name}: {label}, seed {seed}", flush=True)
    if method == "bounds":
        rng = np.random.default_rng(seed)
        passes = {name: score(draw(split, rng), split, seed) for name, draw in BOUNDS.items()}
        result: dict[str, object] = {"passes": passes}
    else:
        result = measure(split, method, seed)
    machine = {"cores": os.cpu_count(), "python": platform.python_version()}
    content = {"table": split.name, "method": label, "seed": seed, **machine, **result}
    path.write_text(json.dumps(content, indent=1) + "\n")


def report(folder: Path) -> str:
    """Return the results of a table as Markdown, means over the seeds."""
    rows = []
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text())
        for passes, scores in content["passes"].items():
            fit = content.get("fit_seconds", np.nan)
            gap = scores["mle_real"] - scores["mle"]
            rows.append(
                {"method": content["method"], "passes": passes, **scores, "gap": gap, "fit": fit}
            )
    table = pd.DataFrame(rows)
    table["passes"] = pd.Categorical(table["passes"], table["passes"].unique())
    table["rows_per_second"] = table.get("rows_per_second", np.nan)
    lines = [
        "| method | passes | Shape | Trend | C2ST holdout | C2ST train (AUC) | MLE (gap) "
        "| DCR share | exact match | fit s | rows/s | seeds |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (method, passes), group in table.groupby(["method", "passes"], observed=True, sort=False):
        m = group.drop(columns=["method", "passes"]).mean()
        spread = f" ± {group['c2st_holdout'].std():.3f}" if len(group) > 1 else ""
        fit = "" if np.isnan(m["fit"]) else f"{m['fit']:.0f}"
        speed = "" if np.isnan(m["rows_per_second"]) else f"{m['rows_per_second']:,.0f}"
        lines.append(
            f"| {method} | {passes} | {m['shape']:.3f} | {m['trend']:.3f} "
            f"| {m['c2st_holdout']:.3f}{spread} | {m['c2st_train']:.3f} ({m['auc_train']:.3f}) "
            f"| {m['mle']:.3f} ({m['gap']:+.3f}) | {m['dcr_share']:.3f} "
            f"| {m['exact_match_share']:.3f} | {fit} | {speed} | {len(group)} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
