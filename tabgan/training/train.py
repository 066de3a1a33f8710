"""The two phases of a fit: likelihood first, then the game, each keeping its best weights."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.randomness import stream
from tabgan.training.clock import Clock
from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.optimizer import Adam
from tabgan.training.plan import TrainingPlan
from tabgan.training.progress import Reporter
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import STEPS_PER_CALL, KnownSets, Phase, Trainer

# What the game may cost the likelihood, as a share of it and, where it is near zero, in nats a row:
# all-passes samples stay the same.
_LIKELIHOOD_SLACK = 0.005
_LIKELIHOOD_SLACK_NATS = 0.05
# A gain below this share of the likelihood is noise of the held-out rows, not progress.
_LIKELIHOOD_GAIN = 5e-4
# Share of `max_time` after which the likelihood phase hands over: the game needs the longer part.
_LIKELIHOOD_TIME = 0.25
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


@dataclass
class TrainedNetworks:
    """What a training gives; filled while it runs.

    Parameters
    ----------
    weights : dict of str to numpy.ndarray
        Of the generator, by name.
    discriminator : list of numpy.ndarray
        Of the discriminator, in the order of its layers.
    history : list of dict
        One entry a look at the held-out rows.
    n_likelihood_steps : int
        Steps of the likelihood phase after which its kept weights were found.
    n_rows_seen : int
        Rows that went through the networks, repetitions counted.
    """

    weights: dict[str, np.ndarray]
    discriminator: list[np.ndarray] = field(default_factory=list)
    history: list[dict[str, object]] = field(default_factory=list)
    n_likelihood_steps: int = 0
    n_rows_seen: int = 0


def train(
    codes: np.ndarray,
    held_out: np.ndarray,
    spec: NetworkSpec,
    log_shares: np.ndarray,
    plan: TrainingPlan,
    games: KnownSets,
    seed: int,
    judge: Judge,
    reporter: Reporter,
    clock: Clock,
    device: str = "auto",
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
    games : KnownSets
        What is known before the passes of a sample.
    seed : int
        Of everything random.
    judge : callable
        Compares one-pass samples of a candidate with held-out rows.
    reporter : Reporter
        Is told about progress.
    clock : Clock
        Ends the training when its time is over.
    device : {"auto", "cpu", "gpu"}
        Where to train.
    """
    trainer = Trainer(spec, log_shares, plan, games, seed, device)
    with trainer.backend.device(device):
        if plan.n_folds:
            plan = _choose_steps(trainer, codes, plan, seed, reporter, clock)
        likelihood = HeldOutLikelihood(held_out, stream(seed, "held-out masks"))
        result = TrainedNetworks(trainer.averaged_weights())
        _fit_likelihood(trainer, codes, likelihood, plan, result, reporter, clock)
        if plan.adversarial_steps:
            _play(trainer, codes, likelihood, judge, plan, result, reporter, clock)
    return result


def _choose_steps(
    trainer: Trainer,
    codes: np.ndarray,
    plan: TrainingPlan,
    seed: int,
    reporter: Reporter,
    clock: Clock,
) -> TrainingPlan:
    """Return the plan with as many likelihood steps as served held-out folds best."""
    rng = stream(seed, "folds")
    fold_of = rng.permutation(len(codes)) % plan.n_folds
    chosen = []
    for fold in range(plan.n_folds):
        trainer.reset()
        result = TrainedNetworks(trainer.averaged_weights())
        likelihood = HeldOutLikelihood(codes[fold_of == fold], rng)
        _fit_likelihood(trainer, codes[fold_of != fold], likelihood, plan, result, reporter, clock)
        chosen.append(result.n_likelihood_steps)
    trainer.reset()
    steps = max(STEPS_PER_CALL, int(np.median(chosen)))
    return replace(plan, likelihood_steps=steps, early_stopping=False)


