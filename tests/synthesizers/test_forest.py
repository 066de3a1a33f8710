"""What trees say of a column: thresholds from few rows, nothing of the row that is asked about."""

import numpy as np
import pytest

from tabgan.encoding import Layout
from tabgan.synthesizers.forest import Forest, ForestGrower, forest_size

UNORDERED = np.nan


def line(size: int) -> np.ndarray:
    return (np.arange(size) + 0.5) / size


def names(size: int) -> np.ndarray:
    return np.full(size, np.nan)


def all_but(column: int, n_columns: int):
    """Return the source of known sets that ask for one column, given all others."""

    def known_sets(rng: np.random.Generator, n_rows: int) -> np.ndarray:
        return np.tile(np.arange(n_columns) != column, (n_rows, 1))

    return known_sets


def grow(codes: np.ndarray, ranks: list[np.ndarray], column: int, seed: int = 0) -> Forest | None:
    layout = Layout([len(of_column) for of_column in ranks])
    return ForestGrower(codes, layout, ranks, seed)(column, all_but(column, len(ranks)))


def known_all_but(column: int, codes: np.ndarray) -> np.ndarray:
    return np.tile(np.arange(codes.shape[1]) != column, (len(codes), 1))


def test_a_threshold_of_a_number_is_found_in_few_rows():
    rng = np.random.default_rng(0)
    number, noise = rng.integers(20, size=(2, 300))
    codes = np.column_stack([number, noise, number >= 12])
    forest = grow(codes, [line(20), line(20), names(2)], 2)
    unseen = np.column_stack([np.arange(20), np.zeros(20, int), np.zeros(20, int)])
    laws = forest(unseen, known_all_but(2, unseen))
    np.testing.assert_allclose(laws.sum(axis=1), 1.0, rtol=1e-5)
    away = np.abs(np.arange(20) - 11.5) > 1
    assert (laws[np.arange(20), (np.arange(20) >= 12).astype(int)][away] > 0.9).all()


def test_levels_of_a_category_are_put_in_an_order_that_tells_the_column():
    """Every other of thirty levels means the second mode: the order of their codes says nothing."""
    rng = np.random.default_rng(0)
    level = rng.integers(30, size=900)
    for ranks, wanted in ((names(2), level % 2), (line(8), 7 * (level % 2))):
        codes = np.column_stack([level, wanted])
        forest = grow(codes, [names(30), ranks], 1)
        unseen = np.column_stack([np.arange(30), np.zeros(30, int)])
        laws = forest(unseen, known_all_but(1, unseen))
        assert laws[np.arange(30), wanted[[np.argmax(level == i) for i in range(30)]]].min() > 0.7


def one_beside_the_other(n_rows: int, seed: int) -> np.ndarray:
    """Return rows of two numbers, the second up to three modes from the first."""
    rng = np.random.default_rng(seed)
    first = rng.integers(3, 27, size=n_rows)
    return np.column_stack([first, first + rng.integers(-3, 4, size=n_rows)])


def test_of_a_row_only_trees_answer_that_did_not_see_it():
    """What is found in a row is no more likely to them than what is found in a fresh one."""
    codes, unseen = one_beside_the_other(300, 0), one_beside_the_other(4_000, 1)
    forest = grow(codes, [line(30)] * 2, 1)

    def said_of(rows: np.ndarray, *which: np.ndarray) -> float:
        laws = forest(rows, known_all_but(1, rows), *which)
        return float(laws[np.arange(len(rows)), rows[:, 1]].mean())

    assert said_of(codes, np.arange(300)) == pytest.approx(said_of(unseen), rel=0.1)
    assert said_of(codes) > 1.1 * said_of(unseen)


