"""Detector scores: the two-sample test against the holdout and against the training rows."""

import math
from collections.abc import Callable

import numpy as np

from tabgan.evaluation.encoded import RowEncoder, as_they_are
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
        rows, is what papers publish; it cannot tell near copies from quality, its area can: it is
        below that against holdout rows where the synthetic rows owe more to the training rows.
    """
    by_trees = _against_holdout(tables, streams.named("c2st"))
    by_columns = _against_holdout(tables, streams.named("c2st_logistic"), LINEAR, encoder.encode)
    by_training = _Comparison(tables.train, tables, streams.named("c2st_train"))
    found = None if by_training.problem else by_training.test(tables.synthetic)
    return [
        _scored("c2st", by_trees, tables.train, is_judged=True),
        # Columns without any relation pass it as well as real rows do.
        _scored("c2st_logistic", by_columns, tables.train, is_judged=False),
        _scored("c2st_train", (by_training, found), tables.holdout, is_judged=True),
        _area_score(by_training, found, by_trees, tables.synthetic),
    ]


# A comparison with real rows, and its test of the synthetic rows; None with too few rows.
_Tested = tuple["_Comparison | None", TwoSampleTest | None]


def _against_holdout(
    tables: Tables,
    generator: np.random.Generator,
    learner: Learner = BOOSTED,
    encode: Encode = as_they_are,
) -> _Tested:
    if tables.holdout is None:
        return None, None
    comparison = _Comparison(tables.holdout, tables, generator, learner, encode)
    return comparison, None if comparison.problem else comparison.test(tables.synthetic)


def _scored(name: str, tested: _Tested, fresh: FloatArray | None, *, is_judged: bool) -> Score:
    comparison, found = tested
    if comparison is None:
        return Score(name, ROWS, note="unknown: needs holdout rows, which the training never saw")
    if found is None:
        return Score(name, ROWS, note=comparison.problem)
    score = comparison.score(name, found.score, fresh)
    return score.judged_by_floor() if is_judged else score


def _area_score(
    by_training: "_Comparison",
    found: TwoSampleTest | None,
    by_holdout: _Tested,
    synthetic: FloatArray,
) -> Score:
    """Return the area against training rows, with that against as many holdout rows as control.

    Copies bring it far below one half. So does, less so, a generator that is right about how often
    values occur among the training rows rather than at large; hence no bar, but a comparison.
    """
    name = "c2st_train_auc"
    if found is None:
        return Score(name, OVERFITTING, note=by_training.problem)
    comparison, control = by_holdout
    if comparison is None or control is None:
        figures = (found.auc.value, found.auc.low, found.auc.high)
        note = "no verdict without holdout rows; far below .5 where training rows are repeated"
        return Score(name, OVERFITTING, None, *figures, ceiling=0.5, note=note)
    n_rows = min(found.n_rows, control.n_rows)
    beside = by_training.test(synthetic, n_rows) if found.n_rows > n_rows else found
    control = comparison.test(synthetic, n_rows) if control.n_rows > n_rows else control
    note = f"of {n_rows:,} rows a side (ceiling: holdout rows)"
    if beside is not found:
        note += f"; {found.auc.value:.3f} of {found.n_rows:,} rows a side"
    return Score(
        name, OVERFITTING, None, beside.auc.value, beside.auc.low, beside.auc.high,
        ceiling=control.auc.value, p_value=beside.p_value_of_less_than(control), note=note,
    )  # fmt: skip


class _Comparison:
    """Real rows that several tables are compared with, each at the same number of rows."""

    def __init__(
        self,
        real: FloatArray,
        tables: Tables,
        generator: np.random.Generator,
        learner: Learner = BOOSTED,
        encode: Encode = as_they_are,
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

    def test(self, rows: FloatArray, n_rows: int | None = None) -> TwoSampleTest:
        """Return the test of as many of these rows, or of the first so many of both."""
        drawn = draw_rows(rows, self._n_rows, self._generator)
        return two_sample_test(
            self._encode(self._real[:n_rows]),
            self._encode(drawn[:n_rows]),
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
