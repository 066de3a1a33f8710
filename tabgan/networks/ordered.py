"""Dense layers from and to the mode axis that know which modes are neighbours.

The kernel is the sum of two parts: a free one, in which every mode is on its own, and a smooth one,
in which a mode of an ordered column is a combination of waves along the order
(:mod:`tabgan.encoding.order`). What is learnt at one mode of a number then holds for its
neighbours, too, and the free part adds what is particular. Sampling sees one kernel, the sum.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

# Initial standard deviation of the waves' weights. Sixteen of them add up to the .1 of a mode
# without an order: with larger ones the modes of numbers drown those of categories at first
# (benchmarks/ablations.md).
_WAVE_SPREAD = 0.025


def no_order(n_modes: int) -> np.ndarray:
    """Return the basis of modes none of which are neighbours: no wave at all."""
    return np.zeros((n_modes, 0), dtype=np.float32)


class OrderedInput(keras.layers.Layer):
    """``inputs @ (kernel + basis @ waves) + bias``, for inputs that begin with the mode axis.

    Parameters
    ----------
    units : int
        Length of the output.
    basis : numpy.ndarray of shape (n_modes, n_waves)
        The waves at each mode.
    n_inputs : int
        Length of the input: modes, then whatever has no order.
    spread : float
        Standard deviation of the initial weights. Modes with an order start from the waves alone:
        at random, neighbours would be as different as any two modes.
    seed : int
        Of the initial weights.
    """

    def __init__(
        self, units: int, basis: np.ndarray, n_inputs: int, spread: float, seed: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.basis = np.zeros((n_inputs, basis.shape[1]), dtype=np.float32)
        self.basis[: len(basis)] = basis
        self.spread = spread
        self.seed = seed

    def build(self, input_shape: Any = None) -> None:
        n_inputs, n_waves = self.basis.shape
        normal = keras.initializers.RandomNormal(0.0, self.spread, seed=self.seed)
        is_free = ~self.basis.any(axis=1, keepdims=True)
        self.kernel = self.add_weight(
            shape=(n_inputs, self.units),
            initializer=lambda shape, dtype: normal(shape, dtype) * ops.cast(is_free, dtype),
            name="kernel",
        )
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")
        if n_waves:
            self.waves = self.add_weight(
                shape=(n_waves, self.units),
                initializer=keras.initializers.RandomNormal(0.0, _WAVE_SPREAD, seed=self.seed + 1),
                name="waves",
            )
        self.built = True

    def call(self, inputs: Any) -> Any:
        kernel = self.kernel
        if self.basis.shape[1]:
            kernel = kernel + ops.matmul(self.basis, self.waves)
        return ops.matmul(inputs, kernel) + self.bias


class OrderedHeads(keras.layers.Layer):
    """``features @ (kernel + waves @ basis.T) + bias``: logits of every mode.

    Parameters
    ----------
    basis : numpy.ndarray of shape (n_modes, n_waves)
        The waves at each mode.
    bias : numpy.ndarray of shape (n_modes,)
        Where the bias starts.
    seed : int
        Of the initial weights.
    """

    def __init__(self, basis: np.ndarray, bias: np.ndarray, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.basis = basis
        self.initial_bias = bias
        self.seed = seed

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        n_modes, n_waves = self.basis.shape
        width = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(width, n_modes),
            # Small, so that the start is the training shares and not a random table.
            initializer=keras.initializers.RandomNormal(0.0, 0.01, seed=self.seed),
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(n_modes,),
            initializer=lambda shape, dtype: ops.convert_to_tensor(self.initial_bias, dtype),
            name="bias",
        )
        if n_waves:
            self.waves = self.add_weight(shape=(width, n_waves), initializer="zeros", name="waves")
        self.built = True

    def call(self, features: Any) -> Any:
        kernel = self.kernel
        if self.basis.shape[1]:
            kernel = kernel + ops.matmul(self.waves, np.ascontiguousarray(self.basis.T))
        return ops.matmul(features, kernel) + self.bias
