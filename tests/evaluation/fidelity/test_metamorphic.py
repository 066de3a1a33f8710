"""What tables are called and how they are written down changes no figure of fidelity."""

from functools import cache

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tabgan.evaluation.fidelity.columns import column_scores
from tabgan.evaluation.fidelity.relations import relation_scores
from tabgan.evaluation.report import Score
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import align_tables

N_ROWS = 200
NAMES = ["a b", "ä", "", "'; --", "column", "x" * 60, "0"]
# Of levels and bins, which of two a value on an edge belongs to turns with the sign.
LEVELS = ("jensen_shannon", "mutual_information", "triples", "trend", "trend_training_bins")


def draw_frame(seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    hidden = generator.normal(size=N_ROWS)
    # In steps of 1/64, so that the maps below are exact.
    numbers = [np.round((hidden + generator.normal(size=N_ROWS)) * 64) / 64 for _ in range(2)]
    frame = pd.DataFrame({f"x{i}": values for i, values in enumerate(numbers)})
    frame["x1"] = frame["x1"].mask(generator.random(N_ROWS) < 0.1)
    frame["town"] = np.where(hidden > 0, *generator.choice(list("pqr"), size=(2, N_ROWS)))
    frame["job"] = generator.choice([f"job {i}" for i in range(9)], N_ROWS)
    return frame


TRAIN, SAMPLE = draw_frame(0), draw_frame(1)


def scores_of(train: pd.DataFrame, sample: pd.DataFrame) -> dict[str, Score]:
    tables, streams = align_tables(train, sample, None), RandomStreams(0)
    found = [*column_scores(tables, streams), *relation_scores(tables, streams)]
    return {score.name: score for score in found if score.column is None}


@cache
def plain_scores() -> dict[str, Score]:
    return scores_of(TRAIN, SAMPLE)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32 - 1),
    names=st.permutations(NAMES),
    factor=st.sampled_from([-1.0, 2.0, -0.5, 1024.0, -64.0]),
    shift=st.sampled_from([0.0, 7.0, -300.0]),
)
def test_names_orders_units_signs_and_labels_change_no_figure(
    seed: int, names: list[str], factor: float, shift: float
) -> None:
    generator = np.random.default_rng(seed)
    jobs = dict(
        zip(TRAIN["job"].unique(), generator.permutation(TRAIN["job"].unique()), strict=True)
    )
    columns = generator.permutation(TRAIN.columns)

    def rewritten(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.iloc[generator.permutation(len(frame))]
        frame = frame.assign(x0=frame["x0"] * factor + shift, job=frame["job"].map(jobs))
        return frame[columns].set_axis(names[: len(columns)], axis=1)

    scores = scores_of(rewritten(TRAIN), rewritten(SAMPLE))
    for name, plain in plain_scores().items():
        if np.isnan(plain.value):
            assert np.isnan(scores[name].value)
        else:
            allowed = 0.02 if name in LEVELS else 1e-9
            assert abs(scores[name].value - plain.value) <= allowed, name
