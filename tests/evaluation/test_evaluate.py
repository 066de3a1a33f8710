import json
import math
import traceback

import numpy as np
import pandas as pd
import pytest

from tabgan.errors import InvalidParameterError, TabGANError, UnsupportedTypeError
from tabgan.evaluation import Report, Score, Verdict, evaluate
from tabgan.evaluation.evaluate import SCORE_NAMES
from tabgan.evaluation.fidelity.columns import COLUMN_NAMES, column_scores
from tabgan.evaluation.privacy.suite import DISCLOSURE_NAMES
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import align_tables

N_ROWS = 300


@pytest.fixture(scope="module")
def frames(draw_table) -> dict[str, pd.DataFrame]:
    return {
        "train": draw_table(N_ROWS, 0),
        "fresh": draw_table(N_ROWS, 1),
        "holdout": draw_table(N_ROWS, 2),
    }


@pytest.fixture(scope="module")
def fresh_report(frames) -> Report:
    return evaluate(frames["train"], frames["fresh"], frames["holdout"], "member", random_state=0)


def column_scores_of(train: pd.DataFrame, synthetic: pd.DataFrame, name: str) -> list[Score]:
    scores = column_scores(align_tables(train, synthetic, None), RandomStreams(0))
    return [score for score in scores if score.name == name]


def shuffled_columns(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: frame[name].sample(frac=1, random_state=i).to_numpy()
            for i, name in enumerate(frame.columns)
        }
    )


def test_every_promised_score_is_there_and_known(fresh_report) -> None:
    overall = [score for score in fresh_report.scores if score.column is None]
    assert {score.name for score in overall} == {*SCORE_NAMES} - {*DISCLOSURE_NAMES}
    # 300 rows have too few outliers, and are too few for rules.
    known = [s for s in overall if s.name not in ("outlier_membership_auc", "constraints")]
    assert not any(math.isnan(score.value) for score in known)
    assert all(score.low <= score.value <= score.high for score in known)


def test_figures_of_columns_and_pairs_have_a_score_for_each(fresh_report, frames) -> None:
    frame = fresh_report.to_frame().dropna(subset=["column"])
    for name in COLUMN_NAMES:
        assert set(frame.loc[frame["name"] == name, "column"]) == set(frames["train"].columns)
    for name in ("trend", "mutual_information"):
        pairs = frame.loc[frame["name"] == name, ["column", "other_column"]]
        assert len({frozenset(pair) for pair in pairs.to_numpy().tolist()}) == len(pairs) == 15


def test_fresh_rows_score_near_the_ceiling_and_are_not_suspected(fresh_report) -> None:
    # Three standard deviations of the difference over 60 seeds. The bins of `trend` hang on the
    # largest value of each table: it has no such bound.
    for name, noise in {"shape": 0.055, "trend_training_bins": 0.045, "c2st": 0.2}.items():
        score = fresh_report[name]
        assert score.value == pytest.approx(score.ceiling, abs=noise)
    for score in fresh_report.scores:
        assert score.verdict is not Verdict.FLAG


def test_independent_columns_score_near_the_floor(frames) -> None:
    synthetic = shuffled_columns(frames["train"])
    report = evaluate(frames["train"], synthetic, frames["holdout"], random_state=0)
    for name in ("trend", "trend_training_bins", "c2st", "c2st_train"):
        # Two permutations of the same 300 rows differ by noise only.
        assert report[name].value == pytest.approx(report[name].floor, abs=0.1)
    assert report["shape"].value == 1.0
    assert report["trend_training_bins"].ceiling > report["trend_training_bins"].high


def test_rows_worse_than_independent_columns_are_flagged(frames) -> None:
    reversed_relation = frames["fresh"].assign(y=-frames["fresh"]["x"], visits=0)
    report = evaluate(frames["train"], reversed_relation, random_state=0)
    assert report["trend_training_bins"].verdict is Verdict.FLAG


def test_training_rows_drawn_again_are_flagged_as_copies(frames) -> None:
    copies = frames["train"].sample(N_ROWS, replace=True, random_state=0)
    gates = {"exact_match": (None, 1.0)}  # a gate that forgives everything
    report = evaluate(frames["train"], copies, frames["holdout"], gates=gates, random_state=0)
    assert report.passed
    for name in ("dcr_share", "exact_match", "c2st_train_auc"):
        assert report[name].verdict is Verdict.FLAG
    assert report["exact_match"].value == 1.0


