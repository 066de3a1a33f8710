"""The phases of a fit: likelihood, distillation, then the game, each keeping its best weights."""

from dataclasses import fields

import numpy as np

from tabgan.encoding.order import Basis
from tabgan.networks.spec import NetworkSpec
from tabgan.randomness import stream
from tabgan.training.clock import Clock
from tabgan.training.distillation import distil
from tabgan.training.game import Judge, Judgement, play
from tabgan.training.holdout import HeldOutLikelihood
from tabgan.training.interruption import hearing_interrupts
from tabgan.training.lesson import MakeTreeGrower
from tabgan.training.likelihood import fit_likelihood
from tabgan.training.plan import TrainingPlan
from tabgan.training.progress import Reporter
from tabgan.training.session import Session, TrainedNetworks
from tabgan.training.snapshot import Store
from tabgan.training.trainer import ADVERSARIAL_LOGS, KnownSets, Trainer

# What a look at the held-out rows may tell; the likelihood phase knows only some of it.
LOOK_LOGS = (*ADVERSARIAL_LOGS, "held_out_likelihood", *(f.name for f in fields(Judgement)))


def train(
    codes: np.ndarray,
    held_out: np.ndarray,
    spec: NetworkSpec,
    log_shares: np.ndarray,
    plan: TrainingPlan,
    practised: KnownSets,
    seed: int,
    judge: Judge,
    reporter: Reporter,
    clock: Clock,
    device: str = "auto",
    store: Store | None = None,
    basis: Basis | None = None,
    neighbours: np.ndarray | None = None,
    make_tree_grower: MakeTreeGrower | None = None,
) -> TrainedNetworks:
    """Fit both networks.

    Parameters
    ----------
    codes, held_out : numpy.ndarray of shape (n_rows, n_columns)
        Rows to learn from, and rows to stop by.
    spec : NetworkSpec
        Sizes of the generator.
    log_shares : numpy.ndarray of shape (n_modes,)
        Where the generator's output biases start.
    plan : TrainingPlan
        Steps, rates and sizes.
    practised : KnownSets
        What is known before the passes of a sample.
    seed : int
        Of everything random.
    judge : callable
        Compares one-pass samples of a candidate with held-out rows.
    reporter : Reporter
        Is told about progress, and may ask to stop.
    clock : Clock
        Ends the training when its time is over.
    device : {"auto", "cpu", "gpu"}
        Where to train.
    store : Store or None
        Where to go on from, and where to keep a snapshot at each look at the held-out rows.
    basis : numpy.ndarray of shape (n_modes, n_waves), BlockBasis or None
        How modes lie beside each other (:func:`tabgan.encoding.order.order_basis`).
    neighbours : numpy.ndarray of int32, shape (n_modes, 2) or None
        Codes of the modes below and above each mode.
    make_tree_grower : callable or None
        Gives what grows trees, on `codes`, that say what a column is.

    Raises
    ------
    KeyboardInterrupt
        If the user interrupts before there are weights worth keeping.
    """
    trainer = Trainer(spec, log_shares, plan, practised, seed, device, basis, neighbours)
    with trainer.backend.device(device):
        session = Session(trainer, codes, plan, reporter, clock, store)
        reporter.begin(trainer.generator)
        try:
            with hearing_interrupts():
                known = trainer.known_sets(stream(seed, "held-out masks"), len(held_out))
                likelihood = HeldOutLikelihood(held_out, known)
                if plan.likelihood_steps:
                    fit_likelihood(session, likelihood)
                if plan.distils and not session.is_stopped:
                    grow_trees = (
                        make_tree_grower(codes) if make_tree_grower and plan.asks_trees else None
                    )
                    distil(session, likelihood, grow_trees, seed)
                if plan.adversarial_steps and not session.is_stopped:
                    play(session, likelihood, judge)
        except KeyboardInterrupt:
            if not session.has_model:
                raise
            session.result.interrupted = True
        if session.has_played:
            session.result.discriminator = trainer.discriminator_weights()
    return session.result
