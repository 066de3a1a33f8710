"""Fill the gaps of a table, by joint draws or by the best guess, and find its odd rows.

python examples/gaps.py
"""

import argparse

import numpy as np

from tabgan import TabGAN, load_demo


def main() -> None:
    """Remove cells of rows the model has not seen, fill them, and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, help="how often to go through the table")
    options = parser.parse_args()

    table = load_demo(3_000)
    train, new = table.head(2_000), table.tail(1_000)
    gan = TabGAN(epochs=options.epochs, random_state=0).fit(train)

    gaps = np.random.default_rng(0).random(new.shape) < 0.3
    gapped = new.mask(gaps)
    for how in ("draw", "expected"):
        filled = gan.complete(gapped, how=how, random_state=0)
        asked = gapped["dwelling"].isna()
        right = (filled["dwelling"] == new["dwelling"])[asked].mean()
        print(f"{how:>8}: {filled.isna().sum().sum()} gaps left, {right:.0%} of dwellings right")

    odd = new.assign(likelihood=gan.score_samples(new)).nsmallest(3, "likelihood")
    print("\nthe least likely rows:")
    print(odd[["dwelling", "residents", "yearly_use_kwh", "likelihood"]].to_string(index=False))


if __name__ == "__main__":
    main()
