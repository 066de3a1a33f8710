"""Keras and its backend imported in silence."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from tabgan.cli.saying import say
from tabgan.errors import BackendError


def load_training(*, is_quiet: bool = False) -> None:
    """Import what training needs; some seconds, once a process.

    Parameters
    ----------
    is_quiet : bool, default=False
        Whether not even to say why nothing happens for some seconds.

    Raises
    ------
    BackendError
        If Keras or its backend is not installed.
    """
    if not is_quiet:
        say("Loading Keras ...")
    try:
        with _without_stderr():
            import tabgan.synthesizers.fitting  # noqa: F401 (imported for its effect: it is loaded)
    except ImportError as error:
        raise BackendError(
            f"training needs Keras and TensorFlow (or KERAS_BACKEND=jax and JAX), and module "
            f"{error.name!r} cannot be imported; install what is missing"
        ) from error


@contextmanager
def _without_stderr() -> Iterator[None]:
    """Point file descriptor 2 at nothing for a while.

    TensorFlow's C++ code greets the user on stderr while it is imported, before any of its log
    levels counts: two lines about its log and one, 300 characters long, about rounding. Only the
    descriptor can keep them off the screen. An import that fails raises, so nothing else is lost.
    """
    kept = None
    with suppress(OSError):  # no descriptor 2: nobody to spare
        kept = os.dup(2)
    if kept is None:
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
