"""The frozen description that both builders, Keras and NumPy, read."""

from dataclasses import dataclass

from tabgan.encoding import Layout


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

    @property
    def layout(self) -> Layout:
        """The mode axis that the networks read and write."""
        return Layout(self.sizes)

    @property
    def n_inputs(self) -> int:
        """Length of the generator's input: known modes, which columns are known, noise."""
        layout = self.layout
        return layout.n_modes + layout.n_columns + self.noise_dim

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
            "heads/kernel": (width, self.layout.n_modes),
            "heads/bias": (self.layout.n_modes,),
        }
