"""A fit that is killed, interrupted or stopped, and what it leaves behind."""

import os
import random
import signal
import subprocess
import sys
import time
import warnings
from importlib.util import find_spec
from pathlib import Path

import keras
import numpy as np
import pytest

from tabgan import TabGAN, load_demo
from tabgan.errors import (
    InvalidDataError,
    InvalidParameterError,
    ModelFileError,
    TrainingDivergedError,
    UnsupportedTypeError,
)
from tabgan.synthesizers import fitting
from tabgan.synthesizers.checkpoint import remove_checkpoint
from tabgan.training.snapshot import Snapshot
from tabgan.training.trainer import Trainer

SLOW = pytest.mark.slow

SCRIPT = """
import sys
from tabgan import TabGAN, load_demo
rows, model, checkpoint = int(sys.argv[1]), sys.argv[2], sys.argv[3] or None
table = load_demo(rows)[["region", "residents", "arrears_eur", "switched"]]
gan = TabGAN(epochs=int(sys.argv[4]) or None, batch_size=64, verbose=0, random_state=5)
gan.set_params(checkpoint=checkpoint)
try:
    gan.fit(table)
finally:
    if hasattr(gan, "interrupted_"):
        gan.save(model)
"""


def start(rows: int, model: Path, checkpoint: Path | str, epochs: int, backend: str):
    environment = os.environ | {"KERAS_BACKEND": backend}
    arguments = [str(rows), str(model), str(checkpoint), str(epochs)]
    return subprocess.Popen([sys.executable, "-c", SCRIPT, *arguments], env=environment)


def kill_when_written(process: subprocess.Popen, checkpoint: Path, times: int) -> None:
    """Kill the process after the checkpoint was written so many times."""
    seen = set()
    while len(seen) < times and process.poll() is None:
        if checkpoint.exists():
            seen.add(checkpoint.stat().st_mtime_ns)
        time.sleep(0.005)
    process.kill()
    process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
@pytest.mark.parametrize("rows", [600, 1_800], ids=["trees alone", "held out"])
@pytest.mark.parametrize("epochs", [40, 0], ids=["epochs", "own steps, with distillation"])
def test_a_killed_fit_goes_on_to_the_same_bytes(
    tmp_path: Path, backend: str, rows: int, epochs: int
) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    whole, resumed, checkpoint = (tmp_path / name for name in ("whole", "resumed", "checkpoint"))
    assert start(rows, whole, "", epochs, backend).wait() == 0
    kills = 0
    for times in (2, 3, 5) if epochs else (9, 9, 9, 9):
        process = start(rows, resumed, checkpoint, epochs, backend)
        kill_when_written(process, checkpoint, times)
        kills += process.returncode != 0
    assert kills >= 2
    assert start(rows, resumed, checkpoint, epochs, backend).wait() == 0
    assert resumed.read_bytes() == whole.read_bytes()
    assert not checkpoint.exists()


@pytest.mark.slow
def test_a_fit_that_is_killed_at_a_dozen_random_looks_goes_on_to_the_same_bytes(
    tmp_path: Path,
) -> None:
    whole, resumed, checkpoint = (tmp_path / name for name in ("whole", "resumed", "checkpoint"))
    assert start(1_800, whole, "", 0, "tensorflow").wait() == 0
    chance = random.Random(0)
    kills = 0
    while not resumed.exists() and kills < 12:
        process = start(1_800, resumed, checkpoint, 0, "tensorflow")
        kill_when_written(process, checkpoint, chance.randint(1, 6))
        kills += process.returncode != 0
        left = {path.name for path in tmp_path.iterdir()} - {"whole", "resumed", "checkpoint"}
        # What was being written when it was killed can never be taken for a checkpoint.
        assert all(name.startswith(".tabgan-") and name.endswith(".tmp") for name in left)
    assert kills >= 6
    if not resumed.exists():
        assert start(1_800, resumed, checkpoint, 0, "tensorflow").wait() == 0
    assert resumed.read_bytes() == whole.read_bytes()


class InterruptAfter(keras.callbacks.Callback):
    """Press Ctrl-C after so many looks at the held-out rows; before the first, if 0."""

    def __init__(self, n_looks: int) -> None:
        super().__init__()
        self.n_looks = n_looks

    def on_train_begin(self, logs=None):
        if self.n_looks == 0:
            raise KeyboardInterrupt

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.n_looks:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)


