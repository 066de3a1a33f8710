"""How likely rows are under a model: the chain rule, over a few fixed orders of the columns."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.networks.forward import log_softmax
from tabgan.randomness import stream
from tabgan.synthesizers.model import FittedModel

# The orders disagree by what the network learnt less than perfectly; a mean over eight evens most
# of that out.
N_ORDERS = 8
_BLOCK_SIZE = 4096


def score_rows(model: FittedModel, table: pd.DataFrame) -> np.ndarray:
    """Return the log-likelihood of each row, in nats, float64 of shape (n_rows,).

    Parameters
    ----------
    model : FittedModel
        What was learnt.
    table : pandas.DataFrame
        Rows with the columns of the fit; a missing cell is a value like any other.
    """
    n_columns = model.generator.layout.n_columns
    rng = stream(0, "orders")  # the same for every model, so that scores can be compared
    orders = [model.passes.order, *(rng.permutation(n_columns) for _ in range(N_ORDERS - 1))]
    # Of one or two columns there are fewer orders.
    distinct = sorted({tuple(map(int, order)) for order in orders})
    scores = np.empty(len(table))
    spec = model.generator.spec
    largest = int(np.argmax(spec.sizes))
    size = min(_BLOCK_SIZE, spec.rows_at_a_time(_BLOCK_SIZE, largest)[0].stop)
    for start in range(0, len(table), size):
        rows = slice(start, start + size)
        cells = Cells.of(model, table.iloc[rows])
        scores[rows] = np.mean([score_in_order(model, cells, order) for order in distinct], axis=0)
    return scores


@dataclass(frozen=True)
class Cells:
    """The learnt cells of some rows, ready to be scored.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (n_rows, n_columns)
        Their modes; -1 for a value that the model does not know.
    densities : list of numpy.ndarray of shape (n_rows, n_modes of the column)
        How likely each cell is in each mode of its column.
    """

    codes: np.ndarray
    densities: list[np.ndarray]

    @classmethod
    def of(cls, model: FittedModel, table: pd.DataFrame) -> "Cells":
        """Return the cells of a table."""
        encoder = model.encoder
        codes = encoder.encode_known(table)
        cells = [encoder.cells_of(table, column.column.name) for column in encoder.learnt]
        densities = [
            column.densities(known)
            for column, known in zip(encoder.learnt, cells, strict=True)
            if known is not None  # a whole row is scored, so all are
        ]
        for place, of_rest in encoder.computed.items():
            # Where there is a remainder, it and the others say all of the column.
            told = pd.Series(cells[of_rest]).notna().to_numpy(dtype=bool)
            codes[told, place] = -1
            densities[place][told] = 1.0
        return cls(codes, densities)


def score_in_order(model: FittedModel, cells: Cells, order: tuple[int, ...]) -> np.ndarray:
    """Return the log-likelihood of each row by the chain rule in one order of the columns."""
    generator = model.generator
    sums = generator.start(len(cells.codes))
    scores = np.zeros(len(cells.codes))
    # A value that the table of the fit did not have is as likely as half a row of it.
    unseen = 0.5 / model.n_rows
    for column in order:
        log_probabilities = log_softmax(generator.logits(generator.trunk(sums), column))
        likelihoods = (np.exp(log_probabilities) * cells.densities[column]).sum(axis=1)
        scores += np.log(np.where(likelihoods > 0, likelihoods, unseen))
        generator.reveal(sums, column, cells.codes[:, column])
    return scores
