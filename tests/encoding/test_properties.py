"""What encoding and decoding keep of any small table."""

import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.schema import infer_schema
from tabgan.schema.object_cells import (
    count_decimals,
    count_durations,
    count_moments,
    decimals_of,
    durations_as,
    moments_as,
)

few = settings(max_examples=settings.default.max_examples // 4)
# Every value is released, so that what comes back is what was there.
OPEN = EncodingOptions(rare_threshold=1)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
# Microseconds over more than 142 years are more than float64 can count.
moments = st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2070, 1, 1))
spans = st.timedeltas(datetime.timedelta(-(10**4)), datetime.timedelta(10**4))
CELLS = {
    "texts": texts,
    "bytes": st.binary(max_size=3),
    "booleans": st.booleans(),
    "integers": st.integers(-(2**31), 2**31),
    "dates": st.dates(),
    "moments": moments,
    "times": st.times(),
    "spans": spans,
    "decimals": st.decimals(-(10**9), 10**9, places=3),
}


@st.composite
def columns(draw: st.DrawFn) -> pd.Series:
    """A column of few different values of one type, some of them missing."""
    kind = draw(st.sampled_from(list(CELLS)))
    known = draw(st.lists(CELLS[kind], min_size=1, max_size=6, unique=True))
    return as_objects(draw(st.lists(st.sampled_from([*known, None]), min_size=2, max_size=30)))


def as_objects(values: list[object]) -> pd.Series:
    column = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        column[i] = value
    return pd.Series(column, dtype=object)


def encoder_of(frame: pd.DataFrame, options: EncodingOptions = OPEN) -> TableEncoder:
    return TableEncoder.from_frame(frame, infer_schema(frame), options)


def there_and_back(encoder: TableEncoder, frame: pd.DataFrame) -> pd.DataFrame:
    encoded = encoder.encode(frame, np.random.default_rng(0))
    uniforms = (encoded.positions.astype(np.float64) + 1.0) / 2.0
    return encoder.decode(encoded.codes.astype(np.int64), uniforms)


def cells_of(column: pd.Series) -> list[object]:
    return [None if pd.isna(cell) else (type(cell), cell) for cell in column]


@few
@given(columns())
def test_few_values_of_any_type_come_back_exactly(column: pd.Series) -> None:
    frame = pd.DataFrame({"c": column})
    same = there_and_back(encoder_of(frame), frame)["c"]
    assert same.dtype == column.dtype
    assert cells_of(same) == cells_of(column)


@few
@given(columns(), st.integers(0, 9))
def test_a_sample_holds_values_of_the_column_and_no_other_types(
    column: pd.Series, seed: int
) -> None:
    encoder = encoder_of(pd.DataFrame({"c": column}))
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, encoder.learnt[0].n_modes, (50, 1))
    sample = encoder.decode(codes, rng.random((50, 1)))["c"]
    assert set(cells_of(sample)) <= set(cells_of(column))


@few
@given(
    st.lists(
        st.one_of(texts, st.integers(), st.none(), st.tuples(texts, texts)),
        unique_by=str,
        min_size=1,
        max_size=4,
    )
)
def test_any_names_come_back_equal_and_in_order(names: list[object]) -> None:
    frame = pd.DataFrame([[0, 1] * len(names)][0:1] * 4).iloc[:, : len(names)]
    frame.columns = pd.Index(names, dtype=object, tupleize_cols=False)
    same = there_and_back(encoder_of(frame), frame)
    assert [*same.columns] == names
    assert [*map(type, same.columns)] == [*map(type, names)]


@few
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=20),
    st.permutations("abcd"),
    st.booleans(),
)
def test_categories_keep_their_levels_and_their_order(
    values: list[str], levels: list[str], ordered: bool
) -> None:
    column = pd.Series(pd.Categorical(values, categories=levels, ordered=ordered))
    frame = pd.DataFrame({"c": column})
    same = there_and_back(encoder_of(frame), frame)["c"]
    assert same.dtype == column.dtype
    assert same.tolist() == values


@few
@given(st.integers(-320, 300), st.integers(0, 9))
def test_real_numbers_of_any_size_come_back_within_a_millionth_of_their_range(
    exponent: int, seed: int
) -> None:
    numbers = np.sort(np.random.default_rng(seed).uniform(1.0, 2.0, 200) * float(f"1e{exponent}"))
    frame = pd.DataFrame({"c": numbers})
    same = there_and_back(encoder_of(frame), frame)["c"].to_numpy()
    unit = numbers.max()
    # All but the extremes, which are withheld. Denormal numbers have few digits.
    error = np.abs(same / unit - numbers / unit)[1:-1].max()
    assert error < 1e-6 if exponent > -310 else error < 1e-2


@few
@given(st.sampled_from(["int8", "uint8", "int32", "int64", "uint64"]), st.integers(0, 9))
def test_integers_stay_within_the_range_of_their_dtype_and_column(dtype: str, seed: int) -> None:
    rng, ends = np.random.default_rng(seed), np.iinfo(dtype)
    numbers = rng.integers(ends.min, ends.max, 100, dtype=dtype, endpoint=True)
    encoder = encoder_of(pd.DataFrame({"c": numbers}), EncodingOptions())
    codes = rng.integers(0, encoder.learnt[0].n_modes, (200, 1))
    sample = encoder.decode(codes, rng.random((200, 1)))["c"]
    assert sample.dtype == numbers.dtype
    assert numbers.min() <= sample.min()
    assert sample.max() <= numbers.max()


@few
@given(
    st.sampled_from(["Y", "Q-NOV", "M", "W-WED", "D", "h", "s", "3M"]),
    st.lists(st.integers(-400, 400), min_size=1, max_size=10),
    st.booleans(),
)
def test_periods_of_any_frequency_come_back(
    frequency: str, ordinals: list[int], has_gap: bool
) -> None:
    periods = pd.Series(pd.PeriodIndex.from_ordinals(ordinals, freq=frequency))
    column = pd.concat([periods, pd.Series([pd.NaT], dtype=periods.dtype)]) if has_gap else periods
    frame = pd.DataFrame({"c": column.reset_index(drop=True)})
    pd.testing.assert_frame_equal(there_and_back(encoder_of(frame), frame), frame)


@given(st.lists(st.one_of(st.dates(), moments), max_size=5))
def test_counted_moments_are_the_moments(values: list[object]) -> None:
    counts = count_moments(as_objects(values))
    for object_type, kind in (("date", datetime.date), ("datetime", datetime.datetime)):
        given_ones = [i for i, value in enumerate(values) if type(value) is kind]
        again = moments_as(object_type, counts[given_ones])
        assert again.tolist() == [values[i] for i in given_ones]


@given(st.lists(st.times(), max_size=5))
def test_counted_times_are_the_times(values: list[datetime.time]) -> None:
    assert durations_as("time", count_durations(as_objects(values))).tolist() == values


@given(st.lists(st.decimals(-(10**12), 10**12, places=4), max_size=5))
def test_counted_decimals_are_the_decimals(values: list[Decimal]) -> None:
    again = decimals_of(count_decimals(as_objects(values), 4), 4)
    assert [*map(str, again)] == [str(value + 0) if value else "0.0000" for value in values]


@few
@given(columns())
def test_an_encoder_of_any_column_comes_back_from_its_state(column: pd.Series) -> None:
    frame = pd.DataFrame({"c": column})
    encoder = encoder_of(frame)
    again = TableEncoder.from_state(encoder.state(), infer_schema(frame))
    pd.testing.assert_frame_equal(there_and_back(again, frame), there_and_back(encoder, frame))
