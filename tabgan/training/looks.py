"""What held-out rows said of the weights of different times, and which of them to go back to.

Columns are learnt at different speeds. When the relation of a postal code to a place is still being
learnt, the noise of a number beside it has long been learnt by heart; whenever training ends, it
ends too early for some columns and too late for others. So each column has the weights of its own
best time, and one network learns from all of them (:mod:`tabgan.training.lesson`).
"""

from dataclasses import dataclass, field

import numpy as np

Weights = dict[str, np.ndarray]

# Four teachers gain seven to eight tenths of what one a column would (adult, king;
# benchmarks/ablations.md).
_MOST_TEACHERS = 4
# A teacher that gains no more than this share of the held-out likelihood is none; a first choice.
_GAIN_OF_TEACHER = 1e-3


@dataclass
class Looks:
    """What held-out rows said at each look of a phase, and the weights worth going back to.

    Parameters
    ----------
    steps : list of int
        Steps up to each look.
    nats : list of numpy.ndarray of shape (n_columns,)
        What each column cost there.
    weights : dict of int to dict
        By step, those that are the best of some column so far, or of all together.
    """

    steps: list[int] = field(default_factory=list)
    nats: list[np.ndarray] = field(default_factory=list)
    weights: dict[int, Weights] = field(default_factory=dict)

    def add(self, step: int, nats: np.ndarray, weights: Weights) -> None:
        """Take in a look."""
        self.steps.append(step)
        self.nats.append(nats)
        self.weights[step] = weights
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

    def teachers(self) -> tuple[list[Weights], np.ndarray]:
        """Return the few kept weights that serve the columns best, and which serves each column.

        The others are forgotten; asked again, the same ones teach.
        """
        if not self.steps:
            return [], np.zeros(0, dtype=np.int64)
        kept = [look for look, step in enumerate(self.steps) if step in self.weights]
        chosen, of_column = choose_teachers(np.array(self.nats)[kept])
        steps = [self.steps[kept[look]] for look in chosen]
        self.weights = {step: self.weights[step] for step in steps}
        return list(self.weights.values()), of_column


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