def test_copies_of_a_row_are_asked_of_trees_that_saw_none_of_them():
    distinct = one_beside_the_other(300, 0)
    distinct = distinct[np.unique(distinct, axis=0, return_index=True)[1]]
    n_distinct = len(distinct)
    codes = np.concatenate([distinct, distinct[: n_distinct // 2]])
    forest = grow(codes, [line(30)] * 2, 1)
    for tree in forest.trees:
        np.testing.assert_array_equal(tree.saw[: n_distinct // 2], tree.saw[n_distinct:])


def test_smoothing_is_chosen_by_rows_that_the_trees_did_not_see():
    """A number that nothing tells: to trees that saw the rows their own law would seem best."""
    rng = np.random.default_rng(0)
    codes = rng.integers(30, size=(400, 2))
    assert grow(codes, [line(30)] * 2, 1).mixed_in == 1.0


@pytest.mark.parametrize(
    ("n_rows", "n_columns"),
    [(300, 5), (20_000, 20), (1_499, 300), (500_000, 55), (10_000, 500), (100, 1_000), (9, 9_000)],
)
def test_the_work_of_forests_is_bounded(n_rows, n_columns):
    size = forest_size(n_rows, n_columns)
    assert size.work <= 1.01e10
    assert 5 <= size.n_trees <= 50
    assert size.n_trees * n_columns <= max(6_400, 5 * n_columns)
    assert size.n_columns <= min(n_columns, 128)
    assert 0.0 < size.share_of_columns <= 1.0


def test_what_is_not_known_is_not_looked_at():
    rng = np.random.default_rng(0)
    first = rng.integers(4, size=500)
    codes = np.column_stack([first, first])
    layout = Layout([4, 4])

    def known_sets(rng: np.random.Generator, n_rows: int) -> np.ndarray:
        return np.column_stack([rng.random(n_rows) < 0.5, np.zeros(n_rows, bool)])

    forest = ForestGrower(codes, layout, [line(4), line(4)], 0)(1, known_sets)
    asked = np.column_stack([np.arange(4), np.zeros(4, int)])
    blind = forest(asked, np.zeros((4, 2), bool))
    np.testing.assert_array_equal(blind, blind[[0]].repeat(4, axis=0))
    np.testing.assert_allclose(blind[0], np.bincount(first) / 500, atol=0.05)
    told = forest(asked, np.array([[True, False]] * 4))
    assert told.diagonal().min() > 0.9


def test_a_mode_lends_to_those_beside_it_and_to_none_off_the_line():
    """A number that its neighbour tells up to one mode, and a mode without a place."""
    rng = np.random.default_rng(0)
    first = rng.integers(1, 20, size=300)
    second = np.clip(first + rng.integers(-1, 2, size=300), 1, 19)
    codes = np.column_stack([first, np.where(rng.random(300) < 0.2, 0, second)])
    ranks = line(20)
    ranks[0] = UNORDERED
    forest = grow(codes, [line(20), ranks], 1)
    np.testing.assert_allclose(forest.kernel.sum(axis=1), 1.0, rtol=1e-5)
    assert forest.kernel[10, 11] > 0.0
    assert forest.kernel[0, 0] == 1.0
    assert (forest.kernel[1:, 0] == 0.0).all()


def test_the_same_seed_grows_the_same_trees():
    codes = one_beside_the_other(200, 0)
    ranks, known = [line(30)] * 2, known_all_but(1, codes)
    one, again, other = (grow(codes, ranks, 1, seed)(codes, known) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("n_rows", [1, 2, 30])
@pytest.mark.parametrize("ranks", [[line(5)], [names(1), line(5)], [names(5), names(1)]], ids=len)
def test_little_is_enough(n_rows, ranks):
    rng = np.random.default_rng(0)
    codes = np.column_stack([rng.integers(len(of), size=n_rows) for of in ranks])
    for column in range(len(ranks)):
        laws = grow(codes, ranks, column)(codes, known_all_but(column, codes), np.arange(n_rows))
        assert laws.shape == (n_rows, len(ranks[column]))
        np.testing.assert_allclose(laws.sum(axis=1), 1.0, rtol=1e-5)
        assert (laws > 0).all()


def test_no_trees_are_grown_where_that_would_take_too_long():
    rng = np.random.default_rng(0)
    codes = np.column_stack([rng.integers(300, size=20_000), rng.integers(3, size=20_000)])
    assert grow(codes, [names(300), line(3)], 0) is None
    assert grow(codes[:500], [names(300), line(3)], 0) is not None
    assert grow(codes, [line(300), line(3)], 0) is not None  # by its place alone


def test_no_question_is_no_answer():
    codes = np.zeros((5, 2), int)
    forest = grow(codes, [line(3), line(3)], 0)
    assert forest(codes[:0], np.zeros((0, 2), bool)).shape == (0, 3)


def test_trees_of_a_wide_table_are_shown_some_columns_and_ask_for_few_of_them():
    rng = np.random.default_rng(0)
    n_columns = 300
    codes = rng.integers(0, 10, size=(120, n_columns))
    codes[:, 1:] = np.where(rng.random((120, 299)) < 0.7, codes[:, :1], codes[:, 1:])

    def known_sets(rng: np.random.Generator, n_rows: int) -> np.ndarray:
        known = rng.random((n_rows, n_columns)) < 0.5
        known[:, 0] = False
        return known

    grower = ForestGrower(codes, Layout([10] * n_columns), [line(10)] * n_columns, 0)
    forest = grower(0, known_sets)
    asked = [set(tree.columns.tolist()) for tree in forest.trees]
    assert all(0 not in columns and len(columns) <= 128 for columns in asked)
    assert len(set.union(*asked)) > max(map(len, asked))
    known = np.ones((50, n_columns), dtype=bool)
    known[:, 0] = False
    said = forest(codes[:50], known)
    # All others say it; a tenth is what nobody would know.
    assert said[np.arange(50), codes[:50, 0]].mean() > 0.3
