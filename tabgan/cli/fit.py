"""``tabgan fit``: learn a table and write the model."""

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tabgan.cli.options import (
    READABLE,
    READABLE_OR_STDIN,
    read_duration,
    read_passes,
    read_seed,
    separator_option,
)
from tabgan.cli.saying import say

if TYPE_CHECKING:
    from tabgan.schema import TableSchema
    from tabgan.schema.constraints import Constraint
    from tabgan.synthesizers import TabGAN

_TABLE_SUFFIXES = {".csv", ".tsv", ".txt", ".parquet", ".pq", ".json"}


@click.command(short_help="Learn a table and write a model.")
@click.argument("data", type=READABLE_OR_STDIN)
@click.option("-o", "--output", metavar="MODEL", help="Where to write the model.")
@click.option("--schema", type=READABLE, help="What the columns are (JSON); inferred if not given.")
@click.option(
    "--constraints",
    metavar="FILE",
    help="Rules that every row keeps and every sampled row shall keep (JSON, from tabgan schema "
    '--constraints --json); "infer" takes those that are found.',
)
@separator_option("fit", "a CSV file")
@click.option(
    "--epochs",
    type=click.IntRange(1),
    help="How often to go through the table; 200 steps at least.",
)
@click.option(
    "--max-time",
    metavar="TIME",
    callback=read_duration,
    help='Time for training: "90s", "5m", "1h"; loading, compiling and calibrating come on top. '
    "The result then depends on the machine.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    callback=read_seed,
    help="The same seed gives the same model.",
)
@click.option(
    "--passes",
    default="auto",
    show_default=True,
    callback=read_passes,
    metavar="NUMBER",
    help="Passes over the columns when sampling: 1 is fastest, one a column most faithful.",
)
@click.option(
    "--normalisation",
    type=click.Choice(["quantile", "mixture"]),
    default="quantile",
    show_default=True,
    help="How numbers are divided into modes.",
)
@click.option(
    "--checkpoint",
    metavar="FILE",
    help="Keep the state of the training here, and go on from it if it is there; deleted at the "
    "end.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    help="Say what the columns are and what the fit would take, and write nothing.",
)
@click.option("--verbose", is_flag=True, help="Lines instead of a live bar.")
@click.option("--quiet", is_flag=True, help="Nothing but errors.")
def fit(
    data: str,
    output: str | None,
    schema: str | None,
    constraints: str | None,
    separator: str | None,
    epochs: int | None,
    max_time: float | None,
    seed: int,
    passes: int | str,
    normalisation: str,
    checkpoint: str | None,
    dry_run: bool,
    verbose: bool,
    quiet: bool,
) -> None:
    """Learn the table DATA (CSV or Parquet; - is stdin) and write a model.

    \b
    tabgan fit customers.csv -o customers.tabgan --max-time 5m
    tabgan fit customers.csv --dry-run
    """
    from tabgan.cli.loading import load_training
    from tabgan.cli.screen import show_schema
    from tabgan.cli.tables import read_table_with_schema
    from tabgan.cli.writing import check_writable, print_result
    from tabgan.synthesizers import TabGAN

    if output is None and not dry_run:
        raise click.UsageError("Missing option '-o' / '--output': where to write the model.")
    if verbose and quiet:
        raise click.UsageError("--verbose and --quiet exclude each other.")
    if output is not None:
        _check_no_table(output)
        check_writable(output, [data, schema, checkpoint], must_be_file=True)
    if checkpoint is not None:
        check_writable(checkpoint, [data, schema], must_be_file=True)
    given = None if schema is None else _read_schema(schema)
    rules = _read_rules(constraints)
    table, columns = read_table_with_schema(data, given, separator)
    if not quiet:
        click.echo(show_schema(columns) + "\n", err=True)
    gan = TabGAN(
        epochs=epochs,
        passes=passes,
        normalisation=normalisation,
        max_time=max_time,
        schema=columns,
        constraints=rules,
        checkpoint=checkpoint,
        verbose=0 if quiet else 2 if verbose else "auto",
        random_state=seed,
    )
    forecast = gan.forecast(table)  # whatever the table lacks shows here, before Keras is loaded
    if dry_run:
        print_result(str(forecast))
    if dry_run or output is None:
        return
    if not quiet:
        say(f"The fit takes about {forecast.duration} on the CPU of this machine.")
    load_training(is_quiet=quiet)
    started = time.monotonic()
    try:
        gan.fit(table)
    except KeyboardInterrupt:
        if hasattr(gan, "interrupted_"):
            _save(gan, output)
            say(f"\nWrote {output}: the best model so far, not trained to the end.")
        if checkpoint is not None and Path(checkpoint).exists():
            say(f"The same command goes on from {checkpoint}.")
        raise
    _save(gan, output)
    if not quiet:
        seconds = time.monotonic() - started
        learnt = f"{len(table):,} rows, {gan.n_epochs_:,.0f} epochs, {seconds:.0f} s"
        say(f"Wrote {output}: {learnt}.")
        if gan.out_of_time_:
            say("--max-time cut the training short; more time, better rows.")


def _save(gan: "TabGAN", output: str) -> None:
    """Write a model; if that fails, elsewhere, because it took long to learn."""
    try:
        gan.save(output)
    except OSError as error:
        folder = Path(tempfile.mkdtemp(prefix="tabgan-"))
        try:
            gan.save(folder / "model.tabgan")
        except OSError:
            folder.rmdir()
            raise error from None
        raise click.ClickException(
            f"{output} could not be written ({error.strerror or error}); the model is in "
            f"{folder / 'model.tabgan'}"
        ) from error


def _check_no_table(output: str) -> None:
    if Path(output).suffix.lower() in _TABLE_SUFFIXES:
        raise click.UsageError(
            f"{output} is the name of a table, which a model is not; give another name, such as "
            "model.tabgan"
        )


def _read_rules(constraints: str | None) -> "tuple[Constraint, ...] | str | None":
    from tabgan.schema.constraints import read_constraints

    if constraints is None or constraints == "infer":
        return constraints
    if not Path(constraints).is_file():
        raise click.UsageError(f'--constraints: {constraints} is no file, and not "infer"')
    return read_constraints(Path(constraints).read_text(encoding="utf-8", errors="replace"))


def _read_schema(path: str) -> "TableSchema":
    from tabgan.schema import TableSchema

    # A byte that is not UTF-8 becomes a name that no column has, which is then reported.
    return TableSchema.from_json(Path(path).read_text(encoding="utf-8", errors="replace"))
