"""How many times more often the table has a row than a sample does: boosted trees on its modes.

Modes are few, so no tree has to be walked through at all. Each mode of a column rules out some
leaves of a tree, whatever the other columns are; of the leaves that all cells of a row leave, the
leftmost is the row's (QuickScorer; Lucchese et al. 2015). A row costs one lookup a column, for all
trees together.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tabgan.encoding import Layout

# Leaves of a tree at most: one bit each of a word.
MAX_LEAVES = 32
ALL_LEAVES = np.uint32(2**32 - 1)
# Rows at a time, so that what is known of each tree stays in a fast cache.
_ROWS_AT_A_TIME = 256


@dataclass(frozen=True)
class DensityRatio:
    """Trees that say how a sample of candidates has to be thinned out.

    Parameters
    ----------
    layout : Layout
        The mode axis.
    leaves_left : numpy.ndarray of uint32, shape (n_modes, n_trees)
        Bit `i` says whether the mode leaves the tree's leaf `i`, counted from the left.
    values : numpy.ndarray of float32, shape (n_trees, 32)
        What a leaf adds to the logarithm of the ratio.
    offsets : numpy.ndarray of float32, shape (n_modes,)
        What each mode adds to it.
    mean_share : float
        Share of the candidates of an unconditional sample that are taken.

    The logarithm of the ratio, plus the offsets, is that of the share of such candidates to take;
    where it is positive, all of them.
    """

    layout: Layout
    leaves_left: NDArray[np.uint32]
    values: NDArray[np.float32]
    offsets: NDArray[np.float32]
    mean_share: float = 1.0

    def log_ratios(self, codes: np.ndarray) -> NDArray[np.float32]:
        """Return the logarithm of each row's ratio by the trees alone, (n_rows,)."""
        ratios = np.empty(len(codes), dtype=np.float32)
        first_leaves = np.arange(len(self.values)) * MAX_LEAVES
        for start in range(0, len(codes), _ROWS_AT_A_TIME):
            rows = codes[start : start + _ROWS_AT_A_TIME]
            left = np.full((len(rows), len(self.values)), ALL_LEAVES)
            for column in self._asked_columns:
                left &= self.leaves_left[self.layout.position(column, rows[:, column])]
            leaf = _lowest_bit(left) + first_leaves
            ratios[start : start + len(rows)] = self.values.take(leaf, mode="clip").sum(axis=1)
        return ratios

    def shares_taken(self, codes: np.ndarray) -> NDArray[np.float32]:
        """Return the probability that each candidate is taken, (n_rows,)."""
        log_shares = self.log_ratios(codes) + self.offsets_of(codes)
        taken: NDArray[np.float32] = np.exp(np.minimum(log_shares, 0.0))
        return taken

    def offsets_of(self, codes: np.ndarray) -> NDArray[np.float32]:
        """Return the sum of the offsets of each row's modes, (n_rows,)."""
        total = np.zeros(len(codes), dtype=np.float32)
        for column in range(self.layout.n_columns):
            total += self.offsets[self.layout.position(column, codes[:, column])]
        return total

    @cached_property
    def _asked_columns(self) -> list[int]:
        """Columns that some tree asks for."""
        return [
            column
            for column in range(self.layout.n_columns)
            if (self.leaves_left[self.layout.modes(column)] != ALL_LEAVES).any()
        ]


def _lowest_bit(words: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return the place of the lowest bit that is set, one in each word."""
    powers = (words & (~words + np.uint32(1))).astype(np.float32)
    # The exponent of a power of two in float32.
    places: NDArray[np.int32] = (powers.view(np.int32) >> 23) - 127
    return places
