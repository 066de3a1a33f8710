"""Which modes are neighbours: the order of a column's modes as smooth functions of their rank.

To a network the modes of a column are names. What it learns of one mode of a number says nothing
of the next one, unless it is told that they lie side by side. The cosines of a mode's rank are a
basis in which neighbours look alike, the slowest waves first (that of the discrete cosine
transform).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tabgan.encoding.layout import Group, Layout

# Waves a column at most. 16 beat 8 and 32 in held-out likelihood (benchmarks/ablations.md); the
# shortest then goes up and down once in eight of 64 modes.
_MAX_WAVES = 16
# Numbers of a basis that is kept as one matrix. Nearly all of them are zeros, but up to some 130
# columns of numbers one product is quicker than many; the matrix of 1,000 columns would be larger
# than all else, and its products take longer than all others.
_MOST_NUMBERS_AT_ONCE = 2**24


def places(ranks: np.ndarray) -> np.ndarray:
    """Return the place of each mode along its column's line: 0, 1, …, float32 of shape (n_modes,).

    Modes without a rank come last, in their own order.
    """
    return np.argsort(np.argsort(ranks, kind="stable")).astype(np.float32)


def along_lines(codes: np.ndarray, ranks: Sequence[np.ndarray]) -> np.ndarray:
    """Return codes renumbered along their columns' lines, float32 of the shape of `codes`.

    Trees cut along it, and would not see what a shuffled order hides.
    """
    columns = [places(their_ranks)[codes[:, i]] for i, their_ranks in enumerate(ranks)]
    return np.stack(columns, axis=1)


def cosine_basis(ranks: Sequence[np.ndarray], layout: Layout) -> np.ndarray:
    """Return the value of each wave at each mode, float32 of shape (n_modes, n_waves).

    Every wave belongs to one column and is zero at the modes of the others, and at those of its own
    that have no rank.

    Parameters
    ----------
    ranks : sequence of numpy.ndarray of shape (n_modes of the column,)
        For each column the place of its modes on its line, from 0 to 1; NaN for a mode without one.
    layout : Layout
        The mode axis.
    """
    waves = []
    for column, places in enumerate(ranks):
        for wave in _waves(places).T:
            values = np.zeros(layout.n_modes, dtype=np.float32)
            values[layout.modes(column)] = wave
            waves.append(values)
    return np.stack(waves, axis=1) if waves else np.zeros((layout.n_modes, 0), dtype=np.float32)


@dataclass(frozen=True)
class BlockBasis:
    """A basis of many columns without the zeros: for each group of columns its own waves alone.

    Parameters
    ----------
    groups : tuple of Group
        The groups of the mode axis, in its order.
    blocks : tuple of numpy.ndarray of float32, shape (n_columns of the group, size, n_waves)
        The waves of each column at its modes; one that has fewer than others of its group has
        waves that are zero.
    """

    groups: tuple[Group, ...]
    blocks: tuple[np.ndarray, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Modes and waves of all columns."""
        return self.groups[-1].stop, sum(len(b) * b.shape[2] for b in self.blocks)

    @property
    def has_place(self) -> np.ndarray:
        """Whether a mode has a place on its line, bool of shape (n_modes,)."""
        return np.concatenate([block.any(axis=2).ravel() for block in self.blocks])

    def spread(self, waves: np.ndarray) -> np.ndarray:
        """Return ``basis @ waves``, of shape (n_modes, n_outputs)."""
        parts, start = [], 0
        for block in self.blocks:
            n_columns, size, n_waves = block.shape
            own = waves[start : start + n_columns * n_waves]
            own = own.reshape(n_columns, n_waves, waves.shape[1])
            parts.append((block @ own).reshape(n_columns * size, waves.shape[1]))
            start += n_columns * n_waves
        return np.concatenate(parts)


# A matrix of shape (n_modes, n_waves), or what stands for it.
Basis = np.ndarray | BlockBasis


def order_basis(ranks: Sequence[np.ndarray], layout: Layout) -> Basis:
    """Return the basis of a table as one matrix or, where that would be too large, in blocks.

    Parameters
    ----------
    ranks, layout
        As in :func:`cosine_basis`.
    """
    n_waves = sum(_count_waves(places) for places in ranks)
    if n_waves * layout.n_modes <= _MOST_NUMBERS_AT_ONCE:
        return cosine_basis(ranks, layout)
    return block_basis(ranks, layout)


def block_basis(ranks: Sequence[np.ndarray], layout: Layout) -> BlockBasis:
    """Return the same waves as :func:`cosine_basis` does, group by group.

    Parameters
    ----------
    ranks, layout
        As in :func:`cosine_basis`.
    """
    blocks = []
    for group in layout.groups:
        n_waves = max(_count_waves(ranks[column]) for column in group.columns)
        block = np.zeros((len(group.columns), group.size, n_waves), dtype=np.float32)
        for i, column in enumerate(group.columns):
            waves = _waves(ranks[column])
            block[i, :, : waves.shape[1]] = waves
        blocks.append(block)
    return BlockBasis(layout.groups, tuple(blocks))


def _count_waves(places: np.ndarray) -> int:
    # A constant wave is what the other weights are there for, and n places tell n - 1 apart.
    return max(0, min(_MAX_WAVES, int(np.isfinite(places).sum()) - 1))


def _waves(places: np.ndarray) -> np.ndarray:
    """Return the waves of one column at its modes, float32 of shape (size, n_waves)."""
    waves = np.zeros((len(places), _count_waves(places)), dtype=np.float32)
    has_place = np.isfinite(places)
    numbers = np.arange(1, waves.shape[1] + 1)
    waves[has_place] = np.sqrt(2.0) * np.cos(np.pi * numbers * places[has_place, None])
    return waves