@pytest.fixture(scope="module")
def small():
    return load_demo(1_600)[["region", "residents", "arrears_eur", "switched"]]


def fit(table, **parameters) -> TabGAN:
    gan = TabGAN(**({"epochs": 4, "batch_size": 128, "verbose": 0, "random_state": 0} | parameters))
    return gan.fit(table)


def test_ctrl_c_keeps_the_best_model_so_far(small, tmp_path):
    gan = TabGAN(epochs=50, verbose=0, random_state=0, callbacks=[InterruptAfter(2)])
    with pytest.raises(KeyboardInterrupt):
        gan.fit(small)
    assert gan.interrupted_
    assert len(gan.history_) == 2
    assert len(gan.sample(10)) == 10
    gan.save(tmp_path / "model.tabgan")
    assert TabGAN.load(tmp_path / "model.tabgan").interrupted_


def test_ctrl_c_at_once_leaves_what_was_there(small, gan, tmp_path):
    before = gan.sample(20, random_state=0)
    gan.save(tmp_path / "model.tabgan")
    again = TabGAN.load(tmp_path / "model.tabgan").set_params(callbacks=[InterruptAfter(0)])
    with pytest.raises(KeyboardInterrupt):
        again.fit(small)
    assert not again.interrupted_
    assert again.sample(20, random_state=0).equals(before)


def test_callbacks_see_every_look_and_can_stop(small, tmp_path):
    log = tmp_path / "log.csv"
    stop = keras.callbacks.EarlyStopping(
        "held_out_likelihood", mode="min", patience=0, min_delta=99
    )
    gan = fit(small, callbacks=[keras.callbacks.CSVLogger(str(log)), stop])
    # The second look is no 99 nats better than the first.
    assert len(gan.history_) == 2
    assert not gan.interrupted_
    with pytest.raises(InvalidParameterError, match="stopped before the game"):
        gan.realism(small)  # of a discriminator that never played
    lines = log.read_text().splitlines()
    assert len(lines) == 3
    assert "held_out_likelihood" in lines[0]


def test_what_only_the_game_knows_does_not_stop_the_phase_before_it(small):
    stop = keras.callbacks.EarlyStopping("two_sample_score", mode="max", patience=1)
    gan = fit(small, epochs=20, callbacks=[stop])
    game = gan.history_.query("phase == 'adversarial'")["two_sample_score"].to_numpy()
    best = game.argmax()
    assert len(game) >= 2
    # It stops one look after the best one, or at the end.
    assert len(game) - 1 - best <= 1


def test_a_checkpoint_needs_a_seed(small, tmp_path):
    with pytest.raises(InvalidParameterError, match="random_state must be an integer"):
        TabGAN(checkpoint=tmp_path / "checkpoint").fit(small)


def test_a_checkpoint_of_another_fit_is_refused(small, tmp_path):
    checkpoint = tmp_path / "checkpoint"
    with pytest.raises(KeyboardInterrupt):
        fit(small, checkpoint=checkpoint, callbacks=[InterruptAfter(1)])
    assert checkpoint.exists()
    with pytest.raises(InvalidParameterError, match="belongs to a fit of another table"):
        fit(small, checkpoint=checkpoint, random_state=1)
    checkpoint.write_bytes(b"something else")
    with pytest.raises(ModelFileError):
        fit(small, checkpoint=checkpoint)
    assert checkpoint.read_bytes() == b"something else"


def test_a_damaged_checkpoint_is_refused_and_left_alone(tmp_path):
    checkpoint = tmp_path / "checkpoint"
    store = fitting.CheckpointFile(checkpoint, b"fit")
    store.save(Snapshot({"step": 1}, {"weights": np.arange(20.0)}))
    content = checkpoint.read_bytes()
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        for harmed in (bytes(damaged), content[:place], content + damaged[: place + 1]):
            checkpoint.write_bytes(harmed)
            with pytest.raises(ModelFileError, match="is damaged"):
                store.load()
            assert checkpoint.read_bytes() == harmed
    checkpoint.write_bytes(content)
    with pytest.raises(InvalidParameterError, match="belongs to a fit of another table"):
        fitting.CheckpointFile(checkpoint, b"another fit").load()
    checkpoint.unlink()
    os.mkfifo(checkpoint)
    with pytest.raises(ModelFileError, match="no regular file"):
        store.load()


