"""What holds of any schema and of any small table."""

import datetime
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from tabgan.schema import ColumnSchema, DtypeSpec, Kind, TableSchema, infer_schema
from tabgan.schema.objects import OBJECT_KINDS, count_decimal_places
from tabgan.schema.values import value_from_json, value_to_json

few = settings(max_examples=settings.default.max_examples // 4)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.one_of(
    texts,
    st.integers(),
    st.booleans(),
    st.none(),
    st.binary(max_size=4),
    st.dates(),
    st.decimals(0, 9),
)
names = st.one_of(NAMES, st.tuples(NAMES, NAMES))
DTYPES = [
    *(
        "int8",
        "uint64",
        "float32",
        ">i4",
        "bool",
        "object",
        "string",
        "Int16",
        "boolean",
        "Float64",
    ),
    *("datetime64[us]", "datetime64[ns, Europe/Paris]", "timedelta64[ms]", "period[Q-DEC]"),
    *("Sparse[float64, nan]", "int64[pyarrow]", "timestamp[ms][pyarrow]", "time64[us][pyarrow]"),
    *("decimal128(9, 2)[pyarrow]", "fixed_size_binary[4][pyarrow]", "interval[int64, right]"),
    "dictionary<values=string, indices=int32, ordered=0>[pyarrow]",
]
dtypes = st.one_of(
    st.sampled_from(DTYPES).map(DtypeSpec),
    st.lists(st.one_of(texts, st.integers(-(2**63), 2**63 - 1)), min_size=1, unique=True).map(
        lambda levels: DtypeSpec("category", tuple(levels), False, "object")
    ),
)


def without_contradiction(column: ColumnSchema) -> ColumnSchema:
    is_of_kind = OBJECT_KINDS.get(column.object_type or "") == column.kind
    is_unused = column.kind not in OBJECT_KINDS.values()
    return replace(
        column,
        object_type=column.object_type if is_of_kind or is_unused else None,
        decimals=column.decimals if column.number_format is None else None,
    )


columns = st.builds(
    ColumnSchema,
    names,
    st.sampled_from(Kind),
    dtypes,
    texts,
    decimals=st.none() | st.integers(0, 18),
    csv_decimals=st.none() | st.integers(1, 15),
    number_format=st.none() | st.sampled_from(["0", "$-#,##0.00", "#.##0,## kg"]),
    object_type=st.none() | st.sampled_from(list(OBJECT_KINDS)),
    pattern=st.none() | texts.filter(bool),
    released=texts,
).map(without_contradiction)
schemas = st.lists(columns, max_size=4, unique_by=lambda column: column.name).map(
    lambda found: TableSchema(tuple(found))
)
CELLS = [
    *(st.integers(-(2**63), 2**63 - 1), st.floats(allow_infinity=False), st.booleans(), texts),
    *(st.dates(), st.datetimes(), st.times(), st.timedeltas(), st.binary(max_size=3)),
    st.decimals(-999, 999, places=2),
]
cells = st.sampled_from(CELLS).flatmap(
    lambda kind: st.lists(st.one_of(kind, st.none()), min_size=1, max_size=12)
)


def as_objects(values: list[object]) -> pd.Series:
    column = np.empty(len(values), dtype=object)
    for i, value in enumerate(values):
        column[i] = value
    return pd.Series(column, dtype=object)


@few
@given(schemas)
def test_any_schema_comes_back_from_its_json(schema: TableSchema) -> None:
    assert TableSchema.from_json(schema.to_json()) == schema


@few
@given(schemas)
def test_any_schema_can_be_shown(schema: TableSchema) -> None:
    assert len(str(schema).splitlines()) >= 1
    assert schema._repr_html_().count("<tr>") == len(schema) + 1


@given(st.sampled_from(DTYPES))
def test_a_dtype_comes_back_from_its_name(name: str) -> None:
    dtype = DtypeSpec(name).to_pandas()
    assert DtypeSpec.from_json(DtypeSpec.of(dtype).to_json()).to_pandas() == dtype


@few
@given(
    st.lists(st.one_of(texts, st.tuples(texts, st.integers()), st.binary()), unique=True),
    st.booleans(),
)
def test_levels_come_back_in_their_order_and_of_their_types(
    levels: list[object], ordered: bool
) -> None:
    index = pd.Index(levels, dtype=object, tupleize_cols=False)
    dtype = pd.CategoricalDtype(index, ordered=ordered)
    again = DtypeSpec.from_json(DtypeSpec.of(dtype).to_json()).to_pandas()
    assert again.categories.tolist() == levels
    assert again == dtype


@few
@given(names)
def test_a_name_comes_back_equal_and_of_its_type(name: object) -> None:
    again = value_from_json(value_to_json(name))
    assert again == name
    assert type(again) is type(name)


@few
@given(cells)
def test_every_column_of_scalars_has_a_kind_with_a_reason(values: list[object]) -> None:
    column = infer_schema(pd.DataFrame({"c": as_objects(values)}))["c"]
    assert column.reason
    assert column.dtype.to_pandas() == np.dtype(object)
    if column.object_type is not None:
        assert column.kind == OBJECT_KINDS[column.object_type]


@few
@given(cells)
def test_missing_cells_do_not_change_what_a_column_is(values: list[object]) -> None:
    before = infer_schema(pd.DataFrame({"c": as_objects(values)}))["c"]
    after = infer_schema(pd.DataFrame({"c": as_objects([None, *values, pd.NA, np.nan])}))["c"]
    assert (after.kind, after.object_type, after.decimals) == (
        before.kind,
        before.object_type,
        before.decimals,
    )


@few
@given(st.lists(st.decimals(-(10**6), 10**6, allow_nan=False, allow_infinity=False), min_size=1))
def test_decimals_are_counted_in_places_that_hold_them_all(numbers: list[Decimal]) -> None:
    places = count_decimal_places(numbers)
    if places is not None:
        assert all(number.scaleb(places) % 1 == 0 for number in numbers)


@few
@given(st.lists(st.datetimes(timezones=st.just(datetime.UTC)), min_size=1, max_size=5))
def test_objects_with_a_zone_are_never_taken_for_ones_without(moments: list[object]) -> None:
    assert infer_schema(pd.DataFrame({"c": as_objects(moments)}))["c"].object_type is None
