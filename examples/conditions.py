"""Rows that satisfy conditions: values, sets, ranges, a frame row by row.

python examples/conditions.py
"""

import argparse

import pandas as pd

from tabgan import TabGAN, load_demo


def main() -> None:
    """Fit the bundled table and ask for rows of four kinds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, help="how often to go through the table")
    options = parser.parse_args()

    table = load_demo()
    gan = TabGAN(epochs=options.epochs, random_state=0).fit(table)

    large = gan.sample(
        1_000,
        conditions={
            "dwelling": "house",  # a value
            "heating": ["gas", None],  # any of these; None is missing
            "yearly_use_kwh": (4_000, None),  # a range, open upwards
            "joined_on": ("2022", "2023-06"),  # from January 2022 to the end of June 2023
        },
        random_state=0,
    )
    print(large.iloc[:3, :8].to_string(index=False))
    cost = large.attrs["conditions"]
    print(f"of all houses {cost['probability']:.1%} satisfy the rest", end="\n\n")

    asked = pd.DataFrame({"residents": [1, 2, 5], "tariff": ["green", "fixed", "green"]})
    print(gan.sample(conditions=asked, random_state=0).iloc[:, :6].to_string(index=False))


if __name__ == "__main__":
    main()
