"""``tabgan info``: what a model is, and what it gives out."""

import click

from tabgan.cli.options import READABLE


@click.command(short_help="Say what a model is.")
@click.argument("model", type=READABLE)
@click.option("--schema", is_flag=True, help="Print the schema as JSON instead, for fit --schema.")
def info(model: str, schema: bool) -> None:
    """Say what MODEL is: its columns, what it releases of each, how it was made."""
    from tabgan.cli.screen import show_schema
    from tabgan.cli.writing import print_result
    from tabgan.synthesizers.model_file import load_model

    fitted, parameters = load_model(model)
    if schema:
        print_result(fitted.schema.to_json())
        return
    written_by = ", ".join(f"{name} {version}" for name, version in _versions(model).items())
    facts = [
        f"learnt from   {fitted.n_rows:,} rows in {fitted.n_epochs:,.1f} epochs",
        *(["interrupted   by Ctrl-C: not trained to the end"] if fitted.interrupted else []),
        *(["out of time   cut short by --max-time (max_time=)"] if fitted.out_of_time else []),
        f"passes        {parameters.get('passes', 'auto')}",
        f"normalisation {parameters.get('normalisation', 'unknown')}",
        f"objective     {parameters.get('objective', 'unknown')}",
        *(f"every row     {rule}" for rule in fitted.constraints),
        *(f"computed      {rest}" for rest in fitted.encoder.remainders),
        f"written by    {written_by}",
    ]
    print_result("\n".join([show_schema(fitted.schema), "", *facts]))


def _versions(path: str) -> dict[str, str]:
    """Return who wrote a model file that has already been read, and so is sound."""
    from zipfile import ZipFile

    from tabgan.persistence.manifest import MANIFEST_NAME, Manifest

    with ZipFile(path) as archive:
        return dict(Manifest.from_bytes(archive.read(MANIFEST_NAME)).versions)
