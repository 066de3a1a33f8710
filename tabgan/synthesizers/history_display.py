"""The history of a fit as a picture, in the manner of scikit-learn's displays."""

from typing import Any, Self

import numpy as np
import pandas as pd

from tabgan.errors import InvalidParameterError, UnsupportedTypeError

# Okabe and Ito's colours (2008), which people with any colour vision tell apart.
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#7F7F7F"
# Panels from top to bottom: its name, and the columns of the history it shows with their labels.
# Not the likelihood loss beside it: half of its rows practise the order of sampling, an easier
# question, and the gap would pass for overfitting.
_LIKELIHOOD = (
    "negative log-likelihood\n(nats a row)",
    (("held_out_likelihood", "held-out rows", _BLUE),),
)
_GAME = (
    "discriminator's\nprobability of real",
    (("real_score", "real rows", _BLUE), ("fake_score", "generated rows", _ORANGE)),
)
_ONE_PASS = (
    "one-pass samples\n(1 is best)",
    (("two_sample_score", "two-sample score", _BLUE), ("modes_covered", "modes covered", _ORANGE)),
)
# What every history has.
_NEEDED = {"phase", "step"}


class HistoryDisplay:
    """The course of a training: likelihood, the game, and what one-pass samples are worth.

    Needs matplotlib (the extra ``plot``).

    Parameters
    ----------
    history : pandas.DataFrame
        `history_` of a fitted :class:`~tabgan.TabGAN`.

    Attributes
    ----------
    figure_ : matplotlib.figure.Figure
        The figure, after :meth:`plot`.
    axes_ : numpy.ndarray of matplotlib.axes.Axes
        From top to bottom: the negative log-likelihood of held-out rows (of training rows, where
        none are held out), lower is better; the discriminator's mean probability of being real, for
        real and for generated rows, one half each at equilibrium; how hard one-pass samples are to
        tell from held-out rows, and the share of the modes they cover. A fit without an adversary
        has the first panel alone.

    Examples
    --------
    >>> HistoryDisplay.from_estimator(gan).figure_.savefig("fit.png")  # doctest: +SKIP
    """

    figure_: Any
    axes_: np.ndarray

    def __init__(self, history: pd.DataFrame) -> None:
        self.history = history

    @classmethod
    def from_estimator(cls, estimator: Any, *, axes: Any = None) -> Self:
        """Plot the history of a fitted estimator.

        Parameters
        ----------
        estimator : TabGAN
            Fitted.
        axes : sequence of matplotlib.axes.Axes or None, default=None
            As in :meth:`plot`.
        """
        if not hasattr(type(estimator), "history_"):
            raise UnsupportedTypeError(
                f"estimator must be a fitted TabGAN, got {type(estimator).__name__}"
            )
        return cls(estimator.history_).plot(axes=axes)

    def plot(self, *, axes: Any = None) -> Self:
        """Draw the panels.

        Parameters
        ----------
        axes : sequence of matplotlib.axes.Axes or None, default=None
            Where to draw: three, or one for a fit without an adversary. A new figure if ``None``.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        InvalidParameterError
            If the number of axes is another one.
        UnsupportedTypeError
            If the history or an axis is none.
        """
        if not isinstance(self.history, pd.DataFrame) or not set(self.history) >= _NEEDED:
            raise UnsupportedTypeError(
                "history must be the table that history_ of a fitted TabGAN is, got "
                f"{type(self.history).__name__}"
            )
        is_game = self.history["phase"] == "adversarial"
        # Each phase counts its steps from one; on the axis it goes on where the one before ended.
        ends = self.history.groupby("phase", sort=False)["step"].max().cumsum()
        steps = self.history["step"] + self.history["phase"].map(ends.shift(fill_value=0))
        panels = [_LIKELIHOOD, _GAME, _ONE_PASS] if is_game.any() else [_LIKELIHOOD]
        drawn_on = _new_axes(len(panels)) if axes is None else np.ravel(axes)
        if len(drawn_on) != len(panels):
            raise InvalidParameterError(
                f"{len(drawn_on)} axes were given, and this history has {len(panels)} panels; give "
                "as many, or none for a new figure"
            )
        if not all(hasattr(ax, "figure") for ax in drawn_on):
            raise UnsupportedTypeError("axes must be Axes of matplotlib, or None")
        self.axes_ = drawn_on
        self.figure_ = self.axes_[0].figure
        for ax, (title, lines) in zip(self.axes_, panels, strict=True):
            for column, label, color in lines:
                # A fit stopped early enough has no look of the kind.
                if column in self.history:
                    ax.plot(steps, self.history[column], color=color, label=label, marker=".")
            ax.set_ylabel(title)
            ax.spines[["top", "right"]].set_visible(False)
            ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
            if is_game.any():
                ax.axvline(ends.iloc[-2], color=_GREY, linewidth=0.8)
        self.axes_[-1].set_xlabel(
            "training steps; the game begins at the line" if is_game.any() else "training steps"
        )
        if is_game.any():
            self.axes_[1].axhline(0.5, color=_GREY, linewidth=0.8, linestyle=":")
            self.axes_[2].set_ylim(0.0, 1.04)
        return self


def _new_axes(n_panels: int) -> np.ndarray:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            "plotting needs matplotlib; install it: pip install matplotlib"
        ) from error
    # One above the other, because they share the axis of steps; wide enough for the legends.
    _, axes = pyplot.subplots(
        n_panels,
        sharex=True,
        squeeze=False,
        figsize=(8.0, 1.0 + 2.0 * n_panels),
        layout="constrained",
    )
    column: np.ndarray = axes[:, 0]
    return column
