"""Which modes are neighbours: the order of a column's modes as smooth functions of their rank.

To a network the modes of a column are names. What it learns of one mode of a number says nothing
of the next one, unless it is told that they lie side by side. The cosines of a mode's rank are a
basis in which neighbours look alike, the slowest waves first (that of the discrete cosine
transform).
"""

from collections.abc import Sequence

import numpy as np

from tabgan.encoding.layout import Layout

# Waves a column at most. 16 beat 8 and 32 in held-out likelihood (benchmarks/ablations.md); the
# shortest then goes up and down once in eight of 64 modes.
_MAX_WAVES = 16


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
        has_place = np.isfinite(places)
        # A constant wave is what the other weights are there for, and n places tell n - 1 apart.
        n_waves = min(_MAX_WAVES, int(has_place.sum()) - 1)
        for wave in range(1, n_waves + 1):
            values = np.zeros(layout.n_modes, dtype=np.float32)
            at = np.arange(layout.n_modes)[layout.modes(column)][has_place]
            values[at] = np.sqrt(2.0) * np.cos(np.pi * wave * places[has_place])
            waves.append(values)
    return np.stack(waves, axis=1) if waves else np.zeros((layout.n_modes, 0), dtype=np.float32)
