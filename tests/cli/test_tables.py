from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tabgan.cli.tables import read_table, read_table_with_schema, text_columns
from tabgan.cli.writing import write_batches
from tabgan.errors import InvalidDataError, InvalidParameterError
from tabgan.schema import TableSchema, infer_schema


def read_text(tmp_path: Path, content: str | bytes) -> pd.DataFrame:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(str(path))


def test_a_byte_order_mark_and_blanks_after_commas_are_no_part_of_the_table(tmp_path: Path) -> None:
    table = read_text(tmp_path, b'\xef\xbb\xbfage, work\r\n39, "State, federal"\r\n')
    assert table.to_dict("list") == {"age": [39], "work": ["State, federal"]}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_blank_line_is_a_missing_cell_of_the_only_column(tmp_path: Path, end: str) -> None:
    for above in ("", "\ufeff", end, "\ufeff" + end):
        table = read_text(tmp_path, above + end.join(["v", "1", "", "2", " ", '""', "3", ""]))
        assert table["v"].isna().tolist() == [False, True, False, True, True, False]
        assert table["v"].dropna().tolist() == [1, 2, 3]


def test_one_name_may_be_blank_and_several_are_numbered(tmp_path: Path) -> None:
    assert read_text(tmp_path, ",b\n1,2\n").columns.tolist() == ["", "b"]
    assert read_text(tmp_path, 'a,""\n1,2\n').columns.tolist() == ["a", ""]
    assert read_text(tmp_path, "a,,\n1,2,3\n").columns.tolist() == ["a", "Unnamed: 1", "Unnamed: 2"]


def test_the_schema_says_how_the_file_writes_its_numbers(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("price,weight,n,,note\n1.50,0.5,1,2.000,1.50\nNA,0.25,2,3.500,a\n")
    table, schema = read_table_with_schema(str(path))
    assert table["price"].dtype == "float64"
    assert [column.csv_decimals for column in schema] == [2, None, None, 3, None]
    assert TableSchema.from_json(schema.to_json()) == schema
    _, given = read_table_with_schema(str(path), schema.with_kinds({"n": "categorical"}))
    assert given["n"].kind == "categorical"
    assert given["price"].csv_decimals == 2
    write_batches(
        (table.iloc[i : i + 1] for i in range(2)),
        str(path),
        "csv",
        escape=True,
        decimals=[column.csv_decimals for column in schema],
    )
    lines = path.read_text().splitlines()
    assert lines == ["price,weight,n,,note", "1.50,0.5,1,2.000,1.50", ",0.25,2,3.500,a"]


def test_numbers_in_a_notation_stay_text_and_words_for_missing_are_missing(tmp_path: Path) -> None:
    lines = [f'"${n:,}.50",{n},50' for n in range(0, 6000, 100)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["price,n,m", *lines, "NA,1,2"]))
    table, schema = read_table_with_schema(str(path))
    assert schema["price"].number_format == "$#,##0.00"
    assert table["price"].isna().tolist() == [False] * 60 + [True]
    assert text_columns(schema) == ["price"]
    as_objects = infer_schema(table.astype({"price": object}))
    assert text_columns(as_objects) == ["price"]


def test_a_blank_line_is_no_row_of_several_columns(tmp_path: Path) -> None:
    table = read_text(tmp_path, "a,b\n1,2\n\n3,4\n\n")
    assert table.to_dict("list") == {"a": [1, 3], "b": [2, 4]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("a,a\n1,2\n", "occur more than once"),
        ("a;b\n1;2\n", "--sep ';'"),
        ("a,b\n1,2\n1,2,3\n", "as many fields"),
        ("a,b\n1,2,3\n4,5,6\n", "as many fields"),
        ("a\nGrüße\n".encode("latin-1"), "UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(InvalidDataError, match=message):
        read_text(tmp_path, content)


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "table.parquet").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidDataError, match="not a Parquet file"):
        read_table(str(tmp_path / "table.parquet"))


def test_an_unknown_suffix_is_refused() -> None:
    with pytest.raises(InvalidParameterError, match=r"\.xlsx"):
        read_table("table.xlsx")


def test_text_columns_are_those_of_text_and_of_categories_of_text(
    mixed_table: pd.DataFrame,
) -> None:
    table = mixed_table.assign(
        grade=pd.Categorical(["1", "2", "1"]), level=pd.Categorical([1, 2, 1])
    )
    assert text_columns(infer_schema(table)) == ["zip", "text", "joined", "grade"]


def test_names_that_a_parquet_file_repeats_are_named(tmp_path: Path) -> None:
    path = tmp_path / "twice.parquet"
    pq.write_table(pa.table([pa.array([1]), pa.array([2])], names=["age", "age"]), path)
    with pytest.raises(InvalidDataError, match=r"column names \['age'\] occur more than once"):
        read_table(str(path))


@pytest.mark.parametrize(
    ("name", "separator", "between"),
    [
        ("t.csv", ";", ";"),
        ("t.txt", "|", "|"),
        ("t", "\t", "\t"),
        ("t.tsv", None, "\t"),
        ("t.TSV", None, "\t"),
        ("t.tsv", ";", ";"),
    ],
)
def test_fields_are_separated_as_the_suffix_or_the_user_says(
    tmp_path: Path, name: str, separator: str | None, between: str
) -> None:
    rows = [["day", "text, of all", "n"], ["2020-01-01", "a, b", "1"], ["", "", ""], ["x", "c", ""]]
    path = tmp_path / name
    path.write_text("\n".join(between.join(row) for row in rows) + "\n\n")
    table = read_table(str(path), separator=separator)
    assert [*table] == rows[0]
    assert table["n"].isna().tolist() == [False, True, True]
    assert table["text, of all"].dropna().tolist() == ["a, b", "c"]
    path.write_text(between.join("ab") + "\n" + between.join("12") + "\n3\n")
    with pytest.raises(InvalidDataError, match="as many fields"):
        read_table(str(path), separator=separator)


def test_another_separator_than_that_of_the_file_is_refused_with_the_likely_one(
    tmp_path: Path,
) -> None:
    (tmp_path / "t.tsv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidDataError, match=r"'\\t' separates its fields.* --sep ','"):
        read_table(str(tmp_path / "t.tsv"))
