"""Families A and D: tables, arrays, names and indices."""

import datetime
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import scipy.sparse

from tabgan.encoding.column import EncodingOptions
from tabgan.schema import TableSchema, infer_schema
from tabgan.synthesizers.preparation import prepare_table


def named(h, *names):
    table = h.base()
    table.columns = pd.Index(names, dtype=object, tupleize_cols=False)
    return h.learn(table, h.exact)


def one_of(h, kinds):
    frame = pl.DataFrame({"amt": h.normal(), "c": kinds})
    return h.restored(frame)


def unchanged(h):
    table = h.base()
    before = table.copy(deep=True)
    words = h.learn(table, h.exact)
    pd.testing.assert_frame_equal(table, before)
    return f"{words}; the caller's table is unchanged"


def with_a_name(h):
    table = h.base().rename_axis(columns="question")
    h.learn(table, h.exact)
    encoder = prepare_table(table, None, EncodingOptions()).encoder
    sample = encoder.decode(np.zeros((3, 4), dtype=int), np.zeros((3, 4)))
    assert sample.columns.equals(table.columns)
    assert sample.columns.name == "question"
    assert TableSchema.from_json(encoder.schema.to_json()) == encoder.schema
    return "kept: a sample has it, too"


def flagged(h):
    table = h.base()
    table.attrs = {"source": ["a survey"]}
    table.flags.allows_duplicate_labels = False
    words = h.learn(table, h.exact)
    assert table.attrs == {"source": ["a survey"]}
    return words


def read_only(h):
    numbers = np.random.default_rng(0).normal(size=(300, 3))
    numbers.flags.writeable = False
    return h.learn(pd.DataFrame(numbers, copy=False), h.scale)


def memory_map(h):
    path = h.folder / "numbers"
    np.random.default_rng(0).normal(size=(300, 2)).tofile(path)
    return h.restored(np.memmap(path, dtype="f8", mode="r", shape=(300, 2)))


def masked(h):
    rng = np.random.default_rng(0)
    array = np.ma.masked_array(rng.normal(size=(300, 2)), mask=rng.random((300, 2)) < 0.2)
    return f"{h.learn(array, h.scale)}; masked cells are missing ones"


def matrix():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)  # numpy's, of its own class
        return np.matrix(array("f8"))


def array(kind, *shape):
    return np.random.default_rng(0).integers(0, 5, shape or (300, 2)).astype(kind)


