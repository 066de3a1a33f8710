"""How a command ends: one line instead of a traceback, and an exit code.

To add an exit code: 1. its name here, 2. its place in the package's docstring, in the epilog of
``main`` and in ``docs/command-line.md``.
"""

import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from tabgan.cli.saying import say
from tabgan.errors import (
    BackendError,
    InvalidDataError,
    ModelFileError,
    TabGANError,
    TrainingDivergedError,
    UnsupportedTypeError,
)

EXIT_FAILURE = 1
EXIT_MISTAKE = 2
EXIT_GATE = 3
EXIT_CONTENT = 4
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells have it
EXIT_TERMINATED = 143  # 128 + SIGTERM

# What a wrong path in a command gives. Any other trouble with a file (a full disk, a broken
# network drive) is none of the user's making.
_PATH_MISTAKES = (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError)


class _Termination:
    """Whether a scheduler or `kill` asked this process to end."""

    asked = False


def end_in_order_when_terminated() -> None:
    """Let SIGTERM do what Ctrl-C does: keep what was learnt, and leave no half-written file."""

    def interrupt(signum: int, frame: object) -> None:
        _Termination.asked = True
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def interrupted_exit_code() -> int:
    """Return the exit code of a command that a signal ended."""
    return EXIT_TERMINATED if _Termination.asked else EXIT_INTERRUPTED


class _Ending(click.ClickException):
    def show(self, file: IO[Any] | None = None) -> None:
        say(f"Error: {self.format_message()}")


class _Failure(_Ending):
    exit_code = EXIT_FAILURE


class _Mistake(_Ending):
    exit_code = EXIT_MISTAKE


class _BadContent(_Ending):
    exit_code = EXIT_CONTENT


# The first that fits; any other error of ours is a mistake in the command.
_ENDINGS: dict[type[TabGANError], type[_Ending]] = {
    TrainingDivergedError: _Failure,
    BackendError: _Failure,
    InvalidDataError: _BadContent,
    UnsupportedTypeError: _BadContent,
    ModelFileError: _BadContent,
}


class CommandLine(click.Group):
    """A group of commands whose expected errors become one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they were added."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for."""
        try:
            with _plain_warnings():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            # The newline ends the line on which the terminal shows ^C.
            say("\nTerminated." if _Termination.asked else "\nInterrupted.")
            ctx.exit(interrupted_exit_code())
        except TabGANError as error:
            endings = (end for kind, end in _ENDINGS.items() if isinstance(error, kind))
            raise next(endings, _Mistake)(_in_one_line(str(error))) from error
        except BrokenPipeError:
            raise  # click ends quietly then
        except OSError as error:
            ending = _Mistake if isinstance(error, _PATH_MISTAKES) else _Failure
            raise ending(_in_one_line(_in_words(error))) from error


def _in_one_line(message: str) -> str:
    return " ".join(message.split())


def _in_words(error: OSError) -> str:
    reason = error.strerror or str(error)
    return reason if error.filename is None else f"{error.filename}: {reason}"


@contextmanager
def _plain_warnings() -> Iterator[None]:
    """Show warnings meant for users as a line, and those meant for developers not at all."""

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        if issubclass(category, UserWarning):
            say(f"Warning: {_in_one_line(str(message))}")

    with warnings.catch_warnings():
        # Under `python -W error` or a test runner warnings do not get here, as is wanted there.
        warnings.showwarning = show
        yield


def stand_in_for_closed_streams() -> None:
    """Give a process that was started without stdout or stderr a place to write to.

    Python makes such a stream ``None``, and ``print(file=None)`` then writes to the other one.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            # It stays open as long as the process.
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
