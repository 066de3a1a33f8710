"""Values that stand out among their neighbours: the zeros among amounts, a price everybody asks.

Between bins, the rows of such a value would be smeared over the values beside it.
"""

import numpy as np
from scipy.special import pdtrc

from tabgan.encoding.roundness import FindRoundness, Roundness

# Rows it has at least, as a share and in rare thresholds. Modes of fewer rows are worse learnt than
# missed: the whole row has to go with them (benchmarks/ablations.md).
_LEAST_SHARE, _THRESHOLDS = 0.01, 2
# Times what its neighbours let expect; and more than chance brings, in a million values.
_TIMES, _CHANCE = 5.0, 1e-6
# Neighbours on either side.
_NEIGHBOURS = 16


def stand_out(
    values: np.ndarray,
    counts: np.ndarray,
    threshold: int,
    roundness_of: FindRoundness | None = None,
) -> np.ndarray:
    """Return which values far more rows have than their neighbours let expect, bool.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_values,)
        Distinct values, ascending.
    counts : numpy.ndarray of int, shape (n_values,)
        Rows that carry each.
    threshold : int
        Rows that a released value has at least.
    roundness_of : callable or None
        Finds how round the values are: of a round one more rows are expected.
    """
    fewest = max(_THRESHOLDS * threshold, _LEAST_SHARE * counts.sum())
    is_deep = counts >= fewest
    if not is_deep.any() or len(values) == 1:
        return np.zeros(len(values), dtype=bool)
    found = Roundness()
    if roundness_of is not None:
        # Zero is a multiple of every step: its rows must not make one that explains them, and a
        # third of what stands out is too few for a step.
        found = roundness_of(values, counts.clip(max=np.ceil(fewest / 3.0)), threshold)
    widths = found.widths(values)
    expected = widths * _others_around(counts) / _others_around(widths)
    is_deep &= counts >= _TIMES * expected
    return np.asarray(is_deep & (pdtrc(counts - 1, expected) < _CHANCE))


def _others_around(amounts: np.ndarray) -> np.ndarray:
    """Return the sum over the neighbours of each place, itself left out."""
    upto = np.concatenate([[0.0], np.cumsum(amounts)])
    places = np.arange(len(amounts))
    start = (places - _NEIGHBOURS).clip(min=0)
    stop = (places + _NEIGHBOURS + 1).clip(max=len(amounts))
    return np.asarray(upto[stop] - upto[start] - amounts)
