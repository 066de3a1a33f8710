"""A column of very many levels: divided in the networks alone, the same in Keras and NumPy."""

import numpy as np
import pytest

from tabgan.networks.forward import NumpyDiscriminator, NumpyGenerator, log_softmax
from tabgan.networks.spec import NetworkSpec
from tabgan.networks.split import MOST_WHOLE, Split

SIZE = 2_737
SPEC = NetworkSpec(sizes=(3, SIZE, 40), noise_dim=4, width=16, n_blocks=1)
N_ROWS = 60


@pytest.fixture(scope="module")
def log_shares() -> np.ndarray:
    rng = np.random.default_rng(0)
    shares = [np.sort(rng.dirichlet(np.full(size, 0.5)) + 1e-6)[::-1] for size in SPEC.sizes]
    return np.log(SPEC.layout.join([own / own.sum() for own in shares])).astype(np.float32)


@pytest.fixture(scope="module")
def codes() -> np.ndarray:
    rng = np.random.default_rng(1)
    drawn = np.column_stack([rng.integers(size, size=N_ROWS) for size in SPEC.sizes])
    drawn[:4, 1] = [0, 499, SIZE - 1, SIZE - 2]
    return drawn


@pytest.mark.parametrize("size", [MOST_WHOLE + 1, SIZE, 10_000, 123_457])
def test_every_level_is_one_choice_and_member(size):
    split = Split(size)
    choices, members = split.divide(np.arange(size))
    assert len(set(zip(choices, members, strict=True))) == size
    assert choices.max() == split.n_choices - 1
    assert members.max() == split.n_members - 1
    # What stands alone is what is frequent: the first codes, and the last two.
    assert (members[:498] == members[-2:].max()).all()
    assert (members[498:-2] >= 0).all()
    assert split.n_choices + split.n_members < 500 + 2.1 * size**0.5
    assert [part.tolist() for part in split.divide(np.array([-1]))] == [[-1], [-1]]


def test_a_table_without_such_a_column_has_the_axis_of_its_modes():
    spec = NetworkSpec(sizes=(3, MOST_WHOLE, 40), noise_dim=4, width=16, n_blocks=1)
    assert not spec.splits
    assert spec.axis.sizes == spec.sizes
    assert SPEC.axis.n_modes < MOST_WHOLE


def keras_generator(log_shares: np.ndarray):
    from tabgan.networks.generator import Generator

    generator = Generator(SPEC, log_shares, seed=0)
    generator.build()
    return generator


def test_an_untrained_generator_gives_the_share_of_every_level(log_shares):
    generator = keras_generator(log_shares)
    weights = dict(zip(SPEC.weight_shapes(), generator.get_weights(), strict=True))
    numpy_generator = NumpyGenerator(SPEC, weights)
    features = numpy_generator.trunk(numpy_generator.start(1))
    for column in range(3):
        found = np.exp(numpy_generator.logits(features, column).astype(float))[0]
        wanted = np.exp(log_shares[SPEC.layout.modes(column)])
        np.testing.assert_allclose(found / found.sum(), wanted, rtol=0.25)


def test_keras_and_numpy_give_every_level_the_same_probability(log_shares, codes):
    from keras import ops

    from tabgan.networks.modes import log_softmax as keras_log_softmax
    from tabgan.networks.modes import one_hot
    from tabgan.training.backend import current_backend
    from tabgan.training.objectives import OBJECTIVES
    from tabgan.training.step import StepOptions, TrainingStep

    generator = keras_generator(log_shares)
    rng = np.random.default_rng(2)
    moved = [w + rng.normal(0.0, 0.5, w.shape).astype(np.float32) for w in generator.get_weights()]
    generator.set_weights(moved)
    names = generator.plain_weights(moved)
    assert {name: weight.shape for name, weight in names.items()} == SPEC.weight_shapes()

    known = rng.random((N_ROWS, 3)) < 0.5
    known[:6, 1] = [True, True, True, False, False, False]
    noise = rng.normal(size=(N_ROWS, 4)).astype(np.float32)
    step = TrainingStep(
        generator, None, OBJECTIVES["relativistic"], StepOptions(0.0, 1.0, 0.9), current_backend()
    )
    real = one_hot(SPEC.on_axis(codes), SPEC.axis)
    mask = known.astype(np.float32)
    logits = generator(real * step._spread(mask), mask, noise)
    logits = generator.with_groups(logits, real, [ops.convert_to_tensor(w) for w in moved])
    of_cells = np.asarray(keras_log_softmax(logits, SPEC.axis) * real)

    numpy_generator = NumpyGenerator(SPEC, names)
    sums = numpy_generator.sums(np.where(known, codes, -1)) + numpy_generator.stir(noise)
    features = numpy_generator.trunk(sums)
    for column in range(3):
        places = [column, *([SPEC.members[column]] if column in SPEC.members else [])]
        expected = sum(of_cells[:, SPEC.axis.modes(place)].sum(axis=1) for place in places)
        found = log_softmax(numpy_generator.logits(features, column))
        # Float32 sums of some hundred terms, added in another order.
        np.testing.assert_allclose(
            found[np.arange(N_ROWS), codes[:, column]], expected, rtol=1e-4, atol=1e-4
        )
        alone = numpy_generator.log_probabilities(features, column, codes[:, column])
        np.testing.assert_allclose(alone, expected, rtol=1e-4, atol=1e-4)


def test_the_discriminators_see_the_same_row(codes):
    from tabgan.networks.discriminator import Discriminator
    from tabgan.networks.modes import one_hot

    discriminator = Discriminator(SPEC.axis.n_modes, 3, width=16, n_blocks=1, seed=0)
    discriminator.build()
    rng = np.random.default_rng(3)
    moved = [rng.normal(0.0, 0.5, w.shape).astype(np.float32) for w in discriminator.get_weights()]
    discriminator.set_weights(moved)
    real = one_hot(SPEC.on_axis(codes), SPEC.axis)
    expected = np.asarray(discriminator(real, np.zeros((N_ROWS, 3), dtype=np.float32)))
    found = NumpyDiscriminator(SPEC, moved).logits(codes)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_a_drawn_row_has_one_level_a_column_and_members_only_of_groups(log_shares, codes):
    from keras import ops

    from tabgan.networks.modes import one_hot
    from tabgan.training.backend import current_backend
    from tabgan.training.objectives import OBJECTIVES
    from tabgan.training.step import Draws, StepOptions, TrainingStep

    generator = keras_generator(log_shares)
    step = TrainingStep(
        generator, None, OBJECTIVES["relativistic"], StepOptions(1.0, 1.0, 0.9), current_backend()
    )
    rng = np.random.default_rng(4)
    draws = Draws(
        np.zeros((N_ROWS, 4), np.float32),
        rng.gumbel(size=(N_ROWS, SPEC.axis.n_modes)).astype(np.float32),
        np.zeros(N_ROWS, np.float32),
    )
    weights = [ops.convert_to_tensor(w) for w in generator.get_weights()]
    real = one_hot(SPEC.on_axis(codes), SPEC.axis)
    nothing = np.zeros((N_ROWS, 3), dtype=np.float32)
    drawn = np.round(np.asarray(step._complete(weights, real, nothing, draws)), 4)
    for column in range(3):
        assert (drawn[:, SPEC.axis.modes(column)].sum(axis=1) == 1).all()
    in_group = drawn[:, SPEC.axis.modes(1)][:, SPEC.splits[1].groups].sum(axis=1)
    np.testing.assert_array_equal(drawn[:, SPEC.axis.modes(3)].sum(axis=1), in_group)
    assert 0 < in_group.mean() < 1
