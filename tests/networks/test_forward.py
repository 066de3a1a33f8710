"""The NumPy generator computes what the Keras generator computes."""

import numpy as np
import pytest

from tabgan.encoding.order import block_basis, cosine_basis
from tabgan.networks.forward import NumpyDiscriminator, NumpyGenerator, log_softmax
from tabgan.networks.spec import NetworkSpec

SPEC = NetworkSpec(sizes=(3, 5, 3, 2), noise_dim=4, width=16, n_blocks=2)
# Float32 sums of a few dozen terms, added in another order.
TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    # Every weight away from its initial value, so that each layer type takes part.
    return {
        name: rng.normal(0.0, 0.5, shape).astype(np.float32)
        for name, shape in SPEC.weight_shapes().items()
    }


@pytest.fixture(scope="module")
def rows() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    codes = np.column_stack([rng.integers(size, size=50) for size in SPEC.sizes])
    return codes, rng.random(codes.shape) < 0.5, rng.normal(size=(50, 4)).astype(np.float32)


NOWHERE = np.full(3, np.nan)
# The second column is a number whose last mode is "missing".
RANKS = [NOWHERE, np.array([0.1, 0.3, 0.7, 0.9, np.nan]), NOWHERE, NOWHERE[:2]]
BASIS, BLOCKS = cosine_basis(RANKS, SPEC.layout), block_basis(RANKS, SPEC.layout)


def shaken(network, seed: int) -> list[np.ndarray]:
    """Move every weight of a Keras network away from its start, and return them."""
    network.build()
    rng = np.random.default_rng(seed)
    moved = [rng.normal(0.0, 0.5, w.shape).astype(np.float32) for w in network.get_weights()]
    network.set_weights(moved)
    return moved


with_and_without_waves = pytest.mark.parametrize(
    "basis", [None, BASIS, BLOCKS], ids=["no order", "waves", "blocks"]
)


@with_and_without_waves
def test_numpy_and_keras_give_the_same_logits(basis, rows):
    from tabgan.networks.generator import Generator
    from tabgan.networks.modes import one_hot, spread_columns

    codes, known, noise = rows
    keras_generator = Generator(SPEC, np.zeros(SPEC.layout.n_modes), 0, basis)
    weights = keras_generator.plain_weights(shaken(keras_generator, 1))
    mask = known.astype(np.float32)
    known_modes = one_hot(codes, SPEC.layout) * spread_columns(mask, SPEC.layout)
    expected = np.asarray(keras_generator(known_modes, mask, noise))
    generator = NumpyGenerator(SPEC, weights)
    sums = generator.start(len(noise)) + generator.stir(noise)
    for column in range(4):
        some = sums[known[:, column]]
        generator.reveal(some, column, codes[known[:, column], column])
        sums[known[:, column]] = some
    features = generator.trunk(sums)
    for column in range(4):
        found = generator.logits(features, column)
        np.testing.assert_allclose(
            found, expected[:, SPEC.layout.modes(column)], rtol=TOLERANCE, atol=TOLERANCE
        )


def test_numpy_and_keras_discriminators_give_the_same_logits(rows):
    from tabgan.networks.discriminator import Discriminator
    from tabgan.networks.modes import one_hot

    codes, _, _ = rows
    discriminator = Discriminator(SPEC.layout.n_modes, 4, width=16, n_blocks=2, seed=0)
    weights = shaken(discriminator, 2)
    nothing = np.zeros(codes.shape, dtype=np.float32)
    expected = np.asarray(discriminator(one_hot(codes, SPEC.layout), nothing))
    found = NumpyDiscriminator(SPEC, weights).logits(codes)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    with pytest.raises(ValueError, match="discriminator of this table"):
        NumpyDiscriminator(SPEC, weights[:-2])


