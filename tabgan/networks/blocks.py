"""The residual block of both trunks."""

from typing import Any

import keras
from keras import ops


def positive_part(x: Any) -> Any:
    """Return the rectified linear unit, ``max(x, 0)``.

    Not ``ops.relu``: its second derivative, which gradient penalties take, leaves nodes in
    TensorFlow's graph that its optimiser gives up on, with pages of complaints.
    """
    return ops.maximum(x, 0.0)


class ResidualBlock(keras.layers.Layer):
    """Normalise, two dense layers, add: ``x + outer(relu(inner(norm(x))))``.

    The outer kernel starts at zero, so that a fresh trunk is the identity and its depth costs
    nothing at the start (Zhang et al. 2019, Fixup).

    Parameters
    ----------
    width : int
        Units of input and output.
    normalise : bool
        Whether a layer normalisation precedes the dense layers.
    seed : int
        Seed of the initial weights.
    """

    def __init__(self, width: int, normalise: bool, seed: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5) if normalise else None
        self.inner = keras.layers.Dense(
            width,
            activation=positive_part,
            kernel_initializer=keras.initializers.HeNormal(seed=seed),
        )
        self.outer = keras.layers.Dense(width, kernel_initializer="zeros")

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        for layer in (self.norm, self.inner, self.outer):
            if layer is not None:
                layer.build(input_shape)
        self.built = True

    def call(self, x: Any) -> Any:
        normed = x if self.norm is None else self.norm(x)
        return x + self.outer(self.inner(normed))
