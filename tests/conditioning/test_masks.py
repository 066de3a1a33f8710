"""Known sets for training: every size as often, every set of a size as often."""

import numpy as np
import pytest
from scipy.stats import chisquare

from tabgan.conditioning.masks import practised_known_sets, random_known_sets, with_one_more

N_ROWS = 20_000
# With a fixed seed a true promise holds for good; a broken one gives p-values far below.
ENOUGH = 1e-3


def known(n_columns: int, share: float = 1.0, n_rows: int = N_ROWS) -> np.ndarray:
    return random_known_sets(np.random.default_rng(11), n_rows, n_columns, share)


@pytest.mark.parametrize("n_columns", [2, 5, 13, 129])  # from 129 on by another way
def test_sizes_are_uniform_and_never_all_columns(n_columns: int) -> None:
    sizes = known(n_columns).sum(axis=1)
    counts = np.bincount(sizes, minlength=n_columns + 1)
    assert counts[n_columns] == 0
    assert chisquare(counts[:n_columns]).pvalue > ENOUGH


def test_every_set_of_a_size_is_as_frequent() -> None:
    sets = known(5)
    pairs = sets[sets.sum(axis=1) == 2] @ (1 << np.arange(5))
    counts = np.unique(pairs, return_counts=True)[1]
    assert len(counts) == 10
    assert chisquare(counts).pvalue > ENOUGH


def test_columns_of_many_are_known_as_often_as_each_other() -> None:
    shares = known(150).mean(axis=0)
    # Half of 149 / 150; four and a half standard errors, since there are 150 of them.
    np.testing.assert_allclose(shares, 0.5 * 149 / 150, atol=4.5 * np.sqrt(0.25 / N_ROWS))


def test_rows_outside_the_share_know_nothing() -> None:
    sizes = known(4, share=0.3).sum(axis=1)
    nothing = (sizes == 0).mean()
    # 70 %, and of the others a quarter; four standard errors.
    assert nothing == pytest.approx(0.7 + 0.3 / 4, abs=4 * np.sqrt(0.25 / N_ROWS))
    assert not known(4, share=0.0).any()


def test_a_single_column_is_never_known() -> None:
    assert not known(1).any()


@pytest.mark.parametrize(("n_rows", "n_columns"), [(0, 3), (3, 0)])
def test_empty_tables_have_empty_sets(n_rows: int, n_columns: int) -> None:
    assert known(n_columns, n_rows=n_rows).shape == (n_rows, n_columns)


def test_the_same_generator_gives_the_same_sets() -> None:
    assert (known(6) == known(6)).all()


def test_practised_sets_replace_a_share_of_the_rows_and_leave_the_others() -> None:
    rng = np.random.default_rng(0)
    known = np.zeros((10_000, 3), dtype=bool)
    practised = np.array([[True, False, False], [True, True, False]])
    mixed = practised_known_sets(rng, known, practised, share=0.4)
    # Four standard errors of a share of .2 among 10,000.
    assert abs(mixed[:, 1].mean() - 0.2) < 0.016
    assert abs(mixed[:, 0].mean() - 0.4) < 0.02
    assert not mixed[:, 2].any()
    assert practised_known_sets(rng, known, practised[:0], share=0.4) is known


def test_one_more_column_is_known_of_a_share_of_the_rows_and_never_all() -> None:
    first = np.tile([True, False, False, False], (40_000, 1))
    more = with_one_more(np.random.default_rng(0), first, share=0.4)
    assert more[:, 0].all()
    # A tenth each, four standard errors: of four columns one is known already.
    np.testing.assert_allclose(more[:, 1:].mean(axis=0), 0.1, atol=0.006)
    assert more.sum(axis=1).max() == 2
    all_but_one = np.tile([True, True, False], (100, 1))
    assert (with_one_more(np.random.default_rng(0), all_but_one, 1.0) == all_but_one).all()
    assert not with_one_more(np.random.default_rng(0), np.zeros((5, 1), bool), 1.0).any()
    assert with_one_more(np.random.default_rng(0), np.zeros((5, 0), bool), 1.0).shape == (5, 0)
