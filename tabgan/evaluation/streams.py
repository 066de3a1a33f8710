"""Random streams by name, so that adding a score never changes the draws of another."""

import zlib
from dataclasses import dataclass

import numpy as np

from tabgan.randomness import RandomState, resolve_seed


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
    def from_random_state(cls, random_state: RandomState) -> "RandomStreams":
        """Return the streams of a seed, of a generator's next draw, or fresh ones for ``None``.

        Raises
        ------
        InvalidParameterError
            If it is none of these, or a negative integer.
        """
        return cls(int(np.random.default_rng(resolve_seed(random_state)).integers(2**63)))

    def named(self, name: str) -> np.random.Generator:
        """Return the generator of this name, always at its start."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])
