"""The training step, written once: ``(state, batch, draws) -> (state, logs)``, a pure function.

All phases share it. The likelihood step fits the generator without noise: each unknown cell given
the known ones. The adversarial step adds the game: the discriminator learns to tell completed rows
from real ones, the generator to complete rows, from noise, that it cannot tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from keras import ops

from tabgan.encoding import Layout
from tabgan.networks.discriminator import Discriminator
from tabgan.networks.generator import Generator
from tabgan.networks.modes import log_softmax, one_hot, spread_columns, straight_through_draw
from tabgan.training.backend import Backend
from tabgan.training.objectives import Objective
from tabgan.training.optimizer import Adam, update_average


class TrainState(NamedTuple):
    """Everything a step changes; lists of tensors, so that it can be carried through a loop.

    ``teacher``, which it does not change, holds the weights of a generator whose word counts beside
    that of the rows; none, where nobody teaches.
    """

    generator: list[Any]
    generator_moments: list[Any]
    average: list[Any]
    discriminator: list[Any]
    discriminator_moments: list[Any]
    teacher: list[Any]


class Batch(NamedTuple):
    """Real rows and what is known of each.

    ``codes`` is of shape (n_rows, n_columns of the networks' axis); ``known`` of shape (n_rows,
    n_columns) says which cells the likelihood path is given, ``condition`` which ones the
    adversarial path is. With ``answers``, of shape (n_rows, n_modes), the likelihood path learns
    how likely each mode is instead of what the cells are.
    """

    codes: Any
    known: Any
    condition: Any
    answers: Any = None


class Draws(NamedTuple):
    """The random numbers of one adversarial step."""

    noise: Any
    gumbels: Any
    mixing: Any


class Rates(NamedTuple):
    """Learning rates of one step."""

    generator: Any
    discriminator: Any


@dataclass(frozen=True)
class StepOptions:
    """The fixed numbers of a step.

    Parameters
    ----------
    adversarial_weight : float
        Weight of the adversarial loss; 0 leaves the likelihood step.
    likelihood_weight : float
        Weight of the likelihood, in nats a row, beside an adversarial loss of order one.
    average_decay : float
        Decay of the averaged weights.
    penalty_share : float
        Share of the rows at which the gradient penalty is taken. A quarter is an unbiased estimate
        for a quarter of the cost, and the penalty is the dearest part of the step.
    temperature : float
        Of the relaxed draws. 1 gives their gradient the least variance.
    taught_share : float
        What a teacher says counts so much where there is one, and the row itself the rest.
    """

    adversarial_weight: float
    likelihood_weight: float
    average_decay: float
    penalty_share: float = 0.25
    temperature: float = 1.0
    taught_share: float = 1.0
    generator_adam: Adam = Adam(beta_1=0.9, beta_2=0.99)
    discriminator_adam: Adam = Adam(beta_1=0.0, beta_2=0.99)


class TrainingStep:
    """The step for one pair of networks, one objective and one backend."""

    def __init__(
        self,
        generator: Generator,
        discriminator: Discriminator,
        objective: Objective,
        options: StepOptions,
        backend: Backend,
    ) -> None:
        self.generator = generator
        self.discriminator = discriminator
        self.objective = objective
        self.options = options
        self.backend = backend
        self.axis: Layout = generator.spec.axis

    def __call__(
        self, state: TrainState, batch: Batch, draws: Draws | None, rates: Rates, phase_step: Any
    ) -> tuple[TrainState, dict[str, Any]]:
        """Return the state after one step, and what happened in it.

        Without draws it is a likelihood step. ``phase_step`` counts from the start of the phase.
        """
        logs: dict[str, Any] = {}
        if draws is not None:
            state, logs = self._train_discriminator(state, batch, draws, rates)
        return self._train_generator(state, batch, draws, rates, phase_step, logs)

    def _train_discriminator(
        self, state: TrainState, batch: Batch, draws: Draws, rates: Rates
    ) -> tuple[TrainState, dict[str, Any]]:
        real = one_hot(batch.codes, self.axis)
        condition = ops.cast(batch.condition, "float32")
        fake = ops.stop_gradient(self._complete(state.generator, real, condition, draws))

        def loss(weights: list[Any]) -> tuple[Any, dict[str, Any]]:
            real_logits = self._judge(weights, real, condition)
            fake_logits = self._judge(weights, fake, condition)
            game = ops.mean(self.objective.discriminator_loss(real_logits, fake_logits))
            penalty = ops.mean(self._penalty(weights, real, fake, condition, draws.mixing))
            real_score, fake_score = self.objective.probabilities(real_logits, fake_logits)
            logs = {
                "discriminator_loss": game,
                "penalty": penalty,
                "real_score": real_score,
                "fake_score": fake_score,
            }
            return game + penalty, logs

        _, logs, gradients = self.backend.value_and_gradients(loss, state.discriminator)
        weights, moments = self.options.discriminator_adam.apply(
            state.discriminator, gradients, state.discriminator_moments, rates.discriminator
        )
        return state._replace(discriminator=weights, discriminator_moments=moments), logs

    def _train_generator(
        self,
        state: TrainState,
        batch: Batch,
        draws: Draws | None,
        rates: Rates,
        phase_step: Any,
        logs: dict[str, Any],
    ) -> tuple[TrainState, dict[str, Any]]:
        real = one_hot(batch.codes, self.axis)
        condition = ops.cast(batch.condition, "float32")

        def loss(weights: list[Any]) -> tuple[Any, dict[str, Any]]:
            likelihood = ops.mean(
                self.negative_log_likelihood(
                    weights, real, batch.known, state.teacher, batch.answers
                )
            )
            if draws is None:
                return likelihood, {"likelihood_loss": likelihood}
            fake = self._complete(weights, real, condition, draws)
            game = ops.mean(
                self.objective.generator_loss(
                    self._judge(state.discriminator, real, condition),
                    self._judge(state.discriminator, fake, condition),
                )
            )
            total = (
                self.options.adversarial_weight * game + self.options.likelihood_weight * likelihood
            )
            return total, {"likelihood_loss": likelihood, "generator_loss": game}

        _, generator_logs, gradients = self.backend.value_and_gradients(loss, state.generator)
        weights, moments = self.options.generator_adam.apply(
            state.generator,
            gradients,
            state.generator_moments,
            rates.generator,
            self.generator.paces(in_game=draws is not None, from_rows=batch.answers is None),
        )
        average = update_average(state.average, weights, self.options.average_decay, phase_step)
        state = state._replace(generator=weights, generator_moments=moments, average=average)
        return state, logs | generator_logs

    def negative_log_likelihood(
        self,
        weights: list[Any],
        real: Any,
        known: Any,
        teacher: Sequence[Any] = (),
        answers: Any = None,
    ) -> Any:
        """Return the any-order negative log-likelihood of each row, in nats, shape (n_rows,).

        The cross-entropy of the unknown cells, weighted columns / unknown: its expectation over
        random known sets is that of drawing the columns in a random order (Uria et al. 2014,
        equation 7).

        With answers the cross-entropy is that of what they say of the unknown cells instead of what
        they are; with a teacher, in part that of what it says. The game asks for many steps; if
        they went on with the rows themselves, these would be learnt by heart
        (benchmarks/ablations.md).
        """
        known = ops.cast(known, "float32")
        spread = self._spread(known)
        known_modes = real * spread
        noise = ops.zeros((real.shape[0], self.generator.spec.noise_dim))
        logits = self._generate(weights, known_modes, known, noise)
        logits = self.generator.with_groups(logits, real, weights)
        wanted = real if answers is None else ops.cast(answers, "float32")
        if teacher:
            said = ops.stop_gradient(self._say(teacher, known_modes, known, noise, real))
            wanted = self.options.taught_share * said + (1.0 - self.options.taught_share) * wanted
        wanted = wanted * (1.0 - spread)
        lost = -ops.sum(wanted * log_softmax(logits, self.axis), axis=1)
        return lost * len(self.generator.spec.sizes) / ops.sum(1.0 - known, axis=1)

    def _complete(self, weights: list[Any], real: Any, condition: Any, draws: Draws) -> Any:
        """Return rows whose unknown cells are drawn from noise, in one pass."""
        spread = self._spread(condition)
        known_modes = real * spread
        logits = self._generate(weights, known_modes, condition, draws.noise)
        temperature = self.options.temperature
        drawn = straight_through_draw(logits, draws.gumbels, temperature, self.axis)
        if self.generator.spec.splits:
            in_groups = self.generator.in_groups(drawn)
            logits = self.generator.with_groups(logits, drawn, weights)
            drawn = straight_through_draw(logits, draws.gumbels, temperature, self.axis) * in_groups
        return known_modes + (1.0 - spread) * drawn

    def _penalty(
        self, weights: list[Any], real: Any, fake: Any, condition: Any, mixing: Any
    ) -> Any:
        n_rows = max(1, int(real.shape[0] * self.options.penalty_share))
        real, fake, condition = real[:n_rows], fake[:n_rows], condition[:n_rows]
        if self.objective.penalises_mixed_rows:
            mixed = mixing[:n_rows, None] * real + (1.0 - mixing[:n_rows, None]) * fake
            return self.objective.penalty(self._squared_slope(weights, mixed, condition))
        return self.objective.penalty(
            self._squared_slope(weights, real, condition)
            + self._squared_slope(weights, fake, condition)
        )

    def _squared_slope(self, weights: list[Any], rows: Any, condition: Any) -> Any:
        """Return the squared norm of the gradient of each row's logit in the row."""

        def total(inputs: list[Any]) -> tuple[Any, dict[str, Any]]:
            return ops.sum(self._judge(weights, inputs[0], condition)), {}

        _, _, (slope,) = self.backend.value_and_gradients(total, [rows])
        return ops.sum(ops.square(slope), axis=1)

    def _generate(self, weights: Sequence[Any], known_modes: Any, known: Any, noise: Any) -> Any:
        return self.generator.stateless_call(weights, [], known_modes, known, noise)[0]

    def _say(
        self, weights: Sequence[Any], known_modes: Any, known: Any, noise: Any, real: Any
    ) -> Any:
        """Return the probability of every mode; of members, given the group of the row."""
        logits = self._generate(weights, known_modes, known, noise)
        if not self.generator.spec.splits:
            return ops.exp(log_softmax(logits, self.axis))
        logits = self.generator.with_groups(logits, real, weights)
        return ops.exp(log_softmax(logits, self.axis)) * self.generator.in_groups(real)

    def _spread(self, known: Any) -> Any:
        """Repeat what is known of each column over its modes, the members of its groups too."""
        columns = list(self.generator.spec.splits)
        if columns:
            known = ops.concatenate([known, ops.take(known, columns, axis=1)], axis=1)
        return spread_columns(known, self.axis)

    def _judge(self, weights: list[Any], modes: Any, condition: Any) -> Any:
        return self.discriminator.stateless_call(weights, [], modes, condition)[0]
