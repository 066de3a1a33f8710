import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation.report import Score, Verdict
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import align_tables
from tabgan.evaluation.utility.suite import utility_scores


def scores_of(
    train: pd.DataFrame, synthetic: pd.DataFrame, holdout: pd.DataFrame | None, target: str
) -> dict[str, Score]:
    tables = align_tables(train, synthetic, holdout)
    return {score.name: score for score in utility_scores(tables, target, RandomStreams(0))}


@pytest.mark.parametrize("target", ["member", "city", "y"])
def test_fresh_rows_are_as_useful_as_training_rows(draw_table, target: str) -> None:
    scores = scores_of(draw_table(300, 0), draw_table(300, 1), draw_table(300, 2), target)
    mle, gap = scores["mle"], scores["mle_gap"]
    assert mle.verdict is Verdict.OK
    assert gap.value == pytest.approx(mle.ceiling - mle.value)
    # Differences between two real trainings of 300 rows stay below .1 for these targets.
    assert abs(gap.value) < 0.1


def test_rows_without_relations_are_useless(draw_table) -> None:
    generator = np.random.default_rng(0)
    synthetic = draw_table(400, 1)
    synthetic["y"] = generator.permutation(synthetic["y"])
    mle = scores_of(draw_table(400, 0), synthetic, draw_table(300, 2), "y")["mle"]
    assert mle.value < 0.1
    assert mle.ceiling > 0.7


def test_two_numbers_are_two_classes(draw_table) -> None:
    tables = [draw_table(n, seed) for seed, n in enumerate((300, 300, 200))]
    numbered = [table.assign(member=table["member"].astype(int)) for table in tables]
    assert scores_of(*tables, "member")["mle"].value == pytest.approx(
        scores_of(*numbered, "member")["mle"].value
    )


def test_one_synthetic_class_predicts_nothing(draw_table) -> None:
    synthetic = draw_table(300, 1).assign(member=True)
    mle = scores_of(draw_table(300, 0), synthetic, draw_table(200, 2), "member")["mle"]
    assert mle.value == 0.5


def test_unknown_is_said_with_its_reason(draw_table) -> None:
    train, holdout = draw_table(100, 0), draw_table(100, 1)
    assert "holdout" in scores_of(train, train, None, "y")["mle"].note
    single = scores_of(train, train, holdout.assign(member=True), "member")["mle_gap"]
    assert np.isnan(single.value)
    assert "single value" in single.note


@pytest.fixture(scope="module")
def of_fresh_and_unrelated(draw_table) -> tuple[dict[str, Score], dict[str, Score]]:
    train, fresh, holdout = draw_table(600, 0), draw_table(600, 1), draw_table(400, 2)
    generator = np.random.default_rng(0)
    unrelated = fresh.assign(y=generator.permutation(fresh["y"]))
    return scores_of(train, fresh, holdout, "y"), scores_of(train, unrelated, holdout, "y")


def test_forests_and_linear_models_learn_from_fresh_rows_alone(of_fresh_and_unrelated) -> None:
    fresh, unrelated = of_fresh_and_unrelated
    for name in ("mle_forest", "mle_linear"):
        assert fresh[name].value == pytest.approx(fresh[name].ceiling, abs=0.05)
        assert fresh[name].verdict is Verdict.OK
        assert unrelated[name].value < 0.1 < fresh[name].floor + 0.4


def test_models_of_fresh_rows_lean_on_the_same_columns(of_fresh_and_unrelated) -> None:
    fresh, unrelated = (scores["importance_agreement"] for scores in of_fresh_and_unrelated)
    # All that tells y is x: half of the training rows and the fresh ones see it, and no others.
    assert fresh.value > 0.8
    assert fresh.ceiling > 0.8
    assert unrelated.value < 0.6


def test_fresh_rows_add_and_unrelated_ones_take_away(of_fresh_and_unrelated) -> None:
    fresh, unrelated = (scores["augmentation"] for scores in of_fresh_and_unrelated)
    assert fresh.value == pytest.approx(fresh.ceiling, abs=0.03)
    assert unrelated.high < 0.0
    assert unrelated.floor < -0.05 < fresh.ceiling


def test_many_classes_some_of_one_row_are_survived(draw_table) -> None:
    tables = [draw_table(200, seed) for seed in range(3)]
    for seed, table in enumerate(tables):
        kinds = np.random.default_rng(seed).zipf(1.6, 200).clip(max=9)
        table["kind"] = [f"kind {i}" for i in kinds]
    scores = scores_of(*tables, "kind")
    assert not any(np.isnan(score.value) for score in scores.values())


def test_a_target_far_off_or_of_other_classes_is_as_bad_as_can_be(draw_table) -> None:
    train, synthetic, holdout = (draw_table(200, seed) for seed in range(3))
    far = scores_of(train, synthetic.assign(y=synthetic["y"] * 1e200), holdout, "y")
    assert far["mle"].value == -1.0
    fractions = synthetic.assign(member=synthetic["member"] + 0.25)
    numbered = [table.assign(member=table["member"].astype(int)) for table in (train, holdout)]
    assert scores_of(numbered[0], fractions, numbered[1], "member")["mle"].value == 0.5
    lost = scores_of(train.assign(y=np.nan), synthetic, holdout, "y")["mle"]
    assert "no value in the training rows" in lost.note


def test_a_model_that_knows_nothing_is_not_praised(draw_table) -> None:
    train, synthetic, holdout = (draw_table(200, seed) for seed in range(3))
    mle = scores_of(train, synthetic.assign(member=True), holdout, "member")["mle"]
    assert mle.floor >= 0.5
    assert mle.verdict is not Verdict.OK
