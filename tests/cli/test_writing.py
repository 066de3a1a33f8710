import os
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from tabgan.cli.tables import read_table
from tabgan.cli.writing import check_writable, write_batches, write_table
from tabgan.errors import InvalidDataError, InvalidParameterError


@pytest.mark.parametrize("name", ["table.csv", "table.CSV", "table", "table.parquet", "table.pq"])
def test_a_table_comes_back_as_it_was_written(
    tmp_path: Path, name: str, mixed_table: pd.DataFrame
) -> None:
    if name.endswith(("parquet", "pq")):
        pytest.importorskip("pyarrow")
    path = str(tmp_path / name)
    write_table(mixed_table, path)
    table = read_table(path)
    assert table.dtypes.to_dict() == mixed_table.dtypes.to_dict()
    assert table.to_csv() == mixed_table.to_csv()  # None and NaN are both missing


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_batches_make_up_the_table(
    tmp_path: Path, file_format: str, mixed_table: pd.DataFrame
) -> None:
    if file_format == "parquet":
        pytest.importorskip("pyarrow")
    # The first batch has no text at all, so that its type cannot be seen there.
    table = mixed_table.assign(text=pd.Series([None, "b", "c"], dtype=object))
    whole, parts = str(tmp_path / "whole"), str(tmp_path / f"parts.{file_format}")
    write_table(table, whole)
    write_batches((table.iloc[i : i + 1] for i in range(3)), parts, file_format)
    assert read_table(parts).to_csv() == read_table(whole).to_csv()


def test_a_csv_file_is_the_same_bytes_after_reading_and_writing(
    tmp_path: Path, mixed_table: pd.DataFrame
) -> None:
    first, second = str(tmp_path / "first.csv"), str(tmp_path / "second.csv")
    write_table(mixed_table, first)
    write_table(read_table(first), second)
    assert Path(first).read_bytes() == Path(second).read_bytes()


@pytest.mark.parametrize("text", ["a\rb", "\r", "a\r\nb", "a\nb"])
def test_line_breaks_of_all_kinds_stay_inside_their_cells(tmp_path: Path, text: str) -> None:
    path = str(tmp_path / "table.csv")
    table = pd.DataFrame({"x": [text, "plain", None], "y": [1.5, None, 2.5]})
    write_table(table, path)
    assert read_table(path).to_csv() == table.to_csv()


def test_missing_cells_of_a_single_column_keep_their_rows(tmp_path: Path) -> None:
    path = str(tmp_path / "table.csv")
    write_table(pd.DataFrame({"x": [1.5, None, 2.5]}), path)
    assert read_table(path)["x"].isna().tolist() == [False, True, False]


def test_dates_and_durations_have_one_form_in_all_batches(tmp_path: Path) -> None:
    moments = pd.Series(
        pd.to_datetime(["2024-01-01 12:30", "2024-01-02 00:00", None, "2024-01-04 00:00"])
    )
    table = pd.DataFrame(
        {
            "moment": moments,
            "zoned": moments.dt.tz_localize("Europe/Berlin"),
            "day": moments.dt.normalize(),
            "length": pd.to_timedelta(["1 days 02:00:00", "2 days", None, "3 days"]),
        }
    )
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    write_table(table, str(whole))
    write_batches((table.iloc[i : i + 1] for i in range(4)), str(parts), "csv")
    assert parts.read_bytes() == whole.read_bytes()
    assert whole.read_text().splitlines()[2:4] == [
        "2024-01-02 00:00:00,2024-01-02 00:00:00+01:00,2024-01-02,2 days 00:00:00",
        ",,,",
    ]


def test_names_that_are_numbers_can_be_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "table.parquet"
    write_batches([pd.DataFrame({0: [1], 1: ["a"]})] * 2, str(path), "parquet")
    assert pd.read_parquet(path).to_numpy().tolist() == [[1, "a"], [1, "a"]]


