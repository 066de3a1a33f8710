"""Where the modes of each column lie on the mode axis: the only owner of offsets."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np


@dataclass(frozen=True)
class Group:
    """Columns with equally many modes, side by side on the mode axis.

    Their modes can be looked at as one array of shape ``(n_rows, len(columns), size)``, so the
    networks need one operation a group instead of one a column, and no padding.
    """

    size: int
    start: int
    columns: tuple[int, ...]

    @property
    def stop(self) -> int:
        """One past the last mode of the group."""
        return self.start + self.size * len(self.columns)


class Layout:
    """The mode axis of a table: every mode of every learnt column, columns of equal size together.

    Parameters
    ----------
    sizes : sequence of int
        Number of modes of each learnt column, in the order of the table.

    Examples
    --------
    >>> layout = Layout([2, 5, 2])
    >>> layout.n_columns, layout.n_modes
    (3, 9)
    >>> layout.modes(2)
    slice(2, 4, None)
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(int(size) for size in sizes)
        by_size = sorted(range(len(self.sizes)), key=lambda column: self.sizes[column])
        starts = np.zeros(len(self.sizes), dtype=np.int64)
        groups = []
        position = 0
        for size, members in groupby(by_size, key=lambda column: self.sizes[column]):
            columns = tuple(members)
            groups.append(Group(size, position, columns))
            starts[list(columns)] = position + size * np.arange(len(columns))
            position += size * len(columns)
        self.groups = tuple(groups)
        self.n_modes = position
        self._starts = starts

    def __repr__(self) -> str:
        return f"Layout({list(self.sizes)})"

    @property
    def n_columns(self) -> int:
        """Number of learnt columns."""
        return len(self.sizes)

    def modes(self, column: int) -> slice:
        """Return where the modes of a column lie on the mode axis."""
        start = int(self._starts[column])
        return slice(start, start + self.sizes[column])

    def position(self, column: int, codes: np.ndarray) -> np.ndarray:
        """Return the places on the mode axis of a column's codes."""
        places: np.ndarray = codes + self._starts[column]
        return places

    @cached_property
    def column_of_mode(self) -> np.ndarray:
        """Column that each mode belongs to, int32 of shape (n_modes,)."""
        columns = np.empty(self.n_modes, dtype=np.int32)
        for column in range(self.n_columns):
            columns[self.modes(column)] = column
        return columns

    @cached_property
    def code_of_mode(self) -> np.ndarray:
        """Code of each mode within its column, int32 of shape (n_modes,)."""
        codes = np.arange(self.n_modes) - self._starts[self.column_of_mode]
        narrow: np.ndarray = codes.astype(np.int32)
        return narrow

    def join(self, per_column: Sequence[np.ndarray]) -> np.ndarray:
        """Lay one array a column, each of its own size, out along the mode axis."""
        # Beginning with bool: a table of identifiers alone has nothing to take the type from.
        joined = np.empty(self.n_modes, dtype=np.result_type(np.bool_, *per_column))
        for column, values in enumerate(per_column):
            joined[self.modes(column)] = values
        return joined
