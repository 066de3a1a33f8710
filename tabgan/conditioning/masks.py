"""Random known sets for training."""

import numpy as np


def random_known_sets(
    rng: np.random.Generator, n_rows: int, n_columns: int, share: float = 1.0
) -> np.ndarray:
    """Return which columns are known in each row.

    The size of a known set is uniform on 0 … n_columns - 1 and the set uniform given its size, so
    that each step of drawing the columns in a random order occurs equally often.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of randomness.
    n_rows, n_columns : int
        Shape of the result.
    share : float
        Share of the rows that get such a set; in the others nothing is known.

    Returns
    -------
    numpy.ndarray of bool, shape (n_rows, n_columns)
        True where a column is known; at least one column of each row is not.
    """
    ranks = rng.random((n_rows, n_columns), dtype=np.float32).argsort(axis=1)
    n_known = rng.integers(0, max(1, n_columns), size=n_rows)
    n_known[rng.random(n_rows) >= share] = 0
    return ranks < n_known[:, None]