def test_a_column_of_several_types_is_refused_as_parquet(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    with pytest.raises(InvalidDataError, match="write CSV"):
        write_table(pd.DataFrame({"a": [1, "x"]}), str(tmp_path / "table.parquet"))
    assert list(tmp_path.iterdir()) == []


def test_a_new_table_has_the_permissions_of_new_files_and_no_neighbour_is_touched(
    tmp_path: Path, mixed_table: pd.DataFrame
) -> None:
    neighbour = tmp_path / "table.csv.part"
    neighbour.write_text("mine")
    (tmp_path / "usual").touch()
    write_table(mixed_table, str(tmp_path / "table.csv"))
    assert neighbour.read_text() == "mine"
    usual = (tmp_path / "usual").stat().st_mode
    assert (tmp_path / "table.csv").stat().st_mode == usual


def test_an_interrupted_table_leaves_the_old_one_and_nothing_beside_it(
    tmp_path: Path, mixed_table: pd.DataFrame
) -> None:
    path = tmp_path / "table.csv"
    write_table(mixed_table, str(path))
    path.chmod(0o600)
    before = path.read_bytes()

    def interrupted() -> Iterator[pd.DataFrame]:
        yield mixed_table
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_batches(interrupted(), str(path), "csv")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    write_table(mixed_table.head(1), str(path))
    assert path.stat().st_mode & 0o777 == 0o600


def test_formulas_become_text_and_numbers_stay_numbers(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "=name": ["=1+1", "@x", "+49 30", "-", "\tx", "plain = 1", None],
            "level": pd.Categorical(["-a", "b", "-a", "b", "b", "b", "b"]),
            "grade": pd.Categorical([1, None, 2, 1, 1, 1, 1]),
            "balance": [-1.5, 2.0, -3.0, 0.0, 1.0, 1.0, 1.0],
        }
    )
    path = tmp_path / "table.csv"
    write_batches([table], str(path), "csv", escape=True)
    written = pd.read_csv(path, dtype={"balance": float})
    assert list(written) == ["'=name", "level", "grade", "balance"]
    assert path.read_text().splitlines()[1] == "'=1+1,'-a,1,-1.5"
    texts = written["'=name"].dropna().tolist()
    assert texts == ["'=1+1", "'@x", "'+49 30", "'-", "'\tx", "plain = 1"]
    assert written["level"].tolist()[:2] == ["'-a", "b"]
    assert written["balance"].tolist() == table["balance"].tolist()
    write_batches([table], str(path), "csv")
    assert pd.read_csv(path)["=name"].tolist()[0] == "=1+1"


@pytest.mark.parametrize("name", ["no such folder/table.csv", "."])
def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidParameterError):
        check_writable(str(tmp_path / name))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_can_take_a_table_but_not_a_model(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    check_writable(str(tmp_path / "pipe"))
    with pytest.raises(InvalidParameterError, match="no regular file"):
        check_writable(str(tmp_path / "pipe"), must_be_file=True)


@pytest.mark.parametrize("end", ["", " 00:00:01"])
def test_durations_come_back_as_durations_and_as_the_same_text(tmp_path: Path, end: str) -> None:
    first, second = str(tmp_path / "first.csv"), str(tmp_path / "second.csv")
    days = pd.to_timedelta([f"3 days{end}", None, f"-1 days{end and ' +23:59:59.000001'}"])
    write_table(pd.DataFrame({"a": days, "b": [1, 2, 3]}), first)
    table = read_table(first)
    assert table["a"].dtype.kind == "m"
    assert table["a"].tolist() == pd.Series(days).tolist()
    assert pd.read_csv(first)["a"][0] == f"3 days{end}"
    write_table(table, second)
    assert Path(first).read_bytes() == Path(second).read_bytes()


def test_a_table_is_written_with_the_separator_that_is_asked_for(
    tmp_path: Path, mixed_table: pd.DataFrame
) -> None:
    for name, separator, between in (("t.csv", ";", ";"), ("t.tsv", None, "\t")):
        path = str(tmp_path / name)
        write_batches([mixed_table], path, "csv", separator=separator)
        assert Path(path).read_text().splitlines()[0] == between.join(mixed_table.columns)
        pd.testing.assert_frame_equal(read_table(path, separator=separator), mixed_table)
