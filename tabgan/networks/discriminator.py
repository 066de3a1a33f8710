"""The discriminator: a completed row and its condition in, the logit that it is real out."""

from typing import Any

import keras
from keras import ops

from tabgan.networks.blocks import ResidualBlock, positive_part


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
    """

    # Standard deviation of the first layer's initial weights; a first choice.
    spread = 0.2

    def __init__(
        self, n_modes: int, n_columns: int, width: int, n_blocks: int, seed: int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.n_inputs = n_modes + n_columns
        self.width = width
        self.input_layer = keras.layers.Dense(
            width, kernel_initializer=keras.initializers.RandomNormal(0.0, self.spread, seed=seed)
        )
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
