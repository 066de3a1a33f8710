"""All checks and attacks together: known answers, alarms on honest rows, what cannot be known."""

import math

import numpy as np
import pytest

from tabgan.evaluation.privacy.suite import (
    ATTACK_NAMES,
    OVERFITTING_NAMES,
    judged_together,
    privacy_scores,
)
from tabgan.evaluation.report import Score, Verdict
from tabgan.evaluation.report.score import SIGNIFICANCE
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import Tables


def tables_of(sides) -> Tables:
    return Tables(sides.columns, sides.train, sides.synthetic, sides.holdout, ())


def flagged(sides) -> set[str]:
    scores = judged_together(privacy_scores(tables_of(sides), RandomStreams(0)))
    return {score.name for score in scores if score.verdict is Verdict.FLAG}


@pytest.mark.parametrize("kind", ["mixed", "categorical", "numeric"])
@pytest.mark.parametrize(("share", "noise"), [(1.0, 0.0), (1.0, 0.001), (0.4, 0.0), (0.05, 0.001)])
def test_copies_are_flagged(sides_of, kind, share, noise) -> None:
    assert flagged(sides_of(kind, 500, 3, share, noise))


@pytest.mark.parametrize("kind", ["mixed", "categorical", "numeric"])
def test_honest_rows_are_not_flagged(sides_of, kind) -> None:
    assert not flagged(sides_of(kind, 500, 4))


def test_every_score_is_there_with_its_group_and_reason(sides_of) -> None:
    tables = tables_of(sides_of("mixed", 500, 4))
    scores = [s for s in privacy_scores(tables, RandomStreams(0)) if s.column is None]
    assert {score.name for score in scores} == {*OVERFITTING_NAMES, *ATTACK_NAMES}
    for score in scores:
        assert score.low <= score.value <= score.high or "unknown" in score.note
    without = Tables(tables.columns, tables.train, tables.synthetic, None, ())
    unknown = privacy_scores(without, RandomStreams(0))
    assert {score.name for score in unknown} == {*OVERFITTING_NAMES, *ATTACK_NAMES}
    assert all(math.isnan(score.value) and "holdout" in score.note for score in unknown)


def test_the_level_is_shared_among_the_tests() -> None:
    def verdicts(*p_values: float) -> list[Verdict]:
        scores = [Score(f"s{i}", "attack", p_value=p) for i, p in enumerate(p_values)]
        return [score.verdict for score in judged_together(scores)]

    nearly = SIGNIFICANCE * 0.6
    assert verdicts(nearly) == [Verdict.FLAG]
    assert verdicts(nearly, 0.5) == [Verdict.OK, Verdict.OK]
    assert verdicts(math.nan, nearly) == [Verdict.UNKNOWN, Verdict.FLAG]


def test_a_larger_table_than_its_holdout_raises_no_alarm(sides_of) -> None:
    sides = sides_of("mixed", 600, 6)
    few = Tables(sides.columns, sides.train, sides.synthetic, sides.holdout[:100], ())
    scores = judged_together(privacy_scores(few, RandomStreams(0)))
    assert not any(score.verdict is Verdict.FLAG for score in scores)
    assert not np.isnan([s.value for s in scores if s.name == "dcr_share"]).any()
