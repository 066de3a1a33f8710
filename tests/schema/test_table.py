"""A schema is edited by replacement, printed as a table and written to JSON."""

import json
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.column import EncodingOptions
from tabgan.errors import InvalidDataError, InvalidParameterError, UnsupportedTypeError
from tabgan.schema import ColumnSchema, DtypeSpec, Kind, TableSchema, infer_schema
from tabgan.synthesizers.preparation import prepare_table


@pytest.fixture
def schema() -> TableSchema:
    frame = pd.DataFrame(
        {
            "age": pd.array([31, 45, None], dtype="Int8"),
            "price": [9.99, 1.5, 0.0],
            "joined": ["24.12.2020", "01.02.2021", None],
            ("key", 1): ["a", "b", "c"],
            7: pd.Categorical(["low", "high", "low"], ["low", "mid", "high"], ordered=True),
            "born": pd.to_datetime(["1990-01-01", None, "2000-05-05"]).tz_localize("UTC"),
        }
    )
    return infer_schema(frame).with_kinds({("key", 1): "identifier"})


def test_a_schema_comes_back_from_json(schema: TableSchema) -> None:
    assert TableSchema.from_json(schema.to_json()) == schema


def test_a_schema_comes_back_from_a_file(schema: TableSchema, tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_text(schema.to_json(), encoding="utf-8")
    assert TableSchema.from_json(path) == schema


@pytest.mark.parametrize("text", [None, 7, b"{}", {"columns": []}, pd.Series(["{}"])], ids=repr)
def test_what_is_neither_text_nor_a_path_is_no_schema(text: object) -> None:
    with pytest.raises(UnsupportedTypeError, match="text must be"):
        TableSchema.from_json(text)  # type: ignore[arg-type]


def test_a_path_that_no_file_can_have_and_a_file_of_other_bytes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameterError, match="NUL"):
        TableSchema.from_json(tmp_path / "schema\0.json")
    (tmp_path / "schema.json").write_bytes(b"\xff\xfe{}")
    with pytest.raises(InvalidDataError, match="UTF-8"):
        TableSchema.from_json(tmp_path / "schema.json")


def test_an_edited_column_comes_back_from_json(schema: TableSchema) -> None:
    edited = tuple(replace(c, released="1 to 2", pattern="A-#", decimals=3) for c in schema)
    assert TableSchema.from_json(TableSchema(edited).to_json()) == TableSchema(edited)


def test_a_schema_cannot_be_changed_in_place(schema: TableSchema) -> None:
    with pytest.raises(FrozenInstanceError):
        schema["age"].kind = Kind.CATEGORICAL  # type: ignore[misc]


def test_columns_are_found_by_name_and_by_order(schema: TableSchema) -> None:
    assert schema.names == ["age", "price", "joined", ("key", 1), 7, "born"]
    assert [column.name for column in schema] == schema.names
    assert len(schema) == 6
    assert schema[("key", 1)].kind is Kind.IDENTIFIER
    with pytest.raises(KeyError):
        schema["nobody"]


def test_with_kinds_changes_the_named_columns_alone(schema: TableSchema) -> None:
    edited = schema.with_kinds({"age": "categorical", 7: Kind.IDENTIFIER})
    assert edited["age"].kind is Kind.CATEGORICAL
    assert edited["age"].reason == "chosen by the user"
    assert edited[7].kind is Kind.IDENTIFIER
    assert [edited[name] for name in ("price", "joined", "born")] == [
        schema[name] for name in ("price", "joined", "born")
    ]
    assert schema["age"].kind is Kind.INTEGER


def test_with_kinds_names_the_column_that_is_not_there(schema: TableSchema) -> None:
    with pytest.raises(InvalidParameterError, match="nobody"):
        schema.with_kinds({"nobody": "integer"})


def test_with_kinds_names_the_kinds_there_are(schema: TableSchema) -> None:
    with pytest.raises(InvalidParameterError, match=r"'age'.*'continuous'.*'identifier'"):
        schema.with_kinds({"age": "ordinal"})


