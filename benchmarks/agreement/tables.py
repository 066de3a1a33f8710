"""Made tables: what is to be learnt from, rows that were not seen, and samples of known honesty."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.evaluation.tables import Tables, ViewColumn, align_tables
from tabgan.schema import Kind

# Numbers of the numeric table are whole multiples of this part of one: their squared distances are
# exact in float64, so that rows at equal distances stay so in whatever order squares are added.
_GRID = 1_024
_PLACES = np.array(["north", "east", "south", "west", "centre", "abroad"])
_PLANS = np.array(["none", "basic", "full"])


@dataclass(frozen=True)
class Case:
    """A sample beside the rows that it could have been learnt from, and others.

    Parameters
    ----------
    table : str
        Which table, a name of `TABLES`.
    sample : str
        What the sample is, a name of `SAMPLES`.
    train, holdout, synthetic : pandas.DataFrame
        As many rows each.
    """

    table: str
    sample: str
    train: pd.DataFrame
    holdout: pd.DataFrame
    synthetic: pd.DataFrame

    @property
    def aligned(self) -> Tables:
        """The numeric view that all scores of tabgan read."""
        return align_tables(self.train, self.synthetic, self.holdout)


def cases(table: str, n_rows: int, samples: tuple[str, ...]) -> list[Case]:
    """Return samples of a table, the same ones in every run."""
    rng = np.random.default_rng([list(TABLES).index(table), n_rows])
    train, holdout, fresh = (TABLES[table](n_rows, rng) for _ in range(3))
    made = {
        "independent": fresh,
        "40 % copied": _partly_copied(train, fresh, round(0.4 * n_rows)),
        "copy": train.sample(frac=1.0, random_state=0, ignore_index=True),
        "shifted": _shifted(fresh, rng),
    }
    return [Case(table, sample, train, holdout, made[sample]) for sample in samples]


def mixed(n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return numbers, a date and categories, some of them missing."""
    rows = complete(n_rows, rng)
    rows["since"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(
        (rows["age"] * 20 + rng.integers(0, 500, n_rows)).to_numpy(), unit="D"
    )
    for name, share in (("income", 0.05), ("place", 0.1), ("since", 0.02)):
        rows[name] = rows[name].where(rng.random(n_rows) >= share)
    return rows


def complete(n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return numbers, none of them negative, and categories, none of them missing."""
    wealth = rng.normal(size=n_rows)
    age = np.clip(45 + 15 * (0.5 * wealth + rng.normal(size=n_rows)), 18, 95)
    income = 30_000 * np.exp(0.4 * wealth + 0.3 * rng.normal(size=n_rows))
    return pd.DataFrame(
        {
            "age": age.round().astype(int),
            "income": income.round(2),
            "debt": (0.3 * income * rng.gamma(4.0, 0.25, n_rows)).round(2),
            "visits": rng.poisson(np.exp(1.5 + 0.3 * wealth)),
            "place": _PLACES[np.minimum(rng.poisson(1.5 + 0.02 * age), len(_PLACES) - 1)],
            "plan": _PLANS[np.digitize(wealth + rng.normal(size=n_rows), [-0.5, 1.0])],
        }
    )


def numeric(n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return five numbers that go together, on a grid."""
    together = rng.normal(size=(n_rows, 1))
    values = 0.5 + 0.1 * (together + rng.normal(size=(n_rows, 5)))
    values[:, 3] = values[:, 0] ** 2 + 0.05 * rng.normal(size=n_rows)
    return pd.DataFrame((values * _GRID).round() / _GRID, columns=[f"x{i}" for i in range(5)])


def categorical(n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return five columns of four levels, two to three of them likely in each of three classes."""
    likely = np.random.default_rng(5).dirichlet(np.ones(4), size=(3, 5))
    classes = rng.integers(0, 3, n_rows)
    draws = rng.random((n_rows, 5, 1)) > likely.cumsum(axis=2)[classes]
    levels = np.array(["a", "b", "c", "d"])[np.minimum(draws.sum(axis=2), 3)]
    return pd.DataFrame(levels, columns=[f"c{i}" for i in range(5)])


TABLES = {"mixed": mixed, "numeric": numeric, "categorical": categorical, "complete": complete}
SAMPLES = ("independent", "40 % copied", "copy", "shifted")
HONESTY = SAMPLES[:3]


def frame_of(columns: tuple[ViewColumn, ...], rows: np.ndarray) -> pd.DataFrame:
    """Return rows of the numeric view as a frame, in their order."""
    return pd.DataFrame(
        {str(c.name): _cells_of(c, values) for c, values in zip(columns, rows.T, strict=True)}
    )


def _cells_of(column: ViewColumn, values: np.ndarray) -> pd.Series:
    if column.kind is Kind.DATETIME:
        return pd.Series(pd.to_datetime(values, unit="s"))
    if column.is_ordered:
        return pd.Series(values)
    labels = dict(enumerate(column.labels))
    return pd.Series(values).map(labels).astype(object)


def _partly_copied(train: pd.DataFrame, fresh: pd.DataFrame, n_copied: int) -> pd.DataFrame:
    return pd.concat([train[:n_copied], fresh[n_copied:]], ignore_index=True)


def _shifted(fresh: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return rows whose first number is larger, and whose first category is drawn anew."""
    shifted = fresh.copy()
    numbers = shifted.select_dtypes("number").columns
    if len(numbers):
        first = shifted[numbers[0]]
        shifted[numbers[0]] = first + (0.5 * first.std() * _GRID).round() / _GRID
        if pd.api.types.is_integer_dtype(first):
            shifted[numbers[0]] = shifted[numbers[0]].round().astype(int)
    categories = shifted.select_dtypes(object).columns
    if len(categories):
        levels = np.array(sorted(shifted[categories[0]].dropna().unique()))
        shifted[categories[0]] = rng.choice(levels, len(shifted))
    if len(numbers) == 0:
        shifted.iloc[: len(shifted) // 10, -1] = "new"  # a level that training rows do not have
    return shifted
