"""The history as a picture."""

import sys

import numpy as np
import pandas as pd
import pytest

from tabgan import HistoryDisplay
from tabgan.errors import InvalidParameterError, UnsupportedTypeError

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")


def test_the_panels_show_the_history_over_all_steps(gan):
    history = gan.history_
    display = HistoryDisplay.from_estimator(gan)
    last = history.groupby("phase")["step"].max().sum()
    assert len(display.axes_) == 3
    likelihood = display.axes_[0].lines[0]
    np.testing.assert_array_equal(likelihood.get_ydata(), history["held_out_likelihood"])
    assert likelihood.get_xdata().max() == last
    assert (np.diff(likelihood.get_xdata()) > 0).all()
    quality = display.axes_[2].lines[0]
    np.testing.assert_array_equal(quality.get_ydata(), history["two_sample_score"])


def test_each_phase_goes_on_where_the_one_before_ended(gan):
    game = gan.history_.query("phase == 'adversarial'").head(1)
    history = pd.concat([game] * 4, ignore_index=True)
    history["phase"] = ["likelihood", "likelihood", "distillation", "adversarial"]
    history["step"] = [20, 40, 30, 10]
    display = HistoryDisplay(history).plot()
    likelihood, begin_of_game = display.axes_[0].lines
    assert likelihood.get_xdata().tolist() == [20, 40, 70, 80]
    assert set(begin_of_game.get_xdata()) == {70}


def test_a_fit_without_an_adversary_has_one_panel_which_may_be_given(gan):
    alone = gan.history_.query("phase == 'likelihood'")[["phase", "step", "held_out_likelihood"]]
    _, ax = matplotlib.pyplot.subplots()
    display = HistoryDisplay(alone).plot(axes=ax)
    assert display.axes_.tolist() == [ax]
    assert display.figure_ is ax.figure
    with pytest.raises(InvalidParameterError, match=r"1 axes were given.*3 panels"):
        HistoryDisplay(gan.history_).plot(axes=ax)


def test_without_matplotlib_the_error_says_what_to_install(gan, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        HistoryDisplay.from_estimator(gan)


def test_what_is_no_history_and_no_axes_is_refused_by_its_name(gan):
    with pytest.raises(UnsupportedTypeError, match="estimator"):
        HistoryDisplay.from_estimator(gan.history_)
    with pytest.raises(UnsupportedTypeError, match="history"):
        HistoryDisplay(gan.history_[["step"]]).plot()
    with pytest.raises(UnsupportedTypeError, match="axes"):
        HistoryDisplay(gan.history_).plot(axes=[1, 2, 3])