def _fit_likelihood(
    trainer: Trainer,
    codes: np.ndarray,
    likelihood: HeldOutLikelihood,
    plan: TrainingPlan,
    result: TrainedNetworks,
    reporter: Reporter,
    clock: Clock,
    until: float = _LIKELIHOOD_TIME,
) -> None:
    """Fit the generator by likelihood alone, until held-out rows stop gaining."""
    phase = Phase(
        "likelihood",
        StepOptions(0.0, 1.0, plan.likelihood_decay),
        min(plan.likelihood_batch, len(codes)),
        Rates(plan.likelihood_rate, 0.0),
    )
    best, milestone, since_milestone = np.inf, np.inf, 0
    since = clock.share_spent()
    trainer.start(phase)
    reporter.phase(phase.name, plan.likelihood_steps)
    for step in range(STEPS_PER_CALL, plan.likelihood_steps + STEPS_PER_CALL, STEPS_PER_CALL):
        done = max(step / plan.likelihood_steps, clock.share_spent(until=until, since=since))
        logs = trainer.run(phase, codes, _cosine(done))
        result.n_rows_seen += STEPS_PER_CALL * phase.batch_size
        if step % plan.likelihood_round == 0 or done >= 1.0:
            logs["held_out_likelihood"] = likelihood(trainer.numpy_generator())
            _record(result, phase, step, logs, clock)
            held_out = logs["held_out_likelihood"]
            if held_out < best or not plan.early_stopping:
                best = held_out
                result.weights = trainer.averaged_weights()
                result.n_likelihood_steps = step
            since_milestone += 1
            if held_out < milestone * (1.0 - _LIKELIHOOD_GAIN):
                milestone, since_milestone = held_out, 0
        reporter.step(step, logs)
        if done >= 1.0 or (plan.early_stopping and since_milestone >= plan.patience):
            break
    trainer.restore(result.weights)


def _play(
    trainer: Trainer,
    codes: np.ndarray,
    likelihood: HeldOutLikelihood,
    judge: Judge,
    plan: TrainingPlan,
    result: TrainedNetworks,
    reporter: Reporter,
    clock: Clock,
) -> None:
    """Let the networks play, and keep the weights whose one-pass samples pass best."""
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
    before = likelihood(trainer.numpy_generator())
    limit = before + max(_LIKELIHOOD_SLACK * before, _LIKELIHOOD_SLACK_NATS)
    best = judge(trainer.numpy_generator())
    covered_at_start = best.modes_covered
    started = clock.share_spent()
    trainer.start(phase)
    reporter.phase(phase.name, plan.adversarial_steps)
    for step in range(STEPS_PER_CALL, plan.adversarial_steps + STEPS_PER_CALL, STEPS_PER_CALL):
        done = max(step / plan.adversarial_steps, clock.share_spent(since=started))
        logs = trainer.run(phase, codes, _cosine(done))
        result.n_rows_seen += STEPS_PER_CALL * phase.batch_size
        if step % plan.adversarial_round == 0 or done >= 1.0:
            candidate = trainer.numpy_generator()
            judgement = judge(candidate)
            logs |= vars(judgement) | {"held_out_likelihood": likelihood(candidate)}
            _record(result, phase, step, logs, clock)
            # Later weights are calmer, so they win unless the score is clearly worse.
            as_good = judgement.two_sample_score >= best.two_sample_score - _JUDGEMENT_NOISE
            if not plan.early_stopping or (as_good and logs["held_out_likelihood"] <= limit):
                best = max(best, judgement, key=lambda seen: seen.two_sample_score)
                result.weights = trainer.averaged_weights()
        reporter.step(step, logs)
        if done >= 1.0:
            break
    result.discriminator = trainer.discriminator_weights()
    if judgement.modes_covered < _COLLAPSED_BELOW * covered_at_start:
        warnings.warn(
            f"the game ended in a mode collapse (one-pass samples hold "
            f"{judgement.modes_covered:.0%} of the modes). Sample with more passes, or fit with "
            "another random_state, another objective, or more rows.",
            stacklevel=2,
        )


def _cosine(done: float) -> float:
    """Return the factor on the learning rates: from 1 down to a twentieth, along a cosine."""
    return 0.05 + 0.95 * (0.5 + 0.5 * float(np.cos(np.pi * min(1.0, done))))


def _record(
    result: TrainedNetworks, phase: Phase, step: int, logs: dict[str, float], clock: Clock
) -> None:
    result.history.append(
        {"phase": phase.name, "step": step, "seconds": round(clock.seconds, 2), **logs}
    )
