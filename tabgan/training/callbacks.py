"""Keras callbacks beside a reporter: the training as they know it from ``Model.fit``.

An epoch of theirs is one look at the held-out rows, a batch one compiled call of steps. The model
they are given is the generator as it was built: the trained weights live in the training's own
state, and which of them are kept is its own business. ``stop_training`` ends the training.
"""

from collections.abc import Sequence
from typing import Any, Self

import keras

from tabgan.training.progress import Reporter
from tabgan.training.train import LOOK_LOGS


class WithCallbacks:
    """A reporter that calls Keras callbacks, too.

    Parameters
    ----------
    reporter : Reporter
        What a user sees.
    callbacks : sequence of keras.callbacks.Callback
        What a user asked to be called.
    """

    def __init__(self, reporter: Reporter, callbacks: Sequence[Any]) -> None:
        self._reporter = reporter
        self._callbacks = list(callbacks)
        self._list: Any = None
        self._model: Any = None
        self._epoch: int | None = None
        self._is_aside = False

    def __enter__(self) -> Self:
        self._reporter.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if self._list is not None:
                self._list.on_train_end()
        finally:
            self._reporter.__exit__(*error)

    def begin(self, model: Any) -> None:
        """Give the callbacks the model that is going to be trained."""
        model.stop_training = False
        # The optimisers are the training's own; a callback that asks for one (TensorBoard) finds
        # none.
        model.optimizer = None
        self._model = model
        self._list = keras.callbacks.CallbackList(self._callbacks, model=model, add_history=False)
        self._list.on_train_begin()
        for callback in self._callbacks:
            if isinstance(callback, keras.callbacks.CSVLogger):
                # It takes its columns from the first epoch, which knows nothing of the game yet.
                callback.keys = list(LOOK_LOGS)
        self._reporter.begin(model)

    def resume(self) -> None:
        """Say that the training goes on from its checkpoint."""
        self._reporter.resume()

    def phase(self, name: str, n_steps: int, n_looks: int) -> None:
        """Enter a phase, and the epoch that it begins with."""
        self._is_aside = name in ("trees", "calibration")
        self._reporter.phase(name, n_steps, n_looks)
        if not self._is_aside and self._epoch is None:
            self._epoch = n_looks
            self._list.on_epoch_begin(self._epoch)

    def step(self, n_steps: int, logs: dict[str, float]) -> None:
        """Tell of a batch, and of the epoch that it ends."""
        self._reporter.step(n_steps, logs)
        if self._is_aside or self._epoch is None:
            return  # trees learn aside, and calibration comes after the training
        self._list.on_train_batch_begin(n_steps)
        self._list.on_train_batch_end(n_steps, dict(logs))
        if "held_out_likelihood" in logs:
            self._list.on_epoch_end(self._epoch, dict(logs))
            self._epoch += 1
            self._list.on_epoch_begin(self._epoch)

    @property
    def wants_to_stop(self) -> bool:
        """Whether a callback asked to stop."""
        return bool(self._model.stop_training)
