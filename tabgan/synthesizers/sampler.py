"""Draw rows in passes, in NumPy, from saved weights alone.

Rows are drawn in blocks of 1,024, each from a random stream named by the seed and the block's
number. A block is always computed whole and then cut, so a row does not depend on how many rows
were asked for, nor on threads.
"""

from collections.abc import Callable

import numpy as np

from tabgan.conditioning.conditions import Conditions
from tabgan.networks.forward import NumpyGenerator, log_softmax
from tabgan.randomness import stream
from tabgan.synthesizers.passes import PassPlan

BLOCK_SIZE = 1024


def sample_block(
    generator: NumpyGenerator,
    passes: PassPlan,
    conditions: Conditions,
    n_passes: int,
    seed: int,
    block: int,
    offsets: np.ndarray | None = None,
    observe: Callable[[int, np.ndarray], None] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw one block of rows.

    Parameters
    ----------
    generator : NumpyGenerator
        The fitted generator.
    passes : PassPlan
        The order of the columns.
    conditions : Conditions
        What is known of every row, and which modes may be drawn.
    n_passes : int
        Passes to draw in.
    seed, block : int
        Name the random stream.
    offsets : numpy.ndarray of shape (n_modes,) or None
        Added to the logits (see :mod:`tabgan.synthesizers.calibration`).
    observe : callable or None
        Is shown each column and the weights, (1024, size), that its modes are drawn by.

    Returns
    -------
    codes : numpy.ndarray of int64, shape (1024, n_columns)
        Modes drawn.
    uniforms : numpy.ndarray of the same shape
        Uniform numbers that positions are drawn from.
    """
    n_columns = generator.layout.n_columns
    rng = stream(seed, "blocks", block)
    mode_uniforms = rng.random((BLOCK_SIZE, n_columns))
    position_uniforms = rng.random((BLOCK_SIZE, n_columns))

    unknown = [column for column in range(n_columns) if column not in conditions.known]
    groups = passes.groups(unknown, n_passes)
    # One column a pass is the likelihood path: nothing is left that noise could agree on.
    silent = len(groups) == len(unknown) and n_passes > 1
    codes = np.zeros((BLOCK_SIZE, n_columns), dtype=np.int64)
    sums = generator.start(BLOCK_SIZE)
    for column, code in conditions.known.items():
        codes[:, column] = code
        generator.reveal(sums, column, codes[:, column])
    for group in groups:
        # Fresh noise a pass: what was drawn from the old one is known now, and in training the
        # noise tells nothing about what is known.
        noise = rng.standard_normal((BLOCK_SIZE, generator.spec.noise_dim), dtype=np.float32)
        features = generator.trunk(sums if silent else sums + generator.stir(noise))
        for column in group:
            logits = generator.logits(features, column)
            if offsets is not None:
                logits += offsets[generator.layout.modes(column)]
            weights = conditions.weigh(column, np.exp(log_softmax(logits)))
            if observe is not None:
                observe(column, weights)
            codes[:, column] = draw_modes(weights, mode_uniforms[:, column])
            generator.reveal(sums, column, codes[:, column])
    return codes, position_uniforms


def draw_modes(weights: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    """Draw a mode a row, by inversion.

    Parameters
    ----------
    weights : numpy.ndarray of shape (n_rows, size)
        Not negative; at least one in a row is positive.
    uniforms : numpy.ndarray of shape (n_rows,)
        In [0, 1).
    """
    upto = np.cumsum(weights, axis=1, dtype=np.float64)
    # Strictly below the total, and "<=" rather than "<": a mode without mass is never drawn.
    drawn: np.ndarray = (upto <= (uniforms * upto[:, -1])[:, None]).sum(axis=1)
    return drawn
