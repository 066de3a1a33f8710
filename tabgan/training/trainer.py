"""The compiled loop around the step: networks and state in, many steps at a time, logs out."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from tabgan.conditioning.masks import (
    practised_known_sets,
    random_known_sets,
    with_one_more,
)
from tabgan.encoding.order import Basis
from tabgan.errors import TrainingDivergedError
from tabgan.networks.discriminator import Discriminator
from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.generator import Generator
from tabgan.networks.spec import NetworkSpec
from tabgan.randomness import stream
from tabgan.training.backend import current_backend
from tabgan.training.lesson import KnownSetsSource, Lesson, Questions
from tabgan.training.looks import Weights
from tabgan.training.objectives import DEFAULT_OBJECTIVE, OBJECTIVES
from tabgan.training.plan import TrainingPlan
from tabgan.training.snapshot import Snapshot
from tabgan.training.step import Batch, Draws, Rates, StepOptions, TrainingStep, TrainState

# Steps in one compiled call: long enough that calling costs nothing, short enough for a live bar.
STEPS_PER_CALL = 20

LIKELIHOOD_LOGS = ("likelihood_loss",)
ADVERSARIAL_LOGS = (
    "likelihood_loss",
    "generator_loss",
    "discriminator_loss",
    "penalty",
    "real_score",
    "fake_score",
)


@dataclass(frozen=True)
class Phase:
    """One part of the training: which step, on how many rows, how fast.

    Parameters
    ----------
    name : {"likelihood", "distillation", "adversarial"}
        What it is called in the history.
    options : StepOptions
        The fixed numbers of its step.
    batch_size : int
        Rows a step.
    rates : Rates
        Learning rates at its start.
    is_fused : bool
        Whether to take some seconds more to compile its step into one that is quicker.
    """

    name: str
    options: StepOptions
    batch_size: int
    rates: Rates
    is_fused: bool = False


@dataclass(frozen=True)
class KnownSets:
    """What sampling knows before each of its passes, for training to practise.

    Parameters
    ----------
    prefixes : numpy.ndarray of bool, shape (n_columns, n_columns)
        When columns are drawn one by one, the first with nothing known.
    few_passes : numpy.ndarray of bool, shape (n_sets, n_columns)
        When they are drawn in two or four passes, without the first pass.
    """

    prefixes: np.ndarray
    few_passes: np.ndarray


class Trainer:
    """Two networks and the state of their training.

    ``start`` a phase, then ``run`` it call by call, both inside ``backend.device(...)``. A phase of
    one name is compiled once and has to keep its options and batch size.

    Parameters
    ----------
    spec : NetworkSpec
        Sizes of the generator.
    log_shares : numpy.ndarray of shape (n_modes,)
        Where the generator's output biases start.
    plan : TrainingPlan
        Sizes of the discriminator, and the game.
    practised : KnownSets
        What is known before the passes of a sample.
    seed : int
        Of initial weights, batches and noise.
    device : {"auto", "cpu", "gpu"}
        Where the networks live.
    basis : numpy.ndarray of shape (n_modes, n_waves), BlockBasis or None
        How modes lie beside each other, for the generator.
    neighbours : numpy.ndarray of int32, shape (n_modes, 2) or None
        Codes of the modes below and above each mode, between which training rows are blurred.
    """

    def __init__(
        self,
        spec: NetworkSpec,
        log_shares: np.ndarray,
        plan: TrainingPlan,
        practised: KnownSets,
        seed: int,
        device: str = "auto",
        basis: Basis | None = None,
        neighbours: np.ndarray | None = None,
    ) -> None:
        self.spec = spec
        self.plan = plan
        self.practised = practised
        self._neighbours = neighbours
        self.backend = current_backend()
        bins = None
        if neighbours is not None:  # a mode that is no bin is its own neighbour
            moves = (neighbours != spec.layout.code_of_mode[:, None]).any(axis=1)
            bins = np.zeros(spec.axis.n_modes, dtype=bool)
            for column in range(len(spec.sizes)):
                if column not in spec.splits:  # no bins are so many
                    bins[spec.axis.modes(column)] = moves[spec.layout.modes(column)]
        with self.backend.device(device):
            self._build_networks(log_shares, basis, bins, seed)
        self._rng = stream(seed, "batches")
        self._noise_seed = int(stream(seed, "noise").integers(2**31))
        self._compiled: dict[str, Any] = {}
        self.n_steps = 0
        generator = [ops.copy(v.value) for v in self.generator.trainable_variables]
        discriminator = [ops.copy(v.value) for v in self.discriminator.trainable_variables]
        average = [ops.copy(w) for w in generator]
        self.state = TrainState(generator, [], average, discriminator, [], [])

    def _build_networks(
        self,
        log_shares: np.ndarray,
        basis: Basis | None,
        bins: np.ndarray | None,
        seed: int,
    ) -> None:
        spec, plan = self.spec, self.plan
        initial = stream(seed, "initial weights")
        self.generator = Generator(spec, log_shares, int(initial.integers(2**31)), basis, bins)
        self.discriminator = Discriminator(
            spec.axis.n_modes,
            spec.layout.n_columns,
            plan.width,
            plan.discriminator_blocks,
            int(initial.integers(2**31)),
        )
        self.generator.build()
        self.discriminator.build()

    def show_modes(self) -> None:
        """Begin the discriminator with the generator's view of the modes.

        In the generator's first layer modes that mean alike, such as neighbouring bins of a number,
        lie side by side. To judge in features that were learnt elsewhere is what made projected
        GANs (Sauer et al. 2021) quick; here the features go on learning.
        """
        axis = self.spec.axis
        kernel = self.averaged_weights()["input/kernel"][: axis.n_modes].copy()
        for column in range(axis.n_columns):
            modes = axis.modes(column)
            kernel[modes] -= kernel[modes].mean(axis=0)  # what all modes share tells nothing
        first, *others = self.state.discriminator
        begun = np.array(ops.convert_to_numpy(first))
        begun[: axis.n_modes] = kernel * (self.discriminator.spread / max(kernel.std(), 1e-12))
        self.state = self.state._replace(discriminator=[self.backend.put(begun), *others])

    def start(self, phase: Phase, teacher: Weights | None = None) -> None:
        """Enter a phase from the averaged weights, with fresh moments.

        Parameters
        ----------
        phase : Phase
            What follows.
        teacher : dict of str to numpy.ndarray or None
            Weights of a generator that is listened to in this phase.
        """
        weights = [ops.copy(w) for w in self.state.average]
        self.state = TrainState(
            weights,
            phase.options.generator_adam.init(weights),
            [ops.copy(w) for w in weights],
            self.state.discriminator,
            phase.options.discriminator_adam.init(self.state.discriminator),
            [] if teacher is None else self._put(teacher),
        )
        self._steps_in_phase = 0

    def _put(self, weights: Weights) -> list[Any]:
        return [self.backend.put(weight) for weight in self.generator.with_waves(weights)]

    def run(
        self, phase: Phase, source: np.ndarray | Lesson, rate_factor: float
    ) -> dict[str, float]:
        """Run one compiled call of steps.

        Parameters
        ----------
        phase : Phase
            The phase that was started.
        source : numpy.ndarray of shape (n_rows, n_columns) or Lesson
            Codes of training rows, or questions about them with answers.
        rate_factor : float
            Factor on the phase's learning rates.

        Returns
        -------
        dict
            Each logged quantity, averaged over the steps.

        Raises
        ------
        TrainingDivergedError
            If a loss is not a finite number.
        """
        if phase.name not in self._compiled:
            self._compiled[phase.name] = self.backend.compile(
                self._many_steps(phase), fused=phase.is_fused
            )
        rates = Rates(*(np.float32(rate * rate_factor) for rate in phase.rates))
        self.state, totals = self._compiled[phase.name](
            self.state,
            self._next_batches(phase, source),
            rates,
            np.int32(self._noise_seed),
            np.int32(self.n_steps),
            np.int32(self._steps_in_phase),
        )
        self.n_steps += STEPS_PER_CALL
        self._steps_in_phase += STEPS_PER_CALL
        means = ops.convert_to_numpy(totals) / STEPS_PER_CALL
        if not np.isfinite(means).all():
            raise self._divergence(phase, "a loss")
        return dict(zip(_log_names(phase), map(float, means), strict=True))

    def averaged_weights(self) -> dict[str, np.ndarray]:
        """Return the averaged weights of the generator by name: what is sampled from."""
        return self.generator.plain_weights([*map(ops.convert_to_numpy, self.state.average)])

    def require_finite_weights(self, phase: Phase) -> None:
        """Raise TrainingDivergedError if a weight to be sampled from is not a finite number."""
        if not all(np.isfinite(weight).all() for weight in self.averaged_weights().values()):
            raise self._divergence(phase, "a weight")

    def _divergence(self, phase: Phase, what: str) -> TrainingDivergedError:
        return TrainingDivergedError(
            f"training diverged in the {phase.name} phase by step {self.n_steps}: {what} is not a "
            "finite number; fit with another random_state or a larger batch_size"
        )

    def numpy_generator(self) -> NumpyGenerator:
        """Return the generator with averaged weights, in NumPy."""
        return NumpyGenerator(self.spec, self.averaged_weights())

    def discriminator_weights(self) -> list[np.ndarray]:
        """Return the weights of the discriminator, in the order of its layers."""
        return [ops.convert_to_numpy(weight) for weight in self.state.discriminator]

    def restore(self, weights: dict[str, np.ndarray]) -> None:
        """Go back to averaged weights kept earlier."""
        self.state = self.state._replace(average=self._put(weights))

    def snapshot(self) -> Snapshot:
        """Return all that changes while training."""
        arrays = {
            f"{part}/{i:03d}": np.asarray(ops.convert_to_numpy(tensor))
            for part, tensors in self.state._asdict().items()
            for i, tensor in enumerate(tensors)
        }
        rng: Any = self._rng.bit_generator.state
        facts = {
            "n_steps": self.n_steps,
            "steps_in_phase": self._steps_in_phase,
            # Integers of 128 bits, which JSON readers round; and half a draw kept for the next.
            "rng": {name: str(number) for name, number in rng["state"].items()},
            "rng_half": [rng["has_uint32"], rng["uinteger"]],
        }
        return Snapshot(facts, arrays)

    def resume(self, snapshot: Snapshot) -> None:
        """Go on from a snapshot of a trainer that was made with the same arguments."""
        parts: dict[str, list[Any]] = {name: [] for name in TrainState._fields}
        for name in sorted(snapshot.arrays):
            part, _, _ = name.partition("/")
            if part in parts:
                parts[part].append(self.backend.put(snapshot.arrays[name]))
        self.state = TrainState(**parts)
        self.n_steps = snapshot.facts["n_steps"]
        self._steps_in_phase = snapshot.facts["steps_in_phase"]
        rng: Any = self._rng.bit_generator.state
        rng["state"] = {name: int(text) for name, text in snapshot.facts["rng"].items()}
        rng["has_uint32"], rng["uinteger"] = snapshot.facts["rng_half"]
        self._rng.bit_generator.state = rng

    def _many_steps(self, phase: Phase) -> Any:
        step = TrainingStep(
            self.generator,
            self.discriminator,
            # Without a game the likelihood step asks its objective nothing.
            OBJECTIVES[self.plan.objective or DEFAULT_OBJECTIVE],
            phase.options,
            self.backend,
        )
        names = _log_names(phase)

        def many_steps(
            state: TrainState, batches: Batch, rates: Rates, seed: Any, first: Any, phase_step: Any
        ) -> tuple[TrainState, Any]:
            def body(i: Any, carry: tuple[TrainState, Any]) -> tuple[TrainState, Any]:
                state, totals = carry
                batch = Batch(*(None if part is None else part[i] for part in batches))
                draws = self._draw(seed, first + i, phase)
                since_start = ops.cast(phase_step + i, "float32")
                state, logs = step(state, batch, draws, rates, since_start)
                return state, totals + ops.stack([logs[name] for name in names])

            totals = ops.zeros((len(names),), "float32")
            state, totals = ops.fori_loop(0, STEPS_PER_CALL, body, (state, totals))
            return state, totals

        return many_steps

    def _draw(self, seed: Any, step: Any, phase: Phase) -> Draws | None:
        if not phase.options.adversarial_weight:
            return None
        rows = phase.batch_size
        uniforms = self.backend.uniform(seed, step, 1, (rows, self.spec.axis.n_modes))
        # Away from 0 and 1, where the double logarithm is infinite.
        uniforms = ops.clip(uniforms, 1e-7, 1.0 - 1e-7)
        return Draws(
            noise=self.backend.normal(seed, step, 0, (rows, self.spec.noise_dim)),
            gumbels=-ops.log(-ops.log(uniforms)),
            mixing=self.backend.uniform(seed, step, 2, (rows,)),
        )

    def _next_batches(self, phase: Phase, source: np.ndarray | Lesson) -> Batch:
        n_rows, rng, plan = STEPS_PER_CALL * phase.batch_size, self._rng, self.plan
        if isinstance(source, Lesson):
            asked = source.questions
            chosen = rng.integers(len(asked.codes), size=n_rows)
            known = asked.known[chosen]
            codes = self.spec.on_axis(asked.codes[chosen])
            return self._put_batches(codes, known, known, source.answers[chosen])
        n_columns = source.shape[1]
        known = self.known_sets(rng, n_rows)
        condition = random_known_sets(rng, n_rows, n_columns, plan.conditioned_share)
        condition = practised_known_sets(
            rng, condition, self.practised.few_passes, plan.practised_conditions
        )
        rows = rng.integers(len(source), size=n_rows)
        codes = self.spec.on_axis(self._blurred(source[rows], rng))
        return self._put_batches(codes, known, condition)

    def _put_batches(self, *parts: np.ndarray) -> Batch:
        return Batch(*(self.backend.put(p.reshape(STEPS_PER_CALL, -1, p.shape[-1])) for p in parts))

    def questions(self, rng: np.random.Generator, codes: np.ndarray, n_questions: int) -> Questions:
        """Return questions about rows, all of them as often as others; half of them are blurred."""
        rows = np.resize(rng.permutation(len(codes)), n_questions)
        asked = codes[rows].astype(np.int32)
        is_blurred = rng.random((n_questions, 1)) < 0.5
        asked = np.where(is_blurred, self._blurred(asked, rng), asked)
        return Questions(asked, self.known_sets(rng, n_questions), rows)

    def known_sets_asking_for(self, column: int) -> KnownSetsSource:
        """Return a source of known sets without a column, half of them what is drawn before it."""
        in_turn = self.practised.prefixes[(~self.practised.prefixes[:, column]).sum() - 1]

        def known_sets(rng: np.random.Generator, n_rows: int) -> NDArray[np.bool_]:
            known = self.known_sets(rng, n_rows)
            known[rng.random(n_rows) < 0.5] = in_turn
            known[:, column] = False
            return known

        return known_sets

    def known_sets(self, rng: np.random.Generator, n_rows: int) -> np.ndarray:
        """Return known sets of the likelihood path, shape (n_rows, n_columns)."""
        known = random_known_sets(rng, n_rows, self.spec.layout.n_columns)
        known = practised_known_sets(
            rng, known, self.practised.prefixes, self.plan.practised_prefixes
        )
        return with_one_more(rng, known, self.plan.practised_extras)

    def _blurred(self, codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Return the rows, as int32, with their cells moved to modes beside them, at random."""
        codes = codes.astype(np.int32)
        if self._neighbours is None or not self.plan.blur:
            return codes
        # Moves of one mode, each of a variance of at most one.
        n_moves = math.ceil(self.plan.blur)
        share = self.plan.blur / n_moves
        layout = self.spec.layout
        for _ in range(n_moves):
            chance = rng.random(codes.shape, dtype=np.float32)
            positions = np.stack([layout.position(i, c) for i, c in enumerate(codes.T)], axis=1)
            codes = np.where(chance < share / 2, self._neighbours[positions, 0], codes)
            codes = np.where(chance >= 1.0 - share / 2, self._neighbours[positions, 1], codes)
        return codes


def _log_names(phase: Phase) -> tuple[str, ...]:
    return ADVERSARIAL_LOGS if phase.options.adversarial_weight else LIKELIHOOD_LOGS
