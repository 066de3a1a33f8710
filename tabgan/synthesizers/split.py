"""Set rows aside, by distinct rows: a row and its copies are on the same side."""

import numpy as np


def hold_out(
    codes: np.ndarray, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to learn from and the rows to stop by.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n_rows, n_columns)
        Encoded rows.
    share : float
        Share of the distinct rows to hold out; 0 gives all rows for both.
    rng : numpy.random.Generator
        Chooses them.
    """
    if share == 0.0:
        return codes, codes
    _, row_of = np.unique(codes, axis=0, return_inverse=True)
    row_of = row_of.ravel()
    n_distinct = int(row_of.max()) + 1
    n_held_out = min(n_distinct - 1, max(1, round(share * n_distinct)))
    held_out = np.zeros(n_distinct, dtype=bool)
    held_out[rng.permutation(n_distinct)[:n_held_out]] = True
    if n_held_out == 0:  # all rows are the same one
        return codes, codes
    return codes[~held_out[row_of]], codes[held_out[row_of]]
