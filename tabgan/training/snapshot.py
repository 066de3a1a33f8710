"""The state of a training between two steps, and the place where it is kept."""

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np


@dataclass(frozen=True)
class Snapshot:
    """Everything that a training needs to go on as if it had never stopped.

    Parameters
    ----------
    facts : dict
        JSON values: where the training is, and what it has seen.
    arrays : dict of str to numpy.ndarray
        Weights and moments, by name.
    """

    facts: dict[str, Any]
    arrays: dict[str, np.ndarray]


class Store(Protocol):
    """Where the latest snapshot of one training is kept."""

    def load(self) -> Snapshot | None:
        """Return the snapshot of this training, if there is one."""

    def save(self, snapshot: Snapshot) -> None:
        """Replace the snapshot."""


@dataclass
class LikelihoodProgress:
    """What the likelihood phase has to remember from one look to the next.

    Parameters
    ----------
    since : float
        Share of the time that was spent when it began.
    step : int
        Steps up to the last look.
    milestone : float
        The last held-out likelihood that was a gain worth the name.
    since_milestone : int
        Looks since then.
    decays_since : float or None
        Share of the phase that was done when the rates began to fall; ``None`` before.
    is_over : bool
        Whether that look was the last one.
    """

    since: float
    step: int = 0
    milestone: float = np.inf
    since_milestone: int = 0
    decays_since: float | None = None
    is_over: bool = False


@dataclass
class DistillationProgress:
    """What the distillation has to remember from one look to the next.

    Parameters
    ----------
    since : float
        Share of the time that was spent when it began.
    n_steps : int
        Steps it takes.
    best : float
        Held-out likelihood of the kept weights.
    step : int
        Steps up to the last look.
    is_over : bool
        Whether that look was the last one.
    """

    since: float
    n_steps: int
    best: float
    step: int = 0
    is_over: bool = False


@dataclass
class GameProgress:
    """What the game has to remember from one look to the next.

    Parameters
    ----------
    since : float
        Share of the time that was spent when it began.
    limit : float
        Held-out likelihood that kept weights may have at most.
    best_score : float
        Two-sample score of the best kept weights.
    covered_at_start, covered : float
        Share of the modes that one-pass samples held before the game, and at the last look.
    step : int
        Steps up to the last look.
    is_over : bool
        Whether that look was the last one.
    """

    since: float
    limit: float
    best_score: float
    covered_at_start: float
    covered: float
    step: int = 0
    is_over: bool = False


Progress = TypeVar("Progress", LikelihoodProgress, DistillationProgress, GameProgress)
