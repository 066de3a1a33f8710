"""How often the privacy checks and attacks of ``evaluate`` flag copies, and honest rows.

    python benchmarks/evaluators.py --data ../shared/data --seeds 100

Real rows drawn anew for each seed: 1,000 to learn from, others as holdout, and as a sample either
rows that are neither (honest: nothing can have been learnt from), or such rows of which some are
copies of training rows. Needs no model. Resumable: one line a case and seed in
``results/evaluators.jsonl``; the table is printed from it.
"""

import argparse
import json
import math
import time
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from tabgan.evaluation.privacy.suite import judged_together, privacy_scores
from tabgan.evaluation.report import Verdict
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import align_tables

RESULTS = Path(__file__).parent / "results" / "evaluators.jsonl"
N_ROWS = 1_000


@dataclass(frozen=True)
class Case:
    """A sample to judge.

    Parameters
    ----------
    share : float
        Share of the sample that is copied.
    noise : float
        By how much of their spread numbers of copies move.
    n_holdout : int
        Holdout rows.
    is_changed : bool
        Whether one cell of each copy is that of another row.
    """

    share: float
    noise: float = 0.0
    n_holdout: int = N_ROWS
    is_changed: bool = False

    def __str__(self) -> str:
        if not self.share:
            return f"honest, {self.n_holdout} holdout rows"
        moved = f", moved by {self.noise:.1%}" if self.noise else ""
        changed = ", one cell changed" if self.is_changed else ""
        return f"{self.share:.0%} copied{moved}{changed}"


CASES = [
    Case(1.0),
    Case(1.0, 0.001),
    Case(0.4),
    Case(0.05),
    Case(0.05, 0.001),
    Case(0.05, is_changed=True),
    Case(0.02),
    Case(0.0),
    Case(0.0, n_holdout=N_ROWS // 4),
    Case(0.0, n_holdout=N_ROWS // 9),
]


def table_of(kind: str, data: Path) -> pd.DataFrame:
    """Return a table of mixed, categorical or numeric columns, or a wide one of 30."""
    if kind == "wide":
        return pd.read_parquet(data / "acs_income.parquet").iloc[:, :30]
    if kind == "mixed":
        return pd.read_parquet(data / "adult.parquet")
    if kind == "numeric":
        return pd.read_parquet(data / "king.parquet").select_dtypes("number")
    return pd.read_parquet(data / "lending.parquet").select_dtypes(["object", "category", "string"])


def judge(kind: str, data: Path, case: Case, seed: int) -> dict[str, object]:
    """Return which scores are flagged."""
    rows = table_of(kind, data)
    rng = np.random.default_rng([seed, 11])
    order = rng.permutation(len(rows))
    ends = np.cumsum([N_ROWS, case.n_holdout, N_ROWS])
    train, holdout, sample = (
        rows.iloc[part].reset_index(drop=True) for part in np.split(order[: ends[-1]], ends[:-1])
    )
    n_copies = round(case.share * N_ROWS)
    copies = train.iloc[rng.permutation(N_ROWS)[:n_copies]].copy()
    for name in copies.select_dtypes("number"):
        moves = case.noise * rows[name].std() * rng.normal(size=n_copies)
        copies[name] = copies[name] + moves if case.noise else copies[name]
    if case.is_changed:
        changed = rng.integers(rows.shape[1], size=n_copies)
        for i, name in enumerate(rows.columns):
            others = rows[name].iloc[rng.integers(len(rows), size=n_copies)].to_numpy()
            copies[name] = copies[name].where(changed != i, others)
    sample = pd.concat([copies, sample.iloc[n_copies:]], ignore_index=True)
    started = time.perf_counter()
    with threadpool_limits(1):
        tables = align_tables(train, sample, holdout)
        scores = judged_together(privacy_scores(tables, RandomStreams(seed)))
    overall = [s for s in scores if s.column is None and not math.isnan(s.p_value)]
    # Of honest rows the p-values are kept, which have to be uniform.
    p_values = {} if case.share else {s.name: float(f"{s.p_value:.3g}") for s in overall}
    return {
        "kind": kind,
        "case": str(case),
        "seed": seed,
        "seconds": round(time.perf_counter() - started, 2),
        "flagged": [s.name for s in overall if s.verdict is Verdict.FLAG],
        "p_values": p_values,
    }


def main() -> None:
    """Judge what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--kinds", nargs="+", default=["mixed", "categorical", "numeric"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="only print the table")
    options = parser.parse_args()
    done = {(r["kind"], r["case"], r["seed"]) for r in _read()}
    wanted = [
        (kind, options.data, case, seed)
        for seed in range(options.seeds)
        for case in CASES
        for kind in options.kinds
        if (kind, str(case), seed) not in done and not options.report
    ]
    if wanted:
        with ProcessPoolExecutor(options.workers) as pool, RESULTS.open("a") as file:
            for result in pool.map(judge, *zip(*wanted, strict=True)):
                file.write(json.dumps(result) + "\n")
                file.flush()
    print(report())


def report() -> str:
    """Return the share of the seeds that were flagged, and by which scores, as Markdown."""
    groups: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for result in _read():
        groups[result["kind"], result["case"]].append(result)
    lines = ["| table | sample | seeds | flagged | by |", "|---|---|---|---|---|"]
    for (kind, case), results in sorted(groups.items()):
        names = Counter(name for result in results for name in result["flagged"])
        by = ", ".join(f"{name} {count}" for name, count in names.most_common())
        flagged = sum(bool(result["flagged"]) for result in results)
        lines.append(f"| {kind} | {case} | {len(results)} | {flagged} | {by} |")
    return "\n".join(lines)


def _read() -> list[dict]:
    return [json.loads(line) for line in RESULTS.open()] if RESULTS.exists() else []


if __name__ == "__main__":
    main()
