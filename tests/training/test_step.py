"""The training step does what the method says, on whichever backend Keras runs."""

import numpy as np
import pytest
from keras import ops

from tabgan.networks.discriminator import Discriminator
from tabgan.networks.generator import Generator
from tabgan.networks.modes import one_hot, spread_columns
from tabgan.networks.spec import NetworkSpec
from tabgan.training.backend import current_backend
from tabgan.training.objectives import OBJECTIVES
from tabgan.training.optimizer import Adam
from tabgan.training.step import Batch, Draws, Rates, StepOptions, TrainingStep, TrainState

SPEC = NetworkSpec(sizes=(3, 2, 4), noise_dim=4, width=16, n_blocks=1)
N_ROWS = 32


@pytest.fixture(scope="module")
def networks():
    generator = Generator(SPEC, np.full(9, -1.0), seed=0)
    discriminator = Discriminator(9, 3, width=16, n_blocks=1, seed=1)
    generator.build()
    discriminator.build()
    rng = np.random.default_rng(0)
    # The residual branches start at zero; here they shall matter.
    for network in (generator, discriminator):
        network.set_weights([w + rng.normal(0, 0.3, w.shape) for w in network.get_weights()])
    return generator, discriminator


@pytest.fixture
def batch() -> Batch:
    rng = np.random.default_rng(1)
    codes = np.column_stack([rng.integers(size, size=N_ROWS) for size in SPEC.sizes])
    known = np.array([[True, False, False], [False, False, False]] * (N_ROWS // 2))
    return Batch(codes.astype(np.int32), known, known)


@pytest.fixture
def draws() -> Draws:
    rng = np.random.default_rng(2)
    return Draws(
        rng.normal(size=(N_ROWS, 4)).astype(np.float32),
        rng.gumbel(size=(N_ROWS, 9)).astype(np.float32),
        rng.random(N_ROWS).astype(np.float32),
    )


def make_step(networks, objective="relativistic", **options) -> TrainingStep:
    numbers = {"adversarial_weight": 1.0, "likelihood_weight": 0.1, "average_decay": 0.9, **options}
    return TrainingStep(*networks, OBJECTIVES[objective], StepOptions(**numbers), current_backend())


def initial_state(networks, step: TrainingStep) -> TrainState:
    generator, discriminator = (
        [ops.copy(v.value) for v in network.trainable_variables] for network in networks
    )
    return TrainState(
        generator,
        step.options.generator_adam.init(generator),
        [ops.copy(w) for w in generator],
        discriminator,
        step.options.discriminator_adam.init(discriminator),
        [],
    )


RATES = Rates(1e-3, 1e-3)


def changed(before, after) -> bool:
    return any(
        not np.array_equal(np.asarray(b), np.asarray(a)) for b, a in zip(before, after, strict=True)
    )


def test_the_likelihood_step_leaves_the_discriminator_alone(networks, batch):
    step = make_step(networks, adversarial_weight=0.0)
    state = initial_state(networks, step)
    after, logs = step(state, batch, None, RATES, 0.0)
    assert changed(state.generator, after.generator)
    assert not changed(state.discriminator, after.discriminator)
    assert set(logs) == {"likelihood_loss"}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_trains_both_networks_with_finite_losses(networks, batch, draws, objective):
    step = make_step(networks, objective)
    state = initial_state(networks, step)
    after, logs = step(state, batch, draws, RATES, 0.0)
    assert changed(state.generator, after.generator)
    assert changed(state.discriminator, after.discriminator)
    assert all(np.isfinite(float(value)) for value in logs.values())


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_in_every_objective_the_players_want_opposite_things(objective):
    game = OBJECTIVES[objective]
    low, high = np.array([-1.0], np.float32), np.array([1.0], np.float32)
    real = np.array([0.5], np.float32)
    judge_prefers_low = game.discriminator_loss(real, low) < game.discriminator_loss(real, high)
    generator_prefers_high = game.generator_loss(real, high) < game.generator_loss(real, low)
    assert bool(judge_prefers_low[0])
    assert bool(generator_prefers_high[0])


def test_known_cells_of_a_completed_row_are_the_real_ones(networks, batch, draws):
    step = make_step(networks)
    state = initial_state(networks, step)
    real = one_hot(batch.codes, SPEC.layout)
    condition = batch.condition.astype(np.float32)
    completed = np.asarray(step._complete(state.generator, real, condition, draws))
    first = SPEC.layout.modes(0)
    given = batch.condition[:, 0]
    np.testing.assert_array_equal(completed[given, first], np.asarray(real)[given, first])
    np.testing.assert_allclose(completed.sum(axis=1), 3.0, atol=1e-5)


def test_the_likelihood_of_a_row_is_the_same_for_every_known_set_if_columns_are_independent():
    """The weight columns / unknown makes each known set an unbiased question."""
    generator = Generator(SPEC, np.log(np.full(9, 0.25)), seed=0)
    generator.build()
    weights = [np.zeros(w.shape, np.float32) for w in generator.get_weights()]
    weights[-1] = SPEC.layout.join([np.log(np.full(n, 1 / n)) for n in SPEC.sizes]).astype("f")
    step = make_step((generator, Discriminator(9, 3, 4, 0, 0)))
    codes = np.zeros((3, 3), np.int32)
    real = one_hot(codes, SPEC.layout)
    nothing = np.zeros((3, 3), bool)
    loss = np.asarray(step.negative_log_likelihood(weights, real, nothing))
    np.testing.assert_allclose(loss, np.log(3 * 2 * 4), rtol=1e-5)
    all_but_one = ~np.eye(3, dtype=bool)
    losses = np.asarray(step.negative_log_likelihood(weights, real, all_but_one))
    np.testing.assert_allclose(losses, 3 * np.log([3, 2, 4]), rtol=1e-5)


def test_a_generator_has_nothing_to_learn_from_itself_as_a_teacher(networks, batch):
    """Its rows ask for more; rows that the teacher finds likely are no better than others."""
    step = make_step(networks)
    state = initial_state(networks, step)
    real = one_hot(batch.codes, SPEC.layout)

    def slope(*teacher) -> float:
        def loss(weights):
            return ops.mean(step.negative_log_likelihood(weights, real, batch.known, *teacher)), {}

        _, _, gradients = current_backend().value_and_gradients(loss, state.generator)
        return max(float(np.abs(np.asarray(gradient)).max()) for gradient in gradients)

    assert slope() > 1e-2
    assert slope(state.generator) < 1e-6


def test_rows_count_for_what_a_teacher_leaves_of_the_loss(networks, batch):
    """With itself as the teacher only the part of the rows leaves a slope: a quarter of it."""
    state = initial_state(networks, make_step(networks))
    real = one_hot(batch.codes, SPEC.layout)

    def slopes(*teacher, **options):
        step = make_step(networks, **options)

        def loss(weights):
            return ops.mean(step.negative_log_likelihood(weights, real, batch.known, *teacher)), {}

        _, _, gradients = current_backend().value_and_gradients(loss, state.generator)
        return [np.asarray(gradient) for gradient in gradients]

    for part, whole in zip(slopes(state.generator, taught_share=0.75), slopes(), strict=True):
        np.testing.assert_allclose(part, whole / 4, atol=1e-6)


def test_answers_are_learnt_instead_of_the_rows(networks, batch):
    """Who already says what the answers say has nothing to learn, but where they say more."""
    step = make_step(networks)
    own = initial_state(networks, step).generator
    real = one_hot(batch.codes, SPEC.layout)
    known_modes = real * spread_columns(ops.cast(batch.known, "float32"), SPEC.layout)
    noise = ops.zeros((len(batch.codes), SPEC.noise_dim))
    answers = np.asarray(step._say(own, known_modes, ops.cast(batch.known, "float32"), noise, real))
    bias = [tuple(weight.shape) for weight in own].index((SPEC.layout.n_modes,))  # of the heads

    def slope(answers) -> np.ndarray:
        def loss(weights):
            lost = step.negative_log_likelihood(weights, real, batch.known, (), answers)
            return ops.mean(lost), {}

        _, _, gradients = current_backend().value_and_gradients(loss, own)
        return np.abs(np.asarray(gradients[bias]))

    assert slope(answers).max() < 1e-6
    last = SPEC.layout.modes(2)
    answers = answers.copy()
    answers[:, last] = np.eye(SPEC.sizes[2])[0]
    slopes = slope(answers.astype(np.float16))
    assert slopes[last].max() > 1e-2
    assert np.delete(slopes, np.arange(SPEC.layout.n_modes)[last]).max() < 1e-3  # of 16 bits


def test_weights_move_at_their_pace():
    adam = Adam(beta_1=0.9, beta_2=0.99)
    weights = [ops.zeros((3, 2)), ops.zeros((4,))]
    gradients = [ops.ones((3, 2)), ops.ones((4,))]
    paces = [np.array([[1.0], [0.1], [0.0]], np.float32), np.float32(0.5)]
    moved, _ = adam.apply(weights, gradients, adam.init(weights), 0.01, paces)
    np.testing.assert_allclose(moved[0], [[-0.01] * 2, [-0.001] * 2, [0.0] * 2], rtol=1e-5)
    np.testing.assert_allclose(moved[1], [-0.005] * 4, rtol=1e-5)


def test_the_penalty_is_the_squared_slope_of_the_logit(networks, batch):
    step = make_step(networks)
    state = initial_state(networks, step)
    rows = np.asarray(one_hot(batch.codes, SPEC.layout))[:4] * 0.7 + 0.1
    condition = batch.condition[:4].astype(np.float32)
    tensor = ops.convert_to_tensor(rows)
    found = np.asarray(step._squared_slope(state.discriminator, tensor, condition))
    small = 1e-2
    slopes = []
    for mode in range(9):
        shift = np.zeros(9, np.float32)
        shift[mode] = small
        up, down = (
            np.asarray(step._judge(state.discriminator, rows + sign * shift, condition))
            for sign in (1, -1)
        )
        slopes.append((up - down) / (2 * small))
    # The logit is piecewise linear: central differences are exact but for rounding and kinks.
    np.testing.assert_allclose(found, np.sum(np.square(slopes), axis=0), rtol=0.05)


def test_the_average_follows_the_weights_at_once_in_the_beginning(networks, batch):
    step = make_step(networks, adversarial_weight=0.0, average_decay=0.999)
    state = initial_state(networks, step)
    after, _ = step(state, batch, None, RATES, 0.0)
    start, moved, average = (
        np.asarray(w[0]) for w in (state.average, after.generator, after.average)
    )
    np.testing.assert_allclose(average, 0.1 * start + 0.9 * moved, rtol=1e-5, atol=1e-6)
