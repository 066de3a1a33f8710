"""What tables are called and how they are written down changes no verdict and no distance."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tabgan.evaluation.privacy.suite import judged_together, privacy_scores
from tabgan.evaluation.report import Score, Verdict
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import align_tables

N_ROWS = 240
# Figures of distances and matches: no draw decides them.
EXACT = ("exact_match", "near_match", "dcr_share", "nndr", "privacy_loss", "identifiability")
NAMES = ["a b", "ä", "", "'; --", "column", "x" * 60, "0", "None", "mixed \n lines"]


def draw_frame(seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    hidden = generator.normal(size=N_ROWS)
    # In steps of 1/64, so that the maps below are exact.
    numbers = [np.round((hidden + generator.normal(size=N_ROWS)) * 64) / 64 for _ in range(4)]
    frame = pd.DataFrame({f"x{i}": values for i, values in enumerate(numbers)})
    frame["x3"] = frame["x3"].mask(generator.random(N_ROWS) < 0.1)
    frame["town"] = np.where(hidden > 0, *generator.choice(list("pqr"), size=(2, N_ROWS)))
    frame["job"] = generator.choice([f"job {i}" for i in range(9)], N_ROWS)
    return frame


TRAIN, HOLDOUT, HONEST = (draw_frame(seed) for seed in range(3))
COPIED = pd.concat([TRAIN[: N_ROWS // 4], HONEST[N_ROWS // 4 :]], ignore_index=True)


def scores_of(train: pd.DataFrame, sample: pd.DataFrame, holdout: pd.DataFrame) -> list[Score]:
    tables = align_tables(train, sample, holdout)
    scores = judged_together(privacy_scores(tables, RandomStreams(0)))
    return [score for score in scores if score.column is None]


def is_flagged(scores: list[Score]) -> bool:
    return any(score.verdict is Verdict.FLAG for score in scores)


SAMPLES = {"honest": HONEST, "copied": COPIED}


@cache
def plain_scores(sample: str) -> list[Score]:
    return scores_of(TRAIN, SAMPLES[sample], HOLDOUT)


def test_copies_are_flagged_and_honest_rows_are_not() -> None:
    assert is_flagged(plain_scores("copied"))
    assert not is_flagged(plain_scores("honest"))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32 - 1),
    names=st.permutations(NAMES),
    factor=st.sampled_from([-1.0, 2.0, -0.5, 1024.0, -64.0]),
    shift=st.sampled_from([0.0, 7.0, -300.0]),
    sample=st.sampled_from(["honest", "copied"]),
)
def test_names_orders_units_signs_and_labels_change_nothing(
    seed: int, names: list[str], factor: float, shift: float, sample: str
) -> None:
    generator = np.random.default_rng(seed)
    jobs = dict(
        zip(TRAIN["job"].unique(), generator.permutation(TRAIN["job"].unique()), strict=True)
    )
    columns = generator.permutation(TRAIN.columns)

    def rewritten(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.iloc[generator.permutation(len(frame))]
        frame = frame.assign(x1=frame["x1"] * factor + shift, job=frame["job"].map(jobs))
        return frame[columns].rename(columns=dict(zip(columns, names, strict=False)))

    tables = (TRAIN, SAMPLES[sample], HOLDOUT)
    found = scores_of(*map(rewritten, tables))
    assert is_flagged(found) == is_flagged(plain_scores(sample))
    plain = {score.name: score.value for score in plain_scores(sample)}
    for score in found:
        if score.name in EXACT:
            assert score.value == pytest.approx(plain[score.name], abs=1e-9), score.name
