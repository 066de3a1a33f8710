import io

import pytest

from tabgan.cli.saying import say

SENTENCE = "every word of a sentence stays whole " * 5


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_whole_words_and_a_log_gets_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for stream, n_lines in ((Terminal(), 5), (io.StringIO(), 1)):
        monkeypatch.setattr("sys.stderr", stream)
        say(SENTENCE.strip())
        lines = stream.getvalue().splitlines()
        assert len(lines) == n_lines
        assert " ".join(lines) == SENTENCE.strip()
