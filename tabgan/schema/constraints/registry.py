"""Rules as JSON and back."""

import json
from inspect import signature
from typing import Any

from tabgan.errors import InvalidDataError, InvalidParameterError
from tabgan.schema.constraints.combinations import FixedCombinations
from tabgan.schema.constraints.constraint import Constraint
from tabgan.schema.constraints.formula import Formula
from tabgan.schema.constraints.inequality import Inequality
from tabgan.schema.constraints.missing import MissingTogether
from tabgan.schema.constraints.sums import Sum
from tabgan.schema.constraints.unique import Unique
from tabgan.schema.constraints.value_range import Range
from tabgan.schema.values import JsonValue

KINDS: dict[str, type[Constraint]] = {
    rule.kind: rule
    for rule in (
        FixedCombinations,
        Formula,
        Inequality,
        MissingTogether,
        Range,
        Sum,
        Unique,
    )
}

_LISTS = ("columns", "parts", "combinations", "gaps")


def constraints_to_json(constraints: tuple[Constraint, ...]) -> list[dict[str, JsonValue]]:
    """Return rules as JSON values."""
    return [{"kind": rule.kind, **rule.to_json()} for rule in constraints]


def constraints_from_json(form: object) -> tuple[Constraint, ...]:
    """Return the rules that :func:`constraints_to_json` wrote.

    Raises
    ------
    InvalidDataError
        If it is not a list of rules of known kinds.
    """
    if not isinstance(form, list):
        raise InvalidDataError("constraints are a list of rules")
    return tuple(_from_json(i, rule) for i, rule in enumerate(form))


def read_constraints(text: str) -> tuple[Constraint, ...]:
    """Return rules from the text of a JSON file, as :func:`constraints_to_json` gives it.

    Raises
    ------
    InvalidDataError
        If it is not the JSON of rules.
    """
    try:
        form = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise InvalidDataError("the constraints are not valid JSON") from error
    return constraints_from_json(form)


def _from_json(place: int, form: Any) -> Constraint:
    kind = form.get("kind") if isinstance(form, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidDataError(f"rule {place} of the constraints needs a kind of {sorted(KINDS)}")
    known = _fields_of(KINDS[kind])
    unknown = sorted(set(form) - {"kind", *known})
    if unknown:
        raise InvalidDataError(
            f"rule {place} of the constraints has fields that a {kind} has not: {unknown}; it has "
            f"{known}"
        )
    try:
        if any(not isinstance(form.get(field, []), list) for field in _LISTS):
            raise TypeError("no list")
        if not isinstance(form.get("strict", False), bool):
            raise TypeError("neither true nor false")
        return KINDS[kind].from_json(form)
    except InvalidParameterError as error:
        raise InvalidDataError(
            f"rule {place} of the constraints, of kind {kind}, cannot be made: {error}"
        ) from error
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise InvalidDataError(
            f"rule {place} of the constraints, of kind {kind}, cannot be read: it lacks a field, "
            "or one is not of its type"
        ) from error


def _fields_of(rule: type[Constraint]) -> list[str]:
    """Return the fields of a rule's JSON form, which are named as its parameters are."""
    return sorted(signature(rule).parameters)
