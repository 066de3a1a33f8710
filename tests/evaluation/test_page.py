"""The HTML page: complete by itself, well-formed, and discreet about single rows."""

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation import Report, Verdict, evaluate
from tabgan.evaluation.evaluate import SCORE_NAMES
from tabgan.evaluation.report.wording import SCORES, verdict_lines

VOID = {"meta", "br"}
NASTY = "<script>alert('x')</script> & \"quoted\""


class Elements(HTMLParser):
    """Collects elements and text, and insists that each is closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.text: list[str] = []
        self.addresses: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.names.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "xlink:href")]
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.names.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def wide_table(n_rows: int, seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    hidden = generator.normal(size=n_rows)
    columns: dict[str, object] = {
        f"a rather long name of a column with the number {i}": hidden
        + generator.normal(size=n_rows)
        for i in range(55)
    }
    columns[NASTY] = np.where(hidden > 0, "<b>bold</b>", "plain & simple " * 9)
    columns["constant"] = 1
    columns["empty"] = pd.Series([None] * n_rows, dtype="float64")
    columns["day"] = pd.Timestamp("2024-03-01") + pd.to_timedelta(
        generator.integers(0, 90, n_rows), "D"
    )
    return pd.DataFrame(columns)


@pytest.fixture(scope="module")
def frames(draw_table) -> list[pd.DataFrame]:
    return [draw_table(300, seed) for seed in range(3)]


@pytest.fixture(scope="module")
def report(frames) -> Report:
    return evaluate(*frames, "member", gates={"shape": (0.2, None)}, random_state=0)


def test_the_page_needs_nothing_else_and_is_well_formed(report) -> None:
    page = report.to_html()
    elements = Elements(page)
    assert "script" not in elements.names
    assert not {"link", "img", "iframe"} & set(elements.names)
    assert elements.addresses == []
    assert "http" not in page
    assert "url(" not in page


def test_every_score_column_and_gate_is_told(report, frames) -> None:
    text = " ".join(Elements(report.to_html()).text)
    for title in ("Told apart", "Singling out", "Who surely was", "Exact copies", "What is lost"):
        assert title in text
    for column in frames[0].columns:
        assert column in text
    assert "gate shape" in text
    assert "do not prove" in text
    for word in ("anonymous", "is private"):
        assert word not in text


def test_the_worst_column_comes_first(frames) -> None:
    train, synthetic, holdout = frames
    spoilt = synthetic.assign(visits=synthetic["visits"] + 50)
    page = evaluate(train, spoilt, holdout, random_state=0).to_html()
    places = {name: page.index(f"<h3>{name}</h3>") for name in train.columns}
    assert min(places, key=lambda name: places[name]) == "visits"


def test_many_columns_and_nasty_names_are_survived() -> None:
    report = evaluate(wide_table(120, 0), wide_table(120, 1), wide_table(120, 2), random_state=0)
    elements = Elements(report.to_html())
    assert "script" not in elements.names
    assert "b" in elements.names  # of the legend; the label is text
    assert any("<b>bold</b>" in text for text in elements.text)


def test_categories_of_few_rows_are_shown_together(draw_table) -> None:
    train, synthetic = draw_table(300, 0), draw_table(300, 1)
    train.loc[:3, "city"] = "hamlet"
    synthetic.loc[:9, "city"] = "hamlet"
    page = evaluate(train, synthetic, random_state=0).to_html()
    assert "hamlet" not in page
    assert "all others" in page


def test_without_a_holdout_the_page_says_what_is_not_known(frames) -> None:
    page = evaluate(frames[0], frames[1], random_state=0).to_html()
    text = " ".join(Elements(page).text)
    assert "What the rows give away is not known" in text
    assert "How much the rows look like real ones is not known" in text


def test_a_path_gets_the_same_page_and_notebooks_a_frame_of_it(report, tmp_path: Path) -> None:
    page = report.to_html(tmp_path / "report.html")
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == page
    shown = report._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "<h1>" not in shown  # escaped: its style stays inside


def test_copies_are_told_in_the_first_lines(frames) -> None:
    train, _, holdout = frames
    page = evaluate(train, train, holdout, random_state=0).to_html()
    verdicts = page[page.index('<ul class="verdicts">') : page.index("</ul>")]
    assert "checks and attacks find more than chance" in verdicts
    assert "exact copies" in verdicts


def test_every_score_has_its_words() -> None:
    assert set(SCORES) == set(SCORE_NAMES)


def test_the_ends_of_a_picture_are_no_single_row_s(draw_table) -> None:
    train = draw_table(100, 0).assign(x=np.arange(100.0) + 0.25)
    page = evaluate(train, draw_table(100, 1), random_state=0).to_html()
    assert ">0.25<" not in page
    assert ">99.25<" not in page
    assert ">5.2<" in page  # the sixth smallest


def test_few_values_far_dates_and_long_times_are_told_apart_from_rows() -> None:
    generator = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "single": [123456.0] + [np.nan] * 59,
            "far": np.datetime64("2900-01-01", "s") + generator.integers(0, 9**9, 60),
            "long": generator.integers(10**11, 10**12, 60).astype("timedelta64[s]"),
            "flag": [1] * 58 + [0] * 2,
            "x": generator.normal(size=60),
        }
    )
    page = evaluate(table, table, random_state=0).to_html()
    assert "123,456" not in page
    assert "too few values" in page
    assert "2900-" in page
    assert " days" in page


def test_what_a_gate_asks_for_is_no_finding_of_an_attack(frames) -> None:
    page = evaluate(*frames, "member", gates={"dcr_share": (0.9, None)}, random_state=0).to_html()
    assert "find more than chance" not in page
    assert "gate dcr_share" in page


def test_the_first_lines_praise_nothing_that_is_nearer_to_the_floor(report) -> None:
    poor = {"c2st": 0.1, "mle": 0.6}
    spoilt = [
        replace(
            s, value=poor[s.name], low=0.0, high=0.7, floor=0.05, ceiling=0.9, verdict=Verdict.OK
        )
        if s.name in poor and s.column is None
        else s
        for s in report.scores
    ]
    c2st, mle, _ = verdict_lines(spoilt)
    assert c2st[0] is Verdict.UNKNOWN
    assert mle[0] is Verdict.OK
