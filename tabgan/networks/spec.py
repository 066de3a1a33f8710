"""The frozen description that both builders, Keras and NumPy, read."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tabgan.encoding import Layout
from tabgan.networks.split import MOST_WHOLE, Split

# Rows times modes of a split column that are looked at together; all rows of any other column.
NUMBERS_AT_A_TIME = 2**21


@dataclass(frozen=True)
class NetworkSpec:
    """Sizes of the generator.

    Parameters
    ----------
    sizes : tuple of int
        Modes of each learnt column.
    noise_dim : int
        Length of the noise vector.
    width : int
        Units of the trunk.
    n_blocks : int
        Residual blocks of the trunk.
    """

    sizes: tuple[int, ...]
    noise_dim: int
    width: int
    n_blocks: int

    @cached_property
    def layout(self) -> Layout:
        """The mode axis of the table."""
        return Layout(self.sizes)

    @cached_property
    def splits(self) -> dict[int, Split]:
        """Columns of very many modes, and how the networks divide them."""
        return {i: Split(size) for i, size in enumerate(self.sizes) if size > MOST_WHOLE}

    @cached_property
    def axis(self) -> Layout:
        """The mode axis that the networks read and write.

        That of the table, but for split columns: the first choice in their place, and after all
        columns the members of their groups.
        """
        sizes = [
            self.splits[i].n_choices if i in self.splits else n for i, n in enumerate(self.sizes)
        ]
        return Layout([*sizes, *(split.n_members for split in self.splits.values())])

    @cached_property
    def members(self) -> dict[int, int]:
        """Where on that axis, counted as a column, the members of each split column are."""
        return {column: len(self.sizes) + i for i, column in enumerate(self.splits)}

    def on_axis(self, codes: np.ndarray) -> np.ndarray:
        """Return codes of the table as those of the networks' axis, of which -1 is none."""
        if not self.splits:
            return codes
        divided = np.empty((len(codes), self.axis.n_columns), dtype=codes.dtype)
        divided[:, : len(self.sizes)] = codes
        for column, split in self.splits.items():
            divided[:, column], divided[:, self.members[column]] = split.divide(codes[:, column])
        return divided

    def rows_at_a_time(self, n_rows: int, column: int) -> list[slice]:
        """Return parts of rows whose modes of a column fit into a fast cache, or nearly so."""
        size = self.sizes[column]
        step = n_rows if size <= MOST_WHOLE else max(64, NUMBERS_AT_A_TIME // size)
        return [slice(start, start + step) for start in range(0, n_rows, max(1, step))]

    @property
    def n_inputs(self) -> int:
        """Length of the generator's input: known modes, which columns are known, noise."""
        return self.axis.n_modes + len(self.sizes) + self.noise_dim

    def weight_shapes(self) -> dict[str, tuple[int, ...]]:
        """Return name and shape of every weight of the generator, in the order of its layers."""
        width = self.width
        shapes: dict[str, tuple[int, ...]] = {
            "input/kernel": (self.n_inputs, width),
            "input/bias": (width,),
        }
        for block in range(self.n_blocks):
            shapes |= {
                f"block_{block}/norm/gamma": (width,),
                f"block_{block}/norm/beta": (width,),
                f"block_{block}/inner/kernel": (width, width),
                f"block_{block}/inner/bias": (width,),
                f"block_{block}/outer/kernel": (width, width),
                f"block_{block}/outer/bias": (width,),
            }
        return shapes | {
            "norm/gamma": (width,),
            "norm/beta": (width,),
            "heads/kernel": (width, self.axis.n_modes),
            "heads/bias": (self.axis.n_modes,),
            **{
                f"members_{column}/bias": (split.n_groups, split.n_members)
                for column, split in self.splits.items()
            },
        }
