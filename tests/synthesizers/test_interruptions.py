"""A fit that is killed, interrupted or stopped, and what it leaves behind."""

import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import keras
import pytest

from tabgan import TabGAN, load_demo
from tabgan.errors import InvalidParameterError, ModelFileError

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
