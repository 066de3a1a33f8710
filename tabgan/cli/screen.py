"""What is printed: tables that fit the terminal, as plain text."""

import contextlib
import io
import os
import shutil
import stat
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TextIO

import pandas as pd
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from tabgan.schema import TableSchema

# Where there is no terminal to ask (a pipe, a log file), the width that everything fits.
_DEFAULT_WIDTH = 80
_N_ROWS_SHOWN = 3
_CELL_WIDTH = 10  # a date has ten characters


def show_schema(schema: TableSchema) -> str:
    """Return the columns with kind, dtype, and what is released or why the kind was chosen."""
    is_fitted = any(column.released for column in schema)
    table = _plain_table("column", "kind", "dtype", "released" if is_fitted else "reason")
    for column in schema:
        last = column.released if is_fitted else column.reason
        table.add_row(*map(Text, (str(column.name), column.kind, column.dtype.name, last)))
    return _printed(table)


def show_side_by_side(real: pd.DataFrame, synthetic: pd.DataFrame) -> str:
    """Return the first rows of two tables, one column of the table a line.

    Lying down, a table of eleven columns would be wider than a terminal.
    """
    rows = [real.iloc[i] for i in range(min(_N_ROWS_SHOWN, len(real)))]
    rows += [synthetic.iloc[i] for i in range(min(_N_ROWS_SHOWN, len(synthetic)))]
    labels = [""] * len(rows)
    labels[0], labels[min(_N_ROWS_SHOWN, len(real))] = "real", "synthetic"
    table = _plain_table("", *labels, gap=1)
    for name in real.columns:
        table.add_row(Text(str(name)), *(Text(_cell(row[name])) for row in rows))
    return _printed(table)


def with_progress(
    batches: Iterable[pd.DataFrame], n_rows: int, path: str
) -> Generator[pd.DataFrame]:
    """Pass batches of rows on, with a live bar on stderr where somebody watches.

    Parameters
    ----------
    batches : iterable of pandas.DataFrame
        Rows as they are drawn.
    n_rows : int
        How many there will be.
    path : str
        Where they are written; ``-`` is stdout. If that is no file, the rows, or what a pipe makes
        of them, may appear on the same terminal, and there is no bar.
    """
    console = Console(stderr=True)
    watched = console.is_terminal and (path != "-" or _is_file(sys.stdout))
    columns = (
        TextColumn("drawing"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("rows"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, transient=True, disable=not watched) as progress:
        task = progress.add_task("", total=n_rows)
        for batch in batches:
            yield batch
            progress.advance(task, len(batch))


@contextlib.contextmanager
def parts_shown() -> Iterator[Callable[[int, int, str], None]]:
    """Show on stderr which part of some work is done, where somebody watches.

    What it gives is called with the number of parts that are done, of all, and what comes.
    """
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=None)

        def show(n_done: int, n_parts: int, title: str) -> None:
            progress.update(task, completed=n_done, total=n_parts, description=title)

        yield show


def _is_file(stream: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:  # a stream without a descriptor
        return False


def _plain_table(*names: str, gap: int = 2) -> Table:
    table = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False, header_style="")
    for name in names[:-1]:
        table.add_column(Text(name), no_wrap=True)
    table.add_column(Text(names[-1]), overflow="fold")
    return table


def _printed(table: Table) -> str:
    width = shutil.get_terminal_size((_DEFAULT_WIDTH, 24)).columns
    text = io.StringIO()
    # Without colours and links: the same text for a terminal, a pipe and a log.
    Console(file=text, width=width, color_system=None, force_terminal=False).print(table)
    lines: Sequence[str] = text.getvalue().splitlines()
    return "\n".join(line.rstrip() for line in lines)


def _cell(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload] # of any scalar; the stub lists some
        return "missing"
    text = str(value).removesuffix(" 00:00:00")
    return text if len(text) <= _CELL_WIDTH else f"{text[: _CELL_WIDTH - 1]}…"