CASES = {
    "A01": ("an empty DataFrame", lambda h: h.learn(pd.DataFrame())),
    "A02": ("0 rows", lambda h: h.learn(h.base().iloc[:0])),
    "A03": ("1 row", lambda h: h.learn(h.base().iloc[:1])),
    "A04": ("2 rows", lambda h: h.learn(h.base().iloc[:2])),
    "A05": ("one column of numbers", lambda h: h.learn(h.base()[["amt"]], h.in_range)),
    "A06": ("one column of categories", lambda h: h.learn(h.base()[["city"]], h.exact)),
    "A07": ("9 rows, fewer than any batch", lambda h: h.learn(h.base(9))),
    "A09": (
        "100 rows of 1,000 numeric columns",
        lambda h: (
            h.learn(pd.DataFrame(np.random.default_rng(0).normal(size=(100, 1_000))), seconds=60.0)
            + "; encoded within a minute"
        ),
    ),
    "A10": ("batch_size=7", lambda h: h.forecast(batch_size=7)),
    "A11": ("batch_size=501", lambda h: h.forecast(batch_size=501)),
    "A12": (
        "all rows identical",
        lambda h: h.learn(pd.concat([h.base().iloc[:1]] * 300, ignore_index=True), h.exact),
    ),
    "A14": ("a Series", lambda h: h.learn(h.base()["city"])),
    "A15": ("None", lambda h: h.learn(None)),
    "A16": ("an array of objects", lambda h: h.restored(h.base().to_numpy())),
    "A18": ("an array of three dimensions", lambda h: h.learn(np.zeros((100, 3, 2)))),
    "D01": ("two columns of one name", lambda h: named(h, "x", "x", "city", "sex")),
    "D02": ("names that are integers", lambda h: named(h, 0, 1, 2, 3)),
    "D03": ("names of mixed types", lambda h: named(h, 1, "a", None, ("t", 2))),
    "D04": (
        "MultiIndex columns",
        lambda h: h.learn(
            h.base().set_axis(pd.MultiIndex.from_product([["a", "b"], ["x", "y"]]), axis=1),
            h.exact,
        ),
    ),
    "D05": (
        "names like internal ones",
        lambda h: named(h, "amt", "amt.normalized", "city", "city.value0"),
    ),
    "D06": ('a column named ""', lambda h: named(h, "", "age", "city", "sex")),
    "D07": ("an index of zeros", lambda h: h.learn(h.base().set_axis([0] * 300), h.exact)),
    "D08": (
        "an index of text",
        lambda h: h.learn(h.base().set_axis([f"r{i}" for i in range(300)]), h.exact),
    ),
    "D11": (
        "columns in another order",
        lambda h: h.learn(h.base()[["sex", "amt", "city", "age"]], h.in_range),
    ),
    "D12": (
        "a kind for a column that is not there",
        lambda h: unknown_kind(h, {"nope": "integer"}),
    ),
    "D14": ("kinds that are no mapping", lambda h: unknown_kind(h, "a")),
    "D15": (
        "a category that is called one",
        lambda h: h.learn(h.base().rename(columns={"sex": "c"}), h.exact, kind="categorical"),
    ),
    "D16": ("no kinds given, which are then inferred", lambda h: h.learn(h.base(), h.exact)),
    "D18": ("a table that must not be changed", unchanged),
    "D19": ("attrs and flags", flagged),
    "D20": ("a read-only buffer", read_only),
    "X01": ("an index and no column", lambda h: h.learn(pd.DataFrame(index=range(50)))),
    "X02": ("a dictionary of lists", lambda h: h.learn(h.base().to_dict("list"))),
    "X03": ("a list of dictionaries", lambda h: h.learn(h.base().to_dict("records"))),
    "X04": ("a generator", lambda h: h.learn(row for row in [[1, 2]])),
    "X05": ("the class DataFrame", lambda h: h.learn(pd.DataFrame)),
    "X06": ("rows of different lengths", lambda h: h.learn([[1, 2], [3]] * 50)),
    "X07": ("a list of lists", lambda h: h.learn(h.base().to_numpy().tolist(), h.exact)),
    "X08": ("a structured array", lambda h: h.learn(np.zeros(50, [("a", int), ("b", float)]))),
    "X09": ("a masked array", masked),
    "X10": ("a matrix", lambda h: h.learn(matrix(), h.exact)),
    "X11": ("a sparse matrix", lambda h: h.learn(scipy.sparse.eye(50).tocsr())),
    "X12": ("a read-only memory map", memory_map),
    "X13": ("an array without columns", lambda h: h.learn(np.zeros((100, 0)))),
    "X14": ("an array with infinite numbers", lambda h: h.learn(np.full((100, 2), np.inf))),
    "X15": ('an array of dtype "U5"', lambda h: h.restored(array("U5"))),
    "X16": ('an array of dtype "S5"', lambda h: h.restored(array("S5"))),
    "X17": ("an array of dates", lambda h: h.restored(array("M8[s]"))),
    "X18": ("a big-endian array", lambda h: h.restored(array(">i4"))),
    "X19": ("names that are equal as text", lambda h: named(h, 1, "1", 1.5, "1.5")),
    "X20": ("the names True and 1", lambda h: named(h, True, 1, "city", "sex")),
    "X21": (
        "emoji, line breaks and formulas as names",
        lambda h: named(h, "😀", "a\nb", "=1+1", "x" * 5_000),
    ),
    "X22": (
        "dates, bytes and decimals as names",
        lambda h: named(h, pd.Timestamp("2020"), datetime.date(2020, 1, 1), b"b", Decimal("1.0")),
    ),
    "X23": (
        "fractions, sets and classes as names",
        lambda h: named(h, Fraction(1, 2), frozenset("a"), int, "sex"),
    ),
    "X24": ("half a character in a name", lambda h: named(h, "\ud800", "age", "city", "sex")),
    "X25": ("NaN as a name", lambda h: named(h, np.nan, "age", "city", "sex")),
    "X26": (
        "an index of several levels",
        lambda h: h.learn(h.base().set_index(["city", "sex"]), h.in_range),
    ),
    "X27": ("polars Enum with an unused level", lambda h: one_of(h, polars_enum())),
    "X28": (
        "polars Decimal",
        lambda h: one_of(h, pl.Series([Decimal("1.10")] * 300, dtype=pl.Decimal(10, 2))),
    ),
    "X29": ("polars Time", lambda h: one_of(h, pl.Series([datetime.time(8)] * 300))),
    "X30": ("polars List", lambda h: one_of(h, pl.Series([[1, 2]] * 300))),
    "X31": ("polars Struct", lambda h: one_of(h, pl.Series([{"a": 1}] * 300))),
    "X32": ("polars Object", lambda h: one_of(h, pl.Series([object()] * 300, dtype=pl.Object))),
    "X33": (
        "polars Int128",
        lambda h: one_of(h, pl.Series([2**80] * 300, dtype=pl.Int128)),
    ),
    "X34": (
        'a polars column named ""',
        lambda h: h.restored(pl.DataFrame({"": [1.5, 2.5] * 150, "b": ["u", "v"] * 150})),
    ),
    "X35": ("a lazy polars table", lambda h: h.learn(pl.LazyFrame({"a": [1]}))),
    "X36": ("Arrow time32", lambda h: arrow(h, [datetime.time(8), None] * 150, pa.time32("s"))),
    "X37": (
        "Arrow decimal128",
        lambda h: arrow(h, [Decimal("1.10"), Decimal("2.25")] * 150, pa.decimal128(10, 2)),
    ),
    "X38": (
        "an Arrow dictionary",
        lambda h: arrow(h, ["u", "v"] * 150, pa.dictionary(pa.int32(), pa.string())),
    ),
    "X39": ("Arrow lists", lambda h: arrow(h, [[1], [2]] * 150, pa.list_(pa.int64()))),
    "Y43": (
        "a masked array of text",
        lambda h: h.restored(np.ma.masked_array([["a", "x"], ["b", "y"]] * 150, [[0, 0]] * 300)),
    ),
    "Y44": ("an array of dtype V3", lambda h: h.learn(np.zeros((20, 2), dtype="V3"))),
    "Y45": ("durations without a unit", lambda h: h.learn(np.zeros((20, 2), dtype="m8"))),
    "Y46": (
        "Arrow run ends",
        lambda h: h.restored(pa.table({"c": pc.run_end_encode(pa.array(["u", "v"] * 150))})),
    ),
    "Y47": (
        "an array of identifiers of one letter",
        lambda h: h.restored(np.array([[chr(65 + i), "x"] for i in range(60)])),
    ),
    "Y48": (
        "an array of text of which no value is released",
        lambda h: h.restored(np.array([[f"a{i}", "x"] for i in range(20)])),
    ),
    "Y49": (
        "an array of bytes of which no value is released",
        lambda h: h.restored(np.array([[f"a{i}", "x"] for i in range(20)], dtype="S3")),
    ),
    "Y50": (
        "an array of booleans of which no value is released",
        lambda h: h.restored(np.array([[True], [False]] * 3)),
    ),
    "Y51": (
        "an Arrow dictionary that holds null",
        lambda h: h.learn(pa.table({"amt": [1, 2], "c": dictionary_of_null()})),
    ),
    "Y52": ("columns that have a name together", with_a_name),
    "X40": ("two Arrow columns of one name", lambda h: h.learn(arrow_twice())),
}


def unknown_kind(h, kinds):
    infer_schema(h.base()).with_kinds(kinds)
    return "kept"


def polars_enum():
    return pl.Series(["u", "v"] * 150, dtype=pl.Enum(["u", "v", "w"]))


def arrow(h, cells, kind):
    return h.restored(pa.table({"amt": pa.array(h.normal()), "c": pa.array(cells, kind)}))


def dictionary_of_null():
    return pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["u", None]))


def arrow_twice():
    return pa.table([pa.array([1, 2] * 50), pa.array([1, 2] * 50)], names=["a", "a"])


@pytest.mark.parametrize("name", CASES)
def test_a_table_is_kept_or_refused_as_the_document_says(name, check_case) -> None:
    check_case(name, CASES[name])
