"""``tabgan sample``: draw rows from a model; neither Keras nor TensorFlow is loaded."""

import click

from tabgan.cli.options import READABLE, read_passes, read_seed


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
    help="CSV or Parquet; - is CSV on stdout.",
)
@click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE",
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
def sample(
    model: str,
    rows: int | None,
    output: str,
    where: tuple[str, ...],
    passes: int | str | None,
    seed: int | None,
) -> None:
    """Draw new rows from MODEL."""
    from tabgan.cli.tables import check_writable, table_format, write_table
    from tabgan.cli.where import read_where
    from tabgan.synthesizers import TabGAN

    table_format(output)
    check_writable(output)
    gan = TabGAN.load(model)
    conditions = read_where(where, gan.schema_)
    table = gan.sample(rows, conditions=conditions, passes=passes, random_state=seed)
    write_table(table, output)
