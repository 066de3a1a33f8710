"""A fitted model: everything that sampling needs, and no row of the table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from tabgan.conditioning.conditions import Conditions
from tabgan.encoding import TableEncoder
from tabgan.networks.forward import NumpyGenerator
from tabgan.schema import TableSchema
from tabgan.synthesizers.passes import PassPlan
from tabgan.synthesizers.sampler import BLOCK_SIZE, sample_block


@dataclass(frozen=True)
class FittedModel:
    """What :meth:`TabGAN.fit` learns and :meth:`TabGAN.save` writes.

    Parameters
    ----------
    encoder : TableEncoder
        Between the table and its modes; knows the schema.
    generator : NumpyGenerator
        The generator's averaged weights.
    passes : PassPlan
        The learnt order of the columns.
    n_rows : int
        Rows of the training table: the default size of a sample.
    n_epochs : float
        How often training went through the table.
    history : list of dict
        One entry a look at the held-out rows.
    offsets : dict of int to numpy.ndarray
        Number of passes to the offsets of the logits that it was calibrated with.
    discriminator : list of numpy.ndarray
        Weights of the discriminator; empty in a model that was loaded without it.
    """

    encoder: TableEncoder
    generator: NumpyGenerator
    passes: PassPlan
    n_rows: int
    n_epochs: float
    history: list[dict[str, Any]]
    offsets: dict[int, np.ndarray]
    discriminator: list[np.ndarray] = field(default_factory=list)

    @property
    def schema(self) -> TableSchema:
        """The table's schema, with what each column releases."""
        return self.encoder.schema

    def draw(self, n_rows: int, conditions: Conditions, n_passes: int, seed: int) -> pd.DataFrame:
        """Return new rows.

        Parameters
        ----------
        n_rows : int
            How many.
        conditions : Conditions
            What is known of each.
        n_passes : int
            Passes to draw in.
        seed : int
            Names the random streams.
        """
        shape = (-(-n_rows // BLOCK_SIZE) * BLOCK_SIZE, self.generator.layout.n_columns)
        codes, uniforms = np.empty(shape, dtype=np.int64), np.empty(shape)
        # The nearest number of passes from below: a sample of three errs as one of two does.
        offsets = self.offsets[max(known for known in self.offsets if known <= n_passes)]
        for block in range(shape[0] // BLOCK_SIZE):
            rows = slice(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE)
            codes[rows], uniforms[rows] = sample_block(
                self.generator, self.passes, conditions, n_passes, seed, block, offsets
            )
        frame = self.encoder.decode(codes[:n_rows], uniforms[:n_rows])
        return self._with_exact_values(frame, conditions.values)

    def _with_exact_values(self, frame: pd.DataFrame, values: Mapping[Any, object]) -> pd.DataFrame:
        """Put the very values of the conditions where decoding gave some value of their mode."""
        encoders = {encoder.column.name: encoder for encoder in self.encoder.encoders}
        for name, value in values.items():
            cell = encoders[name].cell(value)
            if cell.notna().all():  # a missing cell already decodes to itself
                frame[name] = cell.repeat(len(frame)).array
        return frame
