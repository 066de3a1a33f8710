"""Real and synthetic rows side by side, three relations of each, as a picture.

python examples/picture.py picture.png
"""

import argparse
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import pyplot

from tabgan import TabGAN, load_demo

# Okabe and Ito's colours (2008), which people with any colour vision tell apart.
HEATING = {"gas": "#0072B2", "electric": "#D55E00", "heat pump": "#009E73"}
DWELLINGS = ["flat", "terrace", "house"]


def main() -> None:
    """Learn one half of the bundled table, and draw the other half beside synthetic rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("picture", help="where to write it")
    parser.add_argument("--epochs", type=int, help="how often to go through the table")
    options = parser.parse_args()

    table = load_demo(5_000)
    train, held_back = table.head(2_500), table.tail(2_500)
    gan = TabGAN(epochs=options.epochs, random_state=0).fit(train)
    rows = {
        "real rows, not learnt from": held_back,
        "synthetic rows": gan.sample(len(held_back), random_state=0),
    }
    figure = pyplot.figure(figsize=(11, 7), layout="constrained")
    for part, (title, some) in zip(figure.subfigures(2, 1), rows.items(), strict=True):
        part.suptitle(title, fontweight="bold")
        use, dwellings, switched = part.subplots(1, 3)
        draw_use(use, some)
        draw_dwellings(dwellings, some)
        draw_switched(switched, some)
    figure.get_layout_engine().set(w_pad=0.12)  # inches, or labels touch the neighbour
    figure.savefig(options.picture, dpi=100)


def draw_use(ax: Any, rows: pd.DataFrame) -> None:
    """Draw three columns at once: use by residents and heating."""
    jitter = np.random.default_rng(0).uniform(-0.35, 0.35, len(rows))
    for heating, color in HEATING.items():
        some = (rows["heating"] == heating).to_numpy()
        x = rows["residents"].to_numpy(dtype=float) + jitter
        ax.scatter(
            x[some], rows["yearly_use_kwh"][some], s=4, color=color, label=heating, alpha=0.6
        )
    ax.set_yscale("log")
    ax.set_ylim(300, 60_000)
    ax.set_xlim(0.5, 6.5)
    ax.set_xlabel("residents")
    ax.set_ylabel("yearly use (kWh)")
    ax.legend(frameon=False, markerscale=2.5, fontsize=8, loc="lower right")


def draw_dwellings(ax: Any, rows: pd.DataFrame) -> None:
    """Draw two categories: which dwellings stand where."""
    shares = pd.crosstab(rows["region"], rows["dwelling"], normalize="index")[DWELLINGS]
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=0.8, aspect="auto")
    for (i, j), share in np.ndenumerate(shares.to_numpy()):
        color = "white" if share > 0.45 else "black"
        ax.text(j, i, f"{share:.0%}", ha="center", va="center", fontsize=7, color=color)
    ax.set_xticks(range(3), DWELLINGS)
    ax.set_yticks(range(len(shares)), shares.index, fontsize=8)
    ax.set_xlabel("dwelling, by region")


def draw_switched(ax: Any, rows: pd.DataFrame) -> None:
    """Draw a number with gaps and a category: who switched, by satisfaction."""
    satisfaction = (
        rows["satisfaction"].astype(object).where(rows["satisfaction"].notna(), "missing")
    )
    share = (rows["switched"] == "yes").groupby(satisfaction.astype(str)).mean()
    ax.bar(share.index, share, color="#0072B2", width=0.7)
    ax.set_ylim(0, 0.75)
    ax.set_xlabel("satisfaction")
    ax.set_ylabel("share that switched")
    ax.spines[["top", "right"]].set_visible(False)


if __name__ == "__main__":
    main()
