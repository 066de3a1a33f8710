"""Put what the commands say of themselves into command-line.md.

    python docs/write_help.py

A block that begins with a command asking for help is followed by what the program answers.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).with_name("command-line.md")
_BLOCK = re.compile(r"```\n\$ (tabgan[^\n]*--help)\n.*?```", re.DOTALL)


def with_help(page: str) -> str:
    """Return the page with the answers of today's program."""
    return _BLOCK.sub(lambda block: f"```\n$ {block[1]}\n{_answer(block[1])}```", page)


def _answer(command: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", *command.split()],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"COLUMNS": "80"},
    )
    return finished.stdout


if __name__ == "__main__":
    PAGE.write_text(with_help(PAGE.read_text()))
