"""What the networks are given, and what they leave alone."""

from dataclasses import replace

import numpy as np
import pytest
from keras import ops

from tabgan.encoding.order import cosine_basis
from tabgan.errors import TrainingDivergedError
from tabgan.networks.forward import log_softmax
from tabgan.networks.spec import NetworkSpec
from tabgan.training.clock import Clock
from tabgan.training.lesson import Lesson, Questions
from tabgan.training.likelihood import likelihood_phase
from tabgan.training.plan import TrainingPlan
from tabgan.training.progress import make_reporter
from tabgan.training.session import Session
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import STEPS_PER_CALL, KnownSets, Phase, Trainer

PLAN = replace(TrainingPlan(), width=16, noise_dim=4, n_blocks=1, discriminator_blocks=1)


def make_trainer(sizes: tuple[int, ...]) -> Trainer:
    spec = NetworkSpec(sizes, PLAN.noise_dim, PLAN.width, PLAN.n_blocks)
    n_columns = len(sizes)
    practised = KnownSets(np.tri(n_columns, k=-1, dtype=bool), np.zeros((0, n_columns), dtype=bool))
    ranks = [(np.arange(size) + 0.5) / size for size in sizes]
    basis = cosine_basis(ranks, spec.layout)
    return Trainer(spec, np.zeros(spec.layout.n_modes), PLAN, practised, seed=0, basis=basis)


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


def numbers_of(weights: list) -> list[np.ndarray]:
    return [np.asarray(ops.convert_to_numpy(weight)) for weight in weights]


def test_a_teacher_stays_as_it_is(trainer):
    phase = Phase("adversarial", StepOptions(1.0, 0.1, 0.9), 16, Rates(1e-3, 1e-3))
    trainer.start(phase)
    assert not trainer.state.teacher
    begun, teacher = numbers_of(trainer.state.average), trainer.averaged_weights()
    trainer.start(phase, teacher)
    trainer.run(phase, np.random.default_rng(0).integers(0, 5, (200, 2)), 1.0)
    said = trainer.generator.plain_weights(numbers_of(trainer.state.teacher))
    for name, weight in said.items():
        np.testing.assert_array_equal(weight, teacher[name])
    moved = zip(numbers_of(trainer.state.generator), begun, strict=True)
    assert any(not np.array_equal(now, before) for now, before in moved)


def test_a_lesson_is_learnt_whatever_the_rows_are(trainer):
    """Rows of zeros only, and answers that say how likely other modes are."""
    layout = trainer.spec.layout
    wanted = np.array([0.1, 0.2, 0.3, 0.4, 0.0])
    answers = np.zeros((50, layout.n_modes), dtype=np.float16)
    answers[:, layout.modes(0)] = 1 / 32
    answers[:, layout.modes(1)] = wanted
    nothing = np.zeros((50, 2), dtype=bool)
    lesson = Lesson(Questions(np.zeros((50, 2), dtype=np.int32), nothing), answers)
    phase = Phase("distillation", StepOptions(0.0, 1.0, 0.9), 32, Rates(1e-2, 0.0))
    trainer.start(phase)
    for _ in range(10):
        trainer.run(phase, lesson, 1.0)
    generator = trainer.numpy_generator()
    said = np.exp(log_softmax(generator.logits(generator.trunk(generator.start(1)), 1)))[0]
    np.testing.assert_allclose(said, wanted, atol=0.02)


def test_a_fused_step_is_the_same_step():
    codes, logs = np.random.default_rng(0).integers(0, 5, (200, 2)), []
    for is_fused in (False, True):
        trainer = make_trainer((32, 5))
        phase = Phase("likelihood", StepOptions(0.0, 1.0, 0.9), 16, Rates(1e-3, 0.0), is_fused)
        trainer.start(phase)
        logs.append([trainer.run(phase, codes, 1.0)["likelihood_loss"] for _ in range(3)])
    assert logs[1] == pytest.approx(logs[0], rel=1e-4)  # rounding, amplified by 60 Adam steps


@pytest.mark.parametrize(
    ("n_steps", "max_time", "expected"),
    [(10_000, None, True), (10_000, 30.0, False), (200, None, False)],
)
def test_steps_are_fused_where_that_comes_back(n_steps, max_time, expected):
    trainer = make_trainer((4, 4))
    codes = np.zeros((100, 2), dtype=np.int32)
    session = Session(trainer, codes, trainer.plan, make_reporter(0), Clock(max_time), None)
    assert likelihood_phase(session, "likelihood", 1e-3, n_steps).is_fused == expected


