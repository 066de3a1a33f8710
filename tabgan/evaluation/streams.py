"""Random streams by name, so that adding a score never changes the draws of another."""

import zlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RandomStreams:
    """Independent generators made from one seed and a name each.

    Parameters
    ----------
    seed : int
        Not negative.
    """

    seed: int

    @classmethod
    def from_random_state(cls, random_state: int | np.random.Generator | None) -> "RandomStreams":
        """Return the streams of a seed, of a generator's next draw, or fresh ones for ``None``."""
        return cls(int(np.random.default_rng(random_state).integers(2**63)))

    def named(self, name: str) -> np.random.Generator:
        """Return the generator of this name, always at its start."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])
