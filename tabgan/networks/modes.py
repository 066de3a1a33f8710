"""Operations along the mode axis in ``keras.ops``: one-hot, softmax and draws column by column.

All go group by group, split and concatenated: on a CPU a gather along the axis, or the gradient of
a slice of it, would take longer than a product of matrices of the size.
"""

from collections.abc import Callable, Iterable
from typing import Any

from keras import ops

from tabgan.encoding import Layout


def one_hot(codes: Any, layout: Layout) -> Any:
    """Return the one-hot rows of integer codes, float32 of shape (n_rows, n_modes)."""
    return _join(
        ops.one_hot(ops.take(codes, group.columns, axis=1), group.size, dtype="float32")
        for group in layout.groups
    )


def spread_columns(per_column: Any, layout: Layout) -> Any:
    """Repeat a value for each column over the modes of that column."""
    n_rows = per_column.shape[0]
    return _join(
        ops.broadcast_to(
            ops.take(per_column, group.columns, axis=1)[:, :, None],
            (n_rows, len(group.columns), group.size),
        )
        for group in layout.groups
    )


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


def _by_group(operation: Callable[[Any], Any], modes: Any, layout: Layout) -> Any:
    ends = [group.stop for group in layout.groups[:-1]]
    parts = ops.split(modes, ends, axis=1) if ends else [modes]
    return _join(
        operation(ops.reshape(part, (-1, len(group.columns), group.size)))
        for part, group in zip(parts, layout.groups, strict=True)
    )


def _join(blocks: Iterable[Any]) -> Any:
    """Lay blocks of shape (n_rows, n_columns of the group, size) side by side."""
    flat = [ops.reshape(block, (-1, block.shape[1] * block.shape[2])) for block in blocks]
    return ops.concatenate(flat, axis=1)
