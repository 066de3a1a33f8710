"""Independent random streams from one seed, without any global state.

A stream is named by what it is for, so that a new use of randomness does not shift the others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tabgan.errors import InvalidParameterError

RandomState = int | np.random.Generator | np.random.RandomState | None
RANDOM_STATE_NEED = "a non-negative integer below 2**63, a numpy Generator or RandomState, or None"

_STREAMS = {
    "encoding": 1,
    "split": 2,
    "initial weights": 3,
    "batches": 4,
    "noise": 5,
    "blocks": 6,
    "forests": 7,
    "held-out masks": 8,
    "judge": 9,
    "calibration": 10,
    "restrictions": 11,
    "completions": 12,
    "orders": 13,
    "density ratio": 14,
    "questions": 15,
    "redraws": 16,
    "rules": 17,
    "remainders": 18,
}


@contextmanager
def global_numbers_as_before() -> Iterator[None]:
    """Put NumPy's global random numbers, which are the user's, back to where they were."""
    before = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(before)


def is_random_state(value: Any) -> bool:
    """Say whether :func:`resolve_seed` takes a value; a generator is not drawn from."""
    if value is None or isinstance(value, np.random.Generator | np.random.RandomState):
        return True
    is_integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return is_integer and 0 <= value < 2**63


def resolve_seed(random_state: RandomState) -> int:
    """Return a non-negative seed below 2**63.

    Parameters
    ----------
    random_state : int, numpy Generator or RandomState, or None
        An integer is the seed itself; a generator is drawn from; ``None`` asks the system.

    Raises
    ------
    InvalidParameterError
        If it is none of these, or a negative integer.
    """
    if not is_random_state(random_state):
        raise InvalidParameterError(f"random_state must be {RANDOM_STATE_NEED}")
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1)
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**63))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    return int(random_state)


def stream(seed: int, purpose: str, *numbers: int) -> np.random.Generator:
    """Return the generator for one purpose, and within it for one numbered part."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(_STREAMS[purpose], *numbers)))
    )


def last_digits(uniforms: np.ndarray) -> np.ndarray:
    """Return uniform numbers that are independent of the first digits of others: their last ones.

    Parameters
    ----------
    uniforms : numpy.ndarray
        Uniform in [0, 1), of 53 bits.
    """
    digits: np.ndarray = uniforms * 2.0**20 % 1.0
    return digits
