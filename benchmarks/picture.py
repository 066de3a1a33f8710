"""The trade between fidelity and speed as a picture, from the results of ``fidelity.py``.

    python benchmarks/picture.py docs/passes.png

One panel a table that was measured with and without the adversary: rows a second, on two cores,
against the C2ST on the holdout, one point a number of passes.
"""

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

RESULTS = Path(__file__).parent / "results"
# Okabe and Ito's colours (2008), which people with any colour vision tell apart.
METHODS = {  # label, colour, marker, and where beside a point its number stands
    "default": ("with the adversary (default)", "#0072B2", "o", (2, 8)),
    "without-adversary": ("without (objective=None)", "#D55E00", "s", (-13, -4)),
}
RATES = {5e3: "5k", 1e4: "10k", 2e4: "20k", 5e4: "50k", 1e5: "100k"}


def draw(path: Path) -> None:
    """Draw a panel for each table that has both methods."""
    tables = [
        folder.name for folder in sorted(RESULTS.iterdir()) if all(map(list, curves_of(folder)))
    ]
    if not tables:
        raise SystemExit("no table was measured with and without the adversary")
    figure, panels = plt.subplots(
        1, len(tables), figsize=(4.6 * len(tables), 3.6), sharey=True, squeeze=False
    )
    for panel, table in zip(panels[0], tables, strict=True):
        for (label, colour, marker, beside), curve in zip(
            METHODS.values(), curves_of(RESULTS / table), strict=True
        ):
            rates, scores = zip(*curve.values(), strict=True)
            panel.plot(rates, scores, color=colour, marker=marker, label=label)
            for passes, point in curve.items():
                panel.annotate(
                    passes,
                    point,
                    xytext=beside,
                    textcoords="offset points",
                    ha="center",
                    fontsize=8,
                    color=colour,
                )
        panel.set_xscale("log")
        panel.set_xticks(list(RATES), list(RATES.values()))
        panel.minorticks_off()
        panel.set_xlim(min(RATES), max(RATES))
        panel.set_title(table, fontsize=10, loc="left")
        panel.set_xlabel("rows per second")
        panel.grid(alpha=0.25)
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_ylim(0, 1.08)
    panels[0][0].set_ylabel("C2ST on the holdout, 1 is best")
    panels[0][-1].legend(frameon=False, fontsize=8, loc="lower right")
    figure.tight_layout()
    figure.savefig(path, dpi=150)


def curves_of(folder: Path) -> list[dict[str, tuple[float, float]]]:
    """Return rows a second and score by passes, most passes first; means over the seeds."""
    curves = []
    for method in METHODS:
        points: dict[str, list[tuple[float, float]]] = {}
        for file in sorted(folder.glob(f"{method}-[0-9]*.json")):
            for passes, scores in json.loads(file.read_text())["passes"].items():
                points.setdefault(passes, []).append(
                    (scores["rows_per_second"], scores["auc_holdout"])
                )
        most_first = sorted(points, key=int, reverse=True)
        means = {passes: np.mean(points[passes], axis=0) for passes in most_first}
        curves.append({p: (rate, 1 - 2 * abs(auc - 0.5)) for p, (rate, auc) in means.items()})
    return curves


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
