"""What a fit is going to take, said before it begins and without Keras.

The steps of a plan are matrix products of known size. A product timed here and now says how fast
this machine multiplies, and a factor for each phase what a step takes beyond the bare products.
"""

import time
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tabgan.errors import InvalidDataError
from tabgan.networks.spec import NUMBERS_AT_A_TIME, NetworkSpec
from tabgan.synthesizers.forest import forest_size
from tabgan.synthesizers.preparation import PreparedTable
from tabgan.training.lesson import count_questions
from tabgan.training.plan import TrainingPlan, make_plan

# Time of a step over that of its bare products, over eight tables of 7 to 55 columns
# (benchmarks/steps.py): on two cores with TensorFlow 2.1 to 2.5 and 1.5 to 1.8 in one run, 1.1 to
# 1.6 and .9 to 1.2 on idle ones in another. With these numbers whole fits of four tables, whose
# refinement is not counted, took .74 to 1.0 of what was said.
_LIKELIHOOD_OVERHEAD = 2.15
_ADVERSARIAL_OVERHEAD = 1.6
# Forward and backward passes a row: of the generator in a likelihood step, and of both networks in
# one of the game, where the penalty on a quarter of the rows counts as three of the discriminator.
_LIKELIHOOD_GENERATOR = 3
_ADVERSARIAL_GENERATOR = 7
_ADVERSARIAL_DISCRIMINATOR = 12
# Steps after which held-out rows have ended the likelihood phase on tables of 1,500 to 100,000
# rows, within a factor of two but for covertype, whose flags took three times as many.
_STEPS, _STEPS_OF_ROW = 500, 0.05
# Seconds that trees take for each unit of their work, answers included, on two cores.
_TREE_SECONDS = 1.2e-8
# And for each tree, however small.
_ONE_TREE_SECONDS = 4e-3
# Rows that are drawn to calibrate and to refine, and seconds for each mode of one of them; of so
# many modes the fixed seconds below have room.
_ROWS_DRAWN, _DRAWN_SECONDS, _MODES_DRAWN = 150_000, 2.8e-8, 2_500
# Seconds to compile the steps and to calibrate, and of a look at the held-out rows in each phase.
_FIXED_SECONDS = 15.0
_LIKELIHOOD_LOOK = 0.05
_ADVERSARIAL_LOOK = 0.3
# A process that trains before it has seen a table, and what a row of a batch takes for each mode:
# some eighty numbers, inputs, gradients and moments together.
_FIXED_BYTES = 930_000_000
_BYTES_PER_MODE = 340
# Weights that this holds, too, and what each further one takes: itself, its gradient, moments and
# averages, and what an update puts together from them.
_WEIGHTS_HELD, _BYTES_PER_WEIGHT = 1_000_000, 120
# Numbers of rows of a split column that a thread looks at together, several arrays of them.
_BYTES_PER_NUMBER = 4 * 6
# Shares of the memory there is from which on a fit warns, and is refused.
_TIGHT, _TOO_MUCH = 0.5, 1.0
# Of the timed product, as large as those of a step.
_PRODUCT = (1024, 192, 512)
_N_PRODUCTS = 40


@dataclass(frozen=True)
class FitForecast:
    """What a fit is going to take on this machine, on its CPU.

    Parameters
    ----------
    n_rows, n_columns : int
        Size of the table, identifiers not counted.
    n_modes : int
        Modes of all columns: the width of an encoded row.
    n_weights : int
        Of the generator and the discriminator.
    n_likelihood_steps, n_adversarial_steps : int
        Steps that learn likelihoods, from rows or from trees, and steps of the game.
    n_epochs : float
        How often they go through the table.
    seconds : float
        Time; roughly, as a busy machine or early stopping change it.
    memory_bytes : int
        Memory that the process needs at its peak.
    """

    n_rows: int
    n_columns: int
    n_modes: int
    n_weights: int
    n_likelihood_steps: int
    n_adversarial_steps: int
    n_epochs: float
    seconds: float
    memory_bytes: int

    @property
    def duration(self) -> str:
        """The time in words."""
        if self.seconds < 90:
            return f"{round(self.seconds, -1):.0f} seconds"
        minutes = self.seconds / 60
        return f"{minutes:.0f} minutes" if minutes < 90 else f"{minutes / 60:.1f} hours"

    def __str__(self) -> str:
        steps = f"about {self.n_likelihood_steps:,} of likelihood"
        if self.n_adversarial_steps:
            steps += f", {self.n_adversarial_steps:,} of the game"
        lines = [
            f"table   {self.n_rows:,} rows, {self.n_columns} columns with {self.n_modes:,} modes",
            f"weights {self.n_weights:,}",
            f"steps   {steps}; {self.n_epochs:,.0f} epochs",
            f"time    about {self.duration} on the CPU of this machine",
            f"memory  about {self.memory_bytes / 1e9:.1f} GB",
        ]
        return "\n".join(lines)


