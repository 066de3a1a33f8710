"""What training will do, decided before it starts: sizes, steps, rates, when to stop."""

from dataclasses import dataclass, replace

# Below this many rows trees tell unseen rows better than the network does that learnt from the rows
# itself, and a tenth of them is too few to weigh the two by: it learns from trees alone.
_TREES_ALONE_BELOW = 1_500
# Fewer steps than this do not move the weights away from their start.
_MIN_STEPS = 200
# Up to so many rows the game learns nothing from the rows themselves that it would not learn by
# heart; the more there are, the less of it there is to fear, and rows know best what predicts a
# target.
_ROWS_TAUGHT = 20_000
# Steps of the likelihood phase where no held-out rows end it.
_STEPS_UNJUDGED = 1_500
# Up to so many columns the numbers of a plan were measured. Of more, a step teaches more cells and
# takes longer, and so does a look at the held-out rows: there are fewer steps, by the power of two
# thirds, and looks in proportion. First choices.
_MANY_COLUMNS = 128
# Units that a trunk has at least. Rows span no more dimensions than there are rows of them, so the
# trunk of a wide and short table has no more units than that.
_FEWEST_UNITS = 64
# Blur that served a table of so many rows (King County). The width of a kernel that smooths a
# density falls with the fifth root of the rows (Silverman 1986, equation 3.31), the variance with
# its square; at 1,000 rows that is three times as much, which served there.
_BLUR, _ROWS_OF_BLUR = 0.5, 17_500


@dataclass(frozen=True)
class TrainingPlan:
    """The numbers of one fit.

    Rates, shares of conditioned rows and likelihood steps were compared in
    ``benchmarks/ablations.md``; sizes, decays, weights of the losses and patience are first choices
    that worked and are not ablated yet.

    Parameters
    ----------
    objective : str or None
        Name of the adversarial game; ``None`` for no game.
    width : int
        Units of both networks: the discriminator begins with the generator's view of the modes.
    n_blocks, noise_dim : int
        Size of the generator.
    discriminator_blocks : int
        Size of the discriminator.
    likelihood_steps, adversarial_steps : int
        At most this many steps in each phase. The likelihood phase ends when held-out rows stop
        gaining: after some 1,900 steps on tables of 40,000 rows (adult, airbnb). With none the
        network learns from trees alone.
    likelihood_batch, adversarial_batch : int
        Rows a step.
    likelihood_rate, distillation_rate, generator_rate, discriminator_rate : float
        Learning rates at the start of the phases.
    adversarial_weight, likelihood_weight : float
        Weights of the two losses of the generator in the adversarial phase.
    likelihood_decay, adversarial_decay : float
        Decay of the averaged weights, of the first in the distillation, too.
    conditioned_share : float
        Share of the rows of the game in which something is known. Most rows must be the game that
        one pass plays, in which nothing is; without any, few passes and conditions suffer.
    practised_conditions : float
        Share of the rows of the game that start from what some pass of a few-pass sample knows.
    blur : float
        Variance, in bins, of where a step sees a cell in a bin of a number. Then rows beside a
        training row are as likely as the row itself, which is not learnt by heart: on King County
        the held-out likelihood gains 1.3 nats a row and membership attacks lose a third of their
        power (benchmarks/ablations.md).
    practised_prefixes : float
        Share of the rows of the likelihood path that ask for the columns in the order in which
        they are sampled one by one; the others ask for any subset given any other.
    practised_extras : float
        Share of the rows of the likelihood path in which one column more is known, whichever: a
        condition comes before its turn. Without, conditional samples of the bundled table were
        twice as far from its law as unconditional ones (benchmarks/ablations.md).
    asks_trees : bool
        Whether the network learns from what trees say of each column, too.
    distillation_steps : int
        At least this many steps in the distillation.
    taught : float
        In so large a share the likelihood of the game is that of what the network said before the
        game instead of that of the rows, which are learnt by heart otherwise
        (benchmarks/ablations.md). With none there is no distillation, either.
    likelihood_round, adversarial_round : int
        Steps between two looks at the held-out rows.
    patience : int
        After this many rounds in which no column of held-out rows gains, the rates of the first
        phase fall, and it ends.
    early_stopping : bool
        Whether held-out rows decide which weights are kept.
    held_out_share : float
        Share of the rows to stop by.
    """

    objective: str | None = "relativistic"
    width: int = 192
    n_blocks: int = 2
    noise_dim: int = 64
    discriminator_blocks: int = 2
    likelihood_steps: int = 10_000
    adversarial_steps: int = 8000
    likelihood_batch: int = 1024
    adversarial_batch: int = 512
    likelihood_rate: float = 3e-3
    distillation_rate: float = 3e-3
    generator_rate: float = 2.4e-3
    discriminator_rate: float = 3e-3
    adversarial_weight: float = 1.0
    likelihood_weight: float = 0.1
    likelihood_decay: float = 0.99
    adversarial_decay: float = 0.995
    conditioned_share: float = 0.1
    practised_conditions: float = 0.3
    blur: float = 0.5
    practised_prefixes: float = 0.5
    practised_extras: float = 0.5
    asks_trees: bool = True
    distillation_steps: int = 1_000
    taught: float = 1.0
    likelihood_round: int = 100
    adversarial_round: int = 200
    patience: int = 5
    early_stopping: bool = True
    held_out_share: float = 0.1

    @property
    def distils(self) -> bool:
        """Whether there is a distillation; held-out rows weigh networks in it, if there are any."""
        return self.taught > 0.0 and (self.early_stopping or self.likelihood_steps == 0)


