"""Arithmetic over columns, written as text and computed without executing anything.

The text is parsed by Python and walked by us: numbers, names of columns, ``+ - * / // % **`` and a
few functions, some of which make dates and durations of numbers. Whatever else Python can say is
refused.
"""

import ast
import keyword
import operator
import re
import sys
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from tabgan.errors import InvalidParameterError
from tabgan.schema.constraints.time_functions import UNITS, count_of, date_of, duration_of

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
# What the left or the right side of an operator is, given the result and the other side.
_LEFT_OF: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda result, right: result - right,
    ast.Sub: lambda result, right: result + right,
    ast.Mult: lambda result, right: result / right,
    ast.Div: lambda result, right: result * right,
}
_RIGHT_OF: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda result, left: result - left,
    ast.Sub: lambda result, left: left - result,
    ast.Mult: lambda result, left: result / left,
    ast.Div: lambda result, left: left / result,
}
_SIGNS: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "abs": (1, np.abs),
    "sqrt": (1, np.sqrt),
    "exp": (1, np.exp),
    "log": (1, np.log),
    "floor": (1, np.floor),
    "ceil": (1, np.ceil),
    "round": (1, np.round),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
    "date": (3, date_of),
    **{unit: (1, duration_of(seconds)) for unit, seconds in UNITS.items()},
}
# Longer text, or more of it in brackets, is no formula of a table, and could exhaust the parser.
MAX_LENGTH = 1_000
_MAX_DEPTH = 50
# A name as text, or as Python writes it.
_QUOTED = re.compile(r"`([^`]+)`|\{([^{}]+)\}")


def as_written(name: Hashable) -> str | None:
    """Return a column's name as a formula writes it, ``None`` if none can."""
    if isinstance(name, str):
        is_plain = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
        if is_plain and not name.endswith("__"):
            return name
        return None if "`" in name or not name else f"`{name}`"
    written = repr(name)
    try:
        is_same = "{" not in written and "}" not in written and ast.literal_eval(written) == name
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        return None
    return f"{{{written}}}" if is_same else None


