"""The generator: noise and the known cells of a row in, logits of every mode out."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from tabgan.encoding.order import Basis, BlockBasis
from tabgan.networks.blocks import ResidualBlock
from tabgan.networks.ordered import OrderedHeads, OrderedInput, no_order
from tabgan.networks.spec import NetworkSpec

# Share of the learning rate for weights of single bins of a number. At the whole rate the network
# of King County learnt its rows by heart; at a thirtieth it learns no better. A spike is a value
# like no other and has the whole rate: some of Adult's capital gains are all of one income
# (benchmarks/ablations.md).
_PACE_OF_BINS = 0.1


class MemberBiases(keras.layers.Layer):
    """A bias for each level of a split column that stands in a group.

    Parameters
    ----------
    log_shares : numpy.ndarray of shape (n_groups, n_members)
        Where they start: each level's share of its group.
    """

    def __init__(self, log_shares: np.ndarray, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.log_shares = log_shares

    def build(self, input_shape: Any = None) -> None:
        self.bias = self.add_weight(
            shape=self.log_shares.shape,
            initializer=lambda shape, dtype: ops.convert_to_tensor(self.log_shares, dtype),
            name="bias",
        )
        self.built = True


class Generator(keras.Model):
    """Complete a partial row.

    Without noise (all zeros) the softmax of a column's logits is the probability of its modes
    given the known cells: the likelihood path. With noise, columns that are drawn together can
    agree with each other: the adversarial path.

    Parameters
    ----------
    spec : NetworkSpec
        Sizes.
    log_shares : numpy.ndarray of shape (n_modes of the table,)
        Logarithm of each mode's share of the training rows, where the output biases start: an
        untrained generator already has the right frequencies.
    seed : int
        Seed of the initial weights.
    basis : numpy.ndarray of shape (n_modes, n_waves), BlockBasis or None
        Which modes are neighbours (:func:`tabgan.encoding.order.order_basis`); none if ``None``.
    bins : numpy.ndarray of bool, shape (n_modes,) or None
        Which modes are bins of a number; none if ``None``.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        log_shares: np.ndarray,
        seed: int,
        basis: Basis | None = None,
        bins: np.ndarray | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.spec = spec
        n_modes = spec.axis.n_modes
        self.basis = no_order(n_modes) if basis is None else basis
        self.bins = np.zeros(n_modes, dtype=bool) if bins is None else bins
        self.input_layer = OrderedInput(spec.width, self.basis, spec.n_inputs, 0.1, seed)
        self.blocks = [
            ResidualBlock(spec.width, normalise=True, seed=seed + 1 + i)
            for i in range(spec.n_blocks)
        ]
        self.norm = keras.layers.LayerNormalization(epsilon=1e-5)
        biases, log_members = _on_axis(log_shares, spec)
        self.heads = OrderedHeads(self.basis, biases, seed)
        self.members = [MemberBiases(within) for within in log_members]

    def build(self, input_shape: Any = None) -> None:
        self.input_layer.build((None, self.spec.n_inputs))
        for layer in [*self.blocks, self.norm, self.heads]:
            layer.build((None, self.spec.width))
        for layer in self.members:
            layer.build()
        self.built = True

    def call(self, known_modes: Any, known: Any, noise: Any) -> Any:
        """Return logits of shape (n_rows, n_modes); those of members still lack their groups' part.

        Parameters
        ----------
        known_modes : tensor of shape (n_rows, n_modes)
            One-hot of each known cell, zeros elsewhere.
        known : tensor of shape (n_rows, n_columns)
            1 where a column is known.
        noise : tensor of shape (n_rows, noise_dim)
            Standard normal, or zeros for the likelihood path.
        """
        hidden = self.input_layer(ops.concatenate([known_modes, known, noise], axis=-1))
        for block in self.blocks:
            hidden = block(hidden)
        return self.heads(self.norm(hidden))

    def with_groups(self, logits: Any, chosen: Any, weights: Sequence[Any]) -> Any:
        """Return logits in which those of members are given their group.

        Parameters
        ----------
        logits : tensor of shape (n_rows, n_modes)
            What a call returns.
        chosen : tensor of shape (n_rows, n_modes)
            One-hot of each cell, or of what is drawn.
        weights : sequence of tensor
            Of the generator, in the order of its variables.
        """
        splits, axis = self.spec.splits, self.spec.axis
        if not splits:
            return logits
        biases = dict(zip(splits, weights[-len(splits) :], strict=True))
        parts, done = [], 0
        for column in sorted(splits, key=lambda c: axis.modes(self.spec.members[c]).start):
            modes = axis.modes(self.spec.members[column])
            of_group = ops.matmul(self._groups(chosen, column), biases[column])
            parts += [logits[:, done : modes.start], logits[:, modes] + of_group]
            done = modes.stop
        return ops.concatenate([*parts, logits[:, done:]], axis=1)

    def in_groups(self, chosen: Any) -> Any:
        """Return 1 for each mode of a row's cells, 0 for members where no group was chosen."""
        splits, axis = self.spec.splits, self.spec.axis
        parts, done = [], 0
        for column in sorted(splits, key=lambda c: axis.modes(self.spec.members[c]).start):
            modes = axis.modes(self.spec.members[column])
            has_group = ops.sum(self._groups(chosen, column), axis=1, keepdims=True)
            of_members = ops.broadcast_to(has_group, (chosen.shape[0], modes.stop - modes.start))
            parts += [ops.ones_like(chosen[:, done : modes.start]), of_members]
            done = modes.stop
        return ops.concatenate([*parts, ops.ones_like(chosen[:, done:])], axis=1)

    def _groups(self, chosen: Any, column: int) -> Any:
        return chosen[:, self.spec.axis.modes(column)][:, self.spec.splits[column].groups]

    def plain_weights(self, values: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """Return the weights of the same generator without waves, which are added to the kernels.

        Parameters
        ----------
        values : sequence of numpy.ndarray
            A value for each trainable variable, in their order.

        Returns
        -------
        dict of str to numpy.ndarray
            Names and shapes as in :meth:`NetworkSpec.weight_shapes`.
        """
        named = dict(zip(self._weight_names(), values, strict=True))
        if not self.basis.shape[1]:
            return named
        into, out_of = named.pop("input/waves"), named.pop("heads/waves")
        if isinstance(self.basis, BlockBasis):
            of_inputs, of_heads = self.basis.spread(into), self.basis.spread(out_of.T).T
        else:
            of_inputs, of_heads = self.basis @ into, out_of @ self.basis.T
        kernel = named["input/kernel"] = named["input/kernel"].copy()
        kernel[: len(of_inputs)] += of_inputs
        named["heads/kernel"] = named["heads/kernel"] + of_heads
        return named

    def with_waves(self, weights: dict[str, np.ndarray]) -> list[np.ndarray]:
        """Return plain weights as values of the trainable variables; the waves are still."""
        n_waves, width = self.basis.shape[1], self.spec.width
        still = {
            "input/waves": np.zeros((n_waves, width), dtype=np.float32),
            "heads/waves": np.zeros((width, n_waves), dtype=np.float32),
        }
        return [(weights | still)[name] for name in self._weight_names()]

    def paces(self, in_game: bool, from_rows: bool = True) -> list[np.ndarray]:
        """Return the share of the learning rate at which each trainable variable moves.

        For the likelihood of rows, what is particular to one bin of a number moves slowly: what is
        learnt of it alone, and not of its neighbours, is mostly who was in it. In the game the
        waves rest: one weight of a wave moves all modes of its column, so at the rates of the game
        the column would swing (both in benchmarks/ablations.md).

        Parameters
        ----------
        in_game : bool
            Whether the step belongs to the game.
        from_rows : bool
            Whether the likelihood is that of rows, or learnt from answers of who did not see them.

        Returns
        -------
        list of numpy.ndarray of float32
            In the order of the variables, of shapes that spread over theirs.
        """
        of_modes = np.ones(self.basis.shape[0], dtype=np.float32)
        if from_rows and not in_game:
            of_modes[self.bins] = _PACE_OF_BINS
        of_inputs = np.ones((self.spec.n_inputs, 1), dtype=np.float32)
        of_inputs[: len(of_modes), 0] = of_modes
        of_waves = np.float32(0.0 if in_game else 1.0)
        particular = {
            "input/kernel": of_inputs,
            "input/waves": of_waves,
            "heads/kernel": of_modes,
            "heads/waves": of_waves,
        }
        return [np.asarray(particular.get(n, np.float32(1.0))) for n in self._weight_names()]

    def _weight_names(self) -> list[str]:
        """Return the name of each trainable variable, in their order."""
        names = []
        for name in self.spec.weight_shapes():
            names.append(name)
            if self.basis.shape[1] and name in ("input/bias", "heads/bias"):
                names.append(name.replace("bias", "waves"))
        return names


def _on_axis(log_shares: np.ndarray, spec: NetworkSpec) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return log-shares along the networks' axis, and those of the members of each split column."""
    if not spec.splits:
        return log_shares, []
    biases = np.zeros(spec.axis.n_modes, dtype=np.float32)
    members = []
    for column in range(len(spec.sizes)):
        own = log_shares[spec.layout.modes(column)]
        if column in spec.splits:
            own, within = spec.splits[column].log_shares(own)
            members.append(within)
        biases[spec.axis.modes(column)] = own
    return biases, members
