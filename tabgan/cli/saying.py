"""Sentences on stderr: broken between words on a terminal, one line each in a log."""

import shutil
import sys
import textwrap

import click


def say(text: str) -> None:
    """Print sentences on stderr."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        wrapper = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
        text = "\n".join(wrapper.fill(line) for line in text.split("\n"))
    click.echo(text, err=True)
