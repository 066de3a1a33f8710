"""The plan follows the size of the table and the user's wishes."""

import pytest

from tabgan.training.plan import make_plan


def test_epochs_mean_passes_over_the_table_in_both_phases_together():
    plan = make_plan(40_000, epochs=50)
    rows = plan.likelihood_steps * plan.likelihood_batch
    rows += plan.adversarial_steps * plan.adversarial_batch
    assert rows / 40_000 == pytest.approx(50, rel=0.01)


@pytest.mark.parametrize("objective", ["relativistic", None])
def test_few_epochs_still_mean_two_hundred_steps(objective):
    plan = make_plan(100, epochs=1, objective=objective)
    assert plan.distillation_steps + plan.adversarial_steps >= 200


@pytest.mark.parametrize("n_rows", [2, 3, 50, 300])
def test_a_batch_is_never_larger_than_the_table(n_rows):
    plan = make_plan(n_rows)
    assert 1 <= plan.adversarial_batch <= n_rows
    assert 1 <= plan.likelihood_batch <= n_rows


def test_without_an_objective_there_is_no_game():
    assert make_plan(5_000, objective=None).adversarial_steps == 0


def test_small_tables_are_learnt_from_trees_alone_and_hold_nothing_out():
    small, large = make_plan(1_499), make_plan(1_500)
    assert (small.likelihood_steps, small.held_out_share, small.early_stopping) == (0, 0.0, False)
    assert large.likelihood_steps > 0
    assert large.held_out_share == 0.1
    assert small.distils
    assert large.distils


def test_without_early_stopping_nothing_is_held_out():
    plan = make_plan(5_000, early_stopping=False)
    assert plan.held_out_share == 0.0
    assert not plan.early_stopping
    # Nothing weighs trees and networks; a small table has trees alone.
    assert not plan.distils
    assert make_plan(1_000, early_stopping=False).distils


def test_so_many_epochs_are_so_many_looks_at_the_rows_in_both_phases():
    assert make_plan(5_000).taught == 1.0
    assert make_plan(80_000).taught == 0.25
    assert make_plan(5_000, epochs=30).taught == 0.0
    # A small table is learnt from trees all the same, for so long.
    small = make_plan(1_000, epochs=200)
    assert small.taught == 1.0
    rows = small.distillation_steps * small.likelihood_batch
    rows += small.adversarial_steps * small.adversarial_batch
    assert rows / 1_000 == pytest.approx(200, rel=0.01)


def test_small_tables_are_blurred_more():
    blurs = [make_plan(n).blur for n in (300, 1_000, 10_000, 100_000)]
    assert blurs == sorted(blurs, reverse=True)
    # A width that falls with the fifth root of the rows, and the variance with its square.
    assert blurs[1] / blurs[3] == pytest.approx(100**0.4)


def test_rates_fall_with_the_size_of_the_table_down_to_a_third():
    rates = [make_plan(n).generator_rate for n in (100, 2_000, 10_000, 40_000, 400_000)]
    assert rates == sorted(rates)
    assert rates[-1] == pytest.approx(3 * rates[0])


def test_epochs_that_were_asked_for_are_made_whether_or_not_rows_are_held_out():
    with_rows, without = (make_plan(20_000, epochs=300, early_stopping=e) for e in (True, False))
    assert without.likelihood_steps == with_rows.likelihood_steps > 1_500


def test_the_game_lasts_some_fifty_times_through_the_table_within_limits():
    steps = [make_plan(n).adversarial_steps for n in (300, 20_000, 90_000, 500_000)]
    assert steps == [400, 2_000, 8_000, 8_000]


def test_more_than_128_columns_take_fewer_steps_and_looks_and_short_tables_narrower_trunks():
    assert make_plan(100, n_columns=128) == make_plan(100)
    short, long = make_plan(100, n_columns=1_000), make_plan(5_000, n_columns=1_000)
    assert short.width == 100
    assert long.width == make_plan(5_000).width
    assert short.distillation_steps < 0.3 * make_plan(100).distillation_steps
    assert 100 <= short.adversarial_steps < 0.3 * make_plan(100).adversarial_steps
    assert short.likelihood_round > 5 * make_plan(100).likelihood_round
    # What was asked for is done.
    asked = make_plan(5_000, epochs=50, n_columns=1_000)
    assert asked.likelihood_steps == make_plan(5_000, epochs=50).likelihood_steps
