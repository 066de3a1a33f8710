"""Ctrl-C that is heard as such, wherever it falls."""

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def hearing_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt where a library made another error of it.

    TensorFlow's C++ code calls Python while it builds a graph. An interrupt there comes back as a
    ``SystemError``, which nobody who waits for Ctrl-C catches.
    """
    try:
        yield
    except Exception as error:
        if _began_as_interrupt(error):
            raise KeyboardInterrupt from error
        raise


def _began_as_interrupt(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False
