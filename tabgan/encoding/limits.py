"""The range of numbers that is released, and the places between numbers where it can end."""

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
    """Return the limits that extremes clip to: a mean of the outermost `threshold` rows.

    Statistical offices top-code by such means: a tail keeps most of its length. Rows beyond the
    median of the outermost count as if they lay at it, so that more than half of them lie at or
    beyond the limit, and how far out the others are shows nowhere. On a grid a limit is the next
    of its points further in; off it, where the mean is some row's value, the next number half-way
    between two (itself, if float64 has none). Where the rows are too few for two such means, or
    the means meet, both limits are one number in the middle.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n_values,)
        Distinct values, ascending.
    counts : numpy.ndarray of int, shape (n_values,)
        Rows that carry each; at least `threshold` together.
    threshold : int
        Rows that a limit is a mean of, at least 1.
    on_grid : bool
        Whether values are integers.

    Returns
    -------
    tuple of float
        Lower and upper limit.
    """
    if counts.sum() >= 2 * threshold:
        low = _lower_limit(values, counts, threshold, on_grid)
        high = -_lower_limit(-values[::-1], counts[::-1], threshold, on_grid)
        if low < high:
            return low, high
    centre = _centre(values, counts)
    centre = float(np.rint(centre)) if on_grid else centre
    return centre, centre


def _lower_limit(values: np.ndarray, counts: np.ndarray, threshold: int, on_grid: bool) -> float:
    outer = np.repeat(values[:threshold], np.minimum(counts[:threshold], threshold))[:threshold]
    outer = outer.clip(outer[threshold // 2])
    if on_grid:
        return float(-(-sum(map(int, outer)) // threshold))  # in whole numbers, which never round
    # Shares are summed, since the sum of large values overflows.
    limit = (outer / threshold).sum().clip(outer[0], outer[-1])
    place = int(np.searchsorted(values, limit))
    if values[place] != limit:
        return float(limit)
    between = middles(values[place:], on_grid)
    is_some = ~np.isnan(between)
    # Of neighbouring floats none lies between two, and their mean may well be one of them.
    return float(between[is_some].min() if is_some.any() else limit)


def _centre(values: np.ndarray, counts: np.ndarray) -> float:
    """Return the mean of all rows after the outer quarters are clipped to the quartiles.

    One far value neither drags it nor shows in it, as it would in a mean, and it is no row's own
    value, as a median may be.
    """
    shares = counts / counts.sum()
    low, high = values[np.searchsorted(np.cumsum(counts), counts.sum() * np.array([0.25, 0.75]))]
    # From the lower quartile on: far from zero a sum of whole values has few digits left.
    return float(np.clip(low + shares @ (values.clip(low, high) - low), low, high))
