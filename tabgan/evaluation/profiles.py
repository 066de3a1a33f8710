"""How each column, and each pair of columns, looks in the training and in the synthetic rows."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.evaluation.association import Levels, associations
from tabgan.evaluation.tables import FloatArray, Tables, ViewColumn
from tabgan.schema import Kind

# Bars of a number: enough to see two humps, few enough for the noise of some hundred rows.
_N_BARS = 24
# Share of the training rows beyond either end of a picture, which are in its outermost bars; of few
# rows at least the number below, so that no end is that of a single row.
_BEYOND = 0.005
# Categories with bars of their own. Rarer ones are shown together, as are those that fewer training
# rows have than the number below it: a picture must not show who is alone with a value.
_N_CATEGORIES = 10
ALL_OTHERS = "all others"
_FEWEST_ROWS = 5
# Seconds that fit into 64 bits as nanoseconds.
_LONGEST = 9e9
# Rows that dependences are measured on; their noise is then below a hundredth.
_MAX_ROWS = 20_000


@dataclass(frozen=True)
class ColumnProfile:
    """How a column is distributed.

    Parameters
    ----------
    name : hashable
        Of the column.
    kind : str
        What it is.
    is_ordered : bool
        Whether its bars follow each other on a line.
    labels : tuple of str
        Of the bars; of a number its ends alone.
    train, synthetic : tuple of float
        Share of the rows in each bar.
    missing : tuple of float
        Share of missing values in the training and in the synthetic rows.
    """

    name: Hashable
    kind: str
    is_ordered: bool
    labels: tuple[str, ...]
    train: tuple[float, ...]
    synthetic: tuple[float, ...]
    missing: tuple[float, float]


@dataclass(frozen=True)
class Dependences:
    """How much each two columns depend on each other.

    Parameters
    ----------
    names : tuple of hashable
        Of the columns.
    train, synthetic : tuple of tuple of float
        Cramér's V of tenths of numbers and the most frequent categories, from 0 to 1.
    """

    names: tuple[Hashable, ...]
    train: tuple[tuple[float, ...], ...]
    synthetic: tuple[tuple[float, ...], ...]


def column_profiles(tables: Tables) -> tuple[ColumnProfile, ...]:
    """Return how each column is distributed."""
    return tuple(
        _profile(column, tables.train[:, i], tables.synthetic[:, i])
        for i, column in enumerate(tables.columns)
    )


def dependences(tables: Tables) -> Dependences:
    """Return how much the columns depend on each other, by the levels of the training rows."""
    levels = Levels.of(tables.columns, tables.train)
    train, synthetic = (
        tuple(map(tuple, associations(levels.joint_shares(rows[:_MAX_ROWS])).round(4).tolist()))
        for rows in (tables.train, tables.synthetic)
    )
    return Dependences(tuple(column.name for column in tables.columns), train, synthetic)


def _profile(column: ViewColumn, train: FloatArray, synthetic: FloatArray) -> ColumnProfile:
    bars = _bars_of_numbers if column.is_ordered else _bars_of_categories
    labels, shares = bars(column, train, synthetic)
    return ColumnProfile(
        column.name,
        str(column.kind),
        column.is_ordered,
        labels,
        shares[0],
        shares[1],
        (float(np.isnan(train).mean()), float(np.isnan(synthetic).mean())),
    )


def _bars_of_numbers(
    column: ViewColumn, train: FloatArray, synthetic: FloatArray
) -> tuple[tuple[str, ...], list[tuple[float, ...]]]:
    known = train[~np.isnan(train)]
    if len(known) < 2 * _FEWEST_ROWS:
        return (), [(), ()]
    beyond = max(_BEYOND, _FEWEST_ROWS / len(known))
    low, high = np.quantile(known, (beyond, 1.0 - beyond))
    if high > low:
        edges = np.linspace(low, high, _N_BARS + 1)[1:-1]
    else:  # nearly all have one value: below, this one, above
        edges = np.array([low, np.nextafter(low, np.inf)])
    bars = (np.searchsorted(edges, rows, side="right") for rows in (train, synthetic))
    shares = [
        _shares(places, ~np.isnan(rows), len(edges) + 1)
        for places, rows in zip(bars, (train, synthetic), strict=True)
    ]
    return (_label(column.kind, low), _label(column.kind, high)), shares


def _bars_of_categories(
    column: ViewColumn, train: FloatArray, synthetic: FloatArray
) -> tuple[tuple[str, ...], list[tuple[float, ...]]]:
    known = [~np.isnan(rows) for rows in (train, synthetic)]
    counts = np.bincount(train[known[0]].astype(np.int64), minlength=max(1, column.n_levels))
    shown = np.argsort(-counts, kind="stable")[:_N_CATEGORIES]
    shown = shown[counts[shown] >= _FEWEST_ROWS]
    bar_of = np.full(len(counts), len(shown))
    bar_of[shown] = np.arange(len(shown))
    others = () if len(shown) == column.n_levels else (ALL_OTHERS,)
    labels = (*(column.labels[code] for code in shown), *others)
    shares = []
    for rows, there in zip((train, synthetic), known, strict=True):
        places = np.zeros(len(rows), dtype=np.int64)
        places[there] = bar_of[rows[there].astype(np.int64)]
        shares.append(_shares(places, there, len(labels)))
    return labels, shares


def _shares(places: NDArray[np.int64], known: NDArray[np.bool_], n_bars: int) -> tuple[float, ...]:
    counts = np.bincount(places[known], minlength=n_bars)
    return tuple((counts / max(1, counts.sum())).round(5).tolist())


def _label(kind: Kind, value: float) -> str:
    if kind is Kind.DATETIME:
        return str(np.datetime64(round(value), "s").astype("datetime64[D]"))
    if kind is Kind.TIMEDELTA:
        # As pandas writes them, as far as its nanoseconds reach.
        is_long = abs(value) > _LONGEST
        return f"{value / 86_400:,.0f} days" if is_long else str(pd.Timedelta(round(value), "s"))
    if kind is Kind.INTEGER:
        return f"{round(value):,}"  # a quantile may lie between two of them
    return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
