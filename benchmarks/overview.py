"""One line a table: what default settings reach, from the results of ``fidelity.py``.

    python benchmarks/overview.py

Means over the seeds. Each seed of a small table has a split of its own, and the AUC is averaged
before it becomes a score: that of a hundred rows is mostly chance, which always lowers the score.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from protocol import TARGETS, UNSEEN

# What can be asked of a sample or of the estimator, without looking into the model.
OUTSIDE = {"distance", "density ratio", "likelihood"}
RESULTS = Path(__file__).parent / "results"
COLUMNS = (
    "table | runs | Shape | Trend | C2ST all (AUC train) | four | two | one | gap | four | one "
    "| DCR | attack: AUC, TPR (bound) | on the model file | fit s | GiB | rows/s all | four | one"
)


def main() -> None:
    """Print two tables, the second of those that nobody looked at before, each with a mean."""
    print_overview(table for table in TARGETS if table != "bundled")
    print()
    print_overview(UNSEEN)


def print_overview(tables: Iterable[str]) -> None:
    """Print a line for each table that was measured, and the mean score."""
    lines, scores = [], []
    for table in tables:
        paths = sorted((RESULTS / table).glob("default-[0-9]*.json"))
        runs = [json.loads(path.read_text()) for path in paths]
        if runs:
            frame = passes_of(runs)
            scores.append(two_sample_score(frame, "all"))
            lines.append(line(table, runs, frame))
    print(f"| {COLUMNS} |\n|{'---|' * (COLUMNS.count('|') + 1)}")
    print("\n".join(lines))
    print(f"\nMean C2ST on the holdout, all passes, {len(scores)} tables: {np.mean(scores):.3f}")


def passes_of(runs: list[dict]) -> pd.DataFrame:
    """Return the scores of every run and number of passes, the largest called "all"."""
    rows = []
    for run in runs:
        most = max(run["passes"], key=int)
        for passes, scores in run["passes"].items():
            gap = scores["mle_real"] - scores["mle"]
            rows.append({"passes": "all" if passes == most else passes, "gap": gap, **scores})
    return pd.DataFrame(rows)


def two_sample_score(frame: pd.DataFrame, passes: str) -> float:
    """Return the score of the mean AUC over the runs."""
    auc = frame.loc[frame["passes"] == passes, "auc_holdout"].mean()
    return 1 - 2 * abs(auc - 0.5)


def strongest(runs: list[dict], attacks: set[str]) -> tuple[float, float, float]:
    """Return the TPR at 1 % FPR of the attack that finds most, its lower bound, and its AUC.

    The bound is one-sided at 95 %, of the mean over the runs; that of the strongest of several
    attacks is too high by chance.
    """
    best = (0.0, 0.0, 0.0)
    for name in attacks.intersection(*(set(run["membership"]) for run in runs)):
        found = pd.DataFrame([run["membership"][name] for run in runs]).astype(float)
        tpr, auc = found[["tpr_at_1_percent", "auc"]].mean()
        error = np.sqrt((found["standard_error"] ** 2).sum()) / len(found)
        best = max(best, (float(tpr), max(0.0, float(tpr - 1.645 * error)), float(auc)))
    return best


def line(table: str, runs: list[dict], frame: pd.DataFrame) -> str:
    """Return a table's line."""
    means = frame.groupby("passes").mean(numeric_only=True)
    at = {passes: means.loc[passes] for passes in ("all", "4", "2", "1")}
    # The discriminator is left out, as it is of a model file unless asked for.
    inside = set(runs[0]["membership"]) - OUTSIDE - {"discriminator"}
    attacked = [strongest(runs, attacks) for attacks in (OUTSIDE, inside)]
    scores = [f"{two_sample_score(frame, passes):.3f}" for passes in ("4", "2", "1")]
    speeds = [f"{at[passes]['rows_per_second']:,.0f}" for passes in ("all", "4", "1")]
    cells = [
        table,
        str(len(runs)),
        f"{at['all']['shape']:.3f}",
        f"{at['all']['trend']:.4f}",
        f"{two_sample_score(frame, 'all'):.3f} ({at['all']['auc_train']:.3f})",
        *scores,
        *(f"{at[passes]['gap']:+.3f}" for passes in ("all", "4", "1")),
        f"{at['all']['dcr_share']:.3f}",
        *(f"{auc:.3f}, {tpr:.1%} ({bound:.1%})" for tpr, bound, auc in attacked),
        f"{np.mean([run['fit_seconds'] for run in runs]):.0f}",
        f"{max(run['peak_mib'] for run in runs) / 1024:.1f}",
        *speeds,
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
