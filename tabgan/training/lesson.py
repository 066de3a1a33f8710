"""What one network teaches another: each column by the weights that held-out rows liked best.

Columns are learnt at different speeds. When the relation of a postal code to a place is still being
learnt, the noise of a number beside it has long been learnt by heart; whenever training ends, it
ends too early for some columns and too late for others. So each column has the weights of its own
best time, and one network learns from all of them (knowledge distillation, Hinton et al. 2015).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

import numpy as np

Weights = dict[str, np.ndarray]

# Teachers, each of which costs a forward pass a step. Four gain seven to eight tenths of what one a
# column would (adult, king; benchmarks/ablations.md).
_MOST_TEACHERS = 4
# A teacher that gains no more than this share of the held-out likelihood is not worth its pass; a
# first choice.
_GAIN_OF_TEACHER = 1e-3


@dataclass(frozen=True)
class Lesson:
    """Networks, and who of them speaks for which column.

    Parameters
    ----------
    teachers : sequence of dict of str to numpy.ndarray
        Weights of generators without waves.
    teacher_of_column : numpy.ndarray of int, shape (n_columns,)
        Index of the teacher of each column.
    """

    teachers: Sequence[Weights]
    teacher_of_column: np.ndarray


@dataclass
class Looks:
    """What held-out rows said at each look of a stage, and the weights worth going back to.

    Parameters
    ----------
    wanted : collection of int or None
        Steps whose weights are kept; ``None`` for those that are the best of some column so far.
    steps : list of int
        Steps up to each look.
    nats : list of numpy.ndarray of shape (n_columns,)
        What each column cost there.
    weights : dict of int to dict
        Kept weights by step.
    """

    wanted: Collection[int] | None = None
    steps: list[int] = field(default_factory=list)
    nats: list[np.ndarray] = field(default_factory=list)
    weights: dict[int, Weights] = field(default_factory=dict)

    def add(self, step: int, nats: np.ndarray, weights: Weights) -> None:
        """Take in a look."""
        self.steps.append(step)
        self.nats.append(nats)
        self.weights[step] = weights
        wanted = self.wanted
        if wanted is None:
            wanted = {self.steps[look] for look in (*np.argmin(self.nats, axis=0), self.best)}
        self.weights = {step: kept for step, kept in self.weights.items() if step in wanted}

    @property
    def best(self) -> int:
        """Which look all columns together liked best."""
        return int(np.sum(self.nats, axis=1).argmin())

    @property
    def by_column(self) -> float:
        """Nats a row if each column had the weights of its best look."""
        return float(np.min(self.nats, axis=0).sum())

    def lesson(self) -> Lesson:
        """Return the few kept looks that serve the columns best, each speaking for some."""
        kept = [look for look, step in enumerate(self.steps) if step in self.weights]
        chosen, of_column = choose_teachers(np.array(self.nats)[kept])
        return Lesson([self.weights[self.steps[kept[look]]] for look in chosen], of_column)


def choose_teachers(nats: np.ndarray) -> tuple[list[int], np.ndarray]:
    """Return the looks that teach, the best of all columns first, and the teacher of each column.

    One look after the other, each the one that gains most.

    Parameters
    ----------
    nats : numpy.ndarray of shape (n_looks, n_columns)
        What each column costs with the weights of each look.
    """
    chosen = [int(nats.sum(axis=1).argmin())]
    least_gain = _GAIN_OF_TEACHER * float(nats[chosen[0]].sum())
    while len(chosen) < _MOST_TEACHERS:
        so_far = nats[chosen].min(axis=0)
        gains = (so_far - np.minimum(nats, so_far)).sum(axis=1)
        if gains.max() <= least_gain:
            break
        chosen.append(int(gains.argmax()))
    return chosen, nats[chosen].argmin(axis=0)
