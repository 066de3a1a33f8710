"""Attacks succeed on copies, fail on honest rows, and count what their definitions count."""

import numpy as np
import pytest

from tabgan.evaluation.privacy.inference import attribute_inference
from tabgan.evaluation.privacy.linkability import linkability
from tabgan.evaluation.privacy.membership import membership, membership_of_outliers
from tabgan.evaluation.privacy.risk import risk
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.privacy.singling_out import singling_out
from tabgan.evaluation.tables import ViewColumn
from tabgan.schema import Kind

NUMBER, CITY = ViewColumn("x", Kind.CONTINUOUS, 0), ViewColumn("city", Kind.CATEGORICAL, 4)


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_risk_is_what_training_rows_lose_beyond_others() -> None:
    train, holdout = np.arange(100) < 40, np.arange(200) < 40
    found = risk(train, holdout)
    assert (found.train, found.holdout) == (0.4, 0.2)
    assert found.value == pytest.approx(0.25)  # .2 of the .8 that could be kept
    assert found.low < found.value < found.high
    assert found.p_value < 0.001
    assert risk(np.ones(9, dtype=bool), np.ones(9, dtype=bool)).value == 0.0


@pytest.mark.parametrize("kind", ["mixed", "categorical", "numeric"])
@pytest.mark.parametrize("noise", [0.0, 0.001])
def test_copies_and_near_copies_are_linked_guessed_and_recognised(sides_of, kind, noise) -> None:
    sides = sides_of(kind, 300, 0, share=1.0, noise=noise)
    assert linkability(sides, generator()).value > 0.9
    assert max(found.value for found in attribute_inference(sides).values()) > 0.9
    found = membership(sides, generator())
    assert found.auc.value > 0.97
    assert found.tpr.value > 0.9
    if noise == 0.0:
        assert singling_out(sides, generator()).value > 0.5


@pytest.mark.parametrize("kind", ["mixed", "categorical", "numeric"])
def test_a_twentieth_of_copies_is_recognised_where_the_attacker_is_sure(sides_of, kind) -> None:
    sides = sides_of(kind, 600, 0, share=0.05, noise=0.001)
    found = membership(sides, generator())
    assert found.tpr_p_value < 1e-4
    assert found.tpr.value == pytest.approx(0.05, abs=0.03)
    assert found.attack_at_the_top in ("nearest", "nearer", "denser")


def test_descriptions_single_out_who_alone_has_the_value() -> None:
    # One training row alone has each value; the holdout has others.
    rows = np.column_stack([np.arange(50.0), np.arange(50) % 4])
    others = rows + np.array([1_000.0, 0.0])
    sides = Sides((NUMBER, CITY), rows, others, rows)
    found = singling_out(sides, generator())
    assert found.train > 0.9
    assert found.holdout < 0.1
    # The other way round training rows are nobody's.
    turned = Sides((NUMBER, CITY), others, rows, rows)
    assert singling_out(turned, generator()).value == 0.0
    assert singling_out(turned, generator()).p_value > 0.99


def test_missing_values_single_out_too() -> None:
    train = np.column_stack([np.zeros(60), np.zeros(60)])
    train[0, 0] = np.nan
    holdout = np.zeros((60, 2))
    found = singling_out(
        Sides((NUMBER, CITY), train, holdout, train[:1].repeat(30, axis=0)), generator()
    )
    assert found.train > found.holdout


def test_halves_are_linked_through_the_same_synthetic_row_alone() -> None:
    # Each half of a training row is there, in different synthetic rows.
    train = np.column_stack([np.arange(40.0), np.arange(40.0)])
    apart = np.column_stack([train[:, 0], np.roll(train[:, 1], 20)])
    columns = (NUMBER, ViewColumn("y", Kind.CONTINUOUS, 0))
    assert linkability(Sides(columns, train, train + 0.5, train), generator()).train == 1.0
    assert linkability(Sides(columns, train, train + 0.5, apart), generator()).train == 0.0
    only = Sides(columns[:1], train[:, :1], train[:, :1], train[:, :1])
    assert linkability(only, generator()) is None


def test_a_negative_secret_is_guessed_like_a_positive_one() -> None:
    rows = generator().uniform(10.0, 20.0, size=(200, 3))
    columns = tuple(ViewColumn(f"x{i}", Kind.CONTINUOUS, 0) for i in range(3))
    tables = rows[:80], rows[80:160], rows[:80]
    found = [
        attribute_inference(Sides(columns, *(sign * table for table in tables)))[2]
        for sign in (1.0, -1.0)
    ]
    assert found[0] == found[1]
    assert found[0].train == 1.0
    assert found[0].holdout < 0.6


def test_a_secret_counts_as_guessed_within_a_twentieth_and_missing_as_missing() -> None:
    train = np.array([[0.0, 100.0], [10.0, np.nan], [20.0, 0.0]])
    synthetic = np.array([[0.0, 104.0], [10.0, np.nan], [20.0, 2.0]])
    columns = (NUMBER, ViewColumn("y", Kind.CONTINUOUS, 0))
    # 104 is within 5 % of 100; 2 is not within 5 % of a hundredth of the range of 100.
    assert attribute_inference(Sides(columns, train, train, synthetic))[1].train == pytest.approx(
        2 / 3
    )


def test_a_date_is_guessed_within_a_hundredth_of_its_range() -> None:
    days = np.arange(100.0)
    train = np.column_stack([days, 1.7e9 + days])
    synthetic = train + np.array([0.0, 1.5])
    synthetic[:40, 1] = train[:40, 1] + 0.9  # the range is 99
    columns = (NUMBER, ViewColumn("joined", Kind.DATETIME, 0))
    found = attribute_inference(Sides(columns, train, train, synthetic))[1]
    assert found.train == pytest.approx(0.4)


def test_outliers_that_were_copied_are_recognised_among_outliers(sides_of) -> None:
    sides = sides_of("numeric", 1_200, 1)
    far = np.argsort(-np.abs(sides.train).max(axis=1))[:40]
    synthetic = sides.synthetic.copy()
    synthetic[:40] = sides.train[far]
    leaky = Sides(sides.columns, sides.train, sides.holdout, synthetic)
    found, honest = (membership_of_outliers(s, generator()) for s in (leaky, sides))
    assert found.tpr_p_value < 0.01
    assert min(honest.auc_p_value, honest.tpr_p_value) > 0.05
    assert membership_of_outliers(sides_of("numeric", 100, 1), generator()) is None


def test_honest_rows_are_not_suspected_by_any_attack(sides_of) -> None:
    alarms = {"linked": 0, "guessed": 0, "auc": 0, "top": 0, "singled out": 0}
    for seed in range(25):
        sides = sides_of("mixed", 120, seed)
        found = membership(sides, generator())
        guessed = attribute_inference(sides)
        alarms["linked"] += linkability(sides, generator()).p_value < 0.05
        alarms["guessed"] += min(r.p_value for r in guessed.values()) * len(guessed) < 0.05
        alarms["auc"] += found.auc_p_value < 0.05
        alarms["top"] += found.tpr_p_value < 0.05
        alarms["singled out"] += singling_out(sides, generator()).p_value < 0.05
    # More than 4 of 25 has a probability below .01 at a level of .05.
    assert max(alarms.values()) <= 4, alarms


def test_few_rows_tell_an_attacker_nothing(sides_of) -> None:
    assert membership(sides_of("mixed", 60, 0), generator()) is None
