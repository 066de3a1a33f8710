"""The seam between the training step and the library that runs it.

To add a backend: 1. a module with a ``Backend`` of its own, 2. its entry in ``current_backend``,
3. its name in the agreement test.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, Protocol

import keras

from tabgan.errors import BackendError

_MODULES = {
    "tensorflow": "tabgan.training.tensorflow_backend",
    "jax": "tabgan.training.jax_backend",
}


# The process in which a training began; its library's threads are there and nowhere else.
_started_in: int | None = None


class Backend(Protocol):
    """What the step and the loop ask of a library, beyond ``keras.ops``."""

    def value_and_gradients(
        self, function: Callable[[list[Any]], tuple[Any, Any]], variables: Sequence[Any]
    ) -> tuple[Any, Any, list[Any]]:
        """Return loss, logs and the loss's gradient for each variable; calls may be nested."""

    def uniform(self, seed: Any, step: Any, site: int, shape: tuple[int, ...]) -> Any:
        """Return uniform numbers in [0, 1) that depend on nothing but the arguments."""

    def normal(self, seed: Any, step: Any, site: int, shape: tuple[int, ...]) -> Any:
        """Return standard normal numbers that depend on nothing but the arguments."""

    def compile(self, function: Callable[..., Any], *, fused: bool = False) -> Callable[..., Any]:
        """Return the compiled function; fused into few large operations where that can be asked."""

    def device(self, name: str) -> AbstractContextManager[object]:
        """Return a context in which tensors live on a device: "auto", "cpu" or "gpu"."""

    def put(self, array: Any) -> Any:
        """Return the array on the device."""


def backend_name() -> str:
    """Return the name of the library that Keras runs on."""
    name: str = keras.config.backend()
    return name


def current_backend() -> Backend:
    """Return the seam of the backend that Keras runs on.

    Raises
    ------
    BackendError
        If tabgan has no training seam for it, or it was started before this process was forked.
    """
    global _started_in
    name = backend_name()
    if name not in _MODULES:
        raise BackendError(
            f"Keras runs on {name!r}, which tabgan cannot train on; set KERAS_BACKEND to one of "
            f"{sorted(_MODULES)} before Keras is imported"
        )
    if _started_in not in (None, os.getpid()):
        raise BackendError(
            f"this process was forked from one that had trained already, and {name} would wait "
            'for threads that were left there; use multiprocessing.get_context("spawn"), or fit '
            "in the parent"
        )
    _started_in = os.getpid()
    backend: Backend = import_module(_MODULES[name]).BACKEND
    return backend
