"""The two phases of a fit: likelihood first, then the game, each keeping its best weights."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.randomness import stream
from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.optimizer import Adam
from tabgan.training.plan import TrainingPlan
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import STEPS_PER_CALL, Phase, Trainer

# The game may cost the likelihood this much: the share at which all-passes samples stay the same.
_LIKELIHOOD_SLACK = 1.005
# A gain below this share of the likelihood is noise of the held-out rows, not progress.
_LIKELIHOOD_GAIN = 5e-4


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


class Reporter(Protocol):
    """What is told about a training while it runs."""

    def phase(self, name: str, n_steps: int) -> None:
        """Enter a phase of at most so many steps."""

    def step(self, n_steps: int, logs: dict[str, float]) -> None:
        """So many steps of the phase are done."""


@dataclass
class TrainedNetworks:
    """What a training gives.

    Parameters
    ----------
    weights : dict of str to numpy.ndarray
        Of the generator, by name.
    discriminator : list of numpy.ndarray
        Of the discriminator, in the order of its layers.
    history : list of dict
        One entry a look at the held-out rows.
    n_likelihood_steps, n_adversarial_steps : int
        Steps until the weights that were kept.
    """

    weights: dict[str, np.ndarray]
    discriminator: list[np.ndarray] = field(default_factory=list)
    history: list[dict[str, object]] = field(default_factory=list)
    n_likelihood_steps: int = 0
    n_adversarial_steps: int = 0


class Clock:
    """Time spent and time left.

    Parameters
    ----------
    max_time : float or None
        Seconds that may be spent.
    """

    def __init__(self, max_time: float | None) -> None:
        self._start = time.monotonic()
        self._max_time = max_time

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._start

    def share_spent(self, until: float = 1.0, since: float = 0.0) -> float:
        """Return which share of the part of the time from `since` to `until` is over."""
        if self._max_time is None:
            return 0.0
        return (self.seconds / self._max_time - since) / (until - since)


def train(
    codes: np.ndarray,
    held_out: np.ndarray,
    spec: NetworkSpec,
    log_shares: np.ndarray,
    plan: TrainingPlan,
    seed: int,
    judge: Callable[[NumpyGenerator], Judgement],
    reporter: Reporter,
    clock: Clock,
) -> TrainedNetworks:
    """Fit both networks.

    Parameters
    ----------
    codes, held_out : numpy.ndarray of shape (n_rows, n_columns)
        Rows to learn from, and rows to stop by.
    spec : NetworkSpec
        Sizes of the generator.
    log_shares : numpy.ndarray of shape (n_modes,)
        Where the generator's output biases start.
    plan : TrainingPlan
        Steps, rates and sizes.
    seed : int
        Of everything random.
    judge : callable
        Compares one-pass samples of a candidate with held-out rows.
    reporter : Reporter
        Is told about progress.
    clock : Clock
        Ends the training when its time is over.
    """
    trainer = Trainer(spec, log_shares, plan, seed)
    likelihood = HeldOutLikelihood(held_out, stream(seed, "split"))
    result = TrainedNetworks(trainer.averaged_weights())
    _fit_likelihood(trainer, codes, likelihood, plan, result, reporter, clock)
    _play(trainer, codes, likelihood, judge, plan, result, reporter, clock)
    return result


def _fit_likelihood(
    trainer: Trainer,
    codes: np.ndarray,
    likelihood: HeldOutLikelihood,
    plan: TrainingPlan,
    result: TrainedNetworks,
    reporter: Reporter,
    clock: Clock,
) -> None:
    """Fit the generator by likelihood alone, until held-out rows stop gaining."""
    phase = Phase(
        "likelihood",
        StepOptions(0.0, 1.0, plan.likelihood_decay),
        min(plan.likelihood_batch, len(codes)),
        Rates(plan.likelihood_rate, 0.0),
    )
    best, since_best = np.inf, 0
    trainer.start(phase)
    reporter.phase(phase.name, plan.likelihood_steps)
    for step in range(0, plan.likelihood_steps, STEPS_PER_CALL):
        done = max(step / plan.likelihood_steps, clock.share_spent(until=0.25))
        logs = trainer.run(phase, codes, _cosine(done))
        step += STEPS_PER_CALL
        last = step >= plan.likelihood_steps or clock.share_spent(until=0.25) >= 1.0
        if step % plan.likelihood_round == 0 or last:
            logs["held_out_likelihood"] = likelihood(trainer.numpy_generator())
            _record(result, phase, step, logs, clock)
            since_best += 1
            if logs["held_out_likelihood"] < best * (1.0 - _LIKELIHOOD_GAIN):
                best, since_best = logs["held_out_likelihood"], 0
                result.weights = trainer.averaged_weights()
                result.n_likelihood_steps = step
        reporter.step(step, logs)
        if last or since_best > plan.patience:
            break
    trainer.restore(result.weights)


def _play(
    trainer: Trainer,
    codes: np.ndarray,
    likelihood: HeldOutLikelihood,
    judge: Callable[[NumpyGenerator], Judgement],
    plan: TrainingPlan,
    result: TrainedNetworks,
    reporter: Reporter,
    clock: Clock,
) -> None:
    """Let the networks play, and keep the weights whose one-pass samples pass best."""
    if not plan.adversarial_steps:
        return
    phase = Phase(
        "adversarial",
        StepOptions(
            plan.adversarial_weight,
            plan.likelihood_weight,
            plan.adversarial_decay,
            generator_adam=Adam(beta_1=0.0, beta_2=0.99),
        ),
        min(plan.adversarial_batch, len(codes)),
        Rates(plan.generator_rate, plan.discriminator_rate),
    )
    limit = likelihood(trainer.numpy_generator()) * _LIKELIHOOD_SLACK
    best = judge(trainer.numpy_generator()).two_sample_score
    started = clock.share_spent()
    trainer.start(phase)
    reporter.phase(phase.name, plan.adversarial_steps)
    for step in range(0, plan.adversarial_steps, STEPS_PER_CALL):
        done = max(step / plan.adversarial_steps, clock.share_spent(since=started))
        logs = trainer.run(phase, codes, _cosine(done))
        step += STEPS_PER_CALL
        last = step >= plan.adversarial_steps or clock.share_spent(since=started) >= 1.0
        if step % plan.adversarial_round == 0 or last:
            candidate = trainer.numpy_generator()
            judgement = judge(candidate)
            logs["held_out_likelihood"] = likelihood(candidate)
            logs["two_sample_score"] = judgement.two_sample_score
            logs["modes_covered"] = judgement.modes_covered
            _record(result, phase, step, logs, clock)
            if judgement.two_sample_score > best and logs["held_out_likelihood"] <= limit:
                best = judgement.two_sample_score
                result.weights = trainer.averaged_weights()
                result.n_adversarial_steps = step
        reporter.step(step, logs)
        if last:
            break
    result.discriminator = trainer.discriminator_weights()


def _cosine(done: float) -> float:
    """Return the factor on the learning rates: from 1 down to a twentieth, along a cosine."""
    return 0.05 + 0.95 * (0.5 + 0.5 * float(np.cos(np.pi * min(1.0, done))))


def _record(
    result: TrainedNetworks, phase: Phase, step: int, logs: dict[str, float], clock: Clock
) -> None:
    result.history.append(
        {"phase": phase.name, "step": step, "seconds": round(clock.seconds, 2), **logs}
    )
