"""The adversarial games: what the two networks are paid for, row by row.

To add an objective: 1. a subclass of ``Objective``, 2. its entry in ``OBJECTIVES``, 3. a row in
the contract test. All losses are per row, so that rows can be weighted or clipped one by one.
"""

from abc import ABC, abstractmethod
from typing import Any

from keras import ops


class Objective(ABC):
    """One game between generator and discriminator.

    Attributes
    ----------
    penalises_mixed_rows : bool
        Whether the gradient penalty is taken between real and generated rows instead of at both.
    """

    penalises_mixed_rows = False

    @abstractmethod
    def discriminator_loss(self, real: Any, fake: Any) -> Any:
        """Return the loss of each pair of logits, shape (n_rows,)."""

    @abstractmethod
    def generator_loss(self, real: Any, fake: Any) -> Any:
        """Return the loss of each pair of logits, shape (n_rows,)."""

    @abstractmethod
    def penalty(self, squared_norms: Any) -> Any:
        """Return the penalty of each row, given the squared norm of its input gradient."""


class Relativistic(Objective):
    """Is the real row of a pair more real than the generated one? With R1 and R2 penalties.

    Huang et al. (2024), "The GAN is dead; long live the GAN!", equations 2 and 7.
    """

    # Found on Adult: at 1 the discriminator saw too little to teach anything in 3,000 steps.
    _WEIGHT = 0.05

    def discriminator_loss(self, real: Any, fake: Any) -> Any:
        return ops.softplus(fake - real)

    def generator_loss(self, real: Any, fake: Any) -> Any:
        return ops.softplus(real - fake)

    def penalty(self, squared_norms: Any) -> Any:
        return self._WEIGHT * squared_norms


class NonSaturating(Relativistic):
    """Cross-entropy; the generator maximises the log-odds of being taken for real.

    Goodfellow et al. (2014), section 3, with the zero-centred penalties of the default.
    """

    def discriminator_loss(self, real: Any, fake: Any) -> Any:
        return ops.softplus(fake) + ops.softplus(-real)

    def generator_loss(self, real: Any, fake: Any) -> Any:
        return ops.softplus(-fake)


class Wasserstein(Objective):
    """Earth mover's distance with a gradient penalty between real and generated rows.

    Gulrajani et al. (2017), algorithm 1; the objective of CTGAN (Xu et al. 2019).
    """

    penalises_mixed_rows = True
    # Gulrajani et al. (2017), section 4.
    _WEIGHT = 10.0

    def discriminator_loss(self, real: Any, fake: Any) -> Any:
        return fake - real

    def generator_loss(self, real: Any, fake: Any) -> Any:
        return -fake

    def penalty(self, squared_norms: Any) -> Any:
        return self._WEIGHT * ops.square(ops.sqrt(squared_norms + 1e-12) - 1.0)


OBJECTIVES: dict[str, Objective] = {
    "relativistic": Relativistic(),
    "nonsaturating": NonSaturating(),
    "wasserstein": Wasserstein(),
}
DEFAULT_OBJECTIVE = "relativistic"
