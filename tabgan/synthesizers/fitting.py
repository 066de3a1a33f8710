"""From encoded rows to a fitted model: hold rows out, order the columns, train, calibrate.

Importing this module imports Keras and its backend.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from typing import Any

import numpy as np

from tabgan.conditioning.conditions import no_conditions
from tabgan.encoding import TableEncoder
from tabgan.encoding.order import order_basis
from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.parallel import in_parallel
from tabgan.randomness import stream
from tabgan.schema.constraints import Constraint
from tabgan.synthesizers.calibration import calibrate
from tabgan.synthesizers.checkpoint import CheckpointFile
from tabgan.synthesizers.computed_modes import ComputedModes
from tabgan.synthesizers.density_ratio import DensityRatio
from tabgan.synthesizers.forest import ForestGrower
from tabgan.synthesizers.judge import OnePassJudge
from tabgan.synthesizers.model import FittedModel
from tabgan.synthesizers.passes import learn_passes
from tabgan.synthesizers.refinement import learn_density_ratio
from tabgan.synthesizers.sampler import Sampler
from tabgan.synthesizers.split import hold_out
from tabgan.training.backend import backend_name
from tabgan.training.callbacks import WithCallbacks
from tabgan.training.clock import Clock
from tabgan.training.interruption import hearing_interrupts
from tabgan.training.plan import make_plan
from tabgan.training.progress import Reporter, make_reporter
from tabgan.training.train import train
from tabgan.training.trainer import KnownSets

# The numbers of passes between one and all that the game practises; others lie between.
_PRACTISED_PASSES = (2, 4)
# The numbers of passes that samples are calibrated and refined for; others lie between.
_CORRECTED_PASSES = (1, 2, 4, 8, 16, 32)
# Beyond so many columns a sample takes longer to draw than its correction is worth: those of one,
# eight and all passes.
_MANY_COLUMNS, _CORRECTED_OF_MANY = 128, (1, 8)


def fit_model(
    encoder: TableEncoder,
    codes: np.ndarray,
    *,
    epochs: int | None,
    batch_size: int,
    objective: str | None,
    early_stopping: bool,
    max_seconds: float | None,
    device: str,
    verbose: int | str,
    callbacks: Sequence[Any],
    checkpoint: str | PathLike[str] | None,
    seed: int,
    constraints: tuple[Constraint, ...] = (),
) -> FittedModel:
    """Train both networks on encoded rows.

    Parameters
    ----------
    encoder : TableEncoder
        Of the table.
    codes : numpy.ndarray of shape (n_rows, n_columns)
        Its rows.
    epochs, batch_size, objective, early_stopping, device, verbose, callbacks, checkpoint
        As in :class:`tabgan.TabGAN`.
    max_seconds : float or None
        Time the training may take.
    seed : int
        Of everything random.
    constraints : tuple of Constraint
        Rules that samples shall keep; the networks learn them like everything else.
    """
    clock = Clock(max_seconds)
    plan = make_plan(
        len(codes), epochs, batch_size, objective, early_stopping, encoder.layout.n_columns
    )
    spec = NetworkSpec(encoder.layout.sizes, plan.noise_dim, plan.width, plan.n_blocks)
    learnt, held_out = hold_out(codes, plan.held_out_share, stream(seed, "split"))
    passes = learn_passes(learnt, spec.sizes, tuple(encoder.computed))
    practised = KnownSets(
        prefixes=np.tri(spec.layout.n_columns, k=-1, dtype=bool)[:, np.argsort(passes.order)],
        few_passes=passes.known_sets(_PRACTISED_PASSES),
    )
    conditions = no_conditions(encoder)
    ranks = [column.ranks for column in encoder.learnt]
    store = None
    if checkpoint is not None:
        settings = repr((plan, spec, max_seconds, seed, backend_name())).encode()
        store = CheckpointFile(checkpoint, settings, codes.tobytes())
    with hearing_interrupts(), WithCallbacks(make_reporter(verbose), callbacks) as reporter:
        trained = train(
            learnt,
            held_out,
            spec,
            encoder.log_shares,
            plan=plan,
            practised=practised,
            seed=seed,
            judge=OnePassJudge(held_out, conditions, seed, ranks, ComputedModes.of(encoder)),
            reporter=reporter,
            clock=clock,
            device=device,
            store=store,
            basis=order_basis(_ranks_on_axis(ranks, spec), spec.axis),
            neighbours=encoder.neighbours,
            make_tree_grower=partial(ForestGrower, layout=spec.layout, ranks=ranks, seed=seed),
        )
        model = FittedModel(
            encoder=encoder,
            generator=NumpyGenerator(spec, trained.weights),
            passes=passes,
            n_rows=len(codes),
            n_epochs=trained.n_rows_seen / len(learnt),
            history=trained.history,
            offsets={1: np.zeros(spec.layout.n_modes, dtype=np.float32)},
            ratios={},
            interrupted=trained.interrupted,
            out_of_time=trained.out_of_time,
            discriminator=trained.discriminator,
            constraints=constraints,
        )
        unseen = held_out if plan.held_out_share else held_out[:0]
        try:
            _correct(model, learnt, unseen, reporter, stream(seed, "calibration"))
        except KeyboardInterrupt:
            if trained.interrupted:
                raise
            # The first one, and the networks are trained: what is left to do is to polish them.
            model = replace(model, interrupted=True)
    return model


def _ranks_on_axis(ranks: list[np.ndarray], spec: NetworkSpec) -> list[np.ndarray]:
    """Return the place of each mode of the networks' axis; a split column has no line."""
    own = [
        np.full(spec.axis.sizes[i], np.nan) if i in spec.splits else r for i, r in enumerate(ranks)
    ]
    return own + [np.full(split.n_members, np.nan) for split in spec.splits.values()]


def _correct(
    model: FittedModel,
    learnt: np.ndarray,
    unseen: np.ndarray,
    reporter: Reporter,
    rng: np.random.Generator,
) -> None:
    """Fill in how samples of each number of passes are calibrated and refined."""
    encoder = model.encoder
    conditions = no_conditions(encoder)
    ranks = [column.ranks for column in encoder.learnt]
    most = model.passes.most
    is_wide = encoder.layout.n_columns > _MANY_COLUMNS
    corrected = _CORRECTED_OF_MANY if is_wide else _CORRECTED_PASSES
    counts = [*(count for count in corrected if count < most), most]
    seeds = {n_passes: int(rng.integers(2**63)) for n_passes in counts}
    reporter.phase("calibration", len(counts), len(model.history))
    n_done = itertools.count(1)

    def correct(n_passes: int) -> tuple[np.ndarray, DensityRatio | None]:
        seed = seeds[n_passes]
        offsets = calibrate(
            model.generator,
            model.passes,
            conditions,
            encoder,
            n_passes,
            model.n_rows,
            seed,
            model.compatible,
        )
        sampler = Sampler(
            model.generator,
            model.passes,
            conditions,
            n_passes,
            offsets,
            compatible=model.compatible,
            computed=model.computed,
        )
        return offsets, learn_density_ratio(sampler, ranks, learnt, unseen, seed)

    def keep(n_passes: int, found: tuple[np.ndarray, DensityRatio | None]) -> None:
        model.offsets[n_passes], ratio = found
        if ratio is not None:
            model.ratios[n_passes] = ratio
        reporter.step(next(n_done), {})

    # Trees are grown by one thread each. The fewer the passes the more trees, so these come first.
    in_parallel(correct, counts, keep)
