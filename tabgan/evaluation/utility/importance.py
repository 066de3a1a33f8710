"""Which columns a model leans on: what it loses when one is permuted (Breiman 2001)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.tables import FloatArray
from tabgan.evaluation.utility.task import Predict, Task
from tabgan.parallel import in_parallel

# From row weights to a figure.
Quality = Callable[[FloatArray], float]


@dataclass(frozen=True)
class Importance:
    """How good a model is, as it is and with each column permuted.

    Parameters
    ----------
    whole : callable
        From weights of the holdout rows to the quality of the model.
    without : list of callable
        The same with one column's values permuted among the rows, for each feature.
    """

    whole: Quality
    without: list[Quality]

    @classmethod
    def of(cls, task: Task, predict: Predict, order: NDArray[np.int64]) -> "Importance":
        """Return what a model leans on.

        Parameters
        ----------
        task : Task
        predict : callable
            The model.
        order : ndarray of int64, shape (rows,)
            Which row's value each row is given.
        """

        def without(i: int) -> FloatArray:
            features = task.features.copy()
            features[:, i] = features[order, i]
            return predict(features)

        predictions = in_parallel(without, range(task.features.shape[1]))
        return cls(task.quality(predict(task.features)), [*map(task.quality, predictions)])

    def shares(self, weights: FloatArray) -> FloatArray:
        """Return the share of each column in what is lost, shape (columns,).

        All alike for a model that nothing is lost with.
        """
        whole = self.whole(weights)
        lost = np.array([max(0.0, whole - quality(weights)) for quality in self.without])
        total = lost.sum()
        return lost / total if total > 0 else np.full(len(lost), 1 / len(lost))


def agreement(first: Importance, second: Importance) -> Quality:
    """Return the part of importance that two models give to the same columns, 1 at best."""
    return lambda weights: float(np.minimum(first.shares(weights), second.shares(weights)).sum())
