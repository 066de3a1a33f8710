"""Detector scores: the two-sample test against the holdout and against the training rows."""

import math
from collections.abc import Callable

import numpy as np

from tabgan.evaluation.encoded import RowEncoder
from tabgan.evaluation.fidelity.two_sample import MIN_ROWS, TwoSampleTest, two_sample_test
from tabgan.evaluation.learners import BOOSTED, LINEAR, Learner
from tabgan.evaluation.ranking import Estimate
from tabgan.evaluation.report import OVERFITTING, ROWS, Score
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import FloatArray, Tables, draw_rows, independent_columns

# Rows a side that the detector is fitted on: its standard error is then .003 of AUC, and a fit
# of three folds takes two to four seconds on two cores.
_MAX_ROWS = 20_000
# From rows of the numeric view to what a learner takes.
Encode = Callable[[FloatArray], FloatArray]


def detector_scores(tables: Tables, encoder: RowEncoder, streams: RandomStreams) -> list[Score]:
    """Return `c2st` (the headline), `c2st_logistic`, `c2st_train` and `c2st_train_auc`.

    Parameters
    ----------
    tables : Tables
    encoder : RowEncoder
        Makes the coordinates that a logistic detector is given.
    streams : RandomStreams

    Returns
    -------
    list of Score
        `c2st` is against the holdout, at equal numbers of rows, by boosted trees; `c2st_logistic`
        by a logistic model, which sees single columns alone. `c2st_train`, against the training
        rows, is what papers publish; it cannot tell near copies from quality, its area can: an
        area clearly below .49 means that training rows are repeated.
    """
    return [
        _holdout_score("c2st", BOOSTED, _as_they_are, tables, streams),
        _holdout_score("c2st_logistic", LINEAR, encoder.encode, tables, streams),
        *_training_scores(tables, streams),
    ]


def _as_they_are(rows: FloatArray) -> FloatArray:
    return rows


def _holdout_score(
    name: str, learner: Learner, encode: Encode, tables: Tables, streams: RandomStreams
) -> Score:
    if tables.holdout is None:
        return Score(name, ROWS, note="unknown: needs holdout rows, which the training never saw")
    comparison = _Comparison(tables.holdout, tables, streams.named(name), learner, encode)
    if comparison.problem:
        return Score(name, ROWS, note=comparison.problem)
    score = comparison.score(name, comparison.test(tables.synthetic).score, tables.train)
    # Columns without any relation pass the logistic detector as well as real rows do.
    return score.judged_by_floor() if learner is BOOSTED else score


def _training_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    comparison = _Comparison(tables.train, tables, streams.named("c2st_train"))
    if comparison.problem:
        return [
            Score("c2st_train", ROWS, note=comparison.problem),
            Score("c2st_train_auc", OVERFITTING, note=comparison.problem),
        ]
    found = comparison.test(tables.synthetic)
    return [
        comparison.score("c2st_train", found.score, tables.holdout).judged_by_floor(),
        _area_score(found),
    ]


def _area_score(found: TwoSampleTest) -> Score:
    return Score(
        "c2st_train_auc",
        OVERFITTING,
        None,
        found.auc.value,
        found.auc.low,
        found.auc.high,
        ceiling=0.5,
        p_value=found.copying_p_value,
        note="area of the detector, clearly below .49 where training rows are repeated",
    )


class _Comparison:
    """Real rows that several tables are compared with, each at the same number of rows."""

    def __init__(
        self,
        real: FloatArray,
        tables: Tables,
        generator: np.random.Generator,
        learner: Learner = BOOSTED,
        encode: Encode = _as_they_are,
    ) -> None:
        self._n_rows = min(len(real), len(tables.synthetic), _MAX_ROWS)
        self._real = draw_rows(real, self._n_rows, generator)
        self._train = tables.train
        self._generator = generator
        self._learner = learner
        self._encode = encode

    @property
    def problem(self) -> str:
        """Why there can be no test; empty if there can."""
        if self._n_rows >= MIN_ROWS:
            return ""
        return f"unknown: {self._n_rows} rows a side, at least {MIN_ROWS} are needed"

    def test(self, rows: FloatArray) -> TwoSampleTest:
        """Return the test of as many of these rows."""
        return two_sample_test(
            self._encode(self._real),
            self._encode(draw_rows(rows, self._n_rows, self._generator)),
            self._generator,
            self._learner,
        )

    def score(self, name: str, found: Estimate, fresh: FloatArray | None) -> Score:
        """Return the score with its floor, and its ceiling if there are enough fresh real rows."""
        independent = independent_columns(self._train, self._n_rows, self._generator)
        floor = self.test(independent).score.value
        ceiling, note = math.nan, "ceiling unknown: needs as many fresh real rows"
        if fresh is not None and len(fresh) >= self._n_rows:
            ceiling, note = self.test(fresh).score.value, ""
        figures = (found.value, found.low, found.high, floor, ceiling)
        return Score(name, ROWS, None, *figures, note=note)
