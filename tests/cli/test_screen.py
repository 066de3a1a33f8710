import pandas as pd

from tabgan.cli.screen import show_schema, show_side_by_side
from tabgan.datasets import load_demo
from tabgan.schema import infer_schema


def test_nothing_is_wider_than_80_columns() -> None:
    table = load_demo(50)
    table["a name that is rather long for a column of a table"] = "text that is too long for a cell"
    for text in (show_schema(infer_schema(table)), show_side_by_side(table, table)):
        assert max(map(len, text.splitlines())) <= 80


def test_each_column_of_the_demo_table_takes_one_line() -> None:
    table = load_demo(50)
    for text in (show_schema(infer_schema(table)), show_side_by_side(table, table)):
        lines = text.splitlines()
        assert [line.split()[0] for line in lines[1:]] == list(table.columns)


def test_brackets_in_a_name_are_no_markup() -> None:
    table = pd.DataFrame({"[red]x[/red]": ["[b]y"] * 3})
    assert "[red]x[/red]" in show_schema(infer_schema(table))
    assert "[b]y" in show_side_by_side(table, table)


def test_a_missing_cell_says_so() -> None:
    table = pd.DataFrame({"x": pd.array([None, 2], dtype="Int64")})
    assert show_side_by_side(table, table).splitlines()[1].split()[1:] == ["missing", "2"] * 2
