"""The held-out likelihood: a fixed question asked of every candidate set of weights."""

import numpy as np

from tabgan.conditioning.masks import random_known_sets
from tabgan.networks.forward import NumpyGenerator, log_softmax

# Bounds the time of an answer. Its level depends on which rows and cells were drawn (by half a nat
# on Adult); candidates are asked the same ones, so their differences do not.
_MAX_ROWS = 4096


class HeldOutLikelihood:
    """The any-order negative log-likelihood of rows the generator is not trained on.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n_rows, n_columns)
        Held-out rows.
    rng : numpy.random.Generator
        Draws the known sets, once: every call asks for the same cells.
    """

    def __init__(self, codes: np.ndarray, rng: np.random.Generator) -> None:
        self.codes = codes[:_MAX_ROWS].astype(np.int64)
        self.known = random_known_sets(rng, *self.codes.shape)

    def __call__(self, generator: NumpyGenerator) -> float:
        """Return nats a row."""
        n_rows, n_columns = self.codes.shape
        sums = generator.start(n_rows)
        for column in range(n_columns):
            known = np.where(self.known[:, column], self.codes[:, column], -1)
            generator.reveal(sums, column, known)
        features = generator.trunk(sums)
        lost = np.zeros(n_rows)
        for column in range(n_columns):
            rows = ~self.known[:, column]
            log_probabilities = log_softmax(generator.logits(features[rows], column))
            lost[rows] -= log_probabilities[np.arange(rows.sum()), self.codes[rows, column]]
        return float(np.mean(lost * n_columns / (~self.known).sum(axis=1)))
