"""``tabgan demo``: the whole way on a bundled table, offline."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tabgan.cli.options import FilePath, read_seed
from tabgan.cli.saying import say

if TYPE_CHECKING:
    import pandas as pd

_TARGET = "switched"
_HOLDOUT_SHARE = 0.1
# A tenth of fewer rows is too small a holdout for any score to say something.
_FEWEST_ROWS = 200


@click.command(short_help="A bundled table: fit, sample, report.")
@click.option(
    "--rows",
    type=click.IntRange(min=_FEWEST_ROWS),
    default=2000,
    metavar="NUMBER",
    show_default=True,
    help="Rows of the table.",
)
@click.option(
    "--out",
    type=FilePath(file_okay=False, path_type=Path),
    default=".",
    show_default=True,
    help="Folder for synthetic.csv and model.tabgan.",
)
@click.option(
    "--seed",
    type=int,
    callback=read_seed,
    default=0,
    show_default=True,
    help="Of everything random.",
)
def demo(rows: int, out: Path, seed: int) -> None:
    """Learn a bundled table, draw new rows and judge them, in a minute and offline."""
    from tabgan.cli.loading import load_training
    from tabgan.cli.screen import show_schema, show_side_by_side
    from tabgan.cli.writing import check_writable, print_result, write_table
    from tabgan.datasets import load_demo
    from tabgan.evaluation import evaluate
    from tabgan.schema import infer_schema
    from tabgan.synthesizers import TabGAN

    out.mkdir(parents=True, exist_ok=True)
    model_path, table_path = str(out / "model.tabgan"), str(out / "synthetic.csv")
    check_writable(model_path, must_be_file=True)
    check_writable(table_path)
    train, holdout = _split(load_demo(rows, seed), seed)
    say(f"{rows:,} households of an energy supplier that does not exist\n")
    click.echo(show_schema(infer_schema(train)) + "\n", err=True)
    load_training()
    gan = TabGAN(random_state=seed).fit(train)
    synthetic = gan.sample(random_state=seed)
    gan.save(model_path)
    write_table(synthetic, table_path)
    say("Judging the synthetic rows ...\n")
    report = evaluate(train, synthetic, holdout, _TARGET, random_state=seed)
    print_result(show_side_by_side(train, synthetic))
    print_result(f"\n{report}")
    say(f"\nWrote {table_path} and {model_path}. Next:")
    say(f"  tabgan sample {model_path} -n 5 --where {_TARGET}=yes")


def _split(table: "pd.DataFrame", seed: int) -> "tuple[pd.DataFrame, pd.DataFrame]":
    n_holdout = round(len(table) * _HOLDOUT_SHARE)
    # pandas takes seeds of 32 bits only.
    shuffled = table.sample(frac=1.0, random_state=seed % 2**32, ignore_index=True)
    return shuffled.iloc[n_holdout:].reset_index(drop=True), shuffled.iloc[:n_holdout]
