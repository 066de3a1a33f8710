"""From a CSV file to synthetic rows, their scores and a saved model.

Run it without arguments for a bundled table, or on a table of your own:

    python examples/quickstart.py data.csv --target income --value high
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

from tabgan import TabGAN, evaluate, load_demo


def main() -> None:
    """Read, split, fit, sample, judge, save and load."""
    options = read_options()
    folder = Path(tempfile.mkdtemp(prefix="tabgan-"))
    csv = options.csv or write_demo(folder / "households.csv")

    table = pd.read_csv(csv)
    holdout = table.sample(frac=0.1, random_state=0)  # real rows that the model never sees
    train = table.drop(holdout.index)

    gan = TabGAN(epochs=options.epochs, max_time=options.max_time, random_state=0).fit(train)
    print(gan.schema_, end="\n\n")

    synthetic = gan.sample(len(train), random_state=0)  # same columns, order and dtypes
    print(synthetic.iloc[:3, :6].to_string(index=False), end="\n\n")

    wanted = gan.sample(500, conditions={options.target: options.value}, random_state=0)
    print(f"500 rows where {options.target} is", *wanted[options.target].unique(), end="\n\n")

    report = evaluate(train, synthetic, holdout, target=options.target, random_state=0)
    print(report, end="\n\n")

    gan.save(folder / "model.tabgan")  # holds no training row, and no code
    same = TabGAN.load(folder / "model.tabgan").sample(len(train), random_state=0)
    print("the loaded model gives the same rows:", same.equals(synthetic))


def read_options() -> argparse.Namespace:
    """Return the table, what to predict, and how long to learn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("csv", nargs="?", help="a CSV file; a bundled table if not given")
    parser.add_argument("--target", default="switched", help="column to predict (%(default)s)")
    parser.add_argument("--value", default="yes", help="one of its values (%(default)s)")
    parser.add_argument("--epochs", type=int, help="how often to go through the table")
    parser.add_argument("--max-time", help='how long to learn at most, such as "30s" or "5m"')
    return parser.parse_args()


def write_demo(path: Path) -> Path:
    """Write the bundled table, so that the way begins at a file as yours does."""
    load_demo().to_csv(path, index=False)
    return path


if __name__ == "__main__":
    main()
