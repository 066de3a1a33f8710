"""A column's distribution as a picture for notebooks, in the manner of scikit-learn's displays."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from tabgan.errors import InvalidParameterError, UnsupportedTypeError
from tabgan.evaluation.profiles import ColumnProfile

if TYPE_CHECKING:
    from tabgan.evaluation.report.report import Report

# The page's colours.
_REAL, _SYNTHETIC = "#9fb8d0", "#c2570c"
_LETTERS = 24


class ColumnDisplay:
    """How a column is distributed in the training and in the synthetic rows.

    Needs matplotlib (the extra ``plot``).

    Parameters
    ----------
    profile : ColumnProfile
        One of a report's `profiles`. As there, categories of few rows are shown together, and both
        ends of a number are in its outermost bars.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
        What it was drawn on, after :meth:`plot`.
    figure_ : matplotlib.figure.Figure
        The figure.

    Examples
    --------
    >>> ColumnDisplay.from_report(report, "age").figure_.savefig("age.png")  # doctest: +SKIP
    """

    ax_: Any
    figure_: Any

    def __init__(self, profile: ColumnProfile) -> None:
        self.profile = profile

    @classmethod
    def from_report(cls, report: "Report", column: Hashable, *, ax: Any = None) -> Self:
        """Plot a column of a report.

        Parameters
        ----------
        report : Report
        column : hashable
            Its name.
        ax : matplotlib.axes.Axes or None, default=None
            As in :meth:`plot`.

        Raises
        ------
        InvalidParameterError
            If the report compares no column of this name.
        UnsupportedTypeError
            If it is no report, or what is to be drawn on is no Axes.
        """
        if not hasattr(type(report), "profiles"):
            raise UnsupportedTypeError(
                f"report must be what evaluate gives, got {type(report).__name__}"
            )
        profiles = {profile.name: profile for profile in report.profiles}
        names = list(profiles)
        try:
            profile = profiles.get(column)
        except TypeError:
            raise UnsupportedTypeError(
                f"column must be the name of one, got {type(column).__name__}; choose one of "
                f"{names}"
            ) from None
        if profile is not None:
            return cls(profile).plot(ax=ax)
        raise InvalidParameterError(f"the report has no column {column!r}; choose one of {names}")

    def plot(self, *, ax: Any = None) -> Self:
        """Draw the shares of the rows, of the training rows as bars.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or None, default=None
            Where to draw; a new figure if ``None``.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        UnsupportedTypeError
            If `ax` is no Axes.
        """
        if ax is not None and not hasattr(ax, "figure"):
            raise UnsupportedTypeError(f"ax must be Axes of matplotlib, got {type(ax).__name__}")
        self.ax_ = _new_axes() if ax is None else ax
        self.figure_ = self.ax_.figure
        if self.profile.is_ordered:
            self._draw_numbers()
        else:
            self._draw_categories()
        missing = self.profile.missing
        gaps = f", missing {missing[0]:.1%} and {missing[1]:.1%}" if any(missing) else ""
        self.ax_.set_title(f"{_cut(self.profile.name)}{gaps}", loc="left")
        self.ax_.spines[["top", "right"]].set_visible(False)
        handles = dict(zip(*self.ax_.get_legend_handles_labels()[::-1], strict=True))
        self.ax_.legend(
            [handles["real"], handles["synthetic"]], ["real", "synthetic"], frameon=False
        )
        return self

    def _draw_numbers(self) -> None:
        n_bars = len(self.profile.train)
        edges = np.arange(n_bars + 1)
        self.ax_.bar(edges[:-1], self.profile.train, 0.96, align="edge", color=_REAL, label="real")
        self.ax_.stairs(
            self.profile.synthetic, edges, color=_SYNTHETIC, linewidth=1.6, label="synthetic"
        )
        self.ax_.set_xticks([0, n_bars] if n_bars else [], self.profile.labels)
        self.ax_.set_ylabel("share of rows")

    def _draw_categories(self) -> None:
        places = np.arange(len(self.profile.labels))
        self.ax_.barh(places - 0.2, self.profile.train, 0.36, color=_REAL, label="real")
        self.ax_.barh(
            places + 0.2, self.profile.synthetic, 0.36, color=_SYNTHETIC, label="synthetic"
        )
        self.ax_.set_yticks(places, [_cut(label) for label in self.profile.labels])
        self.ax_.invert_yaxis()  # the most frequent at the top
        self.ax_.set_xlabel("share of rows")


def _cut(name: object) -> str:
    # A dollar begins a formula in matplotlib.
    written = " ".join(str(name).split()).replace("$", r"\$")
    return written if len(written) <= _LETTERS else written[: _LETTERS - 1] + "…"


def _new_axes() -> Any:
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            "plotting needs matplotlib; install it: pip install matplotlib"
        ) from error
    return pyplot.subplots(figsize=(5.0, 3.2), layout="constrained")[1]
