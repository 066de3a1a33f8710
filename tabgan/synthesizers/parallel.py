"""Independent blocks of rows on all cores: NumPy lets go of Python's lock while it computes."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Result = TypeVar("Result")

# What a block does between two long computations is Python's, one thread at a time.
_MOST_THREADS = 8


def in_parallel(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return the results in the order of the items.

    Parameters
    ----------
    work : callable
        Must not depend on what it did before.
    items : sequence
        What to call it with.
    """
    n_threads = min(len(items), _n_cores(), _MOST_THREADS)
    if n_threads < 2:
        return [work(item) for item in items]
    with _single_threaded_products(), ThreadPoolExecutor(n_threads) as pool:
        return list(pool.map(work, items))


def _n_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Limit:
    """The limit on the threads of matrix products, and how many callers hold it."""

    lock = Lock()
    n_holders = 0
    limit: threadpool_limits | None = None


@contextlib.contextmanager
def _single_threaded_products() -> Iterator[None]:
    """Keep each matrix product on its own core: the blocks would wait for each other's.

    The limit is the process's. So the first of several callers at once sets it and the last one
    lifts it; each setting its own, one would restore what another had set.
    """
    with _Limit.lock:
        if not _Limit.n_holders:
            _Limit.limit = threadpool_limits(1, user_api="blas")
        _Limit.n_holders += 1
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.n_holders -= 1
            if not _Limit.n_holders and _Limit.limit is not None:
                _Limit.limit.restore_original_limits()
