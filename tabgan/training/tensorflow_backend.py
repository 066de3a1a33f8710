"""The training seam on TensorFlow."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from functools import partial
from typing import Any

import tensorflow as tf

from tabgan.errors import InvalidParameterError


class TensorFlowBackend:
    """Gradient tapes, counter-based random numbers and ``tf.function``."""

    def value_and_gradients(
        self, function: Callable[[list[Any]], tuple[Any, Any]], variables: Sequence[Any]
    ) -> tuple[Any, Any, list[Any]]:
        variables = list(variables)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(variables)
            loss, logs = function(variables)
        return loss, logs, tape.gradient(loss, variables, unconnected_gradients="zero")

    def uniform(self, seed: Any, step: Any, site: int, shape: tuple[int, ...]) -> Any:
        # Philox, because the default algorithm differs with and without XLA.
        return tf.random.stateless_uniform(shape, self._key(seed, step, site), alg="philox")

    def normal(self, seed: Any, step: Any, site: int, shape: tuple[int, ...]) -> Any:
        return tf.random.stateless_normal(shape, self._key(seed, step, site), alg="philox")

    def compile(self, function: Callable[..., Any], *, fused: bool = False) -> Callable[..., Any]:
        # On a GPU, XLA looks for parts of CUDA that a wheel of TensorFlow need not bring.
        with_xla = fused and not tf.config.list_physical_devices("GPU")
        # Behind a partial each is a function of its own. Else those of several fits, which share
        # their code, count as one, and a warning says that it is traced again and again.
        compiled: Callable[..., Any] = tf.function(
            partial(function), autograph=False, jit_compile=True if with_xla else None
        )
        return compiled

    def device(self, name: str) -> AbstractContextManager[object]:
        gpus = tf.config.list_physical_devices("GPU")
        if name == "gpu" and not gpus:
            raise InvalidParameterError('device="gpu", but TensorFlow sees none; use "auto"')
        for gpu in gpus:
            # Otherwise TensorFlow takes all of the memory, from other programs too. It can only
            # be said before the GPU is first used; after that the user has already decided.
            with suppress(RuntimeError):
                tf.config.experimental.set_memory_growth(gpu, True)
        use_gpu = bool(gpus) and name != "cpu"
        chosen: AbstractContextManager[object] = tf.device("/GPU:0" if use_gpu else "/CPU:0")
        return chosen

    def put(self, array: Any) -> Any:
        return tf.convert_to_tensor(array)

    @staticmethod
    def _key(seed: Any, step: Any, site: int) -> Any:
        # Sixteen sites a step are more than any step uses.
        return tf.stack([tf.cast(seed, tf.int64), tf.cast(step, tf.int64) * 16 + site])


BACKEND = TensorFlowBackend()
