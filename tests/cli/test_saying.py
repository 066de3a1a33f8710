import io

import pytest

from tabgan.cli.saying import percent, say

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


def test_percents_have_two_digits_and_no_power_of_ten() -> None:
    shares = [1.0, 0.996, 0.5, 0.0514, 0.00012, 1.2e-9, 0.0]
    assert [percent(share) for share in shares] == [
        "100",
        "100",
        "50",
        "5.1",
        "0.012",
        "0.00000012",
        "0",
    ]
