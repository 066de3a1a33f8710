"""The state of a training between two steps, and the place where it is kept."""

from dataclasses import dataclass
from typing import Any, Protocol

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
