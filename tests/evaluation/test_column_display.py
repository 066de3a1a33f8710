import sys

import matplotlib
import numpy as np
import pytest

matplotlib.use("Agg")
from matplotlib import pyplot

from tabgan import ColumnDisplay
from tabgan.errors import InvalidParameterError, UnsupportedTypeError
from tabgan.evaluation import Report
from tabgan.evaluation.profiles import column_profiles
from tabgan.evaluation.tables import align_tables


@pytest.fixture(scope="module")
def report(draw_table) -> Report:
    tables = align_tables(
        draw_table(300, 0).assign(price_in_dollars_and_cents_of_2020="$5", empty=np.nan),
        draw_table(300, 1).assign(price_in_dollars_and_cents_of_2020="$5", empty=np.nan),
        None,
    )
    return Report((), (), 300, 300, 0, profiles=column_profiles(tables))


@pytest.fixture(autouse=True)
def closed():
    yield
    pyplot.close("all")


def test_numbers_are_bars_and_a_line_of_the_same_shares(report) -> None:
    display = ColumnDisplay.from_report(report, "y")
    heights = [bar.get_height() for bar in display.ax_.patches[:-1]]
    assert heights == list(display.profile.train)
    assert sum(heights) == pytest.approx(1.0, abs=1e-3)
    (line,) = (patch for patch in display.ax_.patches if patch.get_label() == "synthetic")
    np.testing.assert_array_equal(line.get_data().values, display.profile.synthetic)
    assert "missing 12.7% and 9.7%" in display.ax_.get_title(loc="left")
    assert [text.get_text() for text in display.ax_.get_xticklabels()] == [*display.profile.labels]


def test_categories_are_pairs_of_bars_the_most_frequent_at_the_top(report) -> None:
    display = ColumnDisplay.from_report(report, "city")
    labels = [text.get_text() for text in display.ax_.get_yticklabels()]
    assert labels == [*display.profile.labels]
    assert len(display.ax_.patches) == 2 * len(labels)
    bottom, top = display.ax_.get_ylim()
    assert bottom > top


def test_it_draws_where_it_is_told(report) -> None:
    _, ax = pyplot.subplots()
    display = ColumnDisplay.from_report(report, "x", ax=ax)
    assert display.ax_ is ax
    assert display.figure_ is ax.figure


@pytest.mark.parametrize("column", ["price_in_dollars_and_cents_of_2020", "empty"])
def test_dollars_long_names_and_columns_without_values_are_drawn(report, column) -> None:
    display = ColumnDisplay.from_report(report, column)
    display.figure_.canvas.draw()
    assert len(display.ax_.get_title(loc="left").split(",")[0]) <= 24


def test_an_unknown_column_is_named_with_the_choices(report) -> None:
    with pytest.raises(InvalidParameterError, match=r"no column 'z'.*'city'"):
        ColumnDisplay.from_report(report, "z")


def test_without_matplotlib_it_says_what_to_install(report, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match="pip install matplotlib"):
        ColumnDisplay.from_report(report, "x")


def test_what_is_no_report_no_name_and_no_axes_is_refused_by_its_name(report) -> None:
    with pytest.raises(UnsupportedTypeError, match="report"):
        ColumnDisplay.from_report(report.to_frame(), "amount")
    with pytest.raises(UnsupportedTypeError, match=r"column .* ndarray"):
        ColumnDisplay.from_report(report, np.array(["amount"]))
    with pytest.raises(UnsupportedTypeError, match="ax "):
        ColumnDisplay.from_report(report, report.profiles[0].name, ax=1)
