"""What training will do, decided before it starts: sizes, steps, rates, when to stop."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainingPlan:
    """The numbers of one fit. Defaults are those of the ablations in ``benchmarks/``.

    Parameters
    ----------
    objective : str
        Name of the adversarial game.
    width, n_blocks, noise_dim : int
        Size of the generator.
    discriminator_width, discriminator_blocks : int
        Size of the discriminator.
    likelihood_steps, adversarial_steps : int
        At most this many steps in each phase.
    likelihood_batch, adversarial_batch : int
        Rows a step.
    likelihood_round, adversarial_round : int
        Steps between two looks at the held-out rows.
    patience : int
        The first phase ends after this many rounds without a better held-out likelihood.
    conditioned_share : float
        Share of the rows of the game in which something is known. Most rows must be the game that
        one pass plays, in which nothing is; without any, few passes and conditions suffer.
    """

    objective: str = "relativistic"
    width: int = 192
    n_blocks: int = 2
    noise_dim: int = 64
    discriminator_width: int = 192
    discriminator_blocks: int = 2
    likelihood_steps: int = 2000
    adversarial_steps: int = 4000
    likelihood_batch: int = 1024
    adversarial_batch: int = 512
    likelihood_rate: float = 3e-3
    generator_rate: float = 3e-4
    discriminator_rate: float = 1e-3
    adversarial_weight: float = 1.0
    likelihood_weight: float = 0.05
    likelihood_decay: float = 0.99
    adversarial_decay: float = 0.995
    patience: int = 5
    likelihood_round: int = 100
    adversarial_round: int = 200
    conditioned_share: float = 0.25
