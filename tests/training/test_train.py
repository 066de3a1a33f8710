"""What a training says of itself when the game goes wrong."""

from dataclasses import replace

import numpy as np
import pytest

from tabgan.networks.spec import NetworkSpec
from tabgan.training.clock import Clock
from tabgan.training.plan import make_plan
from tabgan.training.progress import make_reporter
from tabgan.training.train import Judgement, train
from tabgan.training.trainer import KnownSets


def test_a_mode_collapse_is_named_with_what_to_do() -> None:
    spec = NetworkSpec((3, 2), noise_dim=64, width=192, n_blocks=2)
    codes = np.random.default_rng(0).integers(2, size=(400, 2))
    plan = replace(
        make_plan(400), likelihood_steps=20, adversarial_steps=20, n_folds=0, held_out_share=0.1
    )
    # One judgement before the game, one after its twenty steps.
    covered = iter([1.0, 0.2])
    with pytest.warns(UserWarning, match=r"mode collapse.*20% of the modes.*more passes"):
        trained = train(
            codes,
            codes[:40],
            spec,
            np.log(np.full(5, 0.5)),
            plan=plan,
            games=KnownSets(np.tri(2, k=-1, dtype=bool), np.zeros((0, 2), dtype=bool)),
            seed=0,
            judge=lambda candidate: Judgement(0.5, next(covered)),
            reporter=make_reporter(0),
            clock=Clock(None),
        )
    assert [entry["phase"] for entry in trained.history] == ["likelihood", "adversarial"]


@pytest.mark.parametrize(("rate", "is_kept"), [(1.0, False), (1e-4, True)])
def test_a_game_that_costs_the_likelihood_too_much_is_not_kept(rate: float, is_kept: bool) -> None:
    spec = NetworkSpec((3, 2), noise_dim=64, width=192, n_blocks=2)
    first = np.random.default_rng(0).integers(2, size=400)
    codes = np.column_stack([first, first])
    changes = {
        "likelihood_steps": 100,
        "n_folds": 0,
        "held_out_share": 0.1,
        "likelihood_weight": 0.0,
    }

    def weights(adversarial_steps: int) -> np.ndarray:
        plan = replace(
            make_plan(400), generator_rate=rate, adversarial_steps=adversarial_steps, **changes
        )
        trained = train(
            codes,
            codes[:40],
            spec,
            np.log(np.full(5, 0.5)),
            plan=plan,
            games=KnownSets(np.tri(2, k=-1, dtype=bool), np.zeros((0, 2), dtype=bool)),
            seed=0,
            judge=lambda candidate: Judgement(0.5, 1.0),
            reporter=make_reporter(0),
            clock=Clock(None),
        )
        return trained.weights["heads/kernel"]

    assert np.array_equal(weights(20), weights(0)) is not is_kept
