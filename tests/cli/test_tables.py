import os
from pathlib import Path

import pandas as pd
import pytest

from tabgan.cli.tables import check_writable, read_table, text_columns, write_table
from tabgan.errors import InvalidDataError, InvalidParameterError
from tabgan.schema import infer_schema

TABLE = pd.DataFrame(
    {
        "zip": ["01067", float("nan"), "99084"],
        "size": pd.array([1, None, 3], dtype="Int64"),
        "use": [0.1, float("nan"), 2.5],
        "text": ['a "quoted", one', "two\nlines", "Grüße"],
        "joined": ["31.12.2020", "01.02.2021", float("nan")],
    }
)


def read_text(tmp_path: Path, content: str | bytes) -> pd.DataFrame:
    path = tmp_path / "table.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(str(path))


@pytest.mark.parametrize("name", ["table.csv", "table.CSV", "table", "table.parquet", "table.pq"])
def test_a_table_comes_back_as_it_was_written(tmp_path: Path, name: str) -> None:
    if name.endswith(("parquet", "pq")):
        pytest.importorskip("pyarrow")
    path = str(tmp_path / name)
    write_table(TABLE, path)
    table = read_table(path)
    assert table.dtypes.to_dict() == TABLE.dtypes.to_dict()
    assert table.to_csv() == TABLE.to_csv()  # None and NaN are both missing


def test_a_csv_file_is_the_same_bytes_after_reading_and_writing(tmp_path: Path) -> None:
    first, second = str(tmp_path / "first.csv"), str(tmp_path / "second.csv")
    write_table(TABLE, first)
    write_table(read_table(first), second)
    assert Path(first).read_bytes() == Path(second).read_bytes()


def test_missing_cells_of_a_single_column_keep_their_rows(tmp_path: Path) -> None:
    path = str(tmp_path / "table.csv")
    write_table(pd.DataFrame({"x": [1.5, None, 2.5]}), path)
    assert read_table(path)["x"].isna().tolist() == [False, True, False]


def test_a_byte_order_mark_and_blanks_after_commas_are_no_part_of_the_table(tmp_path: Path) -> None:
    table = read_text(tmp_path, b'\xef\xbb\xbfage, work\r\n39, "State, federal"\r\n')
    assert table.to_dict("list") == {"age": [39], "work": ["State, federal"]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty"),
        ("a,a\n1,2\n", "occur more than once"),
        ("a;b\n1;2\n", "separate its fields by commas"),
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


def test_text_columns_are_those_of_text_and_of_categories_of_text() -> None:
    table = TABLE.assign(grade=pd.Categorical(["1", "2", "1"]), level=pd.Categorical([1, 2, 1]))
    assert text_columns(infer_schema(table)) == ["zip", "text", "joined", "grade"]


@pytest.mark.parametrize("name", ["no such folder/table.csv", "."])
def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidParameterError):
        check_writable(str(tmp_path / name))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_can_take_a_table_but_not_a_model(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    check_writable(str(tmp_path / "pipe"))
    with pytest.raises(InvalidParameterError, match="no regular file"):
        check_writable(str(tmp_path / "pipe"), is_replaced=True)
