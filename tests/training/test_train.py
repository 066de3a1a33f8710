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
