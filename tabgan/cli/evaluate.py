"""``tabgan evaluate``: say how faithful, useful and revealing synthetic rows are."""

import click

from tabgan.cli.options import (
    LINES,
    READABLE_OR_STDIN,
    FilePath,
    read_lowest_scores,
    read_seed,
    separator_option,
)
from tabgan.cli.outcome import EXIT_GATE
from tabgan.cli.saying import say

# Scores that are the share of secrets which learning gave away.
_RISKS = ("singling_out", "linkability", "attribute_inference")


@click.command(short_help="Say how faithful and how revealing rows are.")
@click.argument("train", type=READABLE_OR_STDIN)
@click.argument("synthetic", type=READABLE_OR_STDIN)
@click.option("--holdout", type=READABLE_OR_STDIN, help="Real rows that were not learnt from.")
@separator_option("evaluate", "CSV files")
@click.option("--target", metavar="COLUMN", help="Column to predict, for the utility scores.")
@click.option(
    "--json",
    "json_output",
    envvar="TABGAN_EVALUATE_JSON",
    metavar="FILE",
    help="Write the report as JSON, too; with - JSON alone goes to stdout.",
)
@click.option(
    "--html",
    "html_output",
    envvar="TABGAN_EVALUATE_HTML",
    type=FilePath(dir_okay=False),
    metavar="FILE",
    help="Write the report as one HTML page, too: pictures, and words for all readers.",
)
@click.option(
    "--fail-under",
    metavar="SCORE=NUMBER",
    callback=read_lowest_scores,
    multiple=True,
    help="Exit with code 3 if a score is lower, as in c2st=.5; may be repeated.",
)
@click.option(
    "--max-risk",
    type=click.FloatRange(0.0, 1.0),
    metavar="NUMBER",
    help="Exit with code 3 if singling out, linkability or attribute inference is a larger risk.",
)
@click.option(
    "--quasi-identifier",
    "quasi_identifiers",
    envvar="TABGAN_EVALUATE_QUASI_IDENTIFIER",
    type=LINES,
    metavar="COLUMN",
    multiple=True,
    help="Column that an attacker may know; may be repeated.",
)
@click.option("--sensitive", metavar="COLUMN", help="Column that such an attacker is after.")
@click.option(
    "--seed",
    type=int,
    callback=read_seed,
    default=0,
    show_default=True,
    help="Of subsamples and fits.",
)
@click.pass_context
def evaluate(
    context: click.Context,
    train: str,
    synthetic: str,
    holdout: str | None,
    separator: str | None,
    target: str | None,
    json_output: str | None,
    html_output: str | None,
    fail_under: dict[str, float],
    max_risk: float | None,
    quasi_identifiers: tuple[str, ...],
    sensitive: str | None,
    seed: int,
) -> None:
    """Compare SYNTHETIC rows with the TRAIN rows that they were learnt from (CSV or Parquet).

    \b
    tabgan evaluate train.csv synthetic.csv --holdout holdout.csv --target churned
    tabgan evaluate train.csv synthetic.csv --holdout holdout.csv --html report.html
    tabgan evaluate train.csv synthetic.csv --fail-under shape=.9 --json report.json
    """
    from tabgan import evaluation
    from tabgan.cli.screen import parts_shown
    from tabgan.cli.tables import read_table, text_columns
    from tabgan.cli.writing import check_writable, print_result, write_text
    from tabgan.schema import infer_schema

    if [train, synthetic, holdout].count("-") > 1:
        raise click.UsageError("only one table can come from stdin (-); give the others as files")
    for output in filter(None, (json_output, html_output)):
        check_writable(output, [train, synthetic, holdout])
    train_table = read_table(train, separator=separator)
    text = text_columns(infer_schema(train_table))
    tables = (
        train_table,
        read_table(synthetic, text, separator),
        None if holdout is None else read_table(holdout, text, separator),
    )
    with parts_shown() as shown:
        report = evaluation.evaluate(
            *tables,
            target,
            quasi_identifiers=quasi_identifiers or None,
            sensitive=sensitive,
            gates=_gates(fail_under, max_risk),
            random_state=seed,
            progress=shown,
        )
    print_result(report.to_json() if json_output == "-" else str(report))
    if json_output not in (None, "-"):
        write_text(report.to_json(), json_output)
    if html_output is not None:
        write_text(report.to_html(), html_output)
    if not report.passed:
        failed = ", ".join(gate.name for gate in report.gates if not gate.passed)
        say(f"Gate failed: {failed}")
        context.exit(EXIT_GATE)


def _gates(
    fail_under: dict[str, float], max_risk: float | None
) -> dict[str, tuple[float | None, float | None]]:
    """Return the range that each gated score has to lie in."""
    highest = dict.fromkeys(() if max_risk is None else _RISKS, max_risk)
    names = [*fail_under, *(name for name in highest if name not in fail_under)]
    return {name: (fail_under.get(name), highest.get(name)) for name in names}
