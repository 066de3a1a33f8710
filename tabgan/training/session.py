"""What the phases of a training share: the networks, what was found so far, and the loop."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from tabgan.training.clock import Clock
from tabgan.training.lesson import Lesson
from tabgan.training.looks import Looks, Weights
from tabgan.training.plan import TrainingPlan
from tabgan.training.progress import Reporter
from tabgan.training.snapshot import Snapshot, Store
from tabgan.training.trainer import STEPS_PER_CALL, Phase, Trainer

# Beginning of the names under which a snapshot holds the weights kept so far, and those of looks.
_KEPT, _LOOKS = "kept/", "looks/"


@dataclass
class TrainedNetworks:
    """What a training gives; filled while it runs.

    Parameters
    ----------
    weights : dict of str to numpy.ndarray
        Of the generator, by name.
    discriminator : list of numpy.ndarray
        Of the discriminator, in the order of its layers; empty if it never played.
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


@dataclass(kw_only=True)
class Progress:
    """What every phase has to remember from one look to the next, in values that JSON knows.

    Parameters
    ----------
    since : float
        Share of the time that was spent when it began.
    step : int
        Steps up to the last look.
    is_over : bool
        Whether that look was the last one.
    """

    since: float
    step: int = 0
    is_over: bool = False


ProgressOfPhase = TypeVar("ProgressOfPhase", bound=Progress)


@dataclass
class Look:
    """A pause of a phase in which held-out rows are asked.

    Parameters
    ----------
    step : int
        Steps of the phase so far.
    done : float
        Share of the phase that is over.
    logs : dict of str to float
        What the last steps logged; the phase adds what held-out rows said.
    """

    step: int
    done: float
    logs: dict[str, float]


class Session:
    """One training: the networks, what it has found so far, and the loop of its phases.

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
        self.result = TrainedNetworks(trainer.averaged_weights())
        self.looks = Looks()
        self._store = store
        self._snapshot = None if store is None else store.load()
        if self._snapshot is not None:
            self._go_on_from(self._snapshot)
            reporter.resume()

    @property
    def has_model(self) -> bool:
        """Whether there are weights worth keeping."""
        return bool(self.result.history)

    @property
    def has_played(self) -> bool:
        """Whether the discriminator has learnt anything."""
        return any("discriminator_loss" in look for look in self.result.history)

    @property
    def is_stopped(self) -> bool:
        """Whether the user wants what there is."""
        return self.reporter.wants_to_stop and self.has_model

    def keep(self) -> None:
        """Keep the weights of now, for as long as no better ones are found."""
        self.result.weights = self.trainer.averaged_weights()

    def leaves_out(self, phase: Phase) -> bool:
        """Say whether the phase was over at the snapshot, or before; go past the snapshot if so."""
        if self._snapshot is None:
            return False
        facts = self._snapshot.facts
        if facts["phase"] == phase.name and facts["progress"]["is_over"]:
            self.skip(phase)
            return True
        return bool(facts["phase"] != phase.name)

    def skip(self, phase: Phase) -> None:
        """Go past a snapshot that lies in a phase which is not gone on with."""
        if self._snapshot is not None and self._snapshot.facts["phase"] == phase.name:
            self._snapshot = None
            self.trainer.restore(self.result.weights)

    def enter(
        self,
        phase: Phase,
        kind: type[ProgressOfPhase],
        fresh: Callable[[], ProgressOfPhase],
        teacher: Weights | None = None,
    ) -> ProgressOfPhase:
        """Begin a phase, or go on with it from the snapshot."""
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is not None:
            return kind(**snapshot.facts["progress"])
        progress = fresh()
        self.trainer.start(phase, teacher)
        return progress

    def steps(
        self,
        phase: Phase,
        seen: Progress,
        source: np.ndarray | Lesson,
        n_steps: int,
        n_steps_a_look: int,
        pace: Callable[[int], tuple[float, float]],
    ) -> Iterator[Look]:
        """Make the steps of a phase, and pause whenever held-out rows are to be asked.

        Parameters
        ----------
        phase : Phase
            The phase that was entered.
        seen : Progress
            Where it is; the phase says there when it is over.
        source : numpy.ndarray or Lesson
            What it learns from.
        n_steps : int
            Steps that it takes if neither time nor held-out rows end it.
        n_steps_a_look : int
            Steps between two looks.
        pace : callable
            From a step to the share of the phase that is over then, and the share of the fall of
            its rates that is.
        """
        self.reporter.phase(phase.name, n_steps, len(self.result.history))
        step = seen.step
        while not seen.is_over:
            step += STEPS_PER_CALL
            done, fallen = pace(step)
            logs = self.trainer.run(phase, source, _cosine(fallen))
            self.result.n_rows_seen += STEPS_PER_CALL * phase.batch_size
            if step % n_steps_a_look == 0 or max(done, fallen) >= 1.0:
                self.result.out_of_time |= done >= 1.0 and step < n_steps
                seen.is_over = max(done, fallen) >= 1.0
                # The last step may have spoilt them without a loss that tells.
                self.trainer.require_finite_weights(phase)
                yield Look(step, done, logs)
                self._write(phase, step, logs, seen)
            self.reporter.step(step, logs)
            if self.is_stopped:
                break

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

    def _write(self, phase: Phase, step: int, logs: dict[str, float], seen: Progress) -> None:
        """Write a look to the history and keep a snapshot."""
        seen.step = step
        seconds = round(self.clock.seconds, 2)
        result = self.result
        result.history.append({"phase": phase.name, "step": step, "seconds": seconds, **logs})
        if self._store is None:
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
        self._store.save(Snapshot(trained.facts | facts, trained.arrays | kept))


def _cosine(done: float) -> float:
    """Return the factor on the learning rates: from 1 down to a twentieth, along a cosine."""
    return 0.05 + 0.95 * (0.5 + 0.5 * float(np.cos(np.pi * min(1.0, done))))
