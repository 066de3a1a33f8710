"""Make a frozen model: a small file that every later version has to go on reading.

    python tests/synthesizers/frozen/make.py format_2

writes ``format_2.tabgan`` and ``format_2.csv``, the eight rows that the model draws with seed 0,
beside this file. Make one when the format gets a new version, and never write over an old one:
people keep such files. If the rows of an old file change, models that people have draw other rows
than before; where that is meant, ``--rows`` writes the CSV alone.
"""

import argparse
import dataclasses
from pathlib import Path
from unittest import mock

import pandas as pd

from tabgan import TabGAN, load_demo

FOLDER = Path(__file__).parent
N_ROWS = 8
N_TREES = 6


def table() -> pd.DataFrame:
    """Return a table with a column of each kind, some cells of which are missing."""
    demo = load_demo(1_600)
    columns = ["region", "residents", "solar_panels", "joined_on", "arrears_eur"]
    frame = demo[columns].assign(key=[f"AB-{number:05d}" for number in range(len(demo))])
    return frame.assign(stay=pd.to_timedelta(demo["yearly_use_kwh"].round(-2), unit="min"))


def small_model() -> TabGAN:
    """Fit a network of eight units and keep six trees a number of passes: the file is small."""
    from tabgan.synthesizers import fitting

    def small_plan(*arguments: object) -> object:
        plan = make_plan(*arguments)
        return dataclasses.replace(plan, width=8, n_blocks=1, noise_dim=4)

    make_plan = fitting.make_plan
    with mock.patch.object(fitting, "make_plan", small_plan):
        gan = TabGAN(epochs=1, early_stopping=False, verbose=0, random_state=0)
        gan.fit(table())
    for n_passes, ratio in gan._model.ratios.items():
        gan._model.ratios[n_passes] = dataclasses.replace(
            ratio, leaves_left=ratio.leaves_left[:, :N_TREES], values=ratio.values[:N_TREES]
        )
    return gan


def rows(gan: TabGAN) -> str:
    """Return what the model draws with seed 0, as CSV."""
    text: str = gan.sample(N_ROWS, random_state=0).to_csv(index=False, lineterminator="\n")
    return text


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("name")
    parser.add_argument("--rows", action="store_true", help="only draw the rows again")
    options = parser.parse_args()
    path = FOLDER / f"{options.name}.tabgan"
    if not options.rows:
        if path.exists():
            parser.error(f"{path.name} is frozen; give the next version's name")
        small_model().save(path, include_discriminator=True)
    path.with_suffix(".csv").write_text(rows(TabGAN.load(path)), encoding="utf-8")
