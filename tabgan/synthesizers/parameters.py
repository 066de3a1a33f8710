"""The rules for the constructor's arguments, checked in ``fit``."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from tabgan.errors import InvalidParameterError
from tabgan.persistence.path import is_path
from tabgan.randomness import RANDOM_STATE_NEED, is_random_state
from tabgan.schema import TableSchema
from tabgan.schema.constraints import Constraint

OBJECTIVES = ("relativistic", "nonsaturating", "wasserstein")
NORMALISATIONS = ("quantile", "mixture")
DEVICES = ("auto", "cpu", "gpu")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def check_parameters(parameters: dict[str, Any]) -> None:
    """Raise InvalidParameterError naming every argument that is out of its range.

    Parameters
    ----------
    parameters : dict
        The arguments of :class:`tabgan.TabGAN`, by name.
    """
    needs = {
        "epochs": "an integer >= 1 and below 2**63, or None",
        "batch_size": "an integer >= 1",
        "passes": 'an integer >= 1 or "auto"',
        "objective": f"one of {OBJECTIVES} or None",
        "normalisation": f"one of {NORMALISATIONS}",
        "early_stopping": "True or False",
        "schema": "a TableSchema or None",
        "constraints": 'a list of constraints such as tabgan.Inequality, "infer" or None',
        "rare_threshold": "an integer >= 0",
        "callbacks": "a list of Keras callbacks or None",
        "checkpoint": "a path or None",
        "device": f"one of {DEVICES}",
        "verbose": '"auto", 0, 1 or 2',
        "random_state": RANDOM_STATE_NEED,
    }
    holds: dict[str, Callable[[Any], bool]] = {
        "epochs": lambda value: value is None or (_is_integer(value, 1) and value < 2**63),
        "batch_size": lambda value: _is_integer(value, 1),
        "passes": lambda value: _is_text(value, ("auto",)) or _is_integer(value, 1),
        "objective": lambda value: value is None or _is_text(value, OBJECTIVES),
        "normalisation": lambda value: _is_text(value, NORMALISATIONS),
        "early_stopping": lambda value: isinstance(value, bool | np.bool_),
        "schema": lambda value: value is None or isinstance(value, TableSchema),
        "constraints": lambda value: value is None or _are_constraints(value),
        "rare_threshold": lambda value: _is_integer(value, 0),
        "callbacks": lambda value: value is None or _are_callbacks(value),
        "checkpoint": lambda value: value is None or is_path(value),
        "device": lambda value: _is_text(value, DEVICES),
        "verbose": lambda value: (
            _is_text(value, ("auto",))
            or (isinstance(value, int | np.integer) and value in (0, 1, 2))
        ),
        "random_state": is_random_state,
    }
    problems = [
        f"{name} must be {need}"
        for name, need in needs.items()
        if not holds[name](parameters[name])
    ]
    if parameters["checkpoint"] is not None and parameters["random_state"] is None:
        problems.append("random_state must be an integer where there is a checkpoint to go on from")
    if problems:
        raise InvalidParameterError("; ".join(problems))
    read_seconds(parameters["max_time"])


def read_seconds(max_time: float | str | None) -> float | None:
    """Return a duration in seconds.

    Examples
    --------
    >>> read_seconds("5m"), read_seconds(90)
    (300.0, 90.0)
    """
    if max_time is None:
        return None
    seconds = None
    if isinstance(max_time, str):
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh])", max_time.strip())
        seconds = float(match[1]) * _UNITS[match[2]] if match else None
    elif isinstance(max_time, int | float | np.number) and not isinstance(max_time, bool):
        with suppress(OverflowError):
            seconds = float(max_time)
    if seconds is None or not 0 < seconds < float("inf"):
        raise InvalidParameterError(
            'max_time must be a positive number of seconds, or text such as "90s", "5m" or "1h"'
        )
    return seconds


def _are_callbacks(value: Any) -> bool:
    # By what they can do: Keras itself is imported when training begins.
    return isinstance(value, list | tuple) and all(hasattr(item, "set_model") for item in value)


def _are_constraints(value: Any) -> bool:
    if isinstance(value, str):
        return value == "infer"
    return isinstance(value, list | tuple) and all(isinstance(rule, Constraint) for rule in value)


def _is_integer(value: Any, least: int) -> bool:
    is_integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return is_integer and value >= least


def _is_text(value: Any, choices: tuple[str, ...]) -> bool:
    return isinstance(value, str) and value in choices