def test_without_a_holdout_what_needs_one_is_unknown_with_the_reason(frames) -> None:
    report = evaluate(frames["train"], frames["fresh"], target="member", random_state=0)
    for name in ("c2st", "mle", "mle_gap", "dcr_share", "exact_match"):
        assert math.isnan(report[name].value)
        assert report[name].verdict is Verdict.UNKNOWN
        assert "holdout" in report[name].note
    assert math.isnan(report["shape"].ceiling)
    assert not math.isnan(report["shape"].floor)
    # Of itself it is known, but not how low other real rows would bring it.
    assert not math.isnan(report["c2st_train_auc"].value)
    assert report["c2st_train_auc"].verdict is Verdict.UNKNOWN


def test_the_area_with_training_rows_is_that_of_as_many_holdout_rows(frames) -> None:
    report = evaluate(frames["train"], frames["fresh"], frames["holdout"][:120], random_state=0)
    score = report["c2st_train_auc"]
    assert score.note.startswith("of 120 rows a side")
    assert f"{1 - report['c2st_train'].value / 2:.3f} of 300" in score.note
    assert abs(score.value - score.ceiling) < 0.2


def test_a_smaller_holdout_still_gives_the_ceiling_of_as_many_rows(draw_table) -> None:
    train, synthetic = draw_table(2000, 0), draw_table(2000, 1)
    report = evaluate(train, synthetic, draw_table(200, 2), random_state=0)
    for name in ("shape", "trend_training_bins"):
        # A holdout of 200 rows knows the ceiling of 2,000 to about a hundredth; unscaled it
        # would be too low by some .04.
        assert report[name].ceiling == pytest.approx(report[name].value, abs=0.015)
        assert "estimated" in report[name].note


def test_a_larger_holdout_gives_the_ceiling_of_as_many_rows(frames, fresh_report) -> None:
    few = frames["fresh"][:50]
    report = evaluate(frames["train"], few, frames["holdout"], random_state=0)
    assert report["shape"].note == ""
    # 300 rows would get some .05 more than the 50 that the synthetic table has.
    assert report["shape"].ceiling < fresh_report["shape"].ceiling - 0.02


def test_row_order_column_order_and_dtype_change_nothing(frames, fresh_report) -> None:
    orders = {name: frame.sample(frac=1, random_state=3) for name, frame in frames.items()}
    columns = frames["train"].columns[::-1]
    other_dtypes = {"city": "category", "joined": "datetime64[us]"}
    report = evaluate(
        orders["train"][columns],
        orders["fresh"].convert_dtypes().astype(other_dtypes),
        orders["holdout"][columns],
        "member",
        random_state=0,
    )
    # Scores of columns follow the columns by name, so the frames are equal line by line.
    pd.testing.assert_frame_equal(report.to_frame(), fresh_report.to_frame())


def test_another_seed_draws_other_subsamples(frames, fresh_report) -> None:
    report = evaluate(frames["train"], frames["fresh"], random_state=1)
    assert report["c2st_train"].value != fresh_report["c2st_train"].value


def test_gates_decide_the_verdict_and_the_outcome(frames) -> None:
    gates = {"shape": (0.5, None), "trend": (None, 0.5), "c2st": (0.5, None)}
    report = evaluate(frames["train"], frames["fresh"], gates=gates, random_state=0)
    assert [gate.name for gate in report.gates] == list(gates)
    assert [gate.passed for gate in report.gates] == [True, False, False]
    assert report["shape"].verdict is Verdict.OK
    assert report["trend"].verdict is Verdict.FLAG
    assert not report.passed
    assert "gate c2st: -, required >= 0.5: failed" in str(report)


def test_gates_and_targets_that_do_not_exist_are_refused(frames) -> None:
    train = frames["train"]
    with pytest.raises(InvalidParameterError, match=r"unknown scores \['c2sd'\].*'c2st'"):
        evaluate(train, train, gates={"c2sd": (0.5, None)})
    with pytest.raises(InvalidParameterError, match="low is above high"):
        evaluate(train, train, gates={"c2st": (0.9, 0.1)})
    with pytest.raises(UnsupportedTypeError, match="pair"):
        evaluate(train, train, gates={"c2st": 0.5})  # type: ignore[dict-item]
    with pytest.raises(InvalidParameterError, match="target 'income' is not a column"):
        evaluate(train, train, target="income")


def test_columns_without_values_or_variety_are_survived(frames) -> None:
    odd = {
        name: frame[:100].assign(empty=math.nan, constant=1.5, one_level="a")
        for name, frame in frames.items()
    }
    report = evaluate(odd["train"], odd["fresh"], odd["holdout"], random_state=0)
    assert "empty" in report["shape"].note
    assert "constant" in report["trend"].note
    assert report["shape"].value > 0.9


