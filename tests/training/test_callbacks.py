"""Keras callbacks, told of a training in the order in which it would tell them."""

import csv

import keras
import pytest

from tabgan.training.callbacks import WithCallbacks
from tabgan.training.progress import make_reporter

GAME = {"likelihood_loss": 19.0, "generator_loss": 0.8, "discriminator_loss": 0.6}


class Heard(keras.callbacks.Callback):
    """Writes down what it is told."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def on_train_begin(self, logs=None):
        self.calls.append("train")

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(f"begin {epoch}")

    def on_epoch_end(self, epoch, logs=None):
        self.calls.append(f"end {epoch}")

    def on_train_end(self, logs=None):
        self.calls.append("over")


def play(callbacks, n_looks=0):
    """Two looks in the likelihood phase and one in the game."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    with WithCallbacks(make_reporter(0), callbacks) as reporter:
        reporter.begin(model)
        reporter.phase("likelihood", 60, n_looks)
        reporter.step(20, {"likelihood_loss": 20.0})
        reporter.step(40, {"likelihood_loss": 19.5, "held_out_likelihood": 19.6})
        reporter.step(60, {"likelihood_loss": 19.2, "held_out_likelihood": 19.4})
        reporter.phase("adversarial", 20, n_looks + 2)
        look = {"held_out_likelihood": 19.3, "two_sample_score": 0.7, "modes_covered": 0.9}
        reporter.step(20, GAME | look)


def test_an_epoch_is_one_look_at_the_held_out_rows():
    heard = Heard()
    play([heard])
    epochs = [call for i in range(3) for call in (f"begin {i}", f"end {i}")]
    assert heard.calls == ["train", *epochs, "begin 3", "over"]


class Batches(keras.callbacks.Callback):
    """Counts the batches that it is told of."""

    n = 0

    def on_train_batch_end(self, batch, logs=None):
        self.n += 1


def test_a_tree_is_no_batch():
    batches = Batches()
    with WithCallbacks(make_reporter(0), [batches]) as reporter:
        reporter.begin(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
        reporter.phase("trees", 3, 0)
        reporter.step(1, {})
        assert batches.n == 0
        reporter.phase("distillation", 20, 0)
        reporter.step(20, {"likelihood_loss": 20.0, "held_out_likelihood": 19.6})
    assert batches.n == 1


def test_epochs_go_on_counting_where_a_resumed_fit_goes_on():
    heard = Heard()
    play([heard], n_looks=4)
    assert heard.calls[1:3] == ["begin 4", "end 4"]


def test_a_csv_log_has_the_columns_of_the_game_from_its_first_line_on(tmp_path):
    path = tmp_path / "log.csv"
    play([keras.callbacks.CSVLogger(str(path))])
    rows = list(csv.DictReader(path.open()))
    assert [row["held_out_likelihood"] for row in rows] == ["19.6", "19.4", "19.3"]
    assert [row["two_sample_score"] for row in rows] == ["NA", "NA", "0.7"]
    assert [row["generator_loss"] for row in rows] == ["NA", "NA", "0.8"]


def test_tensorboard_gets_a_curve_of_each_figure(tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    pytest.importorskip("tensorflow")
    play([keras.callbacks.TensorBoard(str(tmp_path))])
    events = accumulator.EventAccumulator(str(tmp_path / "train")).Reload()
    assert {"epoch_held_out_likelihood", "epoch_two_sample_score"} <= set(events.Tags()["tensors"])
    assert [event.step for event in events.Tensors("epoch_held_out_likelihood")] == [0, 1, 2]
