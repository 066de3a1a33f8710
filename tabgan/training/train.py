"""The phases of a fit: likelihood, distillation, then the game, each keeping its best weights."""

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
from tabgan.training.lesson import Lesson, Looks, choose_teachers
from tabgan.training.optimizer import Adam
from tabgan.training.plan import TrainingPlan
from tabgan.training.progress import Reporter
from tabgan.training.snapshot import (
    DistillationProgress,
    GameProgress,
    LikelihoodProgress,
    Progress,
    Snapshot,
    Store,
)
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
# The last part of the likelihood phase, in which the rates fall. Before, they stay as they are, so
# that it may end when held-out rows stop gaining and not when a plan said so.
_DECAY_SHARE = 0.3
# Distillation takes this share of the steps of the likelihood phase, and so many at least: first
# choices, on the safe side. All of Adult was at its best after a sixth, 120 of 740.
_DISTILLATION_SHARE, _FEWEST_DISTILLATION_STEPS = 0.3, 200
# Shares of `max_time` after which the phases before it hand over to the game, which needs the
# longer part.
_LIKELIHOOD_TIME, _DISTILLATION_TIME = 0.25, 0.35
# Roughly the standard error of a two-sample score from some 4,000 rows a side.
_JUDGEMENT_NOISE = 0.015
# One-pass samples that miss this share of the modes have collapsed on the others.
_COLLAPSED_BELOW = 0.5
# Beginning of the names under which a snapshot holds the weights kept so far, and those of looks.
_KEPT, _LOOKS = "kept/", "looks/"


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
            known = trainer.known_sets(stream(seed, "held-out masks"), len(held_out))
            likelihood = HeldOutLikelihood(held_out, known)
            training.fit_likelihood("likelihood", codes, likelihood)
            if plan.taught and not reporter.wants_to_stop:
                training.distil(likelihood)
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

    A stage is a fold, the likelihood phase, the distillation or the game. A snapshot belongs to a
    stage: the stages before it are over, and it goes on with the step after the snapshot.
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
        self.folds: list[Looks] = []
        self.looks = Looks()
        self._in_folds = False
        # Chosen by the folds: looks of the likelihood phase, and which of them teaches each column.
        self._teaching_steps: list[int] = []
        self._teacher_of_column = np.zeros(codes.shape[1], dtype=np.int64)
        self._snapshot = None if store is None else store.load()
        if self._snapshot is not None:
            self.folds = [_as_looks(fold) for fold in self._snapshot.facts["folds"]]

    @property
    def has_model(self) -> bool:
        """Whether there are weights worth keeping: not those of a fold, which saw fewer rows."""
        return bool(self.result.history) and not self._in_folds

    def _nothing_yet(self) -> TrainedNetworks:
        return TrainedNetworks(self.trainer.averaged_weights())

    def choose_steps(self, seed: int) -> None:
        """Plan the likelihood steps that served the columns of held-out folds best."""
        self._in_folds = True
        rng = stream(seed, "folds")
        fold_of = rng.permutation(len(self.codes)) % self.plan.n_folds
        for fold in range(self.plan.n_folds):
            held_out = self.codes[fold_of == fold]
            likelihood = HeldOutLikelihood(held_out, self.trainer.known_sets(rng, len(held_out)))
            self.trainer.reset()
            self.result = self._nothing_yet()
            self.fit_likelihood(f"fold {fold}", self.codes[fold_of != fold], likelihood)
            if len(self.folds) == fold:
                self.folds.append(self.looks)
        self.trainer.reset()
        self._in_folds = False
        self.result = self._nothing_yet()
        n_looks = min(len(fold.steps) for fold in self.folds)
        nats = np.mean([fold.nats[:n_looks] for fold in self.folds], axis=0)
        chosen, self._teacher_of_column = choose_teachers(nats)
        if not self.plan.taught:
            chosen = chosen[:1]
        self._teaching_steps = [self.folds[0].steps[look] for look in chosen]
        steps = max(self._teaching_steps)
        self.plan = replace(self.plan, likelihood_steps=steps, early_stopping=False)

    def fit_likelihood(self, stage: str, codes: np.ndarray, likelihood: HeldOutLikelihood) -> None:
        """Fit the generator by likelihood alone, until held-out rows stop gaining in any column."""
        if self._is_over(stage):
            return
        plan, trainer, result = self.plan, self.trainer, self.result
        phase = self._likelihood_phase("likelihood", len(codes))

        def at_start() -> LikelihoodProgress:
            self.looks = Looks(self._teaching_steps or None)
            return LikelihoodProgress(self.clock.share_spent())

        seen = self._enter(stage, phase, LikelihoodProgress, at_start)
        # After folds it is the distillation in which the rates fall: the looks to teach by are of
        # the same training as those of the folds. And where the number of steps was asked for,
        # they fall from the start.
        decays = plan.taught > 0.0 and not plan.n_folds
        name = "fold" if self._in_folds else phase.name
        self.reporter.phase(name, plan.likelihood_steps, len(result.history))
        step = seen.step
        while not seen.is_over:
            step += STEPS_PER_CALL
            spent = self.clock.share_spent(until=_LIKELIHOOD_TIME, since=seen.since)
            done = max(step / plan.likelihood_steps, spent)
            if decays and seen.decays_since is None and done >= 1.0 - _DECAY_SHARE:
                seen.decays_since = done
            decayed = _decayed(done, seen.decays_since)
            logs = trainer.run(phase, codes, _cosine(decayed if plan.taught else done))
            result.n_rows_seen += STEPS_PER_CALL * phase.batch_size
            if step % plan.likelihood_round == 0 or max(done, decayed) >= 1.0:
                weights = trainer.averaged_weights()
                nats = likelihood(trainer.numpy_generator())
                self.looks.add(step, nats, weights)
                logs["held_out_likelihood"] = float(nats.sum())
                if self.looks.best == len(self.looks.steps) - 1 or not plan.early_stopping:
                    result.weights = weights
                seen.since_milestone += 1
                if self.looks.by_column < seen.milestone * (1.0 - _LIKELIHOOD_GAIN):
                    seen.milestone, seen.since_milestone = self.looks.by_column, 0
                stalls = plan.early_stopping and seen.since_milestone >= plan.patience
                if stalls and seen.decays_since is None:
                    seen.decays_since = done
                seen.is_over = max(done, decayed) >= 1.0 or (stalls and not decays)
                result.out_of_time |= done >= 1.0 and step < plan.likelihood_steps
                self._look(stage, phase, step, logs, seen)
            self.reporter.step(step, logs)
            if self.reporter.wants_to_stop and self.has_model:
                break
        trainer.restore(result.weights)

    def _likelihood_phase(self, name: str, n_rows: int) -> Phase:
        return Phase(
            name,
            StepOptions(0.0, 1.0, self.plan.likelihood_decay),
            min(self.plan.likelihood_batch, n_rows),
            Rates(self.plan.likelihood_rate, 0.0),
        )

    def distil(self, likelihood: HeldOutLikelihood) -> None:
        """Let one network learn each column from the weights that were the best for it."""
        plan, trainer, result = self.plan, self.trainer, self.result
        is_judged = plan.early_stopping or bool(self._teaching_steps)
        if self._is_over("distillation") or result.out_of_time or not is_judged:
            return
        lesson = None
        if self._snapshot is None:
            lesson = self._lesson()
            if len(lesson.teachers) == 1:
                return
            result.weights = lesson.teachers[0]
            trainer.restore(result.weights)

        def at_start() -> DistillationProgress:
            n_calls = int(_DISTILLATION_SHARE * self.looks.steps[-1]) // STEPS_PER_CALL
            n_steps = max(_FEWEST_DISTILLATION_STEPS, n_calls * STEPS_PER_CALL)
            before = float(likelihood(trainer.numpy_generator()).sum())
            self.looks = Looks()
            return DistillationProgress(self.clock.share_spent(), n_steps, before)

        phase = self._likelihood_phase("distillation", len(self.codes))
        seen = self._enter("distillation", phase, DistillationProgress, at_start, lesson)
        self.reporter.phase(phase.name, seen.n_steps, len(result.history))
        step = seen.step
        while not seen.is_over:
            step += STEPS_PER_CALL
            spent = self.clock.share_spent(until=_DISTILLATION_TIME, since=seen.since)
            done = max(step / seen.n_steps, spent)
            logs = trainer.run(phase, self.codes, _cosine(done))
            result.n_rows_seen += STEPS_PER_CALL * phase.batch_size
            if step % plan.likelihood_round == 0 or done >= 1.0:
                logs["held_out_likelihood"] = float(likelihood(trainer.numpy_generator()).sum())
                if logs["held_out_likelihood"] < seen.best or not plan.early_stopping:
                    seen.best = logs["held_out_likelihood"]
                    result.weights = trainer.averaged_weights()
                seen.is_over = done >= 1.0
                self._look("distillation", phase, step, logs, seen)
            self.reporter.step(step, logs)
            if self.reporter.wants_to_stop:
                break
        trainer.restore(result.weights)

    def _lesson(self) -> Lesson:
        """Return what the likelihood phase has to teach."""
        if not self._teaching_steps:
            return self.looks.lesson()
        teachers = [self.looks.weights[step] for step in self._teaching_steps]
        return Lesson(teachers, self._teacher_of_column)

    def play(self, likelihood: HeldOutLikelihood, judge: Judge) -> None:
        """Let the networks play, and keep the weights whose one-pass samples pass best."""
        plan, trainer, result = self.plan, self.trainer, self.result
        phase = Phase(
            "adversarial",
            StepOptions(
                plan.adversarial_weight,
                plan.likelihood_weight,
                plan.adversarial_decay,
                taught_share=plan.taught,
                generator_adam=Adam(beta_1=0.0, beta_2=0.99),
            ),
            min(plan.adversarial_batch, len(self.codes)),
            Rates(plan.generator_rate, plan.discriminator_rate),
        )

        def at_start() -> GameProgress:
            trainer.show_modes()
            before = float(likelihood(trainer.numpy_generator()).sum())
            judgement = judge(trainer.numpy_generator())
            return GameProgress(
                since=self.clock.share_spent(),
                limit=before + max(_LIKELIHOOD_SLACK * before, _LIKELIHOOD_SLACK_NATS),
                best_score=judgement.two_sample_score,
                covered_at_start=judgement.modes_covered,
                covered=judgement.modes_covered,
            )

        lesson = None
        # A likelihood phase that was cut short has not learnt all that there is to follow.
        if plan.taught and not result.out_of_time:
            everything = np.zeros(self.codes.shape[1], dtype=np.int64)
            lesson = Lesson([trainer.averaged_weights()], everything)
        seen = self._enter("adversarial", phase, GameProgress, at_start, lesson)
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
                held_out = float(likelihood(candidate).sum())
                logs |= vars(judgement) | {"held_out_likelihood": held_out}
                score, seen.covered = judgement.two_sample_score, judgement.modes_covered
                # Later weights are calmer, so they win unless the score is clearly worse.
                as_good = score >= seen.best_score - _JUDGEMENT_NOISE
                if not plan.early_stopping or (as_good and held_out <= seen.limit):
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
        lesson: Lesson | None = None,
    ) -> Progress:
        """Begin a stage, or go on with it from the snapshot."""
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is None:
            progress = fresh()
            self.trainer.start(phase, lesson)
            return progress
        facts = snapshot.facts
        self.trainer.resume(snapshot)
        self.clock.go_on_from(facts["seconds"])
        vars(self.result).update(facts["result"])
        self.result.weights = {name: snapshot.arrays[_KEPT + name] for name in self.result.weights}
        self.looks = _as_looks(facts["looks"], self._teaching_steps or None)
        for step in facts["kept_looks"]:
            self.looks.weights[step] = {
                name: snapshot.arrays[f"{_LOOKS}{step}/{name}"] for name in self.result.weights
            }
        return kind(**facts["progress"])

    def _look(
        self,
        stage: str,
        phase: Phase,
        step: int,
        logs: dict[str, float],
        seen: LikelihoodProgress | DistillationProgress | GameProgress,
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
            "folds": [_as_facts(fold) for fold in self.folds],
            "looks": _as_facts(self.looks),
            "kept_looks": list(self.looks.weights),
            "result": {
                "history": result.history,
                "n_rows_seen": result.n_rows_seen,
                "out_of_time": result.out_of_time,
            },
        }
        kept = {_KEPT + name: weight for name, weight in result.weights.items()}
        for kept_step, weights in self.looks.weights.items():
            kept |= {f"{_LOOKS}{kept_step}/{name}": weight for name, weight in weights.items()}
        self.store.save(Snapshot(trained.facts | facts, trained.arrays | kept))


def _as_facts(looks: Looks) -> dict[str, Any]:
    """Return looks, without their weights, as JSON values."""
    return {"steps": looks.steps, "nats": [nats.tolist() for nats in looks.nats]}


def _as_looks(facts: dict[str, Any], wanted: list[int] | None = None) -> Looks:
    return Looks(wanted, list(facts["steps"]), [np.array(nats) for nats in facts["nats"]])


def _decayed(done: float, since: float | None) -> float:
    """Return which share of a phase's decay is over; it began when so much of the phase was."""
    if since is None:
        return 0.0
    return (done - since) / (since * _DECAY_SHARE / (1.0 - _DECAY_SHARE))


def _cosine(done: float) -> float:
    """Return the factor on the learning rates: from 1 down to a twentieth, along a cosine."""
    return 0.05 + 0.95 * (0.5 + 0.5 * float(np.cos(np.pi * min(1.0, done))))