def test_a_row_does_not_depend_on_its_batch_mates(weights, rows):
    _, _, noise = rows
    generator = NumpyGenerator(SPEC, weights)
    together = generator.logits(generator.trunk(generator.start(50) + generator.stir(noise)), 1)
    alone = generator.logits(generator.trunk(generator.start(1) + generator.stir(noise[7:8])), 1)
    np.testing.assert_allclose(alone, together[7:8], rtol=TOLERANCE, atol=TOLERANCE)


def test_an_untrained_generator_gives_the_training_shares():
    from tabgan.networks.generator import Generator

    shares = np.concatenate([[0.7, 0.3], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8], np.full(5, 0.2)])
    spec = NetworkSpec(sizes=(3, 5, 3, 2), noise_dim=4, width=16, n_blocks=1)
    keras_generator = Generator(spec, np.log(shares), seed=0)
    keras_generator.build()
    named = dict(zip(spec.weight_shapes(), keras_generator.get_weights(), strict=True))
    generator = NumpyGenerator(spec, named)
    features = generator.trunk(generator.start(1))
    for column in range(4):
        probabilities = np.exp(log_softmax(generator.logits(features, column)))[0]
        # The heads start at a hundredth of a unit: shares within a few per cent of themselves.
        np.testing.assert_allclose(probabilities, shares[spec.layout.modes(column)], rtol=0.15)


def test_plain_weights_put_back_are_the_same_generator():
    from tabgan.networks.generator import Generator

    generator = Generator(SPEC, np.zeros(SPEC.layout.n_modes), 0, BASIS)
    plain = generator.plain_weights(shaken(generator, 3))
    again = generator.plain_weights(generator.with_waves(plain))
    assert {name: w.shape for name, w in plain.items()} == SPEC.weight_shapes()
    for name in plain:
        np.testing.assert_array_equal(again[name], plain[name])


def test_what_is_particular_to_a_bin_is_learnt_slowly():
    from tabgan.networks.generator import Generator

    bins = np.arange(SPEC.layout.n_modes) % 3 == 0
    generator = Generator(SPEC, np.zeros(SPEC.layout.n_modes), 0, BASIS, bins)
    names = generator._weight_names()
    of_likelihood, of_game = (
        dict(zip(names, generator.paces(in_game), strict=True)) for in_game in (False, True)
    )
    heads = of_likelihood["heads/kernel"]
    assert (heads[bins] < 0.5).all()
    assert (heads[~bins] == 1).all()
    np.testing.assert_array_equal(of_likelihood["input/kernel"][: len(heads), 0], heads)
    assert (of_likelihood["input/kernel"][len(heads) :] == 1).all()  # what is known, and noise
    assert of_likelihood["input/waves"] == of_likelihood["heads/waves"] == 1
    assert (of_game["heads/kernel"] == 1).all()
    assert of_game["input/waves"] == of_game["heads/waves"] == 0
    # Answers are of who did not see the row: nothing of it is to be learnt by heart.
    for pace in generator.paces(in_game=False, from_rows=False):
        assert (np.asarray(pace) == 1).all()


def test_neighbours_start_alike_and_far_modes_differ():
    from tabgan.networks.generator import Generator

    spec = NetworkSpec(sizes=(64,), noise_dim=1, width=32, n_blocks=1)
    basis = cosine_basis([(np.arange(64) + 0.5) / 64], spec.layout)
    generator = Generator(spec, np.zeros(64), 0, basis)
    generator.build()
    kernel = generator.plain_weights(generator.get_weights())["input/kernel"][:64]
    next_to = np.linalg.norm(np.diff(kernel, axis=0), axis=1).mean()
    far_apart = np.linalg.norm(kernel[:32] - kernel[32:], axis=1).mean()
    assert next_to < 0.4 * far_apart


def test_the_names_of_the_weights_follow_the_layers_of_the_keras_generator():
    from tabgan.networks.generator import Generator

    generator = Generator(SPEC, np.zeros(SPEC.layout.n_modes), seed=0)
    generator.build()
    shapes = [tuple(weight.shape) for weight in generator.trainable_variables]
    assert shapes == list(SPEC.weight_shapes().values())
