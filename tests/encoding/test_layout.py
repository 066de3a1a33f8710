"""The mode axis: every mode of every column has one place on it, and no place is left over."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tabgan.encoding import Layout

sizes = st.lists(st.integers(1, 30), max_size=20)


@given(sizes=sizes)
def test_columns_share_no_place_and_leave_none_over(sizes: list[int]) -> None:
    layout = Layout(sizes)
    taken = [place for c in range(len(sizes)) for place in range(10**6)[layout.modes(c)]]
    assert sorted(taken) == list(range(layout.n_modes))
    assert [len(range(10**6)[layout.modes(c)]) for c in range(len(sizes))] == sizes


@given(sizes=sizes)
def test_column_and_code_of_a_mode_lead_back_to_its_place(sizes: list[int]) -> None:
    layout = Layout(sizes)
    for mode in range(layout.n_modes):
        column, code = layout.column_of_mode[mode], layout.code_of_mode[mode]
        assert 0 <= code < sizes[column]
        assert layout.position(column, code) == mode


@given(sizes=sizes)
def test_groups_are_columns_of_one_size_side_by_side(sizes: list[int]) -> None:
    layout = Layout(sizes)
    assert sorted(c for group in layout.groups for c in group.columns) == list(range(len(sizes)))
    assert len({group.size for group in layout.groups}) == len(layout.groups)
    end = 0
    for group in layout.groups:
        assert group.start == end
        for place, column in enumerate(group.columns):
            start = group.start + place * group.size
            assert layout.modes(column) == slice(start, start + sizes[column])
        end = group.stop
    assert end == layout.n_modes


@given(sizes=sizes)
def test_joined_arrays_are_found_by_their_column(sizes: list[int]) -> None:
    layout = Layout(sizes)
    arrays = [100.0 * column + np.arange(size) for column, size in enumerate(sizes)]
    joined = layout.join(arrays)
    assert len(joined) == layout.n_modes
    for column, array in enumerate(arrays):
        assert joined[layout.modes(column)].tolist() == array.tolist()


@pytest.mark.parametrize("dtype", ["bool", "int32", "float32", "float64"])
def test_joining_keeps_the_type(dtype: str) -> None:
    assert Layout([2, 1]).join([np.zeros(2, dtype), np.zeros(1, dtype)]).dtype == dtype
