"""``tabgan schema``: say what the columns of a table are, for reading and for editing."""

import click

from tabgan.cli.options import READABLE_OR_STDIN


@click.command(short_help="Say what the columns of a table are.")
@click.argument("data", type=READABLE_OR_STDIN)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    envvar="TABGAN_SCHEMA_JSON",
    help="As JSON, to edit and give to fit --schema.",
)
def schema(data: str, as_json: bool) -> None:
    """Say what kind each column of DATA is taken for (CSV or Parquet), and why."""
    from tabgan.cli.screen import show_schema
    from tabgan.cli.tables import read_table
    from tabgan.cli.writing import print_result
    from tabgan.schema import infer_schema

    inferred = infer_schema(read_table(data))
    print_result(inferred.to_json() if as_json else show_schema(inferred))
