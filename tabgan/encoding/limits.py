"""The range of numbers that enough rows reach, and the places between numbers where it can end."""

import numpy as np


def middles(values: np.ndarray, on_grid: bool) -> np.ndarray:
    """Return a number strictly between each two neighbours, NaN where float64 has none.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_values,)
        Distinct values, ascending.
    on_grid : bool
        Whether values are integers; the middles then are halves.
    """
    halves = values / 2  # the sum of two large values would overflow
    between = halves[:-1] + halves[1:]
    if on_grid:
        between = np.floor(between) + 0.5
    is_between = (values[:-1] < between) & (between < values[1:])
    return np.where(is_between, between, np.nan)


def released_limits(
    values: np.ndarray, counts: np.ndarray, threshold: int, on_grid: bool
) -> tuple[float, float]:
    """Return the limits that extremes clip to.

    On a grid they are the values of the `threshold`-th row from either end; off it the next number
    half-way between two values, since a real number may tell whose it is. Where nothing lies
    between the two, both are one number in the middle of the rows.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_values,)
        Distinct values, ascending.
    counts : numpy.ndarray of int, shape (n_values,)
        Rows that carry each; at least `threshold` together.
    threshold : int
        So many rows lie at or beyond each limit, at least 1.
    on_grid : bool
        Whether values are integers.

    Returns
    -------
    tuple of float
        Lower and upper limit.
    """
    rows_upto = np.cumsum(counts)
    first = int(np.searchsorted(rows_upto, threshold))
    last = int(np.searchsorted(rows_upto, rows_upto[-1] - threshold + 1))
    if on_grid and first <= last:
        return float(values[first]), float(values[last])
    between = middles(values, on_grid)[first:last]
    ends = between[~np.isnan(between)]
    if len(ends) > 1:
        return float(ends[0]), float(ends[-1])
    centre = _centre(values, counts)
    centre = float(np.rint(centre)) if on_grid else centre
    return centre, centre


def _centre(values: np.ndarray, counts: np.ndarray) -> float:
    """Return the mean of all rows after the outer quarters are clipped to the quartiles.

    One far value neither drags it nor shows in it, as it would in a mean, and it is no row's own
    value, as a median may be.
    """
    shares = counts / counts.sum()
    low, high = values[np.searchsorted(np.cumsum(counts), counts.sum() * np.array([0.25, 0.75]))]
    return float(np.clip(shares @ values.clip(low, high), low, high))
