"""What the shell offers for a word that is being typed; any trouble offers nothing."""

import contextlib
import os

import click


def complete_condition(context: click.Context, option: click.Parameter, typed: str) -> list[str]:
    """Return ``column=`` for the columns of the model."""
    with contextlib.suppress(Exception):
        from tabgan.synthesizers.model_file import load_model

        # After an option that lacks its value, click leaves the arguments unread.
        path = context.params.get("model") or context.args[0]
        fitted, _ = load_model(os.path.expanduser(path))  # the shell hands ~ on as it is
        offered = [f"{name}=" for name in fitted.schema.names]
        return [word for word in offered if word.startswith(typed)]
    return []
