"""Integers are counted on their own grid, exactly, whatever their size."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.encoding.scale import Scale

# float64 counts to 2**53 exactly; ranges up to here keep every integer.
EXACT_RANGE = 2**51


def there_and_back(scale: Scale, values: np.ndarray) -> list[int]:
    return scale.from_units(scale.to_units(values), values.dtype).tolist()


@given(
    start=st.integers(-(2**63), 2**63 - 1 - EXACT_RANGE),
    steps=st.sets(st.integers(0, 10**6), min_size=1),
    step=st.integers(1, 10**9),
)
def test_signed_integers_of_a_moderate_range_are_exact(
    start: int, steps: set[int], step: int
) -> None:
    values = np.array(sorted(start + step * k for k in steps), dtype=np.int64)
    scale = Scale.of(values)
    assert there_and_back(scale, values) == values.tolist()
    assert len(values) == 1 or scale.step % step == 0


@given(gaps=st.sets(st.integers(0, EXACT_RANGE), min_size=1))
def test_unsigned_integers_near_their_end_are_exact(gaps: set[int]) -> None:
    values = np.array(sorted(2**64 - 1 - gap for gap in gaps), dtype=np.uint64)
    assert there_and_back(Scale.of(values), values) == values.tolist()


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
@given(shares=st.sets(st.integers(0, 2**64 - 1), min_size=1))
def test_integers_of_any_range_keep_fifteen_digits(dtype: type, shares: set[int]) -> None:
    lowest = int(np.iinfo(dtype).min)
    values = np.array(sorted(lowest + share for share in shares), dtype=dtype)
    reach = int(values[-1]) - int(values[0])
    back = there_and_back(Scale.of(values), values)
    for before, after in zip(values.tolist(), back, strict=True):
        # Rounded down to the grid, and so never beyond the largest value.
        assert 0 <= before - after <= reach / 1e14


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
@given(
    places=st.sets(st.integers(0, 2**64 - 1 - 10**6), min_size=1, max_size=12),
    steps=st.sets(st.integers(0, 10**5), min_size=1, max_size=40),
    others=st.lists(st.integers(0, 2**64 - 1), max_size=20),
)
def test_a_few_groups_of_integers_are_exact_however_far_apart(
    dtype: type, places: set[int], steps: set[int], others: list[int]
) -> None:
    lowest = int(np.iinfo(dtype).min)
    distinct = sorted({lowest + place + 10 * step for place in places for step in steps})
    values = np.array(distinct, dtype=dtype)
    scale = Scale.of(values)
    assert there_and_back(scale, values) == distinct
    # Numbers of another table lie on their side of each, also where nothing was.
    both = np.array(sorted({*distinct, *(lowest + other for other in others)}), dtype=dtype)
    units = scale.to_units(both)
    assert (np.diff(units) >= 0).all()
    for number, unit in zip(distinct, scale.to_units(values).tolist(), strict=True):
        assert scale.to_exact_units(Fraction(number)) == unit


def test_what_is_left_out_says_little_of_the_values_beside_it() -> None:
    ages = np.append(np.arange(18, 98), 2**63 - 1)
    (cut,) = Scale.of(ages).cuts
    assert cut == Scale.of(np.append(np.arange(30), 2**63 - 10**9)).cuts[0]
    assert cut.start % 2**40 == 0


@given(
    values=st.sets(st.integers(-(10**6), 10**6), min_size=2),
    other=st.integers(-(2**63), 2**63 - 1),
)
def test_values_of_another_table_lie_on_their_side_of_the_grid(
    values: set[int], other: int
) -> None:
    given_values = np.array(sorted(values))
    scale = Scale.of(given_values)
    units = scale.to_units(np.array([given_values[0], other, given_values[-1]]))
    if other < given_values[0]:
        assert units[1] <= units[0]
    if other > given_values[-1]:
        assert units[1] >= units[2]


@given(values=st.sets(st.integers(-(2**40), 2**40), min_size=1))
def test_the_origin_is_a_round_number_below_the_values(values: set[int]) -> None:
    ordered = np.array(sorted(values))
    scale = Scale.of(ordered)
    assert scale.origin <= ordered[0]
    # The distance from the origin to zero says no more of the smallest value than its remainder.
    n_steps = (int(ordered[-1]) - int(ordered[0])) // scale.step
    reach = scale.step << max(32, n_steps.bit_length())
    # Where that is below what the type can hold, the origin is the first step of the type.
    is_first = scale.origin - np.iinfo(ordered.dtype).min < scale.step
    assert is_first or scale.origin % reach == int(ordered[0]) % scale.step


@given(value=st.integers(-(2**63), 2**63 - 1), neighbours=st.integers(0, 2))
def test_the_origin_is_no_value_of_a_constant_column(value: int, neighbours: int) -> None:
    value = min(value, 2**63 - 3)
    values = np.arange(value, value + neighbours + 1, dtype=np.int64)
    scale = Scale.of(values)
    assert there_and_back(scale, values) == values.tolist()
    # The end of the type and multiples of 2**32 would be the origin of any other value as well.
    assert scale.origin % 2**32 == 0


def test_floats_have_no_grid() -> None:
    scale = Scale.of(np.array([0.5, 1.5]))
    assert not scale.has_grid
    assert scale.to_units(np.array([0.5])).tolist() == [0.5]


def test_nothing_has_no_grid() -> None:
    assert not Scale.of(np.empty(0, dtype=np.int64)).has_grid
