"""Scores of single columns, and of each column its own."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.fidelity.measured import cut_to_holdout, means_first, measured
from tabgan.evaluation.fidelity.shape import DISTRIBUTION, FIGURES, SUPPORT, ColumnReference
from tabgan.evaluation.report import COLUMNS, Score
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import FloatArray, Tables

COLUMN_NAMES = FIGURES
# Those that a column without a value has not.
_OF_VALUES = ("shape", *SUPPORT)


def column_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    """Return how each column is distributed, and their means.

    Parameters
    ----------
    tables : Tables
    streams : RandomStreams

    Returns
    -------
    list of Score
        Independent columns are as good at them as fresh real rows, so that no verdict is given.
    """
    reference = ColumnReference(tables.columns, tables.train)

    names = [column.name for column in tables.columns]
    gaps = _have_gaps(tables)  # the others, most often all, would drown them in the mean

    def scores(figures: tuple[str, ...], judged: Tables, note: str) -> list[Score]:
        places = [FIGURES.index(figure) for figure in figures]

        def similarity(rows: FloatArray) -> FloatArray:
            found = means_first(reference.compare(rows)[places])
            if "missing" in figures:
                of_gaps = found[figures.index("missing")]
                of_gaps[0] = of_gaps[1:][gaps].mean() if gaps.any() else 1.0
            return found

        found = measured(similarity, judged, streams.named(figures[0]))
        notes = "; ".join(filter(None, (note, found.note)))
        return [
            Score(figure, COLUMNS, name, *found.figures(i, place), note="" if place else notes)
            for i, figure in enumerate(figures)
            for place, name in enumerate([None, *names])
        ]

    cut, note = cut_to_holdout(tables, streams.named("support"))
    found = [*scores(DISTRIBUTION, tables, ""), *scores(SUPPORT, cut, note)]
    return [_told_what_counts(score, tables) for score in found]


def _have_gaps(tables: Tables) -> NDArray[np.bool_]:
    return np.asarray(np.isnan(tables.train).any(axis=0) | np.isnan(tables.synthetic).any(axis=0))


def _told_what_counts(score: Score, tables: Tables) -> Score:
    """Return an overall score that says which columns its mean leaves out."""
    empty = np.isnan(tables.train).all(axis=0)
    told = []
    if score.column is None and score.name == "wasserstein":
        told.append(f"of {(tables.is_ordered & ~empty).sum()} columns of numbers, dates, durations")
    elif score.column is None and score.name == "missing":
        told.append(f"of {_have_gaps(tables).sum()} columns with missing values")
    elif score.column is None and score.name in _OF_VALUES and empty.any():
        names = [tables.columns[i].name for i in np.flatnonzero(empty)]
        told.append(f"left out, having no value in the training rows: {names}")
    return replace(score, note="; ".join(filter(None, (*told, score.note))))
