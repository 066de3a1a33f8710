"""A clock without a limit never runs out."""

from tabgan.training.clock import Clock


def test_without_a_limit_no_share_of_the_time_is_spent():
    assert Clock(None).share_spent() == 0.0


def test_a_tiny_limit_is_over_at_once():
    assert Clock(1e-9).share_spent(until=0.25) >= 1.0


def test_a_part_that_begins_at_its_end_is_over():
    assert Clock(1000.0).share_spent(until=0.2, since=0.2) == 1.0
