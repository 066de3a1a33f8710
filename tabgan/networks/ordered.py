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

from tabgan.encoding.order import Basis, BlockBasis

# Initial standard deviation of the waves' weights. Sixteen of them add up to the .1 of a mode
# without an order: with larger ones the modes of numbers drown those of categories at first
# (benchmarks/ablations.md).
_WAVE_SPREAD = 0.025


def no_order(n_modes: int) -> np.ndarray:
    """Return the basis of modes none of which are neighbours: no wave at all."""
    return np.zeros((n_modes, 0), dtype=np.float32)


def spread_waves(basis: Basis, waves: Any, n_inputs: int) -> Any:
    """Return ``basis @ waves`` and zeros below it, of shape (n_inputs, n_outputs)."""
    if not isinstance(basis, BlockBasis):
        return ops.matmul(basis, waves)
    n_outputs, parts, start = waves.shape[1], [], 0
    for block in basis.blocks:
        n_columns, size, n_waves = block.shape
        if n_waves:
            own = waves[start : start + n_columns * n_waves]
            part = ops.matmul(block, ops.reshape(own, (n_columns, n_waves, n_outputs)))
            parts.append(ops.reshape(part, (n_columns * size, n_outputs)))
        else:
            parts.append(ops.zeros((n_columns * size, n_outputs)))
        start += n_columns * n_waves
    return ops.concatenate([*parts, ops.zeros((n_inputs - basis.shape[0], n_outputs))], axis=0)


def gather_waves(waves: Any, basis: Basis) -> Any:
    """Return ``waves @ basis.T``, of shape (n_features, n_modes)."""
    if not isinstance(basis, BlockBasis):
        return ops.matmul(waves, np.ascontiguousarray(basis.T))
    return ops.transpose(spread_waves(basis, ops.transpose(waves), basis.shape[0]))


def _has_place(basis: Basis) -> np.ndarray:
    has_place: np.ndarray = (
        basis.has_place if isinstance(basis, BlockBasis) else np.any(basis, axis=1)
    )
    return has_place


class OrderedInput(keras.layers.Layer):
    """``inputs @ (kernel + basis @ waves) + bias``, for inputs that begin with the mode axis.

    Parameters
    ----------
    units : int
        Length of the output.
    basis : numpy.ndarray of shape (n_modes, n_waves) or BlockBasis
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
        self, units: int, basis: Basis, n_inputs: int, spread: float, seed: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.n_inputs = n_inputs
        self.basis = basis
        if isinstance(basis, np.ndarray):
            self.basis = np.zeros((n_inputs, basis.shape[1]), dtype=np.float32)
            self.basis[: len(basis)] = basis
        self.spread = spread
        self.seed = seed

    def build(self, input_shape: Any = None) -> None:
        n_inputs, n_waves = self.n_inputs, self.basis.shape[1]
        normal = keras.initializers.RandomNormal(0.0, self.spread, seed=self.seed)
        is_free = np.ones((n_inputs, 1), dtype=bool)
        is_free[: self.basis.shape[0], 0] = ~_has_place(self.basis)
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
            kernel = kernel + spread_waves(self.basis, self.waves, self.n_inputs)
        return ops.matmul(inputs, kernel) + self.bias


class OrderedHeads(keras.layers.Layer):
    """``features @ (kernel + waves @ basis.T) + bias``: logits of every mode.

    Parameters
    ----------
    basis : numpy.ndarray of shape (n_modes, n_waves) or BlockBasis
        The waves at each mode.
    bias : numpy.ndarray of shape (n_modes,)
        Where the bias starts.
    seed : int
        Of the initial weights.
    """

    def __init__(self, basis: Basis, bias: np.ndarray, seed: int, **kwargs: Any) -> None:
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
            kernel = kernel + gather_waves(self.waves, self.basis)
        return ops.matmul(features, kernel) + self.bias
