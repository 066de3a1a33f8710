"""The phases of a fit: likelihood, distillation, then the game, each keeping its best weights."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.randomness import stream
from tabgan.training.clock import Clock
from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.lesson import (
    GrowTrees,
    Lesson,
    Nursery,
    Trees,
    answer,
    count_questions,
)
from tabgan.training.looks import Looks, Weights
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
# Distillation takes this share of the steps of the likelihood phase at least; a first choice.
_DISTILLATION_SHARE = 0.3
# Shares of `max_time` after which the likelihood phase ends, no more trees are grown, and the game
# begins; and what distillation has in any case, since a small table is learnt by nothing else.
_LIKELIHOOD_TIME, _TREES_TIME, _DISTILLATION_TIME = 0.25, 0.35, 0.55
_LEAST_DISTILLATION_TIME = 0.2
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
    nursery: Nursery | None = None,
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
    nursery : callable or None
        Gives what grows trees, on `codes`, that say what a column is.

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
            known = trainer.known_sets(stream(seed, "held-out masks"), len(held_out))
            likelihood = HeldOutLikelihood(held_out, known)
            if plan.likelihood_steps:
                training.fit_likelihood(likelihood)
            if plan.distils and not (reporter.wants_to_stop and training.has_model):
                grow_trees = nursery(codes) if nursery and plan.asks_trees else None
                training.distil(likelihood, grow_trees, seed)
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
    """One training: the phases it goes through, and what it has found so far.

    A snapshot belongs to a phase: the phases before it are over, and it goes on with the step after
    the snapshot.
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
        self.result = TrainedNetworks(trainer.averaged_weights())
        self.looks = Looks()
        self._snapshot = None if store is None else store.load()
        if self._snapshot is not None:
            self._go_on_from(self._snapshot)

    @property
    def has_model(self) -> bool:
        """Whether there are weights worth keeping."""
        return bool(self.result.history)

    def fit_likelihood(self, likelihood: HeldOutLikelihood) -> None:
        """Fit the generator by likelihood alone, until held-out rows stop gaining in any column."""
        plan, trainer, result = self.plan, self.trainer, self.result
        phase = self._likelihood_phase("likelihood", plan.likelihood_rate)
        if self._is_over(phase):
            return
        seen = self._enter(
            phase, LikelihoodProgress, lambda: LikelihoodProgress(self.clock.share_spent())
        )
        self.reporter.phase(phase.name, plan.likelihood_steps, len(result.history))
        # Where the number of steps was asked for, the rates fall from the start.
        decays = plan.taught > 0.0
        step = seen.step
        while not seen.is_over:
            step += STEPS_PER_CALL
            spent = self.clock.share_spent(until=_LIKELIHOOD_TIME, since=seen.since)
            done = max(step / plan.likelihood_steps, spent)
            if decays and seen.decays_since is None and done >= 1.0 - _DECAY_SHARE:
                seen.decays_since = done
            decayed = _decayed(done, seen.decays_since)
            logs = trainer.run(phase, self.codes, _cosine(decayed if decays else done))
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
                self._look(phase, step, logs, seen)
            self.reporter.step(step, logs)
            if self.reporter.wants_to_stop and self.has_model:
                break
        trainer.restore(result.weights)

    def _likelihood_phase(self, name: str, rate: float) -> Phase:
        return Phase(
            name,
            StepOptions(0.0, 1.0, self.plan.likelihood_decay),
            min(self.plan.likelihood_batch, len(self.codes)),
            Rates(rate, 0.0),
        )

    def distil(
        self, likelihood: HeldOutLikelihood, grow_trees: GrowTrees | None, seed: int
    ) -> None:
        """Let one network learn of each column what trees and its own best weights say of it."""
        plan, trainer, result = self.plan, self.trainer, self.result
        phase = self._likelihood_phase("distillation", plan.distillation_rate)
        if self._is_over(phase) or result.out_of_time:
            return
        lesson = self._lesson(likelihood, grow_trees, seed)
        if lesson is None:
            return

        def at_start() -> DistillationProgress:
            n_calls = int(_DISTILLATION_SHARE * max([0, *self.looks.steps])) // STEPS_PER_CALL
            return DistillationProgress(
                since=self.clock.share_spent(),
                n_steps=max(plan.distillation_steps, n_calls * STEPS_PER_CALL),
                best=float(likelihood(trainer.numpy_generator()).sum()),
            )

        seen = self._enter(phase, DistillationProgress, at_start)
        self.reporter.phase(phase.name, seen.n_steps, len(result.history))
        step = seen.step
        while not seen.is_over:
            step += STEPS_PER_CALL
            until = max(_DISTILLATION_TIME, seen.since + _LEAST_DISTILLATION_TIME)
            spent = self.clock.share_spent(until, seen.since)
            done = max(step / seen.n_steps, spent)
            logs = trainer.run(phase, lesson, _cosine(done))
            result.n_rows_seen += STEPS_PER_CALL * phase.batch_size
            if step % plan.likelihood_round == 0 or done >= 1.0:
                logs["held_out_likelihood"] = float(likelihood(trainer.numpy_generator()).sum())
                if logs["held_out_likelihood"] < seen.best or not plan.early_stopping:
                    seen.best = logs["held_out_likelihood"]
                    result.weights = trainer.averaged_weights()
                seen.is_over = done >= 1.0
                result.out_of_time |= done >= 1.0 and step < seen.n_steps
                self._look(phase, step, logs, seen)
            self.reporter.step(step, logs)
            if self.reporter.wants_to_stop and self.has_model:
                break
        trainer.restore(result.weights)

    def _lesson(
        self, likelihood: HeldOutLikelihood, grow_trees: GrowTrees | None, seed: int
    ) -> Lesson | None:
        """Return what there is to learn besides what the network knows already."""
        trainer, layout = self.trainer, self.trainer.spec.layout
        teachers, speaker_of_column = self.looks.teachers()
        if grow_trees is None and len(teachers) < 2:
            return None
        if grow_trees is not None:
            self.reporter.phase("trees", layout.n_columns, len(self.result.history))

        def trees_of(column: int) -> Trees | None:
            # Where networks can answer, too, trees may be too late.
            is_late = bool(teachers) and self.clock.share_spent() >= _TREES_TIME
            if grow_trees is None or is_late:
                return None
            trees = grow_trees(column, trainer.known_sets_asking_for(column))
            self.reporter.step(column + 1, {})
            return trees

        n_features = len(teachers) * trainer.spec.width
        n_questions = count_questions(len(self.codes), layout.n_modes, n_features)
        return answer(
            trainer.questions(stream(seed, "questions"), self.codes, n_questions),
            layout,
            trees_of,
            [NumpyGenerator(trainer.spec, weights) for weights in teachers],
            speaker_of_column,
            likelihood,
        )

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
        self.looks = Looks()  # nobody goes back to them any more

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

        # Phases that were cut short have not learnt all that there is to follow.
        is_taught = plan.taught > 0.0 and not result.out_of_time
        teacher = trainer.averaged_weights() if is_taught else None
        seen = self._enter(phase, GameProgress, at_start, teacher)
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
                self._look(phase, step, logs, seen)
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

    def _go_on_from(self, snapshot: Snapshot) -> None:
        """Bring back what was found up to a snapshot."""
        facts = snapshot.facts
        self.trainer.resume(snapshot)
        self.clock.go_on_from(facts["seconds"])
        vars(self.result).update(facts["result"])
        names = self.result.weights
        self.result.weights = {name: snapshot.arrays[_KEPT + name] for name in names}
        looks = facts["looks"]
        self.looks = Looks(list(looks["steps"]), [np.array(nats) for nats in looks["nats"]])
        for step in looks["kept"]:
            self.looks.weights[step] = {
                name: snapshot.arrays[f"{_LOOKS}{step}/{name}"] for name in names
            }

    def _is_over(self, phase: Phase) -> bool:
        """Say whether the phase was over at the snapshot, or before, and leave it."""
        if self._snapshot is None:
            return False
        facts = self._snapshot.facts
        if facts["phase"] == phase.name and facts["progress"]["is_over"]:
            self._snapshot = None
            self.trainer.restore(self.result.weights)
            return True
        return bool(facts["phase"] != phase.name)

    def _enter(
        self,
        phase: Phase,
        kind: type[Progress],
        fresh: Callable[[], Progress],
        teacher: Weights | None = None,
    ) -> Progress:
        """Begin a phase, or go on with it from the snapshot."""
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is not None:
            return kind(**snapshot.facts["progress"])
        progress = fresh()
        self.trainer.start(phase, teacher)
        return progress

    def _look(
        self,
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
            "phase": phase.name,
            "progress": vars(seen),
            "seconds": seconds,
            "looks": {
                "steps": self.looks.steps,
                "nats": [nats.tolist() for nats in self.looks.nats],
                "kept": list(self.looks.weights),
            },
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


def _decayed(done: float, since: float | None) -> float:
    """Return which share of a phase's decay is over; it began when so much of the phase was."""
    if since is None:
        return 0.0
    return (done - since) / (since * _DECAY_SHARE / (1.0 - _DECAY_SHARE))


def _cosine(done: float) -> float:
    """Return the factor on the learning rates: from 1 down to a twentieth, along a cosine."""
    return 0.05 + 0.95 * (0.5 + 0.5 * float(np.cos(np.pi * min(1.0, done))))
