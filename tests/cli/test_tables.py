from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tabgan.cli.tables import read_table, text_columns
from tabgan.errors import InvalidDataError, InvalidParameterError
from tabgan.schema import infer_schema


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
