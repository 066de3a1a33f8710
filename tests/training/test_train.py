"""What a training keeps, whom it learns from, and what it says when the game goes wrong."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tabgan.networks.forward import NumpyGenerator, log_softmax
from tabgan.networks.spec import NetworkSpec
from tabgan.training.clock import Clock
from tabgan.training.game import Judgement
from tabgan.training.lesson import MakeTreeGrower
from tabgan.training.plan import make_plan
from tabgan.training.progress import make_reporter
from tabgan.training.session import TrainedNetworks
from tabgan.training.snapshot import Snapshot
from tabgan.training.train import train
from tabgan.training.trainer import KnownSets

# As for a table that is large enough to hold rows out, without trees.
PLAN = replace(make_plan(1_500), asks_trees=False, distillation_steps=200)


class Memory:
    """Keeps the latest snapshot."""

    def __init__(self) -> None:
        self.snapshot: Snapshot | None = None

    def load(self) -> Snapshot | None:
        return self.snapshot

    def save(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot


def fit(
    codes: np.ndarray,
    sizes: tuple[int, ...],
    held_out: np.ndarray | None = None,
    judge: Callable[[NumpyGenerator], Judgement] = lambda candidate: Judgement(0.5, 1.0),
    max_time: float | None = None,
    store: Memory | None = None,
    make_tree_grower: MakeTreeGrower | None = None,
    verbose: int = 0,
    **changes: object,
) -> TrainedNetworks:
    n_columns = len(sizes)
    return train(
        codes,
        codes[:40] if held_out is None else held_out,
        NetworkSpec(sizes, noise_dim=64, width=192, n_blocks=2),
        np.log(np.full(sum(sizes), 0.5)),
        plan=replace(PLAN, **changes),
        practised=KnownSets(np.tri(n_columns, k=-1, dtype=bool), np.zeros((0, n_columns), bool)),
        seed=0,
        judge=judge,
        reporter=make_reporter(verbose),
        clock=Clock(max_time),
        store=store,
        make_tree_grower=make_tree_grower,
    )


def test_a_mode_collapse_is_named_with_what_to_do() -> None:
    codes = np.random.default_rng(0).integers(2, size=(400, 2))
    # One judgement before the game, one after its twenty steps.
    covered = iter([1.0, 0.2])
    with pytest.warns(UserWarning, match=r"mode collapse.*20% of the modes.*more passes"):
        trained = fit(
            codes,
            (3, 2),
            judge=lambda candidate: Judgement(0.5, next(covered)),
            likelihood_steps=20,
            adversarial_steps=20,
        )
    assert [entry["phase"] for entry in trained.history] == ["likelihood", "adversarial"]


def test_a_game_that_costs_the_likelihood_too_much_is_not_kept() -> None:
    first = np.random.default_rng(0).integers(2, size=400)
    codes = np.column_stack([first, first])

    def weights(adversarial_steps: int, rate: float = 1.0) -> np.ndarray:
        trained = fit(
            codes,
            (3, 2),
            generator_rate=rate,
            adversarial_steps=adversarial_steps,
            likelihood_steps=100,
            likelihood_weight=0.0,
            taught=0.0,  # no distillation, which takes its time to compile
        )
        return trained.weights["heads/kernel"]

    before = weights(0)
    assert np.array_equal(weights(20, rate=1.0), before)
    assert not np.array_equal(weights(20, rate=1e-4), before)


def test_one_network_learns_each_column_from_the_weights_that_were_the_best_for_it() -> None:
    """A number without any relation is soon learnt by heart, a sum of two others late."""
    rng = np.random.default_rng(0)
    first, second = rng.integers(6, size=(2, 1_300))
    codes = np.column_stack([rng.integers(30, size=1_300), first, second, (first + second) % 6])
    learnt, held_out = codes[:300], codes[300:]
    trained = fit(learnt, (30, 6, 6, 6), held_out, likelihood_steps=600, adversarial_steps=0)
    found = {"likelihood": [], "distillation": []}
    for look in trained.history:
        found[look["phase"]].append(look["held_out_likelihood"])
    # Better than at any look of the phase before it.
    assert found["distillation"][-1] < min(found["likelihood"]) - 0.05


def test_the_likelihood_phase_ends_when_held_out_rows_stop_gaining():
    """Columns that say nothing of each other are known from the start, by their shares."""
    codes = np.random.default_rng(0).integers(2, size=(800, 2))
    trained = fit(
        codes[:400],
        (2, 2),
        codes[400:],
        likelihood_steps=4_000,
        likelihood_round=20,
        patience=5,
        adversarial_steps=0,
        taught=1.0,
    )
    looks = [look for look in trained.history if look["phase"] == "likelihood"]
    # Five looks without a gain, and the fall of the rates after the last that had one.
    assert 5 * 20 < looks[-1]["step"] < 600


def says(law: list[float]):
    """Return what grows trees that say the same of every row, whatever the column."""

    def trees(codes, known, rows=None):
        return np.tile(np.array(law, np.float32), (len(codes), 1))

    return lambda codes: lambda column, known_sets, few: trees


SMALL = {
    "asks_trees": True,
    "likelihood_steps": 0,
    "distillation_steps": 200,
    "adversarial_steps": 0,
    "early_stopping": False,
}


def test_a_small_table_is_learnt_from_trees_alone():
    codes = np.zeros((400, 2), int)
    trained = fit(codes, (3, 3), make_tree_grower=says([0.2, 0.5, 0.3]), **SMALL)
    assert {look["phase"] for look in trained.history} == {"distillation"}
    network = NumpyGenerator(NetworkSpec((3, 3), 64, 192, 2), trained.weights)
    for column in (0, 1):
        logits = network.logits(network.trunk(network.start(1)), column)
        np.testing.assert_allclose(np.exp(log_softmax(logits))[0], [0.2, 0.5, 0.3], atol=0.02)


def test_a_larger_table_hears_trees_where_held_out_rows_like_them():
    codes = np.random.default_rng(0).integers(3, size=(400, 2))
    asked = []

    def make_tree_grower(table):
        assert table is codes  # the rows that questions are numbered by

        def grow_trees(column, known_sets, few):
            asked.append((column, few))
            return says([1 / 3] * 3)(table)(column, known_sets, few)

        return grow_trees

    plan = {"asks_trees": True, "likelihood_steps": 20, "distillation_steps": 20}
    plan["adversarial_steps"] = 0
    trained = fit(codes, (3, 3), make_tree_grower=make_tree_grower, **plan)
    # A few trees at first, all of them where these gain.
    assert asked == [(0, True), (0, False), (1, True), (1, False)]
    assert [look["phase"] for look in trained.history][-1] == "distillation"


def test_a_distillation_that_time_cut_is_gone_on_from_with_the_game(capsys):
    codes = np.zeros((400, 2), int)
    store = Memory()
    plan = {"make_tree_grower": says([0.2, 0.5, 0.3]), "store": store, "max_time": 1e-3}
    fit(codes, (3, 3), **plan, **SMALL, verbose=2)
    assert "Going on" not in capsys.readouterr().err
    facts = store.snapshot.facts
    assert facts["phase"] == "distillation"
    assert facts["result"]["out_of_time"]
    before = len(facts["result"]["history"])
    trained = fit(codes, (3, 3), **plan, **(SMALL | {"adversarial_steps": 20}), verbose=2)
    assert [look["phase"] for look in trained.history[before:]] == ["adversarial"]
    assert capsys.readouterr().err.startswith("Going on from the checkpoint.\n")


def test_without_held_out_rows_the_last_weights_are_kept() -> None:
    codes = np.random.default_rng(0).integers(2, size=(400, 2))
    store = Memory()
    changes = {"early_stopping": False, "adversarial_steps": 0, "likelihood_steps": 60}
    trained = fit(codes, (3, 2), store=store, likelihood_round=20, **changes)
    assert {look["phase"] for look in trained.history} == {"likelihood"}
    np.testing.assert_array_equal(
        trained.weights["heads/bias"], store.snapshot.arrays["kept/heads/bias"]
    )
    assert trained.history[-1]["step"] == 60


@pytest.mark.parametrize("max_time", [None, 1e-3])
def test_the_game_has_a_teacher_unless_time_cut_the_likelihood_phase(max_time) -> None:
    codes = np.random.default_rng(0).integers(2, size=(400, 2))
    store = Memory()
    fit(codes, (3, 2), max_time=max_time, store=store, likelihood_steps=100, adversarial_steps=20)
    assert store.snapshot.facts["phase"] == "adversarial"
    has_teacher = any(name.startswith("teacher/") for name in store.snapshot.arrays)
    assert has_teacher is (max_time is None)
