"""What needs a trained network: one model of a table whose columns are the hard ones, side by side.

Its promises are those of the rows of the document with these IDs; the faster tests beside this one
hold them for the encoding alone.
"""

import datetime
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import TrainingDivergedError
from tabgan.networks.spec import NetworkSpec
from tabgan.training.plan import TrainingPlan
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import KnownSets, Phase, Trainer

pytestmark = pytest.mark.slow
N_ROWS = 1_600


def _gaps(column: pd.Series) -> pd.Series:
    return column.where(pd.Series(np.arange(N_ROWS) % 10 != 3))


def _table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    normal = rng.normal(size=N_ROWS)
    day = pd.Timestamp("2020-01-01")
    seconds = pd.to_timedelta(rng.integers(0, 10**6, N_ROWS), unit="min")
    return pd.DataFrame(
        {
            "B06": 1e-300 * normal,
            "B05": 1e300 * normal,
            "B08b": 2**53 + 1 + 2 * rng.integers(0, 2_000, N_ROWS),
            "B09": np.uint64(2**64 - 1) - rng.integers(0, 900, N_ROWS).astype("u8"),
            "B10": _gaps(pd.Series(normal)),
            "B12": _gaps(pd.Series(rng.choice(["u", "v"], N_ROWS))),
            "B14": np.exp(2 * rng.normal(size=N_ROWS)),
            "B15": np.append(rng.normal(size=N_ROWS - 1), 1e12),
            "B27": rng.random(N_ROWS) < 0.14,
            "B37": rng.integers(110, 128, N_ROWS).astype("i1"),
            "B39": np.exp(rng.normal(size=N_ROWS)).round(2),
            "B41": np.where(rng.random(N_ROWS) < 0.5, 0.0, rng.gamma(2.0, size=N_ROWS)),
            "C02": _gaps(pd.Series(rng.integers(0, 90, N_ROWS), dtype="Int64")),
            "C04": _gaps(pd.Series(rng.random(N_ROWS) < 0.3, dtype="boolean")),
            "C11": (day + seconds).tz_localize("UTC").tz_convert("Europe/Berlin"),
            "C14": pd.PeriodIndex(day + seconds, freq="D"),
            "X58": [Decimal(f"{value:.2f}") for value in np.exp(normal + 3)],
            "X63": [moment.date() for moment in (day + seconds)],
            "X65": [datetime.time(int(hour)) for hour in rng.integers(0, 24, N_ROWS)],
            "E32": rng.choice(["a", "b", "c"], N_ROWS, p=[0.95, 0.025, 0.025]),
        }
    )


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return _table()


@pytest.fixture(scope="session")
def gan(table: pd.DataFrame) -> TabGAN:
    return TabGAN(epochs=10, batch_size=256, verbose=0, random_state=0).fit(table)


@pytest.fixture(scope="session")
def sample(gan: TabGAN) -> pd.DataFrame:
    return gan.sample(2_000, random_state=0)


def test_dtypes_and_types_come_back(table, sample) -> None:
    assert sample.dtypes.tolist() == table.dtypes.tolist()
    for name in table:
        assert {type(v) for v in sample[name].dropna()} <= {type(v) for v in table[name].dropna()}


@pytest.mark.parametrize("name", ["B10", "B12", "C02", "C04"])
def test_missing_shares_are_those_of_the_table(table, sample, name) -> None:
    assert sample[name].isna().mean() == pytest.approx(table[name].isna().mean(), abs=0.03)


@pytest.mark.parametrize("name", ["B05", "B06", "B14", "B39"])
def test_numbers_keep_their_scale(table, sample, name) -> None:
    unit = np.abs(table[name]).max()
    before, after = (
        np.quantile(column / unit, [0.1, 0.5, 0.9]) for column in (table[name], sample[name])
    )
    assert after[2] - after[0] == pytest.approx(before[2] - before[0], rel=0.15)


@pytest.mark.parametrize("name", ["B08b", "B09", "B37", "B14", "C11", "C14", "X58", "X63", "X65"])
def test_values_stay_in_the_range_of_the_table(table, sample, name) -> None:
    assert table[name].min() <= sample[name].min()
    assert sample[name].max() <= table[name].max()


def test_one_far_number_leaves_the_bulk_alone(table, sample) -> None:
    assert sample["B15"].abs().median() == pytest.approx(table["B15"].abs().median(), rel=0.2)


def test_integers_above_two_to_the_53_stay_odd(sample) -> None:
    assert (sample["B08b"] % 2 == 1).all()


def test_decimals_have_their_places(sample) -> None:
    assert {value.as_tuple().exponent for value in sample["X58"]} == {-2}
    assert (sample["B39"].round(2) == sample["B39"]).all()


def test_shares_are_those_of_the_table(table, sample) -> None:
    for name in ("E32", "B27", "B41"):
        before, after = table[name] == table[name].mode()[0], sample[name] == table[name].mode()[0]
        assert after.mean() == pytest.approx(before.mean(), abs=0.05)


CONDITIONS = {
    "C14": (pd.Period("2020-06", "M"), pd.Period("2020-09", "M")),
    "X58": (Decimal("10.00"), Decimal("30.00")),
    "X63": (datetime.date(2020, 6, 1), datetime.date(2020, 9, 30)),
    "X65": (datetime.time(8), datetime.time(16)),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_range_of_objects_holds_in_every_row(gan, name) -> None:
    low, high = CONDITIONS[name]
    drawn = gan.sample(200, conditions={name: (low, high)}, random_state=0)[name]
    ends = (low.start_time, high.end_time) if name == "C14" else (low, high)
    cells = drawn.dt.start_time if name == "C14" else drawn
    assert ends[0] <= cells.min() <= cells.max() <= ends[1]


@pytest.mark.parametrize("name", ["C14", "X58", "X63", "X65"])
def test_a_sampled_object_can_be_asked_for_and_comes_back(gan, sample, name) -> None:
    value = sample[name].mode()[0]
    drawn = gan.sample(20, conditions={name: value}, random_state=0)[name]
    assert drawn.tolist() == [value] * 20


def test_hard_columns_come_back_from_a_file(gan, sample, tmp_path) -> None:
    gan.save(tmp_path / "model.tabgan")
    again = TabGAN.load(tmp_path / "model.tabgan").sample(2_000, random_state=0)
    pd.testing.assert_frame_equal(again, sample)


def test_a_divergence_is_named_with_what_to_do() -> None:
    plan = replace(TrainingPlan(), width=8, noise_dim=2, n_blocks=1, discriminator_blocks=1)
    spec = NetworkSpec((4, 4), plan.noise_dim, plan.width, plan.n_blocks)
    known = KnownSets(np.tri(2, k=-1, dtype=bool), np.zeros((0, 2), dtype=bool))
    basis = np.zeros((8, 0), dtype=np.float32)
    trainer = Trainer(spec, np.full(8, np.nan), plan, known, seed=0, basis=basis)
    phase = Phase("likelihood", StepOptions(0.0, 1.0, 0.9), 16, Rates(1e-3, 0.0))
    trainer.start(phase)
    with pytest.raises(TrainingDivergedError, match=r"likelihood phase.*batch_size"):
        trainer.run(phase, np.zeros((100, 2), dtype=np.int32), 1.0)
