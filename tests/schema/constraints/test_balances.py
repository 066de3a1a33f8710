"""Numbers that add up to the same in every row are found, as simply as it can be said."""

import numpy as np
import pytest

from tabgan.schema.constraints.balances import find_balances

N = 1_000


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [4, 3, 0, 1, 2]])
def test_balances_are_said_as_simply_in_any_order_of_columns(rng, order):
    won, drawn, lost = rng.integers(0, 9, (3, N)).astype(float)
    rows = np.column_stack([won, drawn, lost, won + drawn + lost, 3 * won + drawn])[:, order]
    found = [
        {order[column]: weight for column, weight in balance.items()}
        for balance in find_balances(rows, range(5))
    ]
    signless = {frozenset((c, abs(w)) for c, w in balance.items()) for balance in found}
    assert signless == {
        frozenset({(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0)}),
        frozenset({(0, 3.0), (1, 1.0), (4, 1.0)}),
    }
    for balance in found:
        used = [order.index(column) for column in balance]
        assert np.ptp(rows[:, used] @ list(balance.values())) == 0.0


@pytest.mark.parametrize(("n_columns", "n_found"), [(128, 1), (129, 0)])
def test_of_more_than_128_numbers_nothing_is_found(rng, n_columns, n_found):
    rows = rng.poisson(9, (N, n_columns)).astype(float)
    rows[:, -1] = rows[:, :5].sum(axis=1)
    assert len(find_balances(rows, range(n_columns))) == n_found


def test_independent_and_constant_numbers_are_no_balance(rng):
    rows = np.column_stack([rng.normal(size=(N, 8)), np.ones(N), np.full(N, np.nan)])
    assert find_balances(rows, range(10)) == []