def make_plan(
    n_rows: int,
    epochs: int | None = None,
    batch_size: int = 512,
    objective: str | None = "relativistic",
    early_stopping: bool = True,
    n_columns: int = 1,
) -> TrainingPlan:
    """Return the plan for a table of this size.

    Parameters
    ----------
    n_rows : int
        Rows of the table.
    epochs : int or None
        Times to go through the table, both phases together; ``None`` for the plan's own steps.
    batch_size : int
        Rows an adversarial step; the likelihood phase takes twice as many.
    objective : str or None
        Name of the adversarial game; ``None`` for no game.
    early_stopping : bool
        Whether held-out rows decide which weights are kept.
    n_columns : int
        Columns of the table.
    """
    # An integer of NumPy keeps its few bits in products.
    batch_size, epochs = int(batch_size), None if epochs is None else int(epochs)
    plan = TrainingPlan(objective=objective, early_stopping=early_stopping)
    excess = max(1.0, n_columns / _MANY_COLUMNS)
    if excess > 1.0:
        plan = _of_many_columns(plan, n_rows, excess)
    # Batches of more than a quarter of a table hardly differ from each other; of fewer than 64 rows
    # they are too noisy for the game.
    most = max(1, n_rows // 4)
    plan = replace(
        plan,
        blur=_BLUR * (_ROWS_OF_BLUR / max(n_rows, 1)) ** 0.4,
        taught=min(1.0, _ROWS_TAUGHT / max(n_rows, 1)),
        likelihood_batch=min(2 * batch_size, max(most, min(64, n_rows))),
        adversarial_batch=min(batch_size, max(most, min(64, n_rows))),
    )
    trees_alone = n_rows < _TREES_ALONE_BELOW
    if epochs is None:
        # A discriminator can learn a small table by heart, so its game is shorter: some fifty times
        # through the table. At 90,000 rows the end of it is still worth its time: one pass has .34
        # after 8,000 steps, .27 after 4,000 (benchmarks/ablations.md).
        steps = int(min(plan.adversarial_steps, max(400, n_rows / 10)))
        if excess > 1.0:
            steps = max(_MIN_STEPS // 2, round(steps / excess ** (2 / 3)))
        plan = replace(plan, adversarial_steps=steps)
    else:
        share = 0.5 if objective else 1.0
        rows = epochs * share * n_rows
        steps = max(int(_MIN_STEPS * share), round(rows / plan.likelihood_batch))
        plan = replace(
            plan,
            likelihood_steps=steps,
            distillation_steps=steps,
            adversarial_steps=max(_MIN_STEPS // 2, round(rows / plan.adversarial_batch)),
        )
        if not trees_alone:
            # So many times through the table in both phases, rather than till nothing is gained.
            plan = replace(plan, taught=0.0)
    if objective is None:
        plan = replace(plan, adversarial_steps=0, noise_dim=0)  # noise is the game's alone
    # Small tables overfit before a fast rate has found its way: on 1,600 rows a third of the rate
    # gains .16 nats a row, on 40,000 it only costs steps.
    rate_factor = min(1.0, max(1 / 3, (n_rows / 40_000) ** 0.5))
    plan = replace(
        plan,
        likelihood_rate=rate_factor * plan.likelihood_rate,
        generator_rate=rate_factor * plan.generator_rate,
        discriminator_rate=rate_factor * plan.discriminator_rate,
        # A look at the held-out rows after each pass over the table, within reason.
        likelihood_round=_rounded(excess * min(100, _rounded(n_rows / plan.likelihood_batch))),
        adversarial_round=_rounded(min(excess, 10.0) * plan.adversarial_steps / 20),
    )
    if trees_alone:
        # Answers of trees that never saw the row are not learnt by heart, so nobody has to stop it.
        return replace(plan, likelihood_steps=0, held_out_share=0.0, early_stopping=False)
    if not early_stopping:
        # Nobody says when to stop; on most tables it would have been about then.
        steps = _STEPS_UNJUDGED if epochs is None else plan.likelihood_steps
        return replace(plan, held_out_share=0.0, likelihood_steps=steps)
    return plan


def _of_many_columns(plan: TrainingPlan, n_rows: int, excess: float) -> TrainingPlan:
    """Return a plan with a trunk and a lesson that a wide table can pay for."""
    return replace(
        plan,
        width=min(plan.width, max(_FEWEST_UNITS, n_rows)),
        distillation_steps=_rounded(plan.distillation_steps / excess ** (2 / 3)),
    )


def _rounded(steps: float) -> int:
    """Return a number of steps that whole compiled calls make up, at least one call."""
    return max(1, round(steps / 20)) * 20
