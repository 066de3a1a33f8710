"""Operations along the mode axis treat each column by itself."""

import numpy as np
import pytest
from keras import ops

from tabgan.encoding import Layout
from tabgan.networks.modes import log_softmax, one_hot, spread_columns, straight_through_draw
from tabgan.training.backend import current_backend

LAYOUT = Layout([4, 2, 4, 1, 7])


@pytest.fixture
def logits() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 3, (64, LAYOUT.n_modes)).astype(np.float32)


def test_a_one_hot_row_marks_the_code_of_every_column():
    rng = np.random.default_rng(0)
    codes = np.column_stack([rng.integers(size, size=20) for size in LAYOUT.sizes])
    hot = np.asarray(one_hot(codes, LAYOUT))
    for column in range(LAYOUT.n_columns):
        block = hot[:, LAYOUT.modes(column)]
        assert (block.sum(axis=1) == 1).all()
        assert (block.argmax(axis=1) == codes[:, column]).all()


def test_probabilities_sum_to_one_within_each_column(logits):
    probabilities = np.exp(np.asarray(log_softmax(logits, LAYOUT)))
    for column in range(LAYOUT.n_columns):
        np.testing.assert_allclose(
            probabilities[:, LAYOUT.modes(column)].sum(axis=1), 1.0, rtol=1e-5
        )


def test_a_value_of_a_column_is_spread_over_its_modes():
    values = np.arange(LAYOUT.n_columns, dtype=np.float32)[None, :]
    spread = np.asarray(spread_columns(values, LAYOUT))[0]
    assert (spread == LAYOUT.column_of_mode).all()


def test_a_straight_through_draw_is_one_hot_and_lets_the_gradient_through(logits):
    backend = current_backend()
    gumbels = np.random.default_rng(1).gumbel(size=logits.shape).astype(np.float32)
    target = np.random.default_rng(2).random(LAYOUT.n_modes).astype(np.float32)

    def total(inputs):
        drawn = straight_through_draw(inputs[0], gumbels, 1.0, LAYOUT)
        return ops.sum(drawn * target), drawn

    _, drawn, (gradient,) = backend.value_and_gradients(total, [ops.convert_to_tensor(logits)])
    drawn, gradient = np.asarray(drawn), np.asarray(gradient)
    np.testing.assert_allclose(drawn[drawn > 0.5], 1.0, atol=1e-6)
    assert (drawn > 0.5).sum() == len(logits) * LAYOUT.n_columns
    varied = [column for column in range(LAYOUT.n_columns) if LAYOUT.sizes[column] > 1]
    assert all(np.abs(gradient[:, LAYOUT.modes(column)]).max() > 0 for column in varied)


def test_draws_follow_the_softmax_of_the_logits():
    n_rows = 20_000
    logits = np.tile(np.log([0.6, 0.3, 0.1]).astype(np.float32), (n_rows, 1))
    gumbels = np.random.default_rng(0).gumbel(size=logits.shape).astype(np.float32)
    shares = np.asarray(straight_through_draw(logits, gumbels, 1.0, Layout([3]))).mean(axis=0)
    # Four standard errors of a share of .6 among 20,000.
    np.testing.assert_allclose(shares, [0.6, 0.3, 0.1], atol=0.014)
