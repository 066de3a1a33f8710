"""How networks see a category of very many levels: frequent ones alone, the others in groups.

A level of its own costs a row of weights in every layer that reads or writes modes, their gradients
and moments, and a number for each row of a batch in each operation: at 10,000 levels gigabytes. So
rare levels share: a first choice says which level, or which group of them, and a second one which
member of the group (class-based output layers, Goodman 2001; for rare levels alone, Grave et al.
2017). The features of members are shared by all groups, but each level keeps a bias of its own, so
that its frequency is right. To all other code the column has one code.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

# A column of more modes than this is split; no benchmark has more than 530. Rare levels that share
# tell less of other columns: of 10,000 rows with some 1,500 levels by Zipf's law .800 had the group
# of their level when it was split, .849 when it was whole and .852 in the table
# (benchmarks/ablations.md). So it is for those for which there would be no memory.
MOST_WHOLE = 2_500
# Levels that stand alone in a split column, the most frequent ones.
_N_ALONE = 500
# The last codes of a category may be "rare" and "missing", which are frequent: they come first.
_N_LAST = 2


@dataclass(frozen=True)
class Split:
    """How one column of `size` modes is divided.

    Parameters
    ----------
    size : int
        Its modes, more than ``MOST_WHOLE``: by falling frequency, but for the last two.
    """

    size: int

    @cached_property
    def n_members(self) -> int:
        """Levels of a group: as many as there are groups."""
        return int(np.ceil((self.size - _N_ALONE) ** 0.5))

    @cached_property
    def n_groups(self) -> int:
        """Groups of levels; the last one may not be full."""
        return -(-(self.size - _N_ALONE) // self.n_members)

    @property
    def n_choices(self) -> int:
        """What the first choice has to choose from: levels that stand alone, then groups."""
        return _N_ALONE + self.n_groups

    @property
    def groups(self) -> slice:
        """Where the groups are among the choices."""
        return slice(_N_ALONE, self.n_choices)

    def divide(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the choice and the member that each code stands for.

        The member is -1 for a level that stands alone, and both are for a code that is negative.
        """
        turned = (codes + _N_LAST) % self.size
        group, member = np.divmod(turned - _N_ALONE, self.n_members)
        is_alone = turned < _N_ALONE
        choice = np.where(is_alone, turned, _N_ALONE + group)
        is_known = codes >= 0
        return np.where(is_known, choice, -1), np.where(is_known & ~is_alone, member, -1)

    def log_shares(self, log_shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return those of the choices, and of the members in each group, (n_groups, n_members)."""
        shares = np.exp(np.roll(log_shares.astype(np.float64), _N_LAST))
        # Places of the last group that no level has: a share of 1e-13 is never drawn.
        members = np.full((self.n_groups, self.n_members), 1e-30)
        members.flat[: self.size - _N_ALONE] = shares[_N_ALONE:]
        of_groups = members.sum(axis=1)
        within = np.maximum(np.log(members / of_groups[:, None]), -30.0)
        choices = np.log(np.concatenate([shares[:_N_ALONE], of_groups]))
        return choices.astype(np.float32), within.astype(np.float32)

    def join(self, log_choices: np.ndarray, log_members: np.ndarray) -> np.ndarray:
        """Return the log-probability of each code, float32 of shape (n_rows, size).

        Parameters
        ----------
        log_choices : numpy.ndarray of shape (n_rows, n_choices)
            Of the first choice.
        log_members : numpy.ndarray of shape (n_rows, n_groups, n_members)
            Of the members in each group; changed.
        """
        log_members += log_choices[:, self.groups, None]
        joined = np.empty((len(log_choices), self.size), dtype=np.float32)
        tail = log_members.reshape(len(log_choices), -1)[:, : self.size - _N_ALONE]
        # Turned back, so that the last codes are the last again.
        joined[:, -_N_LAST:] = log_choices[:, :_N_LAST]
        joined[:, : _N_ALONE - _N_LAST] = log_choices[:, _N_LAST:_N_ALONE]
        joined[:, _N_ALONE - _N_LAST : -_N_LAST] = tail
        return joined
