"""How long ``evaluate`` takes on large tables, and the memory it needs.

    python benchmarks/evaluation_time.py --data ../shared/data

The first 15 columns of acs_income: 50,000 rows against themselves, and a million rows drawn with
repetitions (the holdout 100,000). Seconds of the processor, as those on the clock hang on what else
runs. One process a case, as a process never gives its largest memory back; results in
``results/evaluation_time.json``.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

from tabgan.evaluation import evaluate

RESULTS = Path(__file__).parent / "results" / "evaluation_time.json"
CASES = {"50,000 rows against themselves": False, "1,000,000 rows, drawn again": True}


def tables_of(data: Path, *, is_large: bool) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return training, synthetic and holdout rows."""
    rows = pd.read_parquet(data / "acs_income.parquet").iloc[:, :15].sample(frac=1, random_state=0)
    if not is_large:
        return rows[:50_000], rows[:50_000], rows[50_000:]
    ends = (0, 50_000, 75_000, 100_000)
    sizes = (1_000_000, 1_000_000, 100_000)
    train, synthetic, holdout = (
        rows[start:end].sample(size, replace=True, random_state=size + start, ignore_index=True)
        for start, end, size in zip(ends, ends[1:], sizes, strict=False)
    )
    return train, synthetic, holdout


def measure(data: Path, *, is_large: bool) -> dict[str, float]:
    """Return the seconds of one evaluation and the largest memory of the process."""
    tables = tables_of(data, is_large=is_large)
    before = _peak_mib()
    clock, processor = time.perf_counter(), time.process_time()
    evaluate(*tables, "Income", random_state=0)
    return {
        "processor_seconds": round(time.process_time() - processor, 1),
        "seconds": round(time.perf_counter() - clock, 1),
        "peak_mib": _peak_mib(),
        "mib_before": before,
        "cores": os.cpu_count() or 1,
    }


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Measure each case in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--case", choices=CASES, help="only this one, printed as JSON")
    options = parser.parse_args()
    if options.case:
        print(json.dumps(measure(options.data, is_large=CASES[options.case])))
        return
    found = {}
    for case in CASES:
        command = [sys.executable, __file__, "--data", str(options.data), "--case", case]
        answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found[case] = json.loads(answer)
        print(case, found[case], flush=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
