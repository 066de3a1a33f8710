"""What can be asked of any small table, and what comes back at the decoder."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.conditioning.conditions import read_condition_rows, read_conditions
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import InvalidConditionError
from tabgan.schema import infer_schema

few = settings(max_examples=settings.default.max_examples // 4)
OPEN = EncodingOptions(rare_threshold=1)
# Microseconds over more than 142 years are more than float64 can count.
moments = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2070, 1, 1))
CELLS = [
    *(
        st.text("abc", max_size=3),
        st.booleans(),
        st.integers(-(2**40), 2**40),
        st.binary(max_size=2),
    ),
    *(st.dates(), moments, st.times(), st.decimals(-(10**6), 10**6, places=2)),
    st.timedeltas(datetime.timedelta(-(10**4)), datetime.timedelta(10**4)),
]
ORDERED = CELLS[2:3] + CELLS[4:]


@st.composite
def columns(draw: st.DrawFn, kinds: list[st.SearchStrategy[object]]) -> list[object]:
    """The few different values of a column."""
    return draw(st.lists(draw(st.sampled_from(kinds)), min_size=1, max_size=6, unique=True))


def encoder_of(values: list[object]) -> TableEncoder:
    column = np.empty(2 * len(values) + 2, dtype=object)
    for i in range(len(column)):
        column[i] = [*values, None][i % (len(values) + 1)]
    frame = pd.DataFrame({"c": pd.Series(column, dtype=object)})
    return TableEncoder.from_frame(frame, infer_schema(frame), OPEN)


def decoded(encoder: TableEncoder, codes: np.ndarray) -> list[object]:
    return encoder.decode(codes.reshape(-1, 1), np.full((codes.size, 1), 0.5))["c"].tolist()


@few
@given(columns(CELLS), st.data())
def test_any_released_value_can_be_asked_for_and_comes_back(
    values: list[object], data: st.DataObject
) -> None:
    value = data.draw(st.sampled_from(values))
    encoder = encoder_of(values)
    conditions = read_conditions({"c": value}, encoder)
    assert decoded(encoder, conditions.known) == [value]
    assert conditions.values["c"].tolist() == [value]
    assert type(conditions.values["c"][0]) is type(value)


@few
@given(columns(CELLS))
def test_missing_can_be_asked_for_in_every_way_it_is_written(values: list[object]) -> None:
    encoder = encoder_of(values)
    for missing in (None, np.nan, pd.NA, pd.NaT):
        known = read_conditions({"c": missing}, encoder).known
        assert pd.isna(decoded(encoder, known)[0])


@few
@given(columns(CELLS), st.data())
def test_a_list_allows_the_modes_of_its_values_and_no_other(
    values: list[object], data: st.DataObject
) -> None:
    some = data.draw(st.lists(st.sampled_from(values), min_size=1, unique=True))
    encoder = encoder_of(values)
    shares = read_conditions({"c": some}, encoder).restricted[0].shares
    assert set(decoded(encoder, np.flatnonzero(shares))) == set(some)


@few
@given(columns(ORDERED), st.data())
def test_a_range_allows_the_values_in_it_and_no_other(
    values: list[object], data: st.DataObject
) -> None:
    low, high = sorted(data.draw(st.lists(st.sampled_from(values), min_size=2, max_size=2)))
    encoder = encoder_of(values)
    shares = read_conditions({"c": (low, high)}, encoder).restricted[0].shares
    inside = {value for value in values if low <= value <= high}
    assert set(decoded(encoder, np.flatnonzero(shares))) == inside


@few
@given(columns(ORDERED))
def test_an_open_range_allows_every_value_and_nothing_missing(values: list[object]) -> None:
    encoder = encoder_of(values)
    shares = read_conditions({"c": (None, None)}, encoder).restricted[0].shares
    assert set(decoded(encoder, np.flatnonzero(shares))) == set(values)


@few
@given(columns(CELLS), st.data())
def test_a_table_of_conditions_is_read_row_by_row(
    values: list[object], data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.sampled_from([*values, None]), min_size=1, max_size=8))
    cells = np.empty(len(rows), dtype=object)
    for i, row in enumerate(rows):
        cells[i] = row
    encoder = encoder_of(values)
    known = read_condition_rows(pd.DataFrame({"c": pd.Series(cells, dtype=object)}), encoder).known
    found = decoded(encoder, known)
    assert [None if pd.isna(value) else value for value in found] == rows


@few
@given(columns(CELLS), st.sampled_from(["CANARY-41", 77_777_777_777_777, object, b"CANARY"]))
def test_what_no_row_has_is_refused_without_repeating_it(
    values: list[object], value: object
) -> None:
    encoder = encoder_of(values)
    with pytest.raises(InvalidConditionError, match="column 'c'") as caught:
        read_conditions({"c": [value]}, encoder)
    assert str(value) not in str(caught.value)
