"""``tabgan sample``: draw rows from a model; neither Keras nor TensorFlow is loaded."""

import contextlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from tabgan.cli.completing import complete_condition
from tabgan.cli.options import LINES, READABLE, read_passes, read_seed, separator_option
from tabgan.cli.saying import percent, say

if TYPE_CHECKING:
    import pandas as pd

# Rows that are drawn and written at a time: a second or two, and whole blocks of 1,024.
_BATCH_SIZE = 16_384


@click.command(short_help="Draw new rows from a model.")
@click.argument("model", type=READABLE)
@click.option(
    "-n",
    "--rows",
    type=click.IntRange(min=0),
    metavar="NUMBER",
    help="How many; as many as were learnt if not given.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    show_default=True,
    help="CSV or Parquet, by its suffix; - is stdout.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "parquet"]),
    envvar="TABGAN_SAMPLE_FORMAT",
    help="Format of the output, whatever its suffix.",
)
@separator_option("sample", "CSV")
@click.option(
    "--where",
    type=LINES,
    multiple=True,
    metavar="COLUMN=VALUE",
    shell_complete=complete_condition,
    help="What every row shall have: a value, a range as in age=60..90 or day=2024-03.., nothing "
    "for missing. May be repeated; a column named again may have any of the values.",
)
@click.option(
    "--passes",
    metavar="NUMBER",
    callback=read_passes,
    help="Passes over the columns: 1 is fastest, one a column most faithful.",
)
@click.option(
    "--seed",
    type=int,
    callback=read_seed,
    help="The same seed gives the same rows; fresh ones if not given.",
)
@click.option(
    "--escape-formulas",
    is_flag=True,
    help="Put an apostrophe before text that a spreadsheet would run as a formula (CSV).",
)
def sample(
    model: str,
    rows: int | None,
    output: str,
    file_format: str | None,
    separator: str | None,
    where: tuple[str, ...],
    passes: int | str | None,
    seed: int | None,
    escape_formulas: bool,
) -> None:
    """Draw new rows from MODEL.

    Rows are written as they are drawn, so any number fits into memory; a file appears when it is
    complete.

    \b
    tabgan sample customers.tabgan -n 1000000 -o more.parquet
    tabgan sample customers.tabgan --where churned=yes --where age=60..90 > some.csv
    """
    from tabgan.cli.screen import with_progress
    from tabgan.cli.tables import require_parquet, table_format
    from tabgan.cli.where import read_where
    from tabgan.cli.writing import check_writable, write_batches
    from tabgan.synthesizers import TabGAN

    wanted = table_format(output, file_format)
    if wanted == "parquet":
        require_parquet()
        if escape_formulas:
            raise click.UsageError("--escape-formulas is for CSV; a Parquet file has no formulas")
        if separator is not None:
            raise click.UsageError("--sep is for CSV; a Parquet file has no separators")
    check_writable(output, [model])
    gan = TabGAN.load(model)
    conditions = read_where(where, gan.schema_)
    n_rows = gan.n_samples_seen_ if rows is None else rows
    batches: Iterable[pd.DataFrame] = gan.sample_batches(
        n_rows,
        batch_size=_BATCH_SIZE,
        conditions=conditions,
        passes=passes,
        random_state=seed,
    )
    if n_rows == 0:  # no batch at all, but a line of names
        batches = [gan.sample(0, conditions=conditions)]
    found: list[dict[str, float]] = []
    noted = _noting(batches, found)
    # Closed, so that a disk that is full leaves no bar behind.
    with contextlib.closing(with_progress(noted, n_rows, output)) as drawn:
        decimals = [column.csv_decimals for column in gan.schema_]
        write_batches(
            drawn,
            output,
            wanted,
            escape=escape_formulas,
            decimals=decimals,
            separator=separator,
        )
    if found:
        share = sum(cost["probability"] for cost in found) / len(found)
        size = sum(cost["effective_sample_size"] for cost in found)
        say(
            f"The conditions hold in about {percent(share)} % of all rows; the sample is worth "
            f"{size:,.0f} independent ones."
        )


def _noting(
    batches: "Iterable[pd.DataFrame]", found: list[dict[str, float]]
) -> "Iterator[pd.DataFrame]":
    """Pass batches on and note what conditions on all rows cost."""
    for batch in batches:
        if "conditions" in batch.attrs:
            found.append(batch.attrs.pop("conditions"))
        yield batch
