"""Scores of whole rows: do synthetic rows lie where real ones do, and as densely?"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tabgan.evaluation.encoded import RowEncoder
from tabgan.evaluation.fidelity.detector import detector_scores
from tabgan.evaluation.fidelity.discrepancy import kernel_similarity
from tabgan.evaluation.fidelity.manifold import RealRows
from tabgan.evaluation.fidelity.propensity import propensity_similarity
from tabgan.evaluation.fidelity.two_sample import MIN_ROWS
from tabgan.evaluation.ranking import Estimate, resampled_estimate
from tabgan.evaluation.report import ROWS, Score
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import FloatArray, Tables, draw_rows, independent_columns

_MANIFOLD_NAMES = ("alpha_precision", "beta_recall", "density", "coverage")
ROW_NAMES = ("c2st", "c2st_logistic", "c2st_train", "pmse", *_MANIFOLD_NAMES, "mmd")
# Rows a side. A logistic model takes a second; so do some ten million distances of 100 coordinates,
# and a kernel of as many numbers.
_PMSE_ROWS = 20_000
_MANIFOLD_ROWS = 3_000
_MMD_ROWS = 1_500


@dataclass(frozen=True)
class _Lineup:
    """Encoded rows of one number, to be compared with training rows."""

    real: FloatArray
    synthetic: FloatArray
    independent: FloatArray
    fresh: FloatArray | None

    @classmethod
    def drawn(
        cls, tables: Tables, encoder: RowEncoder, n_most: int, rng: np.random.Generator
    ) -> "_Lineup":
        """Return at most so many rows of each table."""
        given = [rows for rows in (tables.synthetic, tables.holdout) if rows is not None]
        n_rows = min(n_most, len(tables.train), *(len(rows) for rows in given))
        fresh = None if tables.holdout is None else draw_rows(tables.holdout, n_rows, rng)
        return cls(
            encoder.encode(draw_rows(tables.train, n_rows, rng)),
            encoder.encode(draw_rows(tables.synthetic, n_rows, rng)),
            encoder.encode(independent_columns(tables.train, n_rows, rng)),
            None if fresh is None else encoder.encode(fresh),
        )

    def figures(
        self, compare: Callable[[FloatArray], list[Estimate]]
    ) -> list[tuple[float, float, float, float, float]]:
        """Return value, low, high, floor and ceiling of each figure."""
        found, floors = compare(self.synthetic), compare(self.independent)
        ceilings = None if self.fresh is None else compare(self.fresh)
        return [
            (
                one.value, one.low, one.high, floors[i].value,
                math.nan if ceilings is None else ceilings[i].value,
            )
            for i, one in enumerate(found)
        ]  # fmt: skip

    @property
    def note(self) -> str:
        """How many rows, and what of them is not known."""
        note = f"of {len(self.real):,} rows a side"
        return note if self.fresh is not None else f"{note}; ceiling unknown: needs holdout rows"


def row_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    """Return detectors, propensity, precision and recall, and the discrepancy of the laws.

    Parameters
    ----------
    tables : Tables
    streams : RandomStreams

    Returns
    -------
    list of Score
        All but `c2st` and `c2st_logistic` compare with training rows, and have equally many
        holdout rows as ceiling. Only detectors by trees have a verdict: to the logistic ones
        independent columns are as good as real rows, and no bar is known for the others.
    """
    encoder = RowEncoder.of(tables.columns, tables.train)
    scores = detector_scores(tables, encoder, streams)
    smallest = min(
        len(rows) for rows in (tables.train, tables.synthetic, tables.holdout) if rows is not None
    )
    if smallest < MIN_ROWS:
        note = f"unknown: {smallest} rows a side, at least {MIN_ROWS} are needed"
        return scores + [Score(name, ROWS, note=note) for name in ("pmse", *_MANIFOLD_NAMES, "mmd")]
    return [
        *scores,
        _pmse(tables, encoder, streams.named("pmse")),
        *_manifold(tables, encoder, streams.named("manifold")),
        _mmd(tables, encoder, streams.named("mmd")),
    ]


def _pmse(tables: Tables, encoder: RowEncoder, rng: np.random.Generator) -> Score:
    lineup = _Lineup.drawn(tables, encoder, _PMSE_ROWS, rng)
    (figures,) = lineup.figures(lambda rows: [propensity_similarity(lineup.real, rows, rng)])
    return Score("pmse", ROWS, None, *figures, note=lineup.note)


def _manifold(tables: Tables, encoder: RowEncoder, rng: np.random.Generator) -> list[Score]:
    lineup = _Lineup.drawn(tables, encoder, _MANIFOLD_ROWS, rng)
    real = RealRows.of(lineup.real)
    one_stratum = np.zeros(len(lineup.real), dtype=np.int64)

    def compare(rows: FloatArray) -> list[Estimate]:
        manifold = real.compare(rows)
        return [
            resampled_estimate(getattr(manifold, name), one_stratum, rng)
            for name in _MANIFOLD_NAMES
        ]

    return [
        Score(name, ROWS, None, *figures, note=lineup.note)
        for name, figures in zip(_MANIFOLD_NAMES, lineup.figures(compare), strict=True)
    ]


def _mmd(tables: Tables, encoder: RowEncoder, rng: np.random.Generator) -> Score:
    lineup = _Lineup.drawn(tables, encoder, _MMD_ROWS, rng)
    (figures,) = lineup.figures(lambda rows: [kernel_similarity(lineup.real, rows)])
    return Score("mmd", ROWS, None, *figures, note=lineup.note)