def forecast_fit(
    prepared: PreparedTable,
    *,
    epochs: int | None,
    batch_size: int,
    objective: str | None,
    early_stopping: bool,
    max_seconds: float | None,
    products_per_second: float | None = None,
) -> FitForecast:
    """Return what a fit is going to take.

    Parameters
    ----------
    prepared : PreparedTable
        The table.
    epochs, batch_size, objective, early_stopping
        As in :class:`tabgan.TabGAN`.
    max_seconds : float or None
        Time the training may take.
    products_per_second : float or None
        How fast the machine multiplies; timed if ``None``.
    """
    n_rows, layout = len(prepared.table), prepared.encoder.layout
    plan = make_plan(n_rows, epochs, batch_size, objective, early_stopping, layout.n_columns)
    spec = NetworkSpec(layout.sizes, plan.noise_dim, plan.width, plan.n_blocks)
    products = products_per_second or time_products()
    likelihood_step = likelihood_products(spec, plan) * _LIKELIHOOD_OVERHEAD / products
    adversarial_step = adversarial_products(spec, plan) * _ADVERSARIAL_OVERHEAD / products
    likelihood_steps = plan.likelihood_steps
    if plan.early_stopping and epochs is None:
        likelihood_steps = min(likelihood_steps, round(_STEPS + _STEPS_OF_ROW * n_rows))
    if plan.distils:
        likelihood_steps += plan.distillation_steps
    seconds = likelihood_steps * (
        likelihood_step + _LIKELIHOOD_LOOK / plan.likelihood_round
    ) + plan.adversarial_steps * (adversarial_step + _ADVERSARIAL_LOOK / plan.adversarial_round)
    if plan.distils:
        size = forest_size(n_rows, layout.n_columns)
        seconds += _TREE_SECONDS * size.work
        seconds += _ONE_TREE_SECONDS * size.n_trees * layout.n_columns
    rows_seen = (
        likelihood_steps * plan.likelihood_batch + plan.adversarial_steps * plan.adversarial_batch
    )
    drawn = _ROWS_DRAWN * max(0, layout.n_modes - _MODES_DRAWN)
    return FitForecast(
        n_rows=n_rows,
        n_columns=layout.n_columns,
        n_modes=layout.n_modes,
        n_weights=_generator_weights(spec) + _discriminator_weights(spec, plan),
        n_likelihood_steps=likelihood_steps,
        n_adversarial_steps=plan.adversarial_steps,
        n_epochs=rows_seen / (n_rows * (1 - plan.held_out_share)),
        seconds=_FIXED_SECONDS + _DRAWN_SECONDS * drawn + min(seconds, max_seconds or seconds),
        memory_bytes=forecast_memory(prepared.table, spec, plan),
    )


def forecast_memory(table: pd.DataFrame, spec: NetworkSpec, plan: TrainingPlan) -> int:
    """Return how many bytes a process needs at its peak that fits a table.

    Parameters
    ----------
    table : pandas.DataFrame
        The table.
    spec : NetworkSpec
        Sizes of the generator.
    plan : TrainingPlan
        Steps and sizes of the fit.
    """
    n_modes, n_questions = spec.axis.n_modes, 0
    if plan.distils:
        n_questions = count_questions(len(table), len(spec.sizes), n_modes)
    n_weights = _generator_weights(spec) + _discriminator_weights(spec, plan)
    return (
        _FIXED_BYTES
        + _BYTES_PER_MODE * max(plan.likelihood_batch, plan.adversarial_batch) * n_modes
        + _BYTES_PER_WEIGHT * max(0, n_weights - _WEIGHTS_HELD)
        # Answers, and what they are put together from.
        + 4 * n_questions * n_modes
        + (2 * _BYTES_PER_NUMBER * NUMBERS_AT_A_TIME if spec.splits else 0)
        # The table, and its rows as codes and while they are encoded.
        + 2 * int(table.memory_usage(deep=True).sum())
    )


