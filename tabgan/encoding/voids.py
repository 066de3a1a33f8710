"""Voids between clusters of numbers: stretches far wider than chance leaves between rows.

A piece of the distribution function that holds rows on both sides of a void would spread them over
it: of two clusters, some draws would belong to neither.
"""

import numpy as np

# Beside so many distinct values of a smooth law, a gap wider than twice their span is no chance:
# one in e^32 is. The span is that of both sides, so a tail that thins out has none.
_VALUES_BESIDE, _SPANS = 16, 2.0
# At least so many distinct values have a span.
_FEWEST_BESIDE = 4


def voids(values: np.ndarray, counts: np.ndarray, rows_beside: int) -> np.ndarray:
    """Return the places of the first values beyond each void.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_values,)
        Distinct values, ascending.
    counts : numpy.ndarray of int, shape (n_values,)
        Rows that carry each.
    rows_beside : int
        Rows that lie on either side of a void at least, up to the next one.
    """
    places = np.arange(1, len(values))
    below = values[places - 1] / 2 - values[(places - _VALUES_BESIDE).clip(min=0)] / 2
    above = values[(places + _VALUES_BESIDE - 1).clip(max=len(values) - 1)] / 2 - values[places] / 2
    gaps = values[places] / 2 - values[places - 1] / 2  # halves do not overflow
    is_wide = gaps > _SPANS * np.maximum(below, above)
    is_wide &= (places >= _FEWEST_BESIDE) & (places <= len(values) - _FEWEST_BESIDE)
    rows_upto = np.cumsum(counts)
    starts: list[int] = []
    for place in places[is_wide]:
        before = rows_upto[starts[-1] - 1] if starts else 0
        if min(rows_upto[place - 1] - before, rows_upto[-1] - rows_upto[place - 1]) >= rows_beside:
            starts.append(int(place))
    return np.array(starts, dtype=np.int64)
