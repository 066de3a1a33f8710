"""Operations along the mode axis in ``keras.ops``: one-hot, softmax and draws column by column."""

from typing import Any

from keras import ops

from tabgan.encoding import Layout


def one_hot(codes: Any, layout: Layout) -> Any:
    """Return the one-hot rows of integer codes, float32 of shape (n_rows, n_modes)."""
    spread = ops.take(codes, layout.column_of_mode, axis=1)
    return ops.cast(spread == layout.code_of_mode, "float32")


def spread_columns(per_column: Any, layout: Layout) -> Any:
    """Repeat a value for each column over the modes of that column."""
    return ops.take(per_column, layout.column_of_mode, axis=1)


def log_softmax(logits: Any, layout: Layout) -> Any:
    """Return log-probabilities, normalised within each column."""

    def normalise(block: Any) -> Any:
        # A column with one mode, on which Keras would warn, has nothing to normalise.
        return ops.zeros_like(block) if block.shape[-1] == 1 else ops.log_softmax(block, axis=-1)

    return _by_group(normalise, logits, layout)


def straight_through_draw(logits: Any, gumbels: Any, temperature: float, layout: Layout) -> Any:
    """Return one-hot draws that let gradients through.

    Gumbel-softmax with the straight-through estimator (Jang et al. 2017, section 2.2): forward a
    one-hot draw from the softmax of the logits, backward the gradient of the relaxed draw.
    """

    def draw(block: Any) -> Any:
        if block.shape[-1] == 1:
            return ops.ones_like(block)
        relaxed = ops.softmax(block / temperature, axis=-1)
        hard = ops.one_hot(ops.argmax(block, axis=-1), block.shape[-1], dtype="float32")
        return relaxed + ops.stop_gradient(hard - relaxed)

    return _by_group(draw, logits + gumbels, layout)


def _by_group(operation: Any, modes: Any, layout: Layout) -> Any:
    parts = []
    for group in layout.groups:
        block = ops.reshape(
            modes[:, group.start : group.stop], (-1, len(group.columns), group.size)
        )
        parts.append(ops.reshape(operation(block), (-1, group.size * len(group.columns))))
    return ops.concatenate(parts, axis=1)
