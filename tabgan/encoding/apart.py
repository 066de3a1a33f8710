"""Values that lie far apart from all others: -999 and 9999-12-31 for unknown, a cap of a million.

They stand for something else than the numbers beside them, and between them and these there is
nothing: so each is a mode of its own, however few rows have it.
"""

import numpy as np

# Times the spread of nine tenths of the other rows: the next value of a heavy tail lies nearer.
_FAR = 3.0
_SPREAD = np.array([0.05, 0.95])
# Codes of this kind that a column has at most, at each end.
_MOST = 10


def far_apart(values: np.ndarray, counts: np.ndarray, threshold: int) -> np.ndarray:
    """Return which values lie far apart from all others and are carried by enough rows, bool.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_values,)
        Distinct values, ascending.
    counts : numpy.ndarray of int, shape (n_values,)
        Rows that carry each.
    threshold : int
        Rows that a value needs at least.
    """
    upto = np.cumsum(counts)
    first, last = 0, len(values) - 1
    for _ in range(_MOST):
        first += _is_apart(values, counts, upto, threshold, first, last, at_end=False)
        last -= _is_apart(values, counts, upto, threshold, first, last, at_end=True)
    places = np.arange(len(values))
    return np.asarray((places < first) | (places > last))


def _is_apart(
    values: np.ndarray,
    counts: np.ndarray,
    upto: np.ndarray,
    threshold: int,
    first: int,
    last: int,
    *,
    at_end: bool,
) -> bool:
    """Say whether the first or the last of some values lies far apart from the others."""
    end, start, stop = (last, first, last - 1) if at_end else (first, first + 1, last)
    if stop <= start or counts[end] < threshold:
        return False
    before = upto[start] - counts[start]
    n_rows = upto[stop] - before
    low, high = values[np.searchsorted(upto, before + _SPREAD * n_rows)]
    gap = abs(values[end] / 2 - values[stop if at_end else start] / 2)  # halves do not overflow
    return bool(high > low and gap / _FAR > high / 2 - low / 2)