def test_the_printed_schema_has_a_line_a_column_with_the_reason(schema: TableSchema) -> None:
    header, *lines = str(schema).splitlines()
    assert header.split() == ["column", "kind", "dtype", "reason"]
    assert [line.split("  ")[0] for line in lines] == [str(name) for name in schema.names]
    assert lines[2].endswith("text dates written %d.%m.%Y")
    # Columns stand under each other.
    start = header.index("kind")
    assert [line[start:].split()[0] for line in lines] == [str(column.kind) for column in schema]


def test_the_printed_schema_of_a_model_shows_what_is_released(schema: TableSchema) -> None:
    fitted = TableSchema(tuple(replace(column, released="0 to 9") for column in schema))
    header, *lines = str(fitted).splitlines()
    assert header.split()[-1] == "released"
    assert all(line.endswith("0 to 9") for line in lines)


COLUMN = ColumnSchema("age", Kind.INTEGER, DtypeSpec("int64")).to_json()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "ordinal"}, "'age'.*kind"),
        ({"kind": ["integer"]}, "'age'.*kind"),
        ({"dtype": "int65"}, "'age'.*dtype"),
        ({"colour": "red"}, "'age'.*colour"),
        ({"decimals": -1}, "'age'.*decimals"),
        ({"decimals": True}, "'age'.*decimals"),
        ({"decimals": 19}, "'age'.*decimals.*18"),
        ({"decimals": 10**9}, "'age'.*decimals.*18"),
        ({"date_format": ""}, "'age'.*date_format"),
        ({"date_format": "%d/%d/%Y"}, "'age'.*date_format"),
        ({"date_format": "%5f%3f"}, "'age'.*date_format"),
        ({"date_format": "%Q"}, "'age'.*date_format"),
        ({"clock": "local"}, "'age'.*clock.*zone"),
        ({"csv_decimals": 0}, "'age'.*csv_decimals"),
        ({"csv_decimals": 10**9}, "'age'.*csv_decimals"),
        ({"number_format": "1.00"}, "'age'.*number_format"),
        ({"reason": 5}, "'age'.*reason"),
        ({"clock": "sundial"}, "'age'.*clock"),
    ],
)
def test_a_wrong_field_is_refused_with_its_column(change: dict[str, object], message: str) -> None:
    text = json.dumps({"columns": [COLUMN | change]})
    with pytest.raises(InvalidDataError, match=message):
        TableSchema.from_json(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "continuous", "number_format": "$0.00", "decimals": 1}, "decimals must be 2"),
        ({"kind": "continuous", "number_format": "$0.00", "object_type": "date"}, "object_type"),
        ({"kind": "continuous", "object_type": "time"}, "object_type time"),
        ({"kind": "datetime", "object_type": "Decimal"}, "object_type Decimal"),
        ({"kind": "datetime", "object_type": "date", "date_format": "%Y"}, "leave one out"),
        ({"kind": "timedelta", "date_format": "%d.%m.%Y"}, "time of day"),
        ({"kind": "timedelta", "date_format": "%H:%M", "object_type": "timedelta"}, '"time"'),
        ({"kind": "datetime", "dtype": "datetime64[ns]", "clock": "local"}, "clock.*zone"),
    ],
)
def test_fields_that_contradict_each_other_are_refused(
    change: dict[str, object], message: str
) -> None:
    text = json.dumps({"columns": [COLUMN | {"dtype": "object"} | change]})
    with pytest.raises(InvalidDataError, match=f"'age'.*{message}"):
        TableSchema.from_json(text)


