"""The distillation: one network learns what trees and its own best weights say of each column."""

from dataclasses import dataclass

from tabgan.networks.forward import NumpyGenerator
from tabgan.randomness import stream
from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.lesson import GrowTrees, Lesson, Trees, answer, count_questions
from tabgan.training.likelihood import likelihood_phase
from tabgan.training.session import Progress, Session
from tabgan.training.trainer import STEPS_PER_CALL

# It takes this share of the steps of the likelihood phase at least; a first choice.
_SHARE_OF_STEPS = 0.3
# Shares of `max_time` after which no more trees are grown, and the phase ends; and what it has in
# any case, since a small table is learnt by nothing else.
_TREES_TIME, _TIME, _LEAST_TIME = 0.35, 0.55, 0.2


@dataclass(kw_only=True)
class _Progress(Progress):
    """What the distillation has to remember besides.

    Parameters
    ----------
    n_steps : int
        Steps it takes.
    best : float
        Held-out likelihood of the kept weights.
    """

    n_steps: int
    best: float


def distil(
    session: Session, likelihood: HeldOutLikelihood, grow_trees: GrowTrees | None, seed: int
) -> None:
    """Let one network learn of each column what trees and its own best weights say of it."""
    plan, trainer, clock = session.plan, session.trainer, session.clock
    phase = likelihood_phase(
        session, "distillation", plan.distillation_rate, plan.distillation_steps
    )
    if session.leaves_out(phase) or session.result.out_of_time:
        return
    lesson = _lesson(session, likelihood, grow_trees, seed)
    if lesson is None:
        session.skip(phase)
        return

    def at_start() -> _Progress:
        n_calls = int(_SHARE_OF_STEPS * max([0, *session.looks.steps])) // STEPS_PER_CALL
        return _Progress(
            since=clock.share_spent(),
            n_steps=max(plan.distillation_steps, n_calls * STEPS_PER_CALL),
            best=float(likelihood(trainer.numpy_generator()).sum()),
        )

    seen = session.enter(phase, _Progress, at_start)

    def pace(step: int) -> tuple[float, float]:
        spent = clock.share_spent(max(_TIME, seen.since + _LEAST_TIME), seen.since)
        done = max(step / seen.n_steps, spent)
        return done, done

    for look in session.steps(phase, seen, lesson, seen.n_steps, plan.likelihood_round, pace):
        held_out = float(likelihood(trainer.numpy_generator()).sum())
        look.logs["held_out_likelihood"] = held_out
        if held_out < seen.best or not plan.early_stopping:
            seen.best = held_out
            session.keep()
    trainer.restore(session.result.weights)


def _lesson(
    session: Session, likelihood: HeldOutLikelihood, grow_trees: GrowTrees | None, seed: int
) -> Lesson | None:
    """Return what there is to learn besides what the network knows already."""
    trainer, reporter = session.trainer, session.reporter
    spec = trainer.spec
    teachers, speaker_of_column = session.looks.teachers()
    if grow_trees is None and len(teachers) < 2:
        return None
    if grow_trees is not None:
        reporter.phase("trees", spec.layout.n_columns, len(session.result.history))

    def trees_of(column: int, few: bool) -> Trees | None:
        # Where networks can answer, too, trees may be too late.
        is_late = bool(teachers) and session.clock.share_spent() >= _TREES_TIME
        if grow_trees is None or is_late:
            return None
        trees = grow_trees(column, trainer.known_sets_asking_for(column), few)
        reporter.step(column + 1, {})
        return trees

    n_features = len(teachers) * spec.width
    n_questions = count_questions(
        len(session.codes), spec.layout.n_columns, spec.axis.n_modes, n_features
    )
    return answer(
        trainer.questions(stream(seed, "questions"), session.codes, n_questions),
        spec,
        trees_of,
        [NumpyGenerator(spec, weights) for weights in teachers],
        speaker_of_column,
        likelihood,
    )
