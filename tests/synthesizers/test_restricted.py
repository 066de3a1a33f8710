"""Sets and ranges of several columns: the law that is left of the joint, not only the values."""

from dataclasses import replace

import numpy as np
import pytest

from tabgan.conditioning.conditions import Conditions
from tabgan.encoding import Layout
from tabgan.encoding.restriction import Restriction
from tabgan.networks.spec import NetworkSpec
from tabgan.synthesizers.passes import PassPlan
from tabgan.synthesizers.restricted import draw_restricted
from tabgan.synthesizers.sampler import Sampler, restrict

SIZES = (8, 6, 5)
RNG = np.random.default_rng(5)
# Three columns that depend on each other strongly: a range of one says much about the others.
PLACES = np.stack(np.meshgrid(*(np.linspace(-1, 1, size) for size in SIZES), indexing="ij"))
JOINT = np.exp(
    3.0 * PLACES[0] * PLACES[1] - 2.0 * PLACES[1] * PLACES[2] + 0.5 * RNG.normal(size=SIZES)
)
JOINT /= JOINT.sum()


class ExactGenerator:
    """A generator that knows the joint law of three columns, in place of a network."""

    def __init__(self, joint: np.ndarray) -> None:
        self.joint = joint
        self.layout = Layout(SIZES)
        self.spec = NetworkSpec(SIZES, noise_dim=1, width=1, n_blocks=0)

    def start(self, n_rows: int) -> np.ndarray:
        return np.full((n_rows, len(SIZES)), -1)

    def sums(self, codes: np.ndarray) -> np.ndarray:
        return codes.copy()

    def stir(self, noise: np.ndarray) -> int:
        return 0

    def reveal(self, known: np.ndarray, column: int, codes: np.ndarray) -> None:
        known[:, column] = np.where(codes >= 0, codes, known[:, column])

    def trunk(self, known: np.ndarray) -> np.ndarray:
        return known

    def logits(self, known: np.ndarray, column: int) -> np.ndarray:
        laws = np.broadcast_to(self.joint, (len(known), *SIZES)).copy()
        for other, size in enumerate(SIZES):
            codes = known[:, other]
            one_hot = (codes[:, None] == np.arange(size)) | (codes < 0)[:, None]
            shape = [len(known), 1, 1, 1]
            shape[1 + other] = size
            laws *= one_hot.reshape(shape)
        axes = tuple(1 + other for other in range(len(SIZES)) if other != column)
        return np.log(laws.sum(axis=axes) + 1e-300)


def sampler_of(
    shares: dict[int, list[float]], known: tuple[int, int, int] = (-1, -1, -1)
) -> Sampler:
    """Return the sampler of the joint, given the allowed share of each mode of some columns."""
    restricted = {
        column: Restriction.of_pieces(
            SIZES[column],
            np.flatnonzero(part),
            np.zeros(np.count_nonzero(part)),
            np.array(part)[np.flatnonzero(part)],
        )
        for column, part in shares.items()
    }
    everything = tuple(np.ones(size, dtype=bool) for size in SIZES)
    conditions = Conditions(everything, everything, np.array([known]), restricted)
    plan = PassPlan((0, 1, 2), np.zeros((3, 3)))
    return Sampler(ExactGenerator(JOINT), plan, conditions, n_passes=32)


def exact(shares: dict[int, list[float]]) -> np.ndarray:
    law = JOINT.copy()
    for column, part in shares.items():
        shape = [1, 1, 1]
        shape[column] = SIZES[column]
        law = law * np.reshape(part, shape)
    return law / law.sum()


def worst_pair_distance(codes: np.ndarray, law: np.ndarray) -> float:
    """Return the largest total variation of a pair of columns against the exact law."""
    drawn = np.zeros(SIZES)
    np.add.at(drawn, tuple(codes.T), 1 / len(codes))
    return max(0.5 * np.abs(drawn.sum(axis=axis) - law.sum(axis=axis)).sum() for axis in range(3))


# Two ranges that the dependence pulls apart, with partly allowed modes at their ends.
TWO_RANGES = {0: [0.0, 0.4, 1, 1, 0.3, 0, 0, 0], 1: [0.0, 0, 0, 0.7, 1, 0.5]}


each_way = pytest.mark.parametrize("in_order", [True, False], ids=["in order", "rarest first"])


