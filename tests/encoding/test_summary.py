"""Summaries of parts merge into the summary of the whole, in any division and order."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.continuous import ContinuousEncoder
from tabgan.encoding.summary import CategorySummary, NumberSummary
from tabgan.schema import ColumnSchema, DtypeSpec, Kind

cells = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]), st.integers(0, 3), st.booleans())
parts_of_numbers = st.lists(
    st.lists(st.one_of(st.none(), st.floats(-5, 5))), min_size=1, max_size=5
)


@settings(deadline=None)
@given(parts=st.lists(st.lists(cells), min_size=1, max_size=5), seed=st.integers(0, 99))
def test_counted_categories_merge(parts: list[list[object]], seed: int) -> None:
    whole = CategorySummary.of(pd.Series([cell for part in parts for cell in part], dtype=object))
    summaries = [CategorySummary.of(pd.Series(part, dtype=object)) for part in parts]
    np.random.default_rng(seed).shuffle(summaries)
    merged = summaries[0]
    for summary in summaries[1:]:
        merged = merged.merge(summary)
    assert merged == whole
    assert merged.n_rows == sum(map(len, parts))


def numbers_of(part: list[float | None]) -> NumberSummary:
    values = np.array([np.nan if cell is None else cell for cell in part], dtype=np.float64)
    return NumberSummary.of(np.nan_to_num(values), ~np.isnan(values))


@settings(deadline=None)
@given(parts=parts_of_numbers)
def test_counted_numbers_merge(parts: list[list[float | None]]) -> None:
    whole = numbers_of([cell for part in parts for cell in part])
    merged = numbers_of(parts[0])
    for part in parts[1:]:
        merged = numbers_of(part).merge(merged)
    assert merged.values.tolist() == whole.values.tolist()
    assert merged.counts.tolist() == whole.counts.tolist()
    assert merged.n_missing == whole.n_missing
    assert merged.n_rows == sum(map(len, parts))


@settings(deadline=None, max_examples=50)
@given(parts=parts_of_numbers, decimals=st.sampled_from([None, 1]))
def test_the_encoder_of_merged_parts_is_that_of_the_whole(
    parts: list[list[float | None]], decimals: int | None
) -> None:
    column = ColumnSchema("c", Kind.CONTINUOUS, DtypeSpec("float64"), decimals=decimals)

    def summary(part: list[float | None]) -> NumberSummary:
        numbers = pd.Series(part, dtype="float64")
        return ContinuousEncoder.summarise(
            numbers if decimals is None else numbers.round(decimals), column
        )

    merged = summary(parts[0])
    for part in parts[1:]:
        merged = merged.merge(summary(part))
    whole = summary([cell for part in parts for cell in part])
    states = [
        ContinuousEncoder.from_summary(each, column, EncodingOptions()).state()
        for each in (merged, whole)
    ]
    assert repr(states[0]) == repr(states[1])


def test_merging_leaves_the_parts_as_they_were() -> None:
    first, second = CategorySummary({"a": 1}, 0), CategorySummary({"a": 2, "b": 1}, 3)
    assert first.merge(second) == CategorySummary({"a": 3, "b": 1}, 3)
    assert first == CategorySummary({"a": 1}, 0)


def test_levels_without_rows_are_not_counted() -> None:
    column = pd.Series(pd.Categorical(["a", "a"], categories=["a", "unused"]))
    assert CategorySummary.of(column).counts == {"a": 2}