def test_tables_of_other_packages_are_judged_as_the_frames_they_are(frames) -> None:
    arrow = pytest.importorskip("pyarrow")
    train, fresh = (frames[name].head(100) for name in ("train", "fresh"))
    foreign = [arrow.Table.from_pandas(frame, preserve_index=False) for frame in (train, fresh)]
    expected = evaluate(train, fresh, random_state=0).to_frame()
    given = evaluate(*foreign, random_state=0).to_frame()
    pd.testing.assert_frame_equal(given, expected)


def test_what_is_no_table_is_refused_by_its_role(frames) -> None:
    with pytest.raises(UnsupportedTypeError, match="synthetic must be a table"):
        evaluate(frames["train"], frames["train"].iloc[:, 0])


def test_quasi_identifiers_add_scores_that_gates_may_name(frames) -> None:
    gates = {"k_anonymity": (np.int64(1), None), "l_diversity": (None, np.float32(0))}
    report = evaluate(
        *(frames[name] for name in ("train", "fresh", "holdout")),
        quasi_identifiers=["city", "visits"],
        sensitive="member",
        gates=gates,
        random_state=0,
    )
    sizes = frames["fresh"].groupby(["city", "visits"], dropna=False).size()
    assert report["k_anonymity"].value == sizes.min()
    secrets = frames["fresh"].groupby(["city", "visits"], dropna=False)["member"].nunique()
    assert report["l_diversity"].value == secrets.min()
    assert report["correct_attribution"].p_value > 0.001
    assert [gate.passed for gate in report.gates] == [True, False]
    assert json.loads(report.to_json())["gates"][0]["low"] == 1
    # Not asked for, not known: a gate on it is not passed.
    without = evaluate(frames["train"], frames["fresh"], gates=gates, random_state=0)
    assert [gate.passed for gate in without.gates] == [False, False]


@pytest.mark.parametrize(
    ("known", "secret", "error", "message"),
    [
        (None, "member", InvalidParameterError, "needs quasi_identifiers"),
        ("city", "member", UnsupportedTypeError, "list of columns"),
        ([], None, InvalidParameterError, "at least one column"),
        (["city"], "city", InvalidParameterError, "not the sensitive one"),
        (["town"], None, InvalidParameterError, "'town' is not a column"),
        (["city"], "income", InvalidParameterError, "'income' is not a column"),
    ],
)
def test_quasi_identifiers_that_cannot_be_are_refused(
    frames, known, secret, error, message
) -> None:
    with pytest.raises(error, match=message):
        evaluate(frames["train"], frames["fresh"], quasi_identifiers=known, sensitive=secret)


def test_columns_without_gaps_do_not_hide_the_others(frames) -> None:
    full = frames["fresh"].assign(y=frames["fresh"]["y"].fillna(0.0))[:200]
    missing = {s.column: s.value for s in column_scores_of(frames["train"], full, "missing")}
    assert missing[None] == pytest.approx((missing["y"] + missing["city"]) / 2)
    assert missing["y"] < 0.95 < missing["x"] == 1.0


def test_progress_is_told_part_by_part(frames) -> None:
    told: list[tuple[int, int, str]] = []
    evaluate(
        frames["train"], frames["fresh"], random_state=0, progress=lambda *part: told.append(part)
    )
    n_parts = told[0][1]
    assert [(n_done, n_all) for n_done, n_all, _ in told] == [
        (n_done, n_parts) for n_done in range(n_parts + 1)
    ]
    assert len({title for _, _, title in told}) == n_parts + 1


def test_a_value_never_shows_in_an_error(frames) -> None:
    train = frames["train"]
    for name, value in (("x", "SECRET"), ("city", ["SECRET"])):
        spoilt = train.astype(object)
        spoilt.at[3, name] = value
        with pytest.raises(TabGANError, match=f"column '{name}'") as error:
            evaluate(train, spoilt, random_state=0)
        shown = "".join(traceback.format_exception(error.value))
        assert "'SECRET'" not in shown


def test_a_column_without_a_name_and_a_gate_without_a_number_are_refused(frames) -> None:
    nameless = frames["train"].copy()
    nameless.columns = pd.Index([None, *nameless.columns[1:]], dtype=object)
    with pytest.raises(TabGANError, match="named None"):
        evaluate(nameless, nameless, random_state=0)
    with pytest.raises(InvalidParameterError, match="not a number"):
        evaluate(frames["train"], frames["fresh"], gates={"shape": (math.nan, None)})