@each_way
def test_two_ranges_leave_the_conditional_law(in_order: bool) -> None:
    sampler = sampler_of(TWO_RANGES)
    codes = []
    for block in range(20):
        restricted = draw_restricted(sampler, seed=1, block=block, in_order=in_order)
        codes.append(sampler.block(1, block, restricted.codes)[0])
        assert restricted.probability == pytest.approx(law_mass(TWO_RANGES), rel=0.1)
    assert worst_pair_distance(np.concatenate(codes), exact(TWO_RANGES)) < 0.02


def law_mass(shares: dict[int, list[float]]) -> float:
    return float(np.einsum("abc,a,b->", JOINT, shares[0], shares[1]))


def test_truncating_one_column_after_the_other_gets_the_law_wrong() -> None:
    """What the weights are for: without them the same draws are far off."""
    sampler = sampler_of(TWO_RANGES)
    rng = np.random.default_rng(0)
    codes = np.full((20_000, 3), -1)
    sampler.draw(
        codes, [[0], [1], [2]], rng.random(codes.shape), rng, sampler.conditions.restricted
    )
    assert worst_pair_distance(codes, exact(TWO_RANGES)) > 0.1


@each_way
def test_known_cells_come_before_restrictions(in_order: bool) -> None:
    sampler = sampler_of({0: TWO_RANGES[0]}, known=(-1, 5, -1))
    codes = np.concatenate(
        [
            sampler.block(2, b, draw_restricted(sampler, 2, b, in_order=in_order).codes)[0]
            for b in range(20)
        ]
    )
    assert (codes[:, 1] == 5).all()
    law = exact({0: TWO_RANGES[0], 1: [0, 0, 0, 0, 0, 1]})
    assert worst_pair_distance(codes, law) < 0.02


def test_few_passes_keep_the_restrictions_and_their_law() -> None:
    sampler = replace(sampler_of(TWO_RANGES), n_passes=1)
    codes = np.concatenate(
        [
            sampler.block(3, b, draw_restricted(sampler, 3, b, in_order=False).codes)[0]
            for b in range(20)
        ]
    )
    drawn = np.zeros(SIZES[:2])
    np.add.at(drawn, (codes[:, 0], codes[:, 1]), 1 / len(codes))
    assert 0.5 * np.abs(drawn - exact(TWO_RANGES).sum(axis=2)).sum() < 0.02


def test_even_weights_take_one_candidate_a_row_and_uneven_ones_as_many_as_needed() -> None:
    even = draw_restricted(sampler_of({0: TWO_RANGES[0]}), seed=0, block=0, in_order=True)
    assert (even.n_candidates, even.effective_size, even.effective_rows) == (1_024, 1_024, 1_024)
    uneven = draw_restricted(sampler_of(TWO_RANGES), seed=0, block=0, in_order=True)
    assert 1_024 < uneven.n_candidates < 40_000
    # Some candidates come more than once, so the rows are worth fewer than they were chosen among.
    assert 500 < uneven.effective_rows < 1_024 <= uneven.effective_size


def test_the_rarest_restriction_is_drawn_first() -> None:
    """Drawn the other way round, nearly all candidates would be without weight."""
    # One in some thousand rows: hopeless for drawing and throwing away.
    shares = {0: [1.0, 1, 0, 0, 0, 0, 0, 0], 1: [0.0, 0, 0, 0, 0, 0.01]}
    found = draw_restricted(sampler_of(shares), seed=0, block=0, in_order=True)
    assert found.probability == pytest.approx(law_mass(shares), rel=0.2)
    assert found.effective_size > 1_000


def test_a_needle_in_a_haystack_is_found_a_few_times_and_the_search_ends() -> None:
    # Of the rows with 0 or 1 in the first column one in 1,000 has 1 in the second.
    joint = np.zeros(SIZES)
    joint[0, 1], joint[1, 0], joint[2, 1] = 3e-4, 0.3, 0.7
    sampler = sampler_of({0: [1.0, 1, 0, 0, 0, 0, 0, 0], 1: [0.0, 1, 0, 0, 0, 0]})
    sampler = replace(sampler, generator=ExactGenerator(joint / joint.sum()))
    found = draw_restricted(sampler, seed=0, block=0, in_order=True)
    assert found.n_candidates == 262_144
    assert 150 < found.effective_size < 400


def test_a_row_without_an_allowed_mode_has_no_weight() -> None:
    restriction = Restriction.of_modes(np.array([True, False]))
    weights, log_masses = restrict(np.array([[0.25, 0.75], [0.0, 1.0]]), restriction)
    assert log_masses.tolist() == [np.log(0.25), -np.inf]
    assert (weights[:, 1] == 0).all()
    assert (weights[:, 0] > 0).all()
