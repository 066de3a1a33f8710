"""The held-out likelihood: a fixed question asked of every candidate set of weights."""

import numpy as np

from tabgan.networks.forward import NumpyGenerator

# Bounds the time of an answer. Its level depends on which rows and cells were drawn (by half a nat
# on Adult); candidates are asked the same ones, so their differences do not.
_MAX_ROWS = 4096


class HeldOutLikelihood:
    """The negative log-likelihood of rows the generator is not trained on.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n_rows, n_columns)
        Held-out rows.
    known : numpy.ndarray of bool, shape (n_rows, n_columns)
        What is known of each: every call asks for the other cells.
    """

    def __init__(self, codes: np.ndarray, known: np.ndarray) -> None:
        self.codes = codes[:_MAX_ROWS].astype(np.int64)
        self.known = known[:_MAX_ROWS]

    @property
    def weights(self) -> np.ndarray:
        """How much each unknown cell of a row counts, shape (n_rows,)."""
        weights: np.ndarray = self.known.shape[1] / (~self.known).sum(axis=1)
        return weights

    def __call__(self, generator: NumpyGenerator) -> np.ndarray:
        """Return nats a row by column, shape (n_columns,)."""
        n_rows, n_columns = self.codes.shape
        features = generator.trunk(generator.sums(np.where(self.known, self.codes, -1)))
        weights = self.weights
        nats = np.zeros(n_columns)
        for column in range(n_columns):
            rows = ~self.known[:, column]
            found = generator.log_probabilities(features[rows], column, self.codes[rows, column])
            nats[column] = -(found * weights[rows]).sum() / n_rows
        return nats