@pytest.mark.parametrize(
    ("texts", "edited"),
    [
        ([f"${n % 40}.5" for n in range(300)], {"kind": "continuous", "number_format": "$0.0"}),
        ([f"{n % 24}:05" for n in range(300)], {"kind": "timedelta", "date_format": "%-H:%M"}),
    ],
)
def test_the_notation_of_text_says_what_the_text_stands_for(
    texts: list[str], edited: dict[str, str]
) -> None:
    table = pd.DataFrame({"c": texts, "d": 1.5})
    form = json.loads(infer_schema(table).to_json())
    plain = {"name": "c", "dtype": form["columns"][0]["dtype"]}
    form["columns"][0] = plain | edited
    schema = TableSchema.from_json(json.dumps(form))
    assert TableSchema.from_json(schema.to_json()) == schema
    same = replace(infer_schema(table)["c"], **edited | {"kind": Kind(edited["kind"])})
    assert (same.object_type, same.decimals) == (schema["c"].object_type, schema["c"].decimals)
    encoder = prepare_table(table, schema, EncodingOptions()).encoder.encoder_of("c")
    codes, positions = encoder.encode(table["c"], np.full(300, 0.5))
    assert encoder.decode(codes, (positions + 1.0) / 2.0, 0).tolist() == texts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"columns": {}}',
        '{"columns": [{}]}',
        '{"columns": [5]}',
        "[" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_text_that_is_no_schema_is_refused(text: str) -> None:
    with pytest.raises(InvalidDataError, match="schema"):
        TableSchema.from_json(text)


def test_a_column_that_occurs_twice_is_refused() -> None:
    with pytest.raises(InvalidDataError, match="twice"):
        TableSchema.from_json(json.dumps({"columns": [COLUMN, COLUMN]}))


@pytest.mark.parametrize("names", [(None, pd.NaT), (pd.NA, pd.NaT), ((1, None), (1, pd.NaT))])
def test_names_that_a_schema_writes_alike_are_refused(names: tuple[object, ...]) -> None:
    table = pd.DataFrame([[1, 2], [3, 4]])
    table.columns = pd.Index(names, dtype=object, tupleize_cols=False)
    with pytest.raises(InvalidDataError, match="occur more than once"):
        infer_schema(table)


def test_a_name_nested_deeper_than_can_be_read_is_refused() -> None:
    name: object = "age"
    for _ in range(400):
        name = {"tuple": [name]}
    with pytest.raises(InvalidDataError, match="cannot be read"):
        TableSchema.from_json(json.dumps({"columns": [COLUMN | {"name": name}]}))


def test_names_in_levels_are_kept_apart_from_tuples() -> None:
    names = [("a", 1), ("b", 1)]
    levels = pd.MultiIndex.from_tuples(names, names=["letter", None])
    flat = pd.Index(names, tupleize_cols=False)
    for columns, level_names in ((levels, ("letter", None)), (flat, None)):
        schema = infer_schema(pd.DataFrame([[1, 2]], columns=columns))
        schema = schema.with_kinds({("a", 1): "categorical"})
        assert schema.names == names
        assert schema.level_names == level_names
        assert TableSchema.from_json(schema.to_json()) == schema


@pytest.mark.parametrize("level_names", ["ab", ["a"], ["a", "b", "c"], [5, "b"], {"a": "b"}])
def test_level_names_that_do_not_fit_the_columns_are_refused(level_names: object) -> None:
    column = COLUMN | {"name": {"tuple": ["a", "b"]}}
    text = json.dumps({"columns": [column], "level_names": level_names})
    with pytest.raises(InvalidDataError, match="schema"):
        TableSchema.from_json(text)
    with pytest.raises(InvalidDataError, match="level_names"):
        TableSchema.from_json(json.dumps({"columns": [COLUMN], "level_names": ["a", "b"]}))


def test_a_notebook_shows_the_table_and_runs_nothing_in_a_name() -> None:
    schema = infer_schema(pd.DataFrame({"<b>x</b>": [1, 2, 3]}))
    page = schema._repr_html_()
    assert "<td>integer</td>" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert repr(schema) == str(schema)


def test_a_schema_of_another_table_is_refused_with_the_columns_that_differ() -> None:
    table = pd.DataFrame({"age": [1, 2, 3], "name": ["a", "b", "a"]})
    inferred = infer_schema(table)
    inferred.require_table(inferred)
    renamed = infer_schema(table.rename(columns={"age": "years"}))
    with pytest.raises(InvalidDataError, match=r"it has \['years'\] besides and lacks \['age'\]"):
        inferred.require_table(renamed)
    other = infer_schema(table.astype({"age": "float64"}))
    with pytest.raises(InvalidDataError, match=r"columns \['age'\] have another dtype"):
        inferred.require_table(other)
