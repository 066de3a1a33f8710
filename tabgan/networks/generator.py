"""The generator: noise and the known cells of a row in, logits of every mode out."""

from typing import Any

import keras
import numpy as np
from keras import ops

from tabgan.networks.blocks import ResidualBlock
from tabgan.networks.spec import NetworkSpec


class Generator(keras.Model):
    """Complete a partial row.

    Without noise (all zeros) the softmax of a column's logits is the probability of its modes
    given the known cells: the likelihood path. With noise, columns that are drawn together can
    agree with each other: the adversarial path.

    Parameters
    ----------
    spec : NetworkSpec
        Sizes.
    log_shares : numpy.ndarray of shape (n_modes,)
        Logarithm of each mode's share of the training rows, where the output biases start: an
        untrained generator already has the right frequencies.
    seed : int
        Seed of the initial weights.
    """

    def __init__(self, spec: NetworkSpec, log_shares: np.ndarray, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        self.input_layer = keras.layers.Dense(
            spec.width, kernel_initializer=keras.initializers.RandomNormal(0.0, 0.1, seed=seed)
        )
        self.blocks = [
            ResidualBlock(spec.width, normalise=True, seed=seed + 1 + i)
            for i in range(spec.n_blocks)
        ]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5)
        self.heads = keras.layers.Dense(
            spec.layout.n_modes,
            # Small, so that the start is the training shares and not a random table.
            kernel_initializer=keras.initializers.RandomNormal(0.0, 0.01, seed=seed),
            bias_initializer=lambda shape, dtype: ops.convert_to_tensor(log_shares, dtype),
        )

    def build(self, input_shape: Any = None) -> None:
        self.input_layer.build((None, self.spec.n_inputs))
        for layer in [*self.blocks, self.norm, self.heads]:
            layer.build((None, self.spec.width))
        self.built = True

    def call(self, known_modes: Any, known: Any, noise: Any) -> Any:
        """Return logits of shape (n_rows, n_modes).

        Parameters
        ----------
        known_modes : tensor of shape (n_rows, n_modes)
            One-hot of each known cell, zeros elsewhere.
        known : tensor of shape (n_rows, n_columns)
            1 where a column is known.
        noise : tensor of shape (n_rows, noise_dim)
            Standard normal, or zeros for the likelihood path.
        """
        hidden = self.input_layer(ops.concatenate([known_modes, known, noise], axis=-1))
        for block in self.blocks:
            hidden = block(hidden)
        return self.heads(self.norm(hidden))