def check_memory(
    prepared: PreparedTable,
    available: int | None,
    *,
    epochs: int | None,
    batch_size: int,
    objective: str | None,
    early_stopping: bool,
) -> None:
    """Warn of a fit for which memory is tight, and refuse one for which there is too little.

    Parameters
    ----------
    prepared : PreparedTable
        The table.
    available : int or None
        Bytes that the process may have in all; ``None`` if unknown.
    epochs, batch_size, objective, early_stopping
        As in :class:`tabgan.TabGAN`.

    Raises
    ------
    InvalidDataError
        If it needs more than there is.
    """
    layout = prepared.encoder.layout
    plan = make_plan(
        len(prepared.table), epochs, batch_size, objective, early_stopping, layout.n_columns
    )
    spec = NetworkSpec(layout.sizes, plan.noise_dim, plan.width, plan.n_blocks)
    needed = forecast_memory(prepared.table, spec, plan)
    if available is None or needed < _TIGHT * available:
        return
    widest = int(np.argmax(layout.sizes))
    said = (
        f"{len(prepared.table):,} rows of {layout.n_columns} columns with {layout.n_modes:,} modes "
        f"need about {needed / 1e9:.1f} GB of memory to be learnt, and this machine has "
        f"{available / 1e9:.1f} GB for it"
    )
    to_do = (
        "leave columns out, raise rare_threshold, give column "
        f"{prepared.encoder.learnt[widest].column.name!r}, which has {layout.sizes[widest]:,} of "
        f"the modes, the kind 'identifier' in a schema, or lower batch_size={batch_size}"
    )
    if needed >= _TOO_MUCH * available:
        raise InvalidDataError(f"{said}; {to_do}")
    warnings.warn(f"{said}, so it may run short; if it does, {to_do}", stacklevel=3)


def time_products() -> float:
    """Return how many multiply-adds a second matrix products make here, by the fastest."""
    n_rows, n_inputs, n_outputs = _PRODUCT
    left = np.ones((n_rows, n_inputs), dtype=np.float32)
    right = np.ones((n_inputs, n_outputs), dtype=np.float32)
    fastest = np.inf
    for _ in range(_N_PRODUCTS):
        started = time.perf_counter()
        left @ right
        fastest = min(fastest, time.perf_counter() - started)
    return float(np.prod(_PRODUCT)) / fastest


def likelihood_products(spec: NetworkSpec, plan: TrainingPlan) -> float:
    """Return the multiply-adds of a likelihood step."""
    return _LIKELIHOOD_GENERATOR * _generator_weights(spec) * plan.likelihood_batch


def adversarial_products(spec: NetworkSpec, plan: TrainingPlan) -> float:
    """Return the multiply-adds of a step of the game."""
    products = _ADVERSARIAL_GENERATOR * _generator_weights(spec)
    products += _ADVERSARIAL_DISCRIMINATOR * _discriminator_weights(spec, plan)
    return products * plan.adversarial_batch


def _generator_weights(spec: NetworkSpec) -> int:
    """Return how many weights there are: as many as multiply-adds a row, but for the biases."""
    return sum(int(np.prod(shape)) for shape in spec.weight_shapes().values())


def _discriminator_weights(spec: NetworkSpec, plan: TrainingPlan) -> int:
    if not plan.adversarial_steps:
        return 0
    width, n_inputs = plan.width, spec.axis.n_modes + len(spec.sizes) + 1
    n_layers = 2 * plan.discriminator_blocks
    return n_inputs * width + n_layers * (width + 1) * width + width + 1
