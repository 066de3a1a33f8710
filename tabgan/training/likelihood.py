"""The likelihood phase: the generator learns from rows, until held-out rows stop gaining."""

from dataclasses import dataclass

import numpy as np

from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.session import Progress, Session
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import Phase

# A gain below this share of the likelihood is not worth the patience: on 90,000 rows held-out ones
# gained half of it at each time for 5,500 steps more, and training rows thirteen times as much,
# which is learning them by heart (benchmarks/ablations.md).
_GAIN = 1e-3
# The last part of the phase, in which the rates fall. Before, they stay as they are, so that it may
# end when held-out rows stop gaining and not when a plan said so.
_DECAY_SHARE = 0.3
# Steps and seconds from which on a fused step is compiled: the three to five seconds that this
# takes come back within some 300 steps, each of which then takes half to three quarters of the
# time (benchmarks/ablations.md).
_FUSED_FROM_STEPS = 500
_FUSED_FROM_SECONDS = 60.0
# Share of `max_time` after which the phase ends.
_TIME = 0.25


@dataclass(kw_only=True)
class _Progress(Progress):
    """What the likelihood phase has to remember besides.

    Parameters
    ----------
    milestone : float
        The last held-out likelihood that was a gain worth the name.
    since_milestone : int
        Looks since then.
    decays_since : float or None
        Share of the phase that was done when the rates began to fall; ``None`` before.
    """

    milestone: float = np.inf
    since_milestone: int = 0
    decays_since: float | None = None


def fit_likelihood(session: Session, likelihood: HeldOutLikelihood) -> None:
    """Fit the generator by likelihood alone, until held-out rows stop gaining in any column.

    The weights worth going back to are left in the looks of the session.
    """
    plan, trainer, looks = session.plan, session.trainer, session.looks
    phase = likelihood_phase(session, "likelihood", plan.likelihood_rate, plan.likelihood_steps)
    if session.leaves_out(phase):
        return
    seen = session.enter(phase, _Progress, lambda: _Progress(since=session.clock.share_spent()))
    # Where the number of steps was asked for, the rates fall from the start.
    decays = plan.taught > 0.0

    def pace(step: int) -> tuple[float, float]:
        spent = session.clock.share_spent(until=_TIME, since=seen.since)
        done = max(step / plan.likelihood_steps, spent)
        if not decays:
            return done, done
        if seen.decays_since is None and done >= 1.0 - _DECAY_SHARE:
            seen.decays_since = done
        return done, _fallen(done, seen.decays_since)

    for look in session.steps(
        phase, seen, session.codes, plan.likelihood_steps, plan.likelihood_round, pace
    ):
        weights = trainer.averaged_weights()
        nats = likelihood(trainer.numpy_generator())
        looks.add(look.step, nats, weights)
        look.logs["held_out_likelihood"] = float(nats.sum())
        if looks.best == len(looks.steps) - 1 or not plan.early_stopping:
            session.result.weights = weights
        seen.since_milestone += 1
        if looks.by_column < seen.milestone * (1.0 - _GAIN):
            seen.milestone, seen.since_milestone = looks.by_column, 0
        if plan.early_stopping and seen.since_milestone >= plan.patience:
            if not decays:
                seen.is_over = True
            elif seen.decays_since is None:
                seen.decays_since = look.done
    trainer.restore(session.result.weights)


def likelihood_phase(session: Session, name: str, rate: float, n_steps: int) -> Phase:
    """Return a phase of the generator alone."""
    max_time = session.clock.max_time
    return Phase(
        name,
        StepOptions(0.0, 1.0, session.plan.likelihood_decay),
        min(session.plan.likelihood_batch, len(session.codes)),
        Rates(rate, 0.0),
        is_fused=n_steps >= _FUSED_FROM_STEPS
        and (max_time is None or max_time >= _FUSED_FROM_SECONDS),
    )


def _fallen(done: float, since: float | None) -> float:
    """Return which share of the fall of the rates is over; it began at a share of the phase."""
    if since is None:
        return 0.0
    return (done - since) / (since * _DECAY_SHARE / (1.0 - _DECAY_SHARE))
