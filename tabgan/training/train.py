"""The two phases of a fit: likelihood first, then the game, each keeping its best weights."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.randomness import stream
from tabgan.training.clock import Clock
from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.optimizer import Adam
from tabgan.training.plan import TrainingPlan
from tabgan.training.progress import Reporter
from tabgan.training.snapshot import GameProgress, LikelihoodProgress, Progress, Snapshot, Store
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import (
    ADVERSARIAL_LOGS,
    STEPS_PER_CALL,
    KnownSets,
    Phase,
    Trainer,
)

# What the game may cost the likelihood, as a share of it and, where it is near zero, in nats a row.
# All-passes samples of king got better while it lost .8 % (benchmarks/ablations.md); half a per
# cent threw the whole game away there.
_LIKELIHOOD_SLACK = 0.01
_LIKELIHOOD_SLACK_NATS = 0.05
# A gain below this share of the likelihood is noise of the held-out rows, not progress.
_LIKELIHOOD_GAIN = 5e-4
# Share of `max_time` after which the likelihood phase hands over: the game needs the longer part.
_LIKELIHOOD_TIME = 0.25
# Roughly the standard error of a two-sample score from some 4,000 rows a side.
_JUDGEMENT_NOISE = 0.015
# One-pass samples that miss this share of the modes have collapsed on the others.
_COLLAPSED_BELOW = 0.5
# Beginning of the names under which a snapshot holds the weights kept so far.
_KEPT = "kept/"


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

# What a look at the held-out rows may tell; the likelihood phase knows only some of it.
LOOK_LOGS = (*ADVERSARIAL_LOGS, "held_out_likelihood", *(f.name for f in fields(Judgement)))


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
    interrupted : bool
        Whether the user ended the training before its time.
    out_of_time : bool
        Whether the clock cut a phase short.
    """

    weights: dict[str, np.ndarray]
    discriminator: list[np.ndarray] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    n_likelihood_steps: int = 0
    n_rows_seen: int = 0
    interrupted: bool = False
    out_of_time: bool = False


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
    store: Store | None = None,
    basis: np.ndarray | None = None,
    neighbours: np.ndarray | None = None,
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
        Is told about progress, and may ask to stop.
    clock : Clock
        Ends the training when its time is over.
    device : {"auto", "cpu", "gpu"}
        Where to train.
    store : Store or None
        Where to go on from, and where to keep a snapshot at each look at the held-out rows.
    basis : numpy.ndarray of shape (n_modes, n_waves) or None
        How modes lie beside each other (:func:`tabgan.encoding.order.cosine_basis`).
    neighbours : numpy.ndarray of int32, shape (n_modes, 2) or None
        Codes of the modes below and above each mode.

    Raises
    ------
    KeyboardInterrupt
        If the user interrupts before there are weights worth keeping.
    """
    trainer = Trainer(spec, log_shares, plan, games, seed, device, basis, neighbours)
    with trainer.backend.device(device):
        training = _Training(trainer, codes, plan, reporter, clock, store)
        reporter.begin(trainer.generator)
        try:
            if plan.n_folds:
                training.choose_steps(seed)
            likelihood = HeldOutLikelihood(held_out, stream(seed, "held-out masks"))
            training.fit_likelihood("likelihood", codes, likelihood)
            if plan.adversarial_steps and not reporter.wants_to_stop:
                training.play(likelihood, judge)
        except KeyboardInterrupt:
            if not training.has_model:
                raise
            training.result.interrupted = True
        if plan.adversarial_steps:
            training.result.discriminator = trainer.discriminator_weights()
    return training.result


class _Training:
    """One training: the stages it goes through, and what it has found so far.

    A stage is a fold, the likelihood phase or the game. A snapshot belongs to a stage: the stages
    before it are over, and it goes on with the step after the snapshot.
    """

    def __init__(
        self,
        trainer: Trainer,
        codes: np.ndarray,
        plan: TrainingPlan,
        reporter: Reporter,
        clock: Clock,
        store: Store | None,
    ) -> None:
        self.trainer = trainer
        self.codes = codes
        self.plan = plan
        self.reporter = reporter
        self.clock = clock
        self.store = store
        self.result = self._nothing_yet()
        self.steps_of_folds: list[int] = []
        self._in_folds = False
        self._snapshot = None if store is None else store.load()
        if self._snapshot is not None:
            self.steps_of_folds = list(self._snapshot.facts["steps_of_folds"])

    @property
    def has_model(self) -> bool:
        """Whether there are weights worth keeping: not those of a fold, which saw fewer rows."""
        return bool(self.result.history) and not self._in_folds

    def _nothing_yet(self) -> TrainedNetworks:
        return TrainedNetworks(self.trainer.averaged_weights())

    def choose_steps(self, seed: int) -> None:
        """Plan as many likelihood steps as served held-out folds best."""
        self._in_folds = True
        rng = stream(seed, "folds")
        fold_of = rng.permutation(len(self.codes)) % self.plan.n_folds
        for fold in range(self.plan.n_folds):
            likelihood = HeldOutLikelihood(self.codes[fold_of == fold], rng)
            self.trainer.reset()
            self.result = self._nothing_yet()
            self.fit_likelihood(f"fold {fold}", self.codes[fold_of != fold], likelihood)
            if len(self.steps_of_folds) == fold:
                self.steps_of_folds.append(self.result.n_likelihood_steps)
        self.trainer.reset()
        self._in_folds = False
        self.result = self._nothing_yet()
        steps = max(STEPS_PER_CALL, int(np.median(self.steps_of_folds)))
        self.plan = replace(self.plan, likelihood_steps=steps, early_stopping=False)

    def fit_likelihood(self, stage: str, codes: np.ndarray, likelihood: HeldOutLikelihood) -> None:
        """Fit the generator by likelihood alone, until held-out rows stop gaining."""
        if self._is_over(stage):
            return
        plan, trainer, result = self.plan, self.trainer, self.result
        phase = Phase(
            "likelihood",
            StepOptions(0.0, 1.0, plan.likelihood_decay),
            min(plan.likelihood_batch, len(codes)),
            Rates(plan.likelihood_rate, 0.0),
        )
        seen = self._enter(
            stage, phase, LikelihoodProgress, lambda: LikelihoodProgress(self.clock.share_spent())
        )
        name = "fold" if self._in_folds else phase.name
        self.reporter.phase(name, plan.likelihood_steps, len(result.history))
        step = seen.step
        while not seen.is_over:
            step += STEPS_PER_CALL
            spent = self.clock.share_spent(until=_LIKELIHOOD_TIME, since=seen.since)
            done = max(step / plan.likelihood_steps, spent)
            logs = trainer.run(phase, codes, _cosine(done))
            result.n_rows_seen += STEPS_PER_CALL * phase.batch_size
            if step % plan.likelihood_round == 0 or done >= 1.0:
                held_out = likelihood(trainer.numpy_generator())
                logs["held_out_likelihood"] = held_out
                if held_out < seen.best or not plan.early_stopping:
                    seen.best = held_out
                    result.weights = trainer.averaged_weights()
                    result.n_likelihood_steps = step
                seen.since_milestone += 1
                if held_out < seen.milestone * (1.0 - _LIKELIHOOD_GAIN):
                    seen.milestone, seen.since_milestone = held_out, 0
                stalls = plan.early_stopping and seen.since_milestone >= plan.patience
                seen.is_over = done >= 1.0 or stalls
                result.out_of_time |= done >= 1.0 and step < plan.likelihood_steps
                self._look(stage, phase, step, logs, seen)
            self.reporter.step(step, logs)
            if self.reporter.wants_to_stop and self.has_model:
                break
        trainer.restore(result.weights)

    def play(self, likelihood: HeldOutLikelihood, judge: Judge) -> None:
        """Let the networks play, and keep the weights whose one-pass samples pass best."""
        plan, trainer, result = self.plan, self.trainer, self.result
        phase = Phase(
            "adversarial",
            StepOptions(
                plan.adversarial_weight,
                plan.likelihood_weight,
                plan.adversarial_decay,
                generator_adam=Adam(beta_1=0.0, beta_2=0.99),
            ),
            min(plan.adversarial_batch, len(self.codes)),
            Rates(plan.generator_rate, plan.discriminator_rate),
        )

        def at_start() -> GameProgress:
            trainer.show_modes()
            before = likelihood(trainer.numpy_generator())
            judgement = judge(trainer.numpy_generator())
            return GameProgress(
                since=self.clock.share_spent(),
                limit=before + max(_LIKELIHOOD_SLACK * before, _LIKELIHOOD_SLACK_NATS),
                best_score=judgement.two_sample_score,
                covered_at_start=judgement.modes_covered,
                covered=judgement.modes_covered,
            )

        # A likelihood phase that was cut short has not learnt all that there is to follow.
        taught = plan.taught and not result.out_of_time
        seen = self._enter("adversarial", phase, GameProgress, at_start, taught)
        self.reporter.phase(phase.name, plan.adversarial_steps, len(result.history))
        step = seen.step
        while not seen.is_over:
            step += STEPS_PER_CALL
            done = max(step / plan.adversarial_steps, self.clock.share_spent(since=seen.since))
            logs = trainer.run(phase, self.codes, _cosine(done))
            result.n_rows_seen += STEPS_PER_CALL * phase.batch_size
            if step % plan.adversarial_round == 0 or done >= 1.0:
                candidate = trainer.numpy_generator()
                judgement = judge(candidate)
                logs |= vars(judgement) | {"held_out_likelihood": likelihood(candidate)}
                score, seen.covered = judgement.two_sample_score, judgement.modes_covered
                # Later weights are calmer, so they win unless the score is clearly worse.
                as_good = score >= seen.best_score - _JUDGEMENT_NOISE
                if not plan.early_stopping or (
                    as_good and logs["held_out_likelihood"] <= seen.limit
                ):
                    seen.best_score = max(seen.best_score, score)
                    result.weights = trainer.averaged_weights()
                seen.is_over = done >= 1.0
                result.out_of_time |= done >= 1.0 and step < plan.adversarial_steps
                self._look("adversarial", phase, step, logs, seen)
            self.reporter.step(step, logs)
            if self.reporter.wants_to_stop and self.has_model:
                break
        if seen.covered < _COLLAPSED_BELOW * seen.covered_at_start:
            warnings.warn(
                f"the game ended in a mode collapse (one-pass samples hold {seen.covered:.0%} of "
                "the modes). Sample with more passes, or fit with another random_state, another "
                "objective, or more rows.",
                stacklevel=2,
            )

    def _is_over(self, stage: str) -> bool:
        """Say whether the snapshot to go on from belongs to a later stage."""
        return self._snapshot is not None and self._snapshot.facts["stage"] != stage

    def _enter(
        self,
        stage: str,
        phase: Phase,
        kind: type[Progress],
        fresh: Callable[[], Progress],
        taught: bool = False,
    ) -> Progress:
        """Begin a stage, or go on with it from the snapshot."""
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is None:
            progress = fresh()
            self.trainer.start(phase, taught)
            return progress
        facts = snapshot.facts
        self.trainer.resume(snapshot)
        self.clock.go_on_from(facts["seconds"])
        vars(self.result).update(facts["result"])
        self.result.weights = {name: snapshot.arrays[_KEPT + name] for name in self.result.weights}
        return kind(**facts["progress"])

    def _look(
        self,
        stage: str,
        phase: Phase,
        step: int,
        logs: dict[str, float],
        seen: LikelihoodProgress | GameProgress,
    ) -> None:
        """Write a look at the held-out rows to the history and keep a snapshot."""
        seen.step = step
        seconds = round(self.clock.seconds, 2)
        result = self.result
        result.history.append({"phase": phase.name, "step": step, "seconds": seconds, **logs})
        if self.store is None:
            return
        trained = self.trainer.snapshot()
        facts = {
            "stage": stage,
            "progress": vars(seen),
            "seconds": seconds,
            "steps_of_folds": self.steps_of_folds,
            "result": {
                "history": result.history,
                "n_likelihood_steps": result.n_likelihood_steps,
                "n_rows_seen": result.n_rows_seen,
                "out_of_time": result.out_of_time,
            },
        }
        kept = {_KEPT + name: weight for name, weight in result.weights.items()}
        self.store.save(Snapshot(trained.facts | facts, trained.arrays | kept))


def _cosine(done: float) -> float:
    """Return the factor on the learning rates: from 1 down to a twentieth, along a cosine."""
    return 0.05 + 0.95 * (0.5 + 0.5 * float(np.cos(np.pi * min(1.0, done))))
