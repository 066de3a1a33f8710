"""The training seam on JAX."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import jax

from tabgan.errors import InvalidParameterError


class JaxBackend:
    """``jax.value_and_grad``, folded keys and ``jax.jit``."""

    def value_and_gradients(
        self, function: Callable[[list[Any]], tuple[Any, Any]], variables: Sequence[Any]
    ) -> tuple[Any, Any, list[Any]]:
        (loss, logs), gradients = jax.value_and_grad(function, has_aux=True)(list(variables))
        return loss, logs, gradients

    def uniform(self, seed: Any, step: Any, site: int, shape: tuple[int, ...]) -> Any:
        return jax.random.uniform(self._key(seed, step, site), shape)

    def normal(self, seed: Any, step: Any, site: int, shape: tuple[int, ...]) -> Any:
        return jax.random.normal(self._key(seed, step, site), shape)

    def compile(
        self,
        function: Callable[..., Any],
        *,
        fused: bool = False,  # always is
    ) -> Callable[..., Any]:
        return jax.jit(function)

    def device(self, name: str) -> AbstractContextManager[object]:
        if name == "auto":
            return nullcontext()
        try:
            chosen: AbstractContextManager[object] = jax.default_device(jax.devices(name)[0])
        except RuntimeError as error:
            raise InvalidParameterError(
                f'device="{name}", but JAX sees none; use "auto"'
            ) from error
        return chosen

    def put(self, array: Any) -> Any:
        return jax.device_put(array)

    @staticmethod
    def _key(seed: Any, step: Any, site: int) -> Any:
        return jax.random.fold_in(jax.random.fold_in(jax.random.key(seed), step), site)


BACKEND = JaxBackend()
