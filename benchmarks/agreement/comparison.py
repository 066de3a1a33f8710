"""One quantity, as tabgan and as another package have it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tables import Case

# Same definition, other order of additions.
EXACT = 1e-9


@dataclass(frozen=True)
class Comparison:
    """A quantity of one sample by two packages.

    Parameters
    ----------
    peer, quantity, table, sample : str
        What is compared.
    ours, theirs : float
        Both figures, or their means where there are several; NaN for none.
    difference : float
        The largest absolute one, of single figures.
    tolerance : float or None
        None where both differ on purpose.
    """

    peer: str
    quantity: str
    table: str
    sample: str
    ours: float
    theirs: float
    difference: float
    tolerance: float | None

    @property
    def agrees(self) -> bool | None:
        """Whether the difference is allowed; None where both differ on purpose."""
        return None if self.tolerance is None else bool(self.difference <= self.tolerance)


def compared(
    peer: str,
    quantity: str,
    case: Case,
    ours: float | Sequence[float],
    theirs: float | Sequence[float],
    tolerance: float | None = EXACT,
) -> Comparison:
    """Return the comparison of a figure, or of as many figures in the same order."""
    both = np.array([np.atleast_1d(ours), np.atleast_1d(theirs)], dtype=np.float64)
    return Comparison(
        peer,
        quantity,
        case.table,
        case.sample,
        float(both[0].mean()),
        float(both[1].mean()),
        float(np.abs(both[0] - both[1]).max()),
        tolerance,
    )
