"""What a user sees of a training: a live bar, sparse lines, or nothing; always on stderr."""

import sys
import time
from contextlib import AbstractContextManager
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Column

# Seconds between two lines in a log file: a long fit should not fill it.
_SECONDS_PER_LINE = 15.0
_PHASES = {
    "likelihood": "learning",
    "trees": "asking",
    "distillation": "combining",
    "adversarial": "playing",
    "calibration": "finishing",
}
_RESUMED = "Going on from the checkpoint."


class Reporter(Protocol):
    """What is told about a training while it runs."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def begin(self, model: object) -> None:
        """Begin with the training of a Keras model."""

    def resume(self) -> None:
        """Go on with a training from its checkpoint."""

    def phase(self, name: str, n_steps: int, n_looks: int) -> None:
        """Enter a phase of at most so many steps; so many looks at held-out rows came before."""

    def step(self, n_steps: int, logs: dict[str, float]) -> None:
        """So many steps of the phase are done."""

    @property
    def wants_to_stop(self) -> bool:
        """Whether the training shall end here."""


class _Quiet(AbstractContextManager["_Quiet"]):
    """Say nothing."""

    def __exit__(self, *error: object) -> None:
        return None

    def begin(self, model: object) -> None:
        """Begin."""

    def resume(self) -> None:
        """Go on."""

    def phase(self, name: str, n_steps: int, n_looks: int) -> None:
        """Enter a phase."""

    def step(self, n_steps: int, logs: dict[str, float]) -> None:
        """Go on."""

    @property
    def wants_to_stop(self) -> bool:
        """Nobody asked for it."""
        return False


class _Lines(_Quiet):
    """A line at the end of a phase and now and then before."""

    def __init__(self) -> None:
        self._name, self._n_steps, self._done = "", 0, 0
        self._last = time.monotonic()
        self._seen: dict[str, float] = {}

    def __exit__(self, *error: object) -> None:
        self._say()

    def resume(self) -> None:
        print(_RESUMED, file=sys.stderr, flush=True)

    def phase(self, name: str, n_steps: int, n_looks: int) -> None:
        self._say()
        self._name, self._n_steps, self._seen = _PHASES[name], n_steps, {}

    def step(self, n_steps: int, logs: dict[str, float]) -> None:
        self._done = n_steps
        self._seen |= logs
        if time.monotonic() - self._last >= _SECONDS_PER_LINE:
            self._say()

    def _say(self) -> None:
        """Print what has not been printed yet."""
        if self._done:
            line = f"{self._name} {self._done}/{self._n_steps}  {_summary(self._seen)}"
            print(line.rstrip(), file=sys.stderr, flush=True)
        self._done, self._last = 0, time.monotonic()


class _Bar(_Quiet):
    """A live bar for each phase, with the time left and the latest figures."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<9}"),
            BarColumn(bar_width=12),
            TextColumn("{task.completed:>5.0f}/{task.total:.0f}"),
            # Wide enough for 12:34, or rich cuts the time when the figures grow.
            TimeRemainingColumn(
                compact=True,
                elapsed_when_finished=True,
                table_column=Column(min_width=5, no_wrap=True),
            ),
            TextColumn("{task.fields[summary]}"),
            console=Console(stderr=True),
        )
        self._task: TaskID | None = None
        self._seen: dict[str, float] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._finish()
        self._progress.stop()

    def resume(self) -> None:
        self._progress.console.print(_RESUMED)

    def phase(self, name: str, n_steps: int, n_looks: int) -> None:
        self._finish()
        self._seen = {}
        self._task = self._progress.add_task(_PHASES[name], total=n_steps, summary="")

    def step(self, n_steps: int, logs: dict[str, float]) -> None:
        self._seen |= logs
        if self._task is not None:
            self._progress.update(self._task, completed=n_steps, summary=_summary(self._seen))

    def _finish(self) -> None:
        """Show a phase that stopped early as complete."""
        if self._task is not None:
            done = self._progress.tasks[self._task].completed
            self._progress.update(self._task, total=done, completed=done)


def make_reporter(verbose: int | str) -> Reporter:
    """Return the reporter for ``verbose``: 0 silent, 1 a bar, 2 lines, "auto" by the terminal."""
    if verbose == "auto":
        console = Console(stderr=True)
        verbose = 1 if console.is_terminal or console.is_jupyter else 2
    reporters: dict[int | str, type[_Quiet]] = {0: _Quiet, 1: _Bar, 2: _Lines}
    return reporters[verbose]()


def _summary(logs: dict[str, float]) -> str:
    """Return the few figures that tell how a training goes."""
    parts = []
    if "discriminator_loss" in logs:
        parts.append(f"G {logs['generator_loss']:.2f} D {logs['discriminator_loss']:.2f}")
    elif "likelihood_loss" in logs:
        parts.append(f"loss {logs['likelihood_loss']:.2f}")
    if "held_out_likelihood" in logs:
        parts.append(f"held-out {logs['held_out_likelihood']:.2f}")
    if "two_sample_score" in logs:
        # Not the score that a report calls C2ST, which is of as many passes as columns.
        parts.append(f"one-pass {logs['two_sample_score']:.2f}")
    return "  ".join(parts)
