"""Set rows aside to stop by."""

import numpy as np

# With at least this share of distinct rows, a row and its copies are kept on the same side.
_MANY_DISTINCT = 0.5


def hold_out(
    codes: np.ndarray, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows to learn from and the rows to stop by.

    Parameters
    ----------
    codes : numpy.ndarray of shape (n_rows, n_columns)
        Encoded rows.
    share : float
        Share to hold out; 0 gives all rows for both.
    rng : numpy.random.Generator
        Chooses them.
    """
    codes = rng.permutation(codes)  # a table may be sorted, and later looks take the first rows
    if share == 0.0:
        return codes, codes
    _, row_of, copies = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    row_of = row_of.ravel()
    if len(copies) < _MANY_DISTINCT * len(codes):
        # With few distinct rows, whole combinations would never be learnt: split by rows.
        row_of, copies = np.arange(len(codes)), np.ones(len(codes), dtype=np.int64)
    held_out = np.zeros(len(copies), dtype=bool)
    held_out[: max(1, round(share * len(copies)))] = True
    held_out = rng.permutation(held_out)
    return codes[~held_out[row_of]], codes[held_out[row_of]]
