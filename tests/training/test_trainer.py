"""What the discriminator is given before the game, and what the game leaves alone."""

from dataclasses import replace

import numpy as np
import pytest
from keras import ops

from tabgan.encoding.order import cosine_basis
from tabgan.networks.spec import NetworkSpec
from tabgan.training.lesson import Lesson
from tabgan.training.plan import TrainingPlan
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import STEPS_PER_CALL, KnownSets, Phase, Trainer

PLAN = replace(TrainingPlan(), width=16, noise_dim=4, n_blocks=1, discriminator_blocks=1)


def make_trainer(sizes: tuple[int, ...]) -> Trainer:
    spec = NetworkSpec(sizes, PLAN.noise_dim, PLAN.width, PLAN.n_blocks)
    n_columns = len(sizes)
    games = KnownSets(np.tri(n_columns, k=-1, dtype=bool), np.zeros((0, n_columns), dtype=bool))
    ranks = [(np.arange(size) + 0.5) / size for size in sizes]
    basis = cosine_basis(ranks, spec.layout)
    return Trainer(spec, np.zeros(spec.layout.n_modes), PLAN, games, seed=0, basis=basis)


@pytest.fixture
def trainer() -> Trainer:
    return make_trainer((32, 5))


def first_kernel(trainer: Trainer) -> np.ndarray:
    return np.asarray(ops.convert_to_numpy(trainer.state.discriminator[0]))


def test_the_discriminator_begins_with_the_neighbours_that_the_generator_knows(trainer):
    before = first_kernel(trainer)
    trainer.show_modes()
    kernel = first_kernel(trainer)
    modes = kernel[:37]
    assert modes.std() == pytest.approx(0.2, rel=1e-5)
    # As near to each other as in the generator: a column's own mean apart, the same directions.
    column = trainer.spec.layout.modes(0)
    wanted = trainer.averaged_weights()["input/kernel"][column]
    wanted = wanted - wanted.mean(axis=0)
    assert np.corrcoef(modes[column].ravel(), wanted.ravel())[0, 1] == pytest.approx(1.0)
    next_to = np.linalg.norm(np.diff(modes[column], axis=0), axis=1).mean()
    far_apart = np.linalg.norm(modes[column][:16] - modes[column][16:], axis=1).mean()
    assert next_to < 0.8 * far_apart
    # What was given as a condition has no counterpart in the generator's modes.
    np.testing.assert_array_equal(kernel[37:], before[37:])


def test_columns_of_one_mode_have_nothing_to_show():
    trainer = make_trainer((1, 1))
    trainer.show_modes()
    assert np.isfinite(first_kernel(trainer)).all()


@pytest.mark.parametrize("name", ["likelihood", "adversarial"])
def test_the_game_leaves_the_waves_alone(trainer, name):
    options = StepOptions(1.0 if name == "adversarial" else 0.0, 0.1, 0.9)
    phase = Phase(name, options, 16, Rates(1e-3, 1e-3))
    codes = np.random.default_rng(0).integers(0, 5, (200, 2))
    names = trainer.generator._weight_names()
    before = [np.asarray(ops.convert_to_numpy(weight)) for weight in trainer.state.generator]
    trainer.start(phase)
    trainer.run(phase, codes, 1.0)
    assert trainer.n_steps == STEPS_PER_CALL
    after = [np.asarray(ops.convert_to_numpy(weight)) for weight in trainer.state.generator]
    for weight, old, new in zip(names, before, after, strict=True):
        moved = not np.array_equal(old, new)
        assert moved == (name == "likelihood" or not weight.endswith("waves"))


def test_teachers_stay_as_they_are_and_speak_for_their_columns(trainer):
    phase = Phase("adversarial", StepOptions(1.0, 0.1, 0.9), 16, Rates(1e-3, 1e-3))
    trainer.start(phase)
    assert not trainer.state.teachers
    assert not trainer.state.voices
    begun = [np.asarray(ops.convert_to_numpy(weight)) for weight in trainer.state.average]
    teacher = trainer.averaged_weights()
    trainer.start(phase, Lesson([teacher, teacher], np.array([1, 0])))
    layout = trainer.spec.layout
    for column, speaker in ((0, 1), (1, 0)):
        of_column = [np.asarray(voice)[layout.modes(column)] for voice in trainer.state.voices]
        assert of_column[speaker].all()
        assert not of_column[1 - speaker].any()
    trainer.run(phase, np.random.default_rng(0).integers(0, 5, (200, 2)), 1.0)
    weights = [np.asarray(ops.convert_to_numpy(weight)) for weight in trainer.state.teachers]
    assert len(weights) == 2 * len(begun)
    for of_teacher in (weights[: len(begun)], weights[len(begun) :]):
        for name, weight in trainer.generator.plain_weights(of_teacher).items():
            np.testing.assert_array_equal(weight, teacher[name])
    assert any(
        not np.array_equal(ops.convert_to_numpy(now), before)
        for now, before in zip(trainer.state.generator, begun, strict=True)
    )


def test_rows_are_blurred_between_neighbouring_modes_and_nowhere_else():
    """Half the cells of a binned column move, to either side alike; the others stay."""
    trainer = make_trainer((32, 5))
    codes = np.stack([np.full(20_000, 7), np.full(20_000, 3)], axis=1).astype(np.int32)
    assert trainer._blurred(codes) is codes  # nobody said what lies beside what
    layout = trainer.spec.layout
    own = layout.join([np.arange(32), np.arange(5)])
    beside = np.stack([own, own], axis=1).astype(np.int32)
    beside[layout.modes(0)] += np.array([-1, 1], dtype=np.int32)
    trainer._neighbours = beside
    blurred = trainer._blurred(codes)
    assert blurred.dtype == np.int32
    assert (blurred[:, 1] == 3).all()
    shares = np.bincount(blurred[:, 0], minlength=32) / len(codes)
    assert shares[[6, 7, 8]] == pytest.approx([0.25, 0.5, 0.25], abs=0.015)
    trainer.plan = replace(PLAN, blur=2.5)
    further = trainer._blurred(codes)[:, 0]
    assert further.mean() == pytest.approx(7.0, abs=0.05)
    assert further.var() == pytest.approx(2.5, abs=0.1)
    trainer.plan = replace(PLAN, blur=0.0)
    assert trainer._blurred(codes) is codes
