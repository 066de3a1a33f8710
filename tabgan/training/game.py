"""The game: both networks play, and the weights are kept whose one-pass samples pass best."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

from tabgan.networks.forward import NumpyGenerator
from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.looks import Looks
from tabgan.training.optimizer import Adam
from tabgan.training.plan import TrainingPlan
from tabgan.training.session import Progress, Session
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import Phase

# What the game may cost the likelihood, as a share of it and, where it is near zero, in nats a row.
# All-passes samples of king got better while it lost .8 % (benchmarks/ablations.md); half a per
# cent threw the whole game away there.
_LIKELIHOOD_SLACK = 0.01
_LIKELIHOOD_SLACK_NATS = 0.05
# Roughly the standard error of a two-sample score from some 4,000 rows a side.
_JUDGEMENT_NOISE = 0.015
# One-pass samples that miss this share of the modes have collapsed on the others.
_COLLAPSED_BELOW = 0.5


@dataclass(frozen=True)
class Judgement:
    """How one-pass samples compare with held-out rows.

    Parameters
    ----------
    two_sample_score : float
        ``1 - 2 |AUC - .5|`` of a classifier that tells them apart; 1 is best.
    modes_covered : float
        Share of the modes held-out rows have that the sample has too.
    """

    two_sample_score: float
    modes_covered: float


Judge = Callable[[NumpyGenerator], Judgement]


@dataclass(kw_only=True)
class _Progress(Progress):
    """What the game has to remember besides.

    Parameters
    ----------
    limit : float
        Held-out likelihood that kept weights may have at most.
    best_score : float
        Two-sample score of the best kept weights.
    covered_at_start, covered : float
        Share of the modes that one-pass samples held before the game, and that those of the kept
        weights hold.
    """

    limit: float
    best_score: float
    covered_at_start: float
    covered: float


def play(session: Session, likelihood: HeldOutLikelihood, judge: Judge) -> None:
    """Let the networks play, and keep the weights whose one-pass samples pass best."""
    plan, trainer, result = session.plan, session.trainer, session.result
    phase = _phase(plan, len(session.codes))
    session.looks = Looks()  # nobody goes back to them any more

    def at_start() -> _Progress:
        trainer.show_modes()
        before = float(likelihood(trainer.numpy_generator()).sum())
        judgement = judge(trainer.numpy_generator())
        return _Progress(
            since=session.clock.share_spent(),
            limit=before + max(_LIKELIHOOD_SLACK * before, _LIKELIHOOD_SLACK_NATS),
            best_score=judgement.two_sample_score,
            covered_at_start=judgement.modes_covered,
            covered=judgement.modes_covered,
        )

    # Phases that were cut short have not learnt all that there is to follow.
    is_taught = plan.taught > 0.0 and not result.out_of_time
    teacher = trainer.averaged_weights() if is_taught else None
    seen = session.enter(phase, _Progress, at_start, teacher)

    def pace(step: int) -> tuple[float, float]:
        spent = session.clock.share_spent(since=seen.since)
        done = max(step / plan.adversarial_steps, spent)
        return done, done

    for look in session.steps(
        phase, seen, session.codes, plan.adversarial_steps, plan.adversarial_round, pace
    ):
        candidate = trainer.numpy_generator()
        judgement = judge(candidate)
        held_out = float(likelihood(candidate).sum())
        look.logs |= vars(judgement) | {"held_out_likelihood": held_out}
        score = judgement.two_sample_score
        # Later weights are calmer, so they win unless the score is clearly worse.
        as_good = score >= seen.best_score - _JUDGEMENT_NOISE
        if not plan.early_stopping or (as_good and held_out <= seen.limit):
            seen.best_score, seen.covered = max(seen.best_score, score), judgement.modes_covered
            session.keep()
    if seen.covered < _COLLAPSED_BELOW * seen.covered_at_start:
        warnings.warn(
            f"the game ended in a mode collapse (one-pass samples hold {seen.covered:.0%} of "
            "the modes). Sample with more passes, or fit with another random_state, another "
            "objective, or more rows.",
            stacklevel=2,
        )


def _phase(plan: TrainingPlan, n_rows: int) -> Phase:
    return Phase(
        "adversarial",
        StepOptions(
            plan.adversarial_weight,
            plan.likelihood_weight,
            plan.adversarial_decay,
            taught_share=plan.taught,
            generator_adam=Adam(beta_1=0.0, beta_2=0.99),
        ),
        min(plan.adversarial_batch, n_rows),
        Rates(plan.generator_rate, plan.discriminator_rate),
    )
