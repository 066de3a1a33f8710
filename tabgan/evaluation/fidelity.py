"""Fidelity: scores of how much synthetic rows look like real ones, each with floor and ceiling."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tabgan.evaluation.detector import detector_scores
from tabgan.evaluation.ranking import NORMAL_95
from tabgan.evaluation.report import Score
from tabgan.evaluation.shape import column_shapes, missing_shares
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import FloatArray, Tables, draw_rows, independent_columns
from tabgan.evaluation.trend import TrendReference

# Subsamples behind the interval of a similarity; the spread of 20 is known within a sixth.
_N_SUBSAMPLES = 20
_SUBSAMPLE_MAX_ROWS = 5_000


@dataclass(frozen=True)
class _Measured:
    """Similarities of the synthetic rows, shape (similarities,) each."""

    value: FloatArray
    low: FloatArray
    high: FloatArray
    floor: FloatArray
    ceiling: FloatArray
    note: str

    def score(self, i: int, name: str, column: object = None, note: str = "") -> Score:
        figures = (self.value, self.low, self.high, self.floor, self.ceiling)
        value, low, high, floor, ceiling = (float(figure[i]) for figure in figures)
        notes = "; ".join(text for text in (note, self.note) if text)
        return Score(name, "fidelity", column, value, low, high, floor, ceiling, note=notes)


def fidelity_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    """Return shape, missing, trend and detector scores.

    Parameters
    ----------
    tables : Tables
    streams : RandomStreams

    Returns
    -------
    list of Score
        Those about relations between columns are judged against independent columns. The verdict
        of `shape` and `missing`, which independent columns get right, and of `trend`, whose bins
        can put fresh real rows below independent columns where tails are heavy, is left to gates.
    """
    return [
        *_shape_scores(tables, streams),
        *_missing_scores(tables, streams),
        *_trend_scores(tables, streams),
        *detector_scores(tables, streams),
    ]


def _shape_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    def similarity(rows: FloatArray) -> FloatArray:
        shapes = column_shapes(tables.columns, tables.train, rows)
        return np.concatenate([[_mean_of_known(shapes)], shapes])

    measured = _measure(similarity, tables, streams.named("shape"))
    empty = [c.name for c, v in zip(tables.columns, measured.value[1:], strict=True) if v != v]
    note = f"left out, having no value in the training rows: {empty}" if empty else ""
    overall = measured.score(0, "shape", note=note)
    return [overall, *_column_scores("shape", measured, tables)]


def _missing_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    # Columns without any gap would drown the others in the mean.
    gaps = np.isnan(tables.train).any(axis=0) | np.isnan(tables.synthetic).any(axis=0)

    def similarity(rows: FloatArray) -> FloatArray:
        shares = missing_shares(tables.train, rows)
        overall = shares[gaps].mean() if gaps.any() else 1.0
        return np.concatenate([[overall], shares])

    measured = _measure(similarity, tables, streams.named("missing"))
    return [measured.score(0, "missing"), *_column_scores("missing", measured, tables)]


def _trend_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    reference = TrendReference(tables.columns, tables.train)

    def similarity(rows: FloatArray) -> FloatArray:
        scores = reference.compare(rows)
        return np.array([scores.own_bins, scores.training_bins])

    found = reference.compare(tables.synthetic)
    note = ""
    if found.n_pairs == 0:
        note = "unknown: no two columns are related by a defined similarity"
    elif found.n_constant:
        note = f"{found.n_constant} pairs left out, a column being constant in the training rows"
    measured = _measure(similarity, tables, streams.named("trend"))
    return [
        measured.score(0, "trend", note=note),
        measured.score(1, "trend_training_bins").judged_by_floor(),
    ]


def _column_scores(name: str, measured: _Measured, tables: Tables) -> list[Score]:
    without_note = replace(measured, note="")
    return [
        without_note.score(i, name, column.name) for i, column in enumerate(tables.columns, start=1)
    ]


def _measure(
    similarity: Callable[[FloatArray], FloatArray],
    tables: Tables,
    generator: np.random.Generator,
) -> _Measured:
    value = similarity(tables.synthetic)
    half = NORMAL_95 * _standard_error(similarity, tables.synthetic, generator)
    n_synthetic = len(tables.synthetic)
    floor = similarity(independent_columns(tables.train, n_synthetic, generator))
    ceiling, note = _fresh_rows(similarity, tables, generator)
    low, high = np.maximum(value - half, 0.0), np.minimum(value + half, 1.0)
    return _Measured(value, low, high, floor, np.broadcast_to(ceiling, value.shape), note)


def _standard_error(
    similarity: Callable[[FloatArray], FloatArray],
    rows: FloatArray,
    generator: np.random.Generator,
) -> FloatArray:
    """Return the standard error over draws of the synthetic rows (delete-d jackknife).

    Source: Shao and Wu (1989). A bootstrap would do worse: its repeated rows lower a similarity.
    """
    n_rows = min(len(rows) // 2, _SUBSAMPLE_MAX_ROWS)
    draws = [similarity(draw_rows(rows, n_rows, generator)) for _ in range(_N_SUBSAMPLES)]
    scale = math.sqrt(n_rows / (len(rows) - n_rows))
    return np.asarray(np.std(draws, axis=0) * scale)


def _fresh_rows(
    similarity: Callable[[FloatArray], FloatArray],
    tables: Tables,
    generator: np.random.Generator,
) -> tuple[FloatArray, str]:
    """Return what as many fresh real rows get, and the note on how this is known."""
    if tables.holdout is None:
        return np.array(math.nan), "ceiling unknown: needs holdout rows"
    n_train, n_synthetic = len(tables.train), len(tables.synthetic)
    fresh = draw_rows(tables.holdout, n_synthetic, generator)
    if len(fresh) == n_synthetic:
        return similarity(fresh), ""
    # What real rows lack to 1 is sampling noise, which shrinks with the root of the rows. Against
    # disjoint halves of real tables with a tenth as holdout this is right within .002; columns of
    # thousands of categories make it too high.
    shrinkage = math.sqrt((1 / n_synthetic + 1 / n_train) / (1 / len(fresh) + 1 / n_train))
    note = f"ceiling estimated for {n_synthetic:,} rows from {len(fresh):,} holdout rows"
    return 1.0 - (1.0 - similarity(fresh)) * shrinkage, note


def _mean_of_known(values: FloatArray) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan
