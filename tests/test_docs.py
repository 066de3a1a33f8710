"""The documentation says what the program says."""

import runpy
from pathlib import Path

from tabgan.evaluation.evaluate import SCORE_NAMES

DOCS = Path(__file__).resolve().parent.parent / "docs"


def test_help_texts_are_those_of_the_program() -> None:
    page = (DOCS / "command-line.md").read_text()
    written = runpy.run_path(str(DOCS / "write_help.py"))["with_help"](page)
    assert written == page, "run: python docs/write_help.py"
    assert page.count("Usage: tabgan") == 7


def test_every_score_is_explained() -> None:
    page = (DOCS / "evaluation.md").read_text()
    assert [name for name in SCORE_NAMES if f"`{name}`" not in page] == []
