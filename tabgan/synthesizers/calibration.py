"""Bring the shares of an unconditional sample to those of the training rows.

A network that is right for each column given the others is still a few thousandths off in a share,
and columns drawn one after the other pass their errors on. An offset to the logits of each mode,
found by drawing rows and comparing, takes the systematic part away (iterative proportional fitting
on the one-way margins; Deming and Stephan 1940). The joint law of the columns is left as learnt.
"""

from functools import partial

import numpy as np

from tabgan.conditioning.conditions import Conditions
from tabgan.encoding import TableEncoder
from tabgan.networks.forward import NumpyGenerator
from tabgan.parallel import in_parallel
from tabgan.synthesizers.compatibility import CompatibleModes
from tabgan.synthesizers.passes import PassPlan
from tabgan.synthesizers.sampler import BLOCK_SIZE, Sampler

# Blocks drawn a round. Their probabilities are compared, not their draws, so the first column's
# share is exact and the others' have the noise of their contexts alone. In one pass that is the
# noise of whole draws, since each is all but decided by the generator's noise, and a pass is cheap:
# so many blocks for one pass and fewer for more, down to the second number; as long as they hold no
# more than twice the rows of the table, whose own shares are no more exact, or are but the third.
_BLOCKS_OF_ONE_PASS = 64
_BLOCKS_OF_MANY_PASSES = 8
_FEWEST_BLOCKS = 4
# Of more columns than this fewer blocks do, in proportion, as long as they have all rows: a block
# of 1,000 columns takes a second.
_MANY_COLUMNS = 128
# Corrections of one column move the ones after it, so one round is not enough; five is a choice.
_N_ROUNDS = 5
# A mode that is further off than this factor is not a matter of calibration.
_MAX_OFFSET = 1.0


def calibrate(
    generator: NumpyGenerator,
    passes: PassPlan,
    conditions: Conditions,
    encoder: TableEncoder,
    n_passes: int,
    n_rows: int,
    seed: int,
    compatible: CompatibleModes | None = None,
) -> np.ndarray:
    """Return offsets to the logits for samples in so many passes, float32 of shape (n_modes,).

    Parameters
    ----------
    generator : NumpyGenerator
        The fitted generator.
    passes : PassPlan
        The order of the columns.
    conditions : Conditions
        What a sample may contain.
    encoder : TableEncoder
        Knows the share of each mode among the training rows.
    n_passes : int
        Passes that the sample is drawn in.
    n_rows : int
        Rows of the table.
    seed : int
        Of the rows that are drawn.
    compatible : CompatibleModes or None
        Which modes go together under the rules of the table.
    """
    layout = generator.layout
    wanted = layout.join([conditions.weigh(i, e.shares) for i, e in enumerate(encoder.learnt)])
    offsets = np.zeros(layout.n_modes, dtype=np.float32)
    sampler = Sampler(generator, passes, conditions, n_passes, offsets, compatible=compatible)
    enough = 2 * n_rows // BLOCK_SIZE
    wished = max(_BLOCKS_OF_MANY_PASSES, _BLOCKS_OF_ONE_PASS // n_passes)
    fewest = max(1, _FEWEST_BLOCKS * _MANY_COLUMNS // max(_MANY_COLUMNS, layout.n_columns))
    if generator.spec.splits:
        wished = fewest  # rows of so many levels take as long as a thousand columns
    n_blocks = max(fewest, min(wished, enough))
    for _ in range(_N_ROUNDS):
        drawn = in_parallel(partial(_expected_counts, sampler, seed), range(n_blocks))
        shares = np.sum(drawn, axis=0) / (n_blocks * BLOCK_SIZE)
        usable = (wanted > 0) & (shares > 0)
        offsets[usable] += np.log(wanted[usable] / shares[usable])
        np.clip(offsets, -_MAX_OFFSET, _MAX_OFFSET, out=offsets)
    return offsets


def _expected_counts(sampler: Sampler, seed: int, block: int) -> np.ndarray:
    """Return how many rows of a block are in each mode, by the probabilities they are drawn by."""
    layout = sampler.generator.layout
    counts = np.zeros(layout.n_modes)

    def add_up(column: int, weights: np.ndarray) -> None:
        counts[layout.modes(column)] += (weights / weights.sum(axis=1, keepdims=True)).sum(axis=0)

    sampler.block(seed, block, observe=add_up)
    return counts
