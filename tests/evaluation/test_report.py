import json
import math

import pytest

from tabgan.errors import InvalidParameterError
from tabgan.evaluation import Gate, Report, Score, Verdict


def report_of(*scores: Score, gates: tuple[Gate, ...] = ()) -> Report:
    return Report(scores, gates, n_train=100, n_synthetic=90, n_holdout=10, left_out=("key",))


EXAMPLE = report_of(
    Score("shape", "columns", "fine", 0.97),
    Score("shape", "columns", None, 0.9, 0.85, 0.95, 1.0, 0.97, note="a long remark " * 12),
    Score("shape", "columns", "age", 0.8),
    Score("trend_training_bins", "relations", note="unknown: no pairs"),
    Score("trend_training_bins", "relations", "empty", other_column="fine"),
    Score("trend_training_bins", "relations", "age", 0.7, other_column="fine"),
    gates=(Gate("shape", 0.95, None, 0.9),),
)


def test_the_frame_has_one_row_a_score_and_the_promised_columns() -> None:
    frame = EXAMPLE.to_frame()
    figures = ["value", "low", "high", "floor", "ceiling", "p_value"]
    names = ["name", "group", "column", "other_column", *figures, "verdict"]
    assert frame.columns.tolist() == names
    assert len(frame) == 6
    assert frame["column"].iloc[0] is None


def test_the_whole_table_comes_first_and_then_the_worst_columns_and_pairs() -> None:
    frame = EXAMPLE.to_frame()
    pairs = frame[["column", "other_column"]].to_numpy().tolist()
    assert pairs[:2] == [[None, None]] * 2
    assert pairs[2:4] == [["age", None], ["fine", None]]
    assert pairs[4:] == [["age", "fine"], ["empty", "fine"]]  # the unknown last


def test_the_text_fits_a_terminal_and_shows_overall_scores_only() -> None:
    lines = str(EXAMPLE).splitlines()
    assert max(map(len, lines)) <= 80
    assert "age" not in str(EXAMPLE)
    (row,) = (line for line in lines if line.startswith("  shape"))
    assert row.split() == ["shape", "0.900", "0.850", "0.950", "1.000", "0.970", "unknown"]
    assert "gate shape: 0.900, required >= 0.95: failed" in lines
    assert "not compared, being identifiers: key" in lines


def test_the_text_promises_no_anonymity() -> None:
    assert "no proof of anonymity" in " ".join(str(EXAMPLE).split())


def test_json_is_strict_and_complete() -> None:
    form = json.loads(EXAMPLE.to_json())
    assert form["passed"] is False
    assert form["gates"] == [
        {"name": "shape", "low": 0.95, "high": None, "value": 0.9, "passed": False}
    ]
    assert [score["column"] for score in form["scores"]] == [
        *[None, None, "age", "fine", "age", "empty"]
    ]
    assert form["scores"][1]["value"] is None


def test_an_overall_score_is_found_by_name() -> None:
    assert EXAMPLE["shape"].value == 0.9
    with pytest.raises(KeyError):
        EXAMPLE["nothing"]


@pytest.mark.parametrize(
    ("low", "high", "value", "passed"),
    [
        (0.5, None, 0.5, True),
        (0.5, None, 0.49, False),
        (None, 0.5, 0.5, True),
        (None, 0.5, 0.51, False),
        (None, None, math.nan, False),
    ],
)
def test_gates_are_closed_ranges_that_the_unknown_fails(
    low: float | None, high: float | None, value: float, passed: bool
) -> None:
    assert Gate("c2st", low, high, value).passed is passed


def test_without_gates_a_report_passes() -> None:
    assert report_of(Score("shape", "rows")).passed


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.1, 0.4, Verdict.FLAG), (0.6, 0.8, Verdict.OK), (0.4, 0.6, Verdict.UNKNOWN)],
)
def test_scores_are_judged_by_their_interval(low: float, high: float, verdict: Verdict) -> None:
    score = Score("c2st", "rows", None, 0.5, low, high, floor=0.5)
    assert score.judged_by_floor().verdict is verdict


def test_a_page_is_not_written_where_no_file_can_be() -> None:
    with pytest.raises(InvalidParameterError, match="path"):
        EXAMPLE.to_html("report\0.html")
    with pytest.raises(InvalidParameterError, match="path"):
        EXAMPLE.to_html(7)  # type: ignore[arg-type]