def test_a_checkpoint_may_be_named_by_bytes(tmp_path):
    path = os.fsencode(tmp_path / "checkpoint")
    fitting.CheckpointFile(path, b"fit").save(Snapshot({"step": 1}, {"weights": np.zeros(1)}))
    assert fitting.CheckpointFile(path, b"fit").load().facts == {"step": 1}
    remove_checkpoint(path)
    assert not os.path.exists(path)


def test_a_checkpoint_that_cannot_be_written_warns_once_and_the_last_one_stays(tmp_path):
    resource = pytest.importorskip("resource")
    store = fitting.CheckpointFile(tmp_path / "checkpoint", b"fit")
    store.save(Snapshot({"step": 1}, {"weights": np.zeros(10)}))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))  # a disk that is full
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for step in (2, 3):
                store.save(Snapshot({"step": step}, {"weights": np.zeros(1_000)}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    (warning,) = caught
    assert "could not be written (File too large); the fit goes on" in str(warning.message)
    assert store.load().facts == {"step": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    store.save(Snapshot({"step": 4}, {}))
    assert store.load().facts == {"step": 4}


class FailAfter(keras.callbacks.Callback):
    """A callback with an error of its own, after so many looks; before the first, if 0."""

    def __init__(self, n_looks: int) -> None:
        super().__init__()
        self.n_looks = n_looks

    def on_train_begin(self, logs=None):
        self.on_epoch_end(-1)

    def on_epoch_end(self, epoch, logs=None):
        if epoch + 1 == self.n_looks:
            raise ZeroDivisionError


def spoil_rates(monkeypatch, factor, step):
    """Multiply the rates of the likelihood phase from a step on."""
    run = Trainer.run

    def run_and_spoil(trainer, phase, source, rate_factor):
        return run(trainer, phase, source, rate_factor * (factor if trainer.n_steps >= step else 1))

    monkeypatch.setattr(Trainer, "run", run_and_spoil)


@pytest.mark.parametrize(
    ("parameters", "change", "error"),
    [
        ({"epochs": -1}, None, InvalidParameterError),
        ({}, lambda table: table.iloc[:0], InvalidDataError),
        (
            {},
            lambda table: table[["region"]].assign(region=[[1]] * len(table)),
            UnsupportedTypeError,
        ),
        ({"callbacks": [FailAfter(0)]}, None, ZeroDivisionError),
        ({"device": "gpu"}, None, InvalidParameterError),
        pytest.param({"callbacks": [FailAfter(2)]}, None, ZeroDivisionError, marks=SLOW),
    ],
    ids=["parameter", "no rows", "another table", "callback at once", "device", "callback later"],
)
def test_a_failed_refit_leaves_the_previous_rows(small, gan, tmp_path, parameters, change, error):
    path, before = tmp_path / "model.tabgan", gan.sample(20, random_state=0)
    gan.save(path)
    again = TabGAN.load(path).set_params(**parameters)
    with pytest.raises(error):
        again.fit(small if change is None else change(small))
    assert not again.interrupted_
    assert again.sample(20, random_state=0).equals(before)
    assert list(again.feature_names_in_) == list(before)
    assert [path.name for path in tmp_path.iterdir()] == ["model.tabgan"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("factor", "step"), [(np.nan, 0), (1e38, 60), (np.nan, 140)], ids=["start", "later", "game"]
)
def test_a_divergence_names_its_step_and_leaves_what_was_there(
    small, gan, tmp_path, monkeypatch, factor, step
):
    path, checkpoint = tmp_path / "model.tabgan", tmp_path / "checkpoint"
    gan.save(path)
    again = TabGAN.load(path).set_params(epochs=4, batch_size=64, verbose=0, random_state=0)
    again.set_params(checkpoint=checkpoint)
    with monkeypatch.context() as patched:
        spoil_rates(patched, factor, step)
        with pytest.raises(TrainingDivergedError, match=rf"by step {step + 20}: a"):
            again.fit(small)
    assert again.sample(20, random_state=0).equals(gan.sample(20, random_state=0))
    # Where a look came before it, the fit can go on from there: with sound rates to its end.
    again.fit(small)
    assert not checkpoint.exists()
    whole = TabGAN.load(path).set_params(epochs=4, batch_size=64, verbose=0, random_state=0)
    assert again.sample(20, random_state=0).equals(whole.fit(small).sample(20, random_state=0))
