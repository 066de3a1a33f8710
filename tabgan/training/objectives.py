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

    def probabilities(self, real: Any, fake: Any) -> tuple[Any, Any]:
        """Return the mean probability of being real, of real and of generated rows.

        A logit that is only ever compared means nothing alone: it is taken relative to the mean
        of the other side, so that one half each is equilibrium.
        """
        return (
            ops.mean(ops.sigmoid(real - ops.mean(fake))),
            ops.mean(ops.sigmoid(fake - ops.mean(real))),
        )


class ZeroCentred(Objective):
    """Games whose penalty pulls the slope to zero, at real and at generated rows (R1 and R2)."""

    # A first choice that trained on Adult; the weight itself is not ablated yet.
    _WEIGHT = 0.05

    def penalty(self, squared_norms: Any) -> Any:
        return self._WEIGHT * squared_norms


class Relativistic(ZeroCentred):
    """Is the real row of a pair more real than the generated one?

    Huang et al. (2024), "The GAN is dead; long live the GAN!", equations 2 and 7.
    """

    def discriminator_loss(self, real: Any, fake: Any) -> Any:
        return ops.softplus(fake - real)

    def generator_loss(self, real: Any, fake: Any) -> Any:
        return ops.softplus(real - fake)


class NonSaturating(ZeroCentred):
    """Cross-entropy; the generator maximises the log-odds of being taken for real.

    Goodfellow et al. (2014), section 3.
    """

    def discriminator_loss(self, real: Any, fake: Any) -> Any:
        return ops.softplus(fake) + ops.softplus(-real)

    def generator_loss(self, real: Any, fake: Any) -> Any:
        return ops.softplus(-fake)

    def probabilities(self, real: Any, fake: Any) -> tuple[Any, Any]:
        # Here a logit does mean something alone.
        return ops.mean(ops.sigmoid(real)), ops.mean(ops.sigmoid(fake))


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
