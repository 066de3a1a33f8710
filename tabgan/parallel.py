"""Independent blocks of rows on all cores: NumPy lets go of Python's lock while it computes."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor, as_completed
from contextvars import ContextVar, copy_context
from threading import Event, Lock
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

Item = TypeVar("Item")
Result = TypeVar("Result")

# What a block does between two long computations is Python's, one thread at a time.
_MOST_THREADS = 8


# Of each call of `in_parallel` that the code runs in, from the outermost: whether it was given up.
_GIVEN_UP: ContextVar[tuple[Event, ...]] = ContextVar("given up", default=())


def in_parallel(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    on_done: Callable[[Item, Result], None] = lambda item, result: None,
) -> list[Result]:
    """Return the results in the order of the items.

    An error, Ctrl-C as well, gives up the items that have not begun, and those that ask
    :func:`give_up_if_interrupted`; it is raised when the others have ended.

    Parameters
    ----------
    work : callable
        Must not depend on what it did before. May call this function itself.
    items : sequence
        What to call it with.
    on_done : callable
        Called with each item and its result, by the caller's own thread, as soon as there is one.
    """
    n_threads = min(len(items), _n_cores(), _MOST_THREADS)
    if n_threads < 2:
        # One thread here, too: what a product rounds to shall not hang on what runs beside it.
        with single_threaded_products():
            return [_and_say(on_done, item, work(item)) for item in items]
    given_up = Event()
    context = copy_context()
    context.run(_GIVEN_UP.set, (*_GIVEN_UP.get(), given_up))

    def begin(item: Item) -> Result:
        give_up_if_interrupted()
        return work(item)

    with single_threaded_products(), ThreadPoolExecutor(n_threads) as pool:
        futures = {pool.submit(context.copy().run, begin, item): item for item in items}
        try:
            for future in as_completed(futures):
                on_done(futures[future], future.result())
        except BaseException:
            given_up.set()
            raise
    return [future.result() for future in futures]


def give_up_if_interrupted() -> None:
    """End the work of a thread whose caller waits for it in vain; for work that takes seconds.

    Raises
    ------
    CancelledError
        If the call of :func:`in_parallel` that it belongs to has been interrupted.
    """
    if any(given_up.is_set() for given_up in _GIVEN_UP.get()):
        raise CancelledError


def _and_say(on_done: Callable[[Item, Result], None], item: Item, result: Result) -> Result:
    on_done(item, result)
    return result


def _n_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Limit:
    """The limit on the threads of matrix products, and how many callers hold it."""

    lock = Lock()
    n_holders = 0
    limit: Any = None
    # The libraries that multiply, and how many modules there were when they were looked for: that
    # takes milliseconds, and new libraries come with new modules.
    libraries: ThreadpoolController | None = None
    n_modules = 0


def _forget_holders() -> None:
    """Begin anew in a forked process, which has none of the threads that held the limit or lock."""
    _Limit.lock = Lock()
    if _Limit.limit is not None and _Limit.n_holders:
        _Limit.limit.restore_original_limits()
    _Limit.n_holders = 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_holders)


@contextlib.contextmanager
def single_threaded_products() -> Iterator[None]:
    """Keep each matrix product on its own core: threads would wait for each other's.

    The limit is the process's. So the first of several callers at once sets it and the last one
    lifts it; each setting its own, one would restore what another had set.
    """
    with _Limit.lock:
        if not _Limit.n_holders:
            if _Limit.libraries is None or _Limit.n_modules != len(sys.modules):
                _Limit.libraries, _Limit.n_modules = ThreadpoolController(), len(sys.modules)
            _Limit.limit = _Limit.libraries.limit(limits=1, user_api="blas")
        _Limit.n_holders += 1
    try:
        yield
    finally:
        with _Limit.lock:
            _Limit.n_holders -= 1
            if not _Limit.n_holders and _Limit.limit is not None:
                _Limit.limit.restore_original_limits()