class Expression:
    """A formula over columns.

    Parameters
    ----------
    text : str
        Such as ``"weight / height ** 2"``; a name that is no identifier stands in backticks,
        one that is no text in braces, as Python writes it: ``"{0} + {('a', 1)}"``.

    Raises
    ------
    InvalidParameterError
        If it is anything but arithmetic over columns.

    Attributes
    ----------
    columns : tuple of hashable
        The columns that it names.
    makes_times : bool
        Whether it makes durations of numbers, to the microsecond.
    solvable : tuple of hashable
        Those that can be computed from the result and the others: they stand in it once, and under
        no more than signs, ``+ - * /``, ``round`` and ``days`` to ``seconds``. What is rounded is
        taken for what it is rounded to: the formula need not hold then.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > MAX_LENGTH:
            raise InvalidParameterError(f"a formula has at most {MAX_LENGTH:,} characters")
        quoted = [name or self._literal(written) for name, written in _QUOTED.findall(text)]
        # Names of our own in place of the quoted ones; those that a user writes have no double
        # underscore at their end, or are taken for ours.
        self._names: dict[str, Hashable] = {f"column_{i}__": name for i, name in enumerate(quoted)}
        numbered = iter(self._names)
        plain = _QUOTED.sub(lambda _: next(numbered), text)
        try:
            self._tree = ast.parse(plain.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise InvalidParameterError(f"{text!r} is not a formula that can be read") from None
        named = self._check(self._tree)
        self.columns = tuple(dict.fromkeys(named))
        if not self.columns:
            raise InvalidParameterError(f"{text!r} names no column")
        self.makes_times = any(
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in UNITS
            for node in ast.walk(self._tree)
        )
        once = [name for name in self.columns if named.count(name) == 1]
        self.solvable = tuple(name for name in once if self._can_be_solved(self._tree, name))

    def _literal(self, written: str) -> Hashable:
        """Return the name that a literal of Python stands for."""
        try:
            name: Hashable = ast.literal_eval(written.strip())
            hash(name)
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
            raise InvalidParameterError(
                f"{self.text!r} has in braces what is no name of a column, such as {{0}}"
            ) from None
        return name

    def value(self, cells: Mapping[Hashable, pd.Series]) -> pd.Series:
        """Return what the formula gives for each row.

        Parameters
        ----------
        cells : mapping of hashable to pandas.Series
            Each column as numbers, dates or durations.
        """
        with np.errstate(all="ignore"):
            computed: pd.Series = self._value(self._tree, cells)
        return computed

    def solved(
        self, column: Hashable, result: pd.Series, cells: Mapping[Hashable, pd.Series]
    ) -> pd.Series:
        """Return what one of the solvable columns is for each row.

        Parameters
        ----------
        column : hashable
            The column.
        result : pandas.Series
            What the formula gives.
        cells : mapping of hashable to pandas.Series
            The other columns, each as numbers, dates or durations.
        """
        with np.errstate(all="ignore"):
            found: pd.Series = self._solved(self._tree, column, result, cells)
        return found

    def _solved(
        self, node: ast.AST, column: Hashable, result: Any, cells: Mapping[Hashable, pd.Series]
    ) -> Any:
        match node:
            case ast.UnaryOp(op=op, operand=operand):
                return self._solved(operand, column, _SIGNS[type(op)](result), cells)
            case ast.BinOp(left=left, op=op, right=right) if column in self._check(left):
                rest = _LEFT_OF[type(op)](result, self._value(right, cells))
                return self._solved(left, column, rest, cells)
            case ast.BinOp(left=left, op=op, right=right):
                rest = _RIGHT_OF[type(op)](result, self._value(left, cells))
                return self._solved(right, column, rest, cells)
            case ast.Call(func=ast.Name(id=name), args=[counted]) if name in UNITS:
                return self._solved(counted, column, count_of(UNITS[name])(result), cells)
            case ast.Call(args=[rounded]):
                return self._solved(rounded, column, result, cells)
        return result

    def _can_be_solved(self, node: ast.AST, column: Hashable) -> bool:
        match node:
            case ast.UnaryOp(operand=operand):
                return self._can_be_solved(operand, column)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _LEFT_OF:
                side = left if column in self._check(left) else right
                return self._can_be_solved(side, column)
            case ast.Call(func=ast.Name(id=name), args=[inner]) if name in {*UNITS, "round"}:
                return self._can_be_solved(inner, column)
        return isinstance(node, ast.Name)

    def _check(self, node: ast.AST, depth: int = 0) -> list[Hashable]:
        """Return the columns that a part names, or raise for what is no arithmetic."""
        if depth > _MAX_DEPTH:
            raise InvalidParameterError(f"{self.text!r} is nested too deep")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                if abs(number) > sys.float_info.max:
                    raise InvalidParameterError(f"{self.text[:50]!r}: a number is too large")
                return []
            case ast.Name(id=name):
                return [self._names.get(name, name)]
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return self._check(left, depth + 1) + self._check(right, depth + 1)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in _SIGNS:
                return self._check(operand, depth + 1)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if (
                name in _FUNCTIONS and len(args) == _FUNCTIONS[name][0]
            ):
                return [column for part in args for column in self._check(part, depth + 1)]
        raise InvalidParameterError(
            f"{self.text!r} is more than arithmetic: numbers, columns (in backticks where a name "
            "is no identifier, in braces where it is no text), + - * / // % ** and "
            f"{', '.join(_FUNCTIONS)} (of one argument, min and max of two, date of three) can be "
            "used"
        )

    def _value(self, node: ast.AST, cells: Mapping[Hashable, pd.Series]) -> Any:
        match node:
            case ast.Constant(value=number):
                # Not an integer: 9 ** 9 ** 9 would be computed to its last digit.
                return np.float64(number)  # type: ignore[arg-type]
            case ast.Name(id=name):
                return cells[self._names.get(name, name)]
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](self._value(left, cells), self._value(right, cells))
            case ast.UnaryOp(op=op, operand=operand):
                return _SIGNS[type(op)](self._value(operand, cells))
            case ast.Call(func=ast.Name(id=name), args=args):
                _, function = _FUNCTIONS[name]
                return function(*(self._value(part, cells) for part in args))
        raise AssertionError("checked when it was read")
