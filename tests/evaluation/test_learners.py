import numpy as np
import pytest

from tabgan.evaluation.learners import BOOSTED, FOREST, LINEAR, Learner

FAMILIES = {"boosted": BOOSTED, "forest": FOREST, "linear": LINEAR}


@pytest.fixture(params=FAMILIES.values(), ids=FAMILIES)
def learner(request) -> Learner:
    return request.param


@pytest.fixture
def rows() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(200, 2))


def test_each_family_learns_classes_and_numbers(learner: Learner, rows) -> None:
    positive = (rows[:, 0] > 0).astype(float)
    odds = learner.classifier(rows, positive, 0).probabilities(rows, np.array([0.0, 1.0]))
    np.testing.assert_allclose(odds.sum(axis=1), 1.0)
    assert ((odds[:, 1] > 0.5) == (positive == 1.0)).mean() > 0.95
    predicted = learner.regressor(rows, 3 * rows[:, 1], 0)(rows)
    assert np.corrcoef(predicted, rows[:, 1])[0, 1] > 0.95


def test_classes_it_never_saw_have_no_probability(learner: Learner, rows) -> None:
    known = learner.classifier(rows, np.where(rows[:, 0] > 0, 5.0, 2.0), 0)
    odds = known.probabilities(rows[:3], np.array([1.0, 2.0, 5.0, 7.0]))
    assert (odds[:, [0, 3]] == 0).all()
    np.testing.assert_allclose(odds.sum(axis=1), 1.0)


def test_with_nothing_to_learn_it_predicts_nothing(learner: Learner, rows) -> None:
    single = learner.classifier(rows, np.ones(200), 0)
    assert (single.probabilities(rows, np.array([0.0, 1.0])) == 0).all()
    assert (learner.regressor(rows[:0], np.empty(0), 0)(rows) == 0).all()


@pytest.mark.parametrize("learner", [BOOSTED, FOREST], indirect=False)
def test_trees_take_gaps_and_columns_without_values(learner: Learner, rows) -> None:
    gaps = np.column_stack([rows, np.full(200, np.nan)])
    gaps[::3, 1] = np.nan
    odds = learner.classifier(gaps, (rows[:, 0] > 0) * 1.0, 0).probabilities(gaps, np.array([1.0]))
    assert ((odds[:, 0] > 0.5) == (rows[:, 0] > 0)).mean() > 0.95


@pytest.mark.parametrize("learner", [BOOSTED, FOREST], indirect=False)
def test_trees_take_numbers_beyond_float32(learner: Learner, rows) -> None:
    far = rows.copy()
    far[0, 0], far[1, 1] = 1e300, -1e300
    odds = learner.classifier(far, (rows[:, 0] > 0) * 0.5 + 0.25, 0).probabilities(
        far, np.array([0.25, 0.75])
    )
    assert np.isfinite(odds).all()
