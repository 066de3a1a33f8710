"""How answers are put together from what trees, networks and rows say."""

import numpy as np
import pytest

from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.lesson import Questions, answer, count_questions

SPEC = NetworkSpec((2, 4), noise_dim=0, width=4, n_blocks=1)
LAYOUT = SPEC.layout
CODES = np.array([[0, 3], [1, 2], [0, 1]])
KNOWN = np.array([[False, False], [True, False], [False, True]])
QUESTIONS = Questions(CODES, KNOWN, np.array([7, 8, 9]))


def network_that_says(*laws: list[float]) -> NumpyGenerator:
    """Return a network that says the same of every row."""
    weights = {name: np.zeros(s, np.float32) for name, s in SPEC.weight_shapes().items()}
    weights["heads/bias"] = np.log(LAYOUT.join([np.array(law) for law in laws])).astype(np.float32)
    return NumpyGenerator(SPEC, weights)


UNSURE = network_that_says([0.5, 0.5], [0.25] * 4)


def trees_that_say(law: list[float], asked: list | None = None):
    def forest(codes, known, rows=None):
        if asked is not None:
            asked.append(rows)
        return np.tile(np.array(law, np.float32), (len(codes), 1))

    return forest


def held_out(second: np.ndarray, first_is_known: np.ndarray | bool = False) -> HeldOutLikelihood:
    codes = np.column_stack([np.zeros(len(second), int), second])
    known = np.zeros(codes.shape, bool)
    known[:, 0] = first_is_known
    return HeldOutLikelihood(codes, known)


def answers_of_second(forest, networks, second: np.ndarray) -> np.ndarray:
    lesson = answer(
        QUESTIONS,
        SPEC,
        lambda column, few: forest if column == 1 else None,
        networks,
        np.zeros(2, int),
        held_out(second),
    )
    assert not lesson.answers[2, LAYOUT.modes(1)].any()  # nobody asked
    return lesson.answers[:2, LAYOUT.modes(1)]


ZEROS = np.zeros(100, int)


def test_without_networks_trees_answer_and_without_trees_the_rows():
    np.testing.assert_allclose(
        answers_of_second(trees_that_say([0.7, 0.1, 0.1, 0.1]), [], ZEROS),
        [[0.7, 0.1, 0.1, 0.1]] * 2,
        atol=1e-3,
    )
    np.testing.assert_array_equal(answers_of_second(None, [], ZEROS), np.eye(4)[[3, 2]])


def test_without_trees_the_network_of_the_column_answers():
    sure = network_that_says([0.5, 0.5], [0.85, 0.05, 0.05, 0.05])
    networks = [UNSURE, sure]
    lesson = answer(
        QUESTIONS, SPEC, lambda column, few: None, networks, np.array([0, 1]), held_out(ZEROS)
    )
    np.testing.assert_allclose(lesson.answers[0, LAYOUT.modes(0)], [0.5, 0.5], atol=1e-3)
    np.testing.assert_allclose(lesson.answers[0, LAYOUT.modes(1)], [0.85] + [0.05] * 3, atol=1e-3)


@pytest.mark.parametrize(
    ("n_zeros", "share"), [(100, 1.0), (25, 0.0), (60, 0.5)], ids=["trees", "network", "both"]
)
def test_held_out_rows_weigh_trees_and_networks(n_zeros, share):
    second = np.arange(100) % 3 + 1
    second[:n_zeros] = 0
    trees = [0.97, 0.01, 0.01, 0.01]
    wanted = share * np.array(trees) + (1 - share) * 0.25
    np.testing.assert_allclose(
        answers_of_second(trees_that_say(trees), [UNSURE] * 2, second), [wanted] * 2, atol=1e-3
    )


def test_a_cell_that_is_asked_for_alone_counts_as_much_as_the_others_of_its_row_together():
    """As in the likelihood: rows of two unknown cells count half."""
    second = np.repeat([0, 1], 40)  # zeros are asked for together with the first column
    lesson = answer(
        QUESTIONS,
        SPEC,
        lambda column, few: trees_that_say([0.97, 0.01, 0.01, 0.01]) if column == 1 else None,
        [network_that_says([0.5, 0.5], [0.01, 0.97, 0.01, 0.01])],
        np.zeros(2, int),
        held_out(second, first_is_known=second == 1),
    )
    # 40 zeros against 80 ones; unweighed they would be as many.
    assert lesson.answers[0, LAYOUT.modes(1)].argmax() == 1


def test_trees_are_told_which_rows_they_are_asked_about():
    asked = []
    trees = trees_that_say([0.25] * 4, asked)
    answers_of_second(trees, [], ZEROS)
    np.testing.assert_array_equal(asked, [[7, 8]])
    # Held-out rows, of which a few trees are asked and then all, are none of theirs.
    asked.clear()
    answers_of_second(trees, [network_that_says([0.5, 0.5], [0.01, 0.97, 0.01, 0.01])], ZEROS)
    assert asked[:2] == [None, None]
    np.testing.assert_array_equal(asked[2:], [[7, 8]])


@pytest.mark.parametrize(("n_zeros", "flags"), [(25, [True]), (100, [True, False])])
def test_all_trees_are_grown_only_where_a_few_gain(n_zeros, flags):
    second = np.arange(100) % 3 + 1
    second[:n_zeros] = 0
    asked = []

    def trees_of(column, few):
        if column == 0:
            return None
        asked.append(few)
        return trees_that_say([0.97, 0.01, 0.01, 0.01])

    answer(QUESTIONS, SPEC, trees_of, [UNSURE, UNSURE], np.zeros(2, int), held_out(second))
    assert asked == flags


def test_one_network_has_nothing_to_learn_from_itself():
    arguments = QUESTIONS, SPEC, lambda column, few: None
    assert answer(*arguments, [UNSURE], np.zeros(2, int), held_out(ZEROS)) is None
    assert answer(*arguments, [UNSURE, UNSURE], np.zeros(2, int), held_out(ZEROS)) is not None


def test_questions_about_many_columns_are_fewer_since_each_asks_for_more_cells():
    assert count_questions(100, 128, 500) == count_questions(100, 5, 500) == 40_000
    assert count_questions(100, 1_000, 8_000) == 5_120
    assert count_questions(50_000, 1_000, 1_000) == 100_000
