"""The networks in NumPy: what sampling and scoring run on, from saved weights alone.

The generator's input is mostly zeros and ones, and while a row is drawn only a few of them change.
So the first layer is kept as a running sum: add one row of the kernel for each cell that becomes
known, and the noise for one pass only.
"""

import numpy as np
from numpy.typing import NDArray

from tabgan.networks.spec import NetworkSpec

Floats = NDArray[np.float32]

_NORM_EPSILON = np.float32(1e-5)


class NumpyGenerator:
    """The generator's forward pass.

    Parameters
    ----------
    spec : NetworkSpec
        Sizes.
    weights : dict of str to numpy.ndarray
        Names and shapes as in :meth:`NetworkSpec.weight_shapes`, float32.
    """

    def __init__(self, spec: NetworkSpec, weights: dict[str, Floats]) -> None:
        self.spec = spec
        self.weights = weights
        self.layout = spec.layout
        kernel = weights["input/kernel"]
        axis, n_modes, n_columns = spec.axis, spec.axis.n_modes, self.layout.n_columns
        # A known cell always comes with the mark that its column is known; a member of a group
        # comes with a cell that brings it.
        none = np.zeros((axis.n_columns - n_columns, kernel.shape[1]), dtype=np.float32)
        marks = np.concatenate([kernel[n_modes : n_modes + n_columns], none])
        self._cell_kernel = kernel[:n_modes] + marks[axis.column_of_mode]
        self._noise_kernel = kernel[n_modes + n_columns :]

    def start(self, n_rows: int) -> Floats:
        """Return the first layer's sums of rows of which nothing is known, (n_rows, width)."""
        return np.tile(self.weights["input/bias"], (n_rows, 1))

    def stir(self, noise: Floats) -> Floats:
        """Return what noise adds to the sums, (n_rows, width)."""
        return noise @ self._noise_kernel

    def reveal(self, sums: Floats, column: int, codes: np.ndarray) -> None:
        """Add a column's known cells to the sums, in place; a code of -1 is not known."""
        split = self.spec.splits.get(column)
        if split is None:
            self._reveal(sums, column, codes)
            return
        choices, members = split.divide(codes)
        self._reveal(sums, column, choices)
        self._reveal(sums, self.spec.members[column], members)

    def _reveal(self, sums: Floats, column: int, codes: np.ndarray) -> None:
        known = codes >= 0
        if known.all():
            sums += self._cell_kernel[self.spec.axis.position(column, codes)]
        elif known.any():
            sums[known] += self._cell_kernel[self.spec.axis.position(column, codes[known])]

    def sums(self, codes: np.ndarray) -> Floats:
        """Return the first layer's sums of rows, (n_rows, width); a code of -1 is not known."""
        sums = self.start(len(codes))
        for column in range(self.layout.n_columns):
            self.reveal(sums, column, codes[:, column])
        return sums

    def trunk(self, sums: Floats) -> Floats:
        """Return what the heads read, (n_rows, width)."""
        hidden = sums
        for block in range(self.spec.n_blocks):
            normed = self._normalise(hidden, f"block_{block}/norm")
            inner = self._dense(normed, f"block_{block}/inner")
            np.maximum(inner, 0.0, out=inner)
            hidden = hidden + self._dense(inner, f"block_{block}/outer")
        return self._normalise(hidden, "norm")

    def logits(self, features: Floats, column: int) -> Floats:
        """Return the logits of one column's modes, (n_rows, size)."""
        split = self.spec.splits.get(column)
        if split is None:
            return self._logits(features, column)
        members = self._logits(features, self.spec.members[column])[:, None, :]
        members = members + self.weights[f"members_{column}/bias"]
        members -= members.max(axis=2, keepdims=True)
        members -= np.log(np.exp(members).sum(axis=2, keepdims=True))
        return split.join(log_softmax(self._logits(features, column)), members)

    def log_probabilities(self, features: Floats, column: int, codes: np.ndarray) -> Floats:
        """Return the log-probability of one mode of a column in each row, (n_rows,)."""
        found = np.empty(len(codes), dtype=np.float32)
        for rows in self.spec.rows_at_a_time(len(codes), column):
            of_modes = log_softmax(self.logits(features[rows], column))
            found[rows] = of_modes[np.arange(len(of_modes)), codes[rows]]
        return found

    def _logits(self, features: Floats, column: int) -> Floats:
        modes = self.spec.axis.modes(column)
        logits: Floats = features @ self.weights["heads/kernel"][:, modes]
        return logits + self.weights["heads/bias"][modes]

    def _dense(self, inputs: Floats, name: str) -> Floats:
        outputs: Floats = inputs @ self.weights[f"{name}/kernel"] + self.weights[f"{name}/bias"]
        return outputs

    def _normalise(self, inputs: Floats, name: str) -> Floats:
        centred: Floats = inputs - inputs.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(inputs.shape[1])
        centred *= self.weights[f"{name}/gamma"] / np.sqrt(variance + _NORM_EPSILON)
        centred += self.weights[f"{name}/beta"]
        return centred


class NumpyDiscriminator:
    """The discriminator's forward pass on whole rows, of which nothing was given.

    Parameters
    ----------
    spec : NetworkSpec
        Knows the axis.
    weights : list of numpy.ndarray
        In the order of the layers: input, two dense layers a block, verdict; kernel, then bias.

    Raises
    ------
    ValueError
        If their shapes do not fit the layout or each other.
    """

    def __init__(self, spec: NetworkSpec, weights: list[Floats]) -> None:
        self.spec = spec
        kernels, biases = weights[0::2], weights[1::2]
        width = len(biases[0]) if biases else 0
        n_inputs = spec.axis.n_modes + len(spec.sizes)
        shapes = [(n_inputs, width), *[(width, width)] * (len(kernels) - 2), (width, 1)]
        if len(weights) % 4 or [kernel.shape for kernel in kernels] != shapes:
            raise ValueError("the weights are not those of a discriminator of this table")
        self._layers = list(zip(kernels, biases, strict=True))

    def logits(self, codes: np.ndarray) -> Floats:
        """Return the logit that each row is real, (n_rows,); a code of -1 is no mode at all."""
        (kernel, bias), *blocks, (verdict, offset) = self._layers
        hidden = np.tile(bias, (len(codes), 1))
        axis, codes = self.spec.axis, self.spec.on_axis(codes)
        for column in range(axis.n_columns):
            known = codes[:, column] >= 0
            hidden[known] += kernel[axis.position(column, codes[known, column])]
        for (inner, inner_bias), (outer, outer_bias) in zip(
            blocks[0::2], blocks[1::2], strict=True
        ):
            hidden = hidden + np.maximum(hidden @ inner + inner_bias, 0.0) @ outer + outer_bias
        logits: Floats = np.maximum(hidden, 0.0) @ verdict[:, 0] + offset[0]
        return logits


def log_softmax(logits: Floats) -> Floats:
    """Return log-probabilities along the last axis."""
    shifted: Floats = logits - logits.max(axis=1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return shifted
