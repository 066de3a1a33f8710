"""Which weights are kept of a phase, and which of them teaches which column."""

import numpy as np

from tabgan.training.looks import Looks, choose_teachers


def weights_of(step: int) -> dict[str, np.ndarray]:
    return {"bias": np.array([step])}


def looks_at(*nats: list[float]) -> Looks:
    looks = Looks()
    for look, of_columns in enumerate(nats, start=1):
        looks.add(20 * look, np.array(of_columns), weights_of(20 * look))
    return looks


def test_each_column_is_taught_by_the_weights_that_held_out_rows_liked_best():
    looks = looks_at([5.0, 3.0], [4.0, 3.5], [4.4, 4.0])
    assert looks.steps[looks.best] == 40
    assert looks.by_column == 7.0
    teachers, of_column = looks.teachers()
    # The best of both columns together comes first.
    assert [teacher["bias"].item() for teacher in teachers] == [40, 20]
    assert of_column.tolist() == [0, 1]


def test_only_teachers_are_kept_once_asked_for_and_the_same_ones_teach_again():
    """Six columns, each best at a look of its own: four teach. A resumed fit asks again."""
    nats = np.full((6, 6), 10.0) - np.diag([0.1, 0.2, 0.4, 0.8, 1.6, 3.2])
    looks = looks_at(*nats.tolist())
    assert len(looks.weights) == 6
    teachers, of_column = looks.teachers()
    assert len(looks.weights) == 4
    again, of_column_again = looks.teachers()
    assert [weights["bias"] for weights in again] == [weights["bias"] for weights in teachers]
    np.testing.assert_array_equal(of_column_again, of_column)


def test_without_a_look_there_is_no_teacher():
    assert Looks().teachers()[0] == []


def test_only_weights_that_are_the_best_of_something_are_kept():
    assert set(looks_at([5.0, 3.0], [4.0, 3.5], [4.4, 4.0]).weights) == {20, 40}
    assert set(looks_at([5.0, 3.0], [4.0, 3.5], [3.0, 2.0]).weights) == {60}
    # The second is the best of both together, and of neither.
    assert set(looks_at([1.0, 9.0], [2.0, 2.0], [9.0, 1.0]).weights) == {20, 40, 60}


def test_a_teacher_that_gains_nothing_worth_a_pass_is_none():
    chosen, of_column = choose_teachers(np.array([[5.0, 5.0], [4.9999, 5.1]]))
    assert chosen == [0]
    assert of_column.tolist() == [0, 0]
    # Where nothing can be gained, all columns being constant, one look teaches, too.
    assert choose_teachers(np.zeros((3, 2)))[0] == [0]


def test_the_few_teachers_are_those_that_gain_most():
    """Six columns, each best at a look of its own; the last ones by more than the first."""
    nats = np.full((6, 6), 10.0) - np.diag([0.1, 0.2, 0.4, 0.8, 1.6, 3.2])
    chosen, of_column = choose_teachers(nats)
    assert chosen == [5, 4, 3, 2]
    assert of_column[2:].tolist() == [3, 2, 1, 0]
