"""Adam and averaged weights as pure functions.

``keras.optimizers`` cannot be used here: ``stateless_apply`` raises on TensorFlow. The arithmetic
is that of Kingma and Ba (2015), algorithm 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops


@dataclass(frozen=True)
class Adam:
    """Hyper-parameters of the optimiser; the rate is given with each step.

    Parameters
    ----------
    beta_1, beta_2 : float
        Decay of the first and second moments.
    """

    beta_1: float
    beta_2: float
    epsilon: float = 1e-8

    def init(self, weights: list[Any]) -> list[Any]:
        """Return the moments to start from: first ones, then second ones, then the step count."""
        return [ops.zeros_like(w) for w in [*weights, *weights]] + [ops.zeros((), "float32")]

    def apply(
        self,
        weights: list[Any],
        gradients: list[Any],
        moments: list[Any],
        rate: Any,
        paces: Sequence[Any] | None = None,
    ) -> tuple[list[Any], list[Any]]:
        """Return new weights and moments.

        Parameters
        ----------
        weights, gradients, moments : list of tensor
            Before the step.
        rate : scalar tensor
            Learning rate.
        paces : sequence of numpy.ndarray or None
            For each tensor of weights the share of the rate at which it moves, of a shape that
            spreads over its own; ``None`` for the whole rate everywhere.
        """
        if paces is None:
            paces = [np.float32(1.0)] * len(weights)
        n = len(weights)
        step = moments[-1] + 1.0
        first = [
            self.beta_1 * m + (1 - self.beta_1) * g
            for m, g in zip(moments[:n], gradients, strict=True)
        ]
        second = [
            self.beta_2 * v + (1 - self.beta_2) * ops.square(g)
            for v, g in zip(moments[n : 2 * n], gradients, strict=True)
        ]
        scale = rate * ops.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        updated = [
            w - scale * pace * m / (ops.sqrt(v) + self.epsilon)
            for w, m, v, pace in zip(weights, first, second, paces, strict=True)
        ]
        return updated, [*first, *second, step]


def update_average(average: list[Any], weights: list[Any], decay: float, step: Any) -> list[Any]:
    """Return the exponential moving average of the weights, one step on.

    The decay starts low, ``min(decay, (1 + step) / (10 + step))``: a fixed .999 would still hold
    74 % of the initial weights after 300 steps.
    """
    now = ops.minimum(decay, (1.0 + step) / (10.0 + step))
    return [now * a + (1.0 - now) * w for a, w in zip(average, weights, strict=True)]
