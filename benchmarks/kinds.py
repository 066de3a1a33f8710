"""Fit and sample the tables with dates, missing values and long categories, default settings.

    python benchmarks/kinds.py --data ../shared/data

prints, for each table, whether every dtype came back and the largest difference of a missing share,
and writes ``results/kinds.json``.
"""

import argparse
import json
import time
from pathlib import Path

import pandas as pd

from tabgan import TabGAN

TABLES = ["airbnb", "taxis", "lending"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--tables", nargs="+", default=TABLES)
    options = parser.parse_args()
    path = Path(__file__).parent / "results" / "kinds.json"
    results = json.loads(path.read_text()) if path.exists() else {}
    for name in options.tables:
        if name not in results:
            results[name] = measure(pd.read_parquet(options.data / f"{name}.parquet"))
            path.write_text(json.dumps(results, indent=1) + "\n")
        print(name, results[name], flush=True)


def measure(table: pd.DataFrame) -> dict[str, object]:
    started = time.perf_counter()
    gan = TabGAN(random_state=0).fit(table)
    seconds = time.perf_counter() - started
    gaps = {}
    for passes in ("auto", 1):
        sample = gan.sample(len(table), passes=passes, random_state=0)
        gaps[str(passes)] = float((sample.isna().mean() - table.isna().mean()).abs().max())
    return {
        "rows": len(table),
        "columns": table.shape[1],
        "fit_seconds": round(seconds, 1),
        "dtypes_identical": bool((sample.dtypes == table.dtypes).all()),
        "largest_gap_of_a_missing_share": {key: round(gap, 4) for key, gap in gaps.items()},
    }


if __name__ == "__main__":
    main()