def test_known_sets_never_know_the_column_that_is_asked_for():
    trainer = make_trainer((4, 4, 4))
    order = np.array([2, 0, 1])
    trainer.practised = KnownSets(
        np.tri(3, k=-1, dtype=bool)[:, np.argsort(order)], np.zeros((0, 3), bool)
    )
    known = trainer.known_sets_asking_for(0)(np.random.default_rng(0), 4_000)
    assert not known[:, 0].any()
    # Half of them know what is drawn before it, the last column; more do by chance.
    is_in_turn = (known == [False, False, True]).all(axis=1)
    assert 0.5 < is_in_turn.mean() < 0.85
    assert known[:, 1].any()


@pytest.mark.parametrize("n_rows", [31, 32])
def test_questions_ask_equally_often_about_every_row_and_blur_half_of_them(n_rows):
    trainer = make_trainer((40, 5))
    layout = trainer.spec.layout
    beside = np.repeat(layout.code_of_mode[:, None], 2, axis=1)
    beside[layout.modes(0)] += np.array([-1, 1], dtype=np.int32)
    trainer._neighbours = beside  # always moved: a variance of 1
    trainer.plan = replace(PLAN, blur=1.0)
    codes = np.stack([np.arange(n_rows) + 1, np.arange(n_rows) % 5], axis=1)
    questions = trainer.questions(np.random.default_rng(0), codes, 200 * n_rows)
    np.testing.assert_array_equal(np.bincount(questions.rows), 200)
    assert not questions.known.all(axis=1).any()
    moved = questions.codes[:, 0] != codes[questions.rows, 0]
    shares = np.bincount(questions.rows, weights=moved) / 200
    assert shares.min() > 0.35
    assert shares.max() < 0.65
    np.testing.assert_array_equal(questions.codes[:, 1], codes[questions.rows, 1])


def test_rows_are_blurred_between_neighbouring_modes_and_nowhere_else():
    """Half the cells of a binned column move, to either side alike; the others stay."""
    trainer = make_trainer((32, 5))
    rng = np.random.default_rng(0)
    codes = np.stack([np.full(20_000, 7), np.full(20_000, 3)], axis=1)
    # Nobody said what lies beside what.
    np.testing.assert_array_equal(trainer._blurred(codes, rng), codes)
    layout = trainer.spec.layout
    own = layout.join([np.arange(32), np.arange(5)])
    beside = np.stack([own, own], axis=1).astype(np.int32)
    beside[layout.modes(0)] += np.array([-1, 1], dtype=np.int32)
    trainer._neighbours = beside
    blurred = trainer._blurred(codes, rng)
    assert blurred.dtype == np.int32
    assert (blurred[:, 1] == 3).all()
    shares = np.bincount(blurred[:, 0], minlength=32) / len(codes)
    assert shares[[6, 7, 8]] == pytest.approx([0.25, 0.5, 0.25], abs=0.015)
    trainer.plan = replace(PLAN, blur=2.5)
    further = trainer._blurred(codes, rng)[:, 0]
    assert further.mean() == pytest.approx(7.0, abs=0.05)
    assert further.var() == pytest.approx(2.5, abs=0.1)
    trainer.plan = replace(PLAN, blur=0.0)
    np.testing.assert_array_equal(trainer._blurred(codes, rng), codes)


def test_rates_that_blow_the_weights_up_end_the_training_with_the_step(trainer):
    phase = Phase("likelihood", StepOptions(0.0, 1.0, 0.9), 16, Rates(1e-3, 0.0))
    codes = np.random.default_rng(0).integers(0, 5, (200, 2))
    trainer.start(phase)
    trainer.run(phase, codes, 1.0)
    sound = trainer.snapshot()
    for factor in (np.nan, np.inf, 1e38):
        trainer.resume(sound)
        step = 2 * STEPS_PER_CALL
        with pytest.raises(TrainingDivergedError, match=f"likelihood phase by step {step}: a loss"):
            trainer.run(phase, codes, factor)


def test_weights_that_the_last_step_spoilt_are_never_kept(trainer):
    phase = Phase("adversarial", StepOptions(1.0, 0.1, 0.9), 16, Rates(1e-3, 1e-3))
    trainer.require_finite_weights(phase)
    first, *others = trainer.state.average
    trainer.state = trainer.state._replace(average=[first * np.float32(np.nan), *others])
    with pytest.raises(TrainingDivergedError, match="adversarial phase by step 0: a weight"):
        trainer.require_finite_weights(phase)
