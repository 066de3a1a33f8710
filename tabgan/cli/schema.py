"""``tabgan schema``: say what the columns of a table are, for reading and for editing."""

import json

import click

from tabgan.cli.options import READABLE_OR_STDIN, separator_option


@click.command(short_help="Say what the columns of a table are.")
@click.argument("data", type=READABLE_OR_STDIN)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    envvar="TABGAN_SCHEMA_JSON",
    help="As JSON, to edit and give to fit --schema (or --constraints).",
)
@click.option(
    "--constraints",
    is_flag=True,
    envvar="TABGAN_SCHEMA_CONSTRAINTS",
    help="The rules that all rows keep instead: orders, sums, combinations.",
)
@separator_option("schema", "a CSV file")
def schema(data: str, as_json: bool, constraints: bool, separator: str | None) -> None:
    """Say what kind each column of DATA is taken for (CSV or Parquet), and why.

    \b
    tabgan schema customers.csv
    tabgan schema customers.csv --constraints --json > rules.json
    """
    from tabgan.cli.screen import show_schema
    from tabgan.cli.tables import read_table_with_schema
    from tabgan.cli.writing import print_result
    from tabgan.schema.constraints import constraints_to_json, infer_constraints

    table, inferred = read_table_with_schema(data, separator=separator)
    if constraints:
        rules = infer_constraints(table, inferred)
        form = json.dumps(constraints_to_json(rules), indent=2, ensure_ascii=False)
        nothing = "no rule was found that all rows keep (500 rows are needed)"
        print_result(form if as_json else "\n".join(map(str, rules)) or nothing)
        return
    print_result(inferred.to_json() if as_json else show_schema(inferred))
