"""The discriminator: a completed row and its condition in, the logit that it is real out."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from tabgan.networks.blocks import ResidualBlock, positive_part
from tabgan.networks.ordered import OrderedInput, no_order


class Discriminator(keras.Model):
    """Judge a completed row.

    No normalisation: the gradient penalties keep it in bounds (Huang et al. 2024, R3GAN).

    Parameters
    ----------
    n_modes, n_columns : int
        Length of the mode axis and number of columns.
    width : int
        Units of the trunk.
    n_blocks : int
        Residual blocks of the trunk.
    seed : int
        Seed of the initial weights.
    basis : numpy.ndarray of shape (n_modes, n_waves) or None
        Which modes are neighbours (:func:`tabgan.encoding.order.cosine_basis`); none if ``None``.
    """

    def __init__(
        self,
        n_modes: int,
        n_columns: int,
        width: int,
        n_blocks: int,
        seed: int,
        basis: np.ndarray | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.basis = no_order(n_modes) if basis is None else basis
        self.n_inputs = n_modes + n_columns
        self.width = width
        self.input_layer = OrderedInput(width, self.basis, self.n_inputs, 0.2, seed)
        self.blocks = [
            ResidualBlock(width, normalise=False, seed=seed + 1 + i) for i in range(n_blocks)
        ]
        self.verdict = keras.layers.Dense(
            1, kernel_initializer=keras.initializers.GlorotUniform(seed=seed)
        )

    def build(self, input_shape: Any = None) -> None:
        self.input_layer.build((None, self.n_inputs))
        for layer in [*self.blocks, self.verdict]:
            layer.build((None, self.width))
        self.built = True

    def call(self, modes: Any, known: Any) -> Any:
        """Return logits of shape (n_rows,).

        Parameters
        ----------
        modes : tensor of shape (n_rows, n_modes)
            One-hot of every cell of the row.
        known : tensor of shape (n_rows, n_columns)
            1 where the cell was given as a condition.
        """
        hidden = self.input_layer(ops.concatenate([modes, known], axis=-1))
        for block in self.blocks:
            hidden = block(hidden)
        return self.verdict(positive_part(hidden))[:, 0]

    def plain_weights(self, values: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the weights of the same discriminator without waves, in the order of its layers.

        Parameters
        ----------
        values : sequence of numpy.ndarray
            A value for each trainable variable, in their order.
        """
        if not self.basis.shape[1]:
            return list(values)
        kernel, bias, waves, *others = values
        kernel = kernel.copy()
        kernel[: len(self.basis)] += self.basis @ waves
        return [kernel, bias, *others]
