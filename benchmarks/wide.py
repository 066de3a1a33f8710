"""Time and memory of fits of wide tables, large categories and long tables.

    python benchmarks/wide.py              # all cases, each in a process of its own
    python benchmarks/wide.py columns      # one of them

``columns``: 1,000 numbers x 100 rows. ``levels``: 10,000 rows with 10,000 levels. ``zipf`` and
``zipf_all``: 10,000 rows with levels by Zipf's law on which other columns depend, with rare levels
withheld and with all of them. ``rows``: 1,000,000 rows of 3 columns, prepared, then fitted for a
minute. Seconds of processor and peaks of resident memory; ``baseline`` is the peak of the process
after a fit of 60 rows of 2 columns. Prints a line a case and writes it to ``results/wide.json``.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from tabgan import TabGAN
from tabgan.schema import infer_schema

RESULTS = Path(__file__).parent / "results" / "wide.json"


def peak() -> int:
    """Return the peak of resident memory so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)


def columns() -> tuple[pd.DataFrame, dict[str, object], int]:
    values = np.random.default_rng(0).standard_normal((100, 1000))
    return pd.DataFrame(values, columns=[f"c{i}" for i in range(1000)]), {}, 100


def levels() -> tuple[pd.DataFrame, dict[str, object], int]:
    rng, n = np.random.default_rng(0), 10_000
    table = pd.DataFrame(
        {
            "who": [f"user{i}" for i in range(n)],
            "x": rng.normal(size=n),
            "s": rng.choice(["a", "b"], n),
        }
    )
    schema = infer_schema(table).with_kinds({"who": "categorical"})
    return table, {"schema": schema, "rare_threshold": 0, "epochs": 20}, 1000


def zipf(rare_threshold: int = 5) -> tuple[pd.DataFrame, dict[str, object], int]:
    rng, n = np.random.default_rng(0), 10_000
    weights = 1.0 / np.arange(1, 2001)
    level = rng.choice(2000, n, p=weights / weights.sum())
    # A level says which group is likely, and where x lies.
    table = pd.DataFrame(
        {
            "level": [f"v{i}" for i in level],
            "group": np.where(rng.random(n) < 0.8, level % 4, rng.integers(4, size=n)).astype(str),
            "x": level % 7 + rng.normal(size=n),
        }
    )
    schema = infer_schema(table).with_kinds({"level": "categorical"})
    return table, {"schema": schema, "rare_threshold": rare_threshold, "epochs": 40}, n


def zipf_all() -> tuple[pd.DataFrame, dict[str, object], int]:
    return zipf(rare_threshold=0)


def rows() -> tuple[pd.DataFrame, dict[str, object], int]:
    rng, n = np.random.default_rng(0), 1_000_000
    table = pd.DataFrame(
        {"x": rng.normal(size=n), "k": rng.integers(0, 1000, n), "c": rng.choice(["a", "b"], n)}
    )
    return table, {"max_time": 60}, 1000


CASES: dict[str, Callable[[], tuple[pd.DataFrame, dict[str, object], int]]] = {
    case.__name__: case for case in (columns, levels, zipf, zipf_all, rows)
}


def measure(case: str) -> dict[str, object]:
    table, options, n_samples = CASES[case]()
    found: dict[str, object] = {"frame_mb": round(table.memory_usage(deep=True).sum() / 1e6)}
    if case == "rows":
        before = peak()
        forecast = TabGAN(random_state=0, **options).forecast(table)
        found["prepared_mb"] = peak() - before
    tiny = pd.DataFrame({"a": np.random.default_rng(0).normal(size=60), "b": ["x", "y"] * 30})
    TabGAN(epochs=5, verbose=0, random_state=0).fit(tiny)
    found["baseline_mb"] = peak()
    started = time.process_time(), time.time()
    gan = TabGAN(verbose=0, random_state=0, **options)
    forecast = gan.forecast(table)
    found["forecast_s"] = round(time.process_time() - started[0], 1)
    started = time.process_time(), time.time()
    gan.fit(table)
    found["fit_cpu_s"] = round(time.process_time() - started[0], 1)
    found["fit_wall_s"] = round(time.time() - started[1], 1)
    found["fit_peak_mb"] = peak()
    trained = max(look["seconds"] for look in gan._model.history)
    found["wall_s_an_epoch"] = round(trained / gan.n_epochs_, 2)
    started = time.process_time(), time.time()
    sample = gan.sample(n_samples, random_state=1)
    found["sample_cpu_s"] = round(time.process_time() - started[0], 1)
    found["peak_mb"] = peak()
    found["said_mb"], found["said_s"] = round(forecast.memory_bytes / 1e6), round(forecast.seconds)
    if case.startswith("zipf"):
        found |= agreement(table, sample)
    return found


def agreement(table: pd.DataFrame, sample: pd.DataFrame) -> dict[str, float]:
    """Return how far the levels' shares are off, and what they tell of the other columns."""
    kept = table["level"].value_counts()
    kept = kept[kept.index.isin(sample["level"].unique()) | (kept >= 5)]
    real, drawn = (t[t["level"].isin(kept.index)] for t in (table, sample))
    shares = [t["level"].value_counts(normalize=True) for t in (real, drawn)]
    result = {"total_variation": float(shares[0].sub(shares[1], fill_value=0).abs().sum() / 2)}
    for name, part in (("real", real), ("drawn", drawn)):
        remainder = part["level"].str[1:].astype(int)
        result[f"group_told_{name}"] = float((part["group"].astype(int) == remainder % 4).mean())
        result[f"x_correlation_{name}"] = float(np.corrcoef(part["x"], remainder % 7)[0, 1])
    return {name: round(value, 4) for name, value in result.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", help=f"of {', '.join(CASES)}; all if none is given")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(options.cases[0])))
        return
    for case in options.cases or CASES:
        command = [sys.executable, __file__, "--inside", case]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        results[case] = json.loads(said.splitlines()[-1])
        print(case, results[case], flush=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
