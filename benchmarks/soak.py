"""Use one model for a long time, and see whether anything grows.

    python benchmarks/soak.py --cycles 200 --fits 3

A cycle loads a model, draws rows with and without conditions, fills gaps, scores, saves, and reads
what it saved. After a fifth of the cycles the resident memory may grow by less than 1 MB in a
hundred of them, by the slope of a straight line; descriptors and threads stay as many as they were.
Every so many cycles a small table is fitted, if asked for: TensorFlow keeps part of what it built
for each fit, so these are reported by themselves. Writes ``results/soak.json``; ends with 1 if
something grew.
"""

import argparse
import gc
import json
import os
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tabgan import TabGAN, load_demo

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results" / "soak.json"
MODEL = ROOT / "tests" / "synthesizers" / "frozen" / "format_1.tabgan"
WARM_UP = 0.2
MOST_MB_A_HUNDRED = 1.0


def resident_mb() -> float:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def n_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def cycle(path: Path) -> None:
    gan = TabGAN.load(MODEL)
    rows = gan.sample(1_100)
    gan.sample(300, conditions={"solar_panels": True, "residents": (1, 3)})
    gan.complete(rows.head(100).drop(columns=["region"]))
    gan.score_samples(rows.head(100))
    gan.save(path)
    assert TabGAN.load(path).sample(5, random_state=0).equals(gan.sample(5, random_state=0))


def fit() -> None:
    table = load_demo(1_500)[["region", "switched"]]
    TabGAN(epochs=1, early_stopping=False, verbose=0, random_state=0).fit(table)


def slope_a_hundred(values: list[float]) -> float:
    return float(np.polyfit(np.arange(len(values)), values, 1)[0] * 100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--fits", type=int, default=0)
    options = parser.parse_args()
    started = time.monotonic()
    resident, descriptors, threads = [], [], []
    with TemporaryDirectory() as folder:
        for _ in range(options.cycles):
            cycle(Path(folder) / "m.tabgan")
            resident.append(resident_mb())
            descriptors.append(n_descriptors())
            threads.append(threading.active_count())
        assert [path.name for path in Path(folder).iterdir()] == ["m.tabgan"]
    after_fits = []
    for _ in range(options.fits):
        fit()
        after_fits.append(round(resident_mb(), 1))
    first = int(WARM_UP * options.cycles)
    slope = slope_a_hundred(resident[first:])
    report = {
        "command": f"python benchmarks/soak.py --cycles {options.cycles} --fits {options.fits}",
        "cycles": options.cycles,
        "resident_mb": {"after_warm_up": round(resident[first], 1), "end": round(resident[-1], 1)},
        "growth_mb_in_a_hundred_cycles": round(slope, 2),
        "descriptors": sorted(set(descriptors[first:])),
        "threads": sorted(set(threads[first:])),
        "resident_mb_after_each_fit": after_fits,
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps(report, indent=1))
    RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    constant = len(report["descriptors"]) == len(report["threads"]) == 1
    sys.exit(slope >= MOST_MB_A_HUNDRED or not constant)


if __name__ == "__main__":
    main()
