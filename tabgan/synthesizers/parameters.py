"""The rules for the constructor's arguments, checked in ``fit``."""

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from tabgan.errors import InvalidParameterError
from tabgan.schema import TableSchema

if TYPE_CHECKING:
    from tabgan.synthesizers.gan import TabGAN

OBJECTIVES = ("relativistic", "nonsaturating", "wasserstein")
NORMALISATIONS = ("quantile", "mixture")
DEVICES = ("auto", "cpu", "gpu")
_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


def check_parameters(gan: "TabGAN") -> None:
    """Raise InvalidParameterError naming every argument that is out of its range."""
    rules = {
        "epochs": (gan.epochs is None or _is_integer(gan.epochs, 1), "an integer >= 1 or None"),
        "batch_size": (_is_integer(gan.batch_size, 1), "an integer >= 1"),
        "passes": (gan.passes == "auto" or _is_integer(gan.passes, 1), 'an integer >= 1 or "auto"'),
        "objective": (
            gan.objective is None or gan.objective in OBJECTIVES,
            f"one of {OBJECTIVES} or None",
        ),
        "normalisation": (gan.normalisation in NORMALISATIONS, f"one of {NORMALISATIONS}"),
        "early_stopping": (isinstance(gan.early_stopping, bool), "True or False"),
        "schema": (
            gan.schema is None or isinstance(gan.schema, TableSchema),
            "a TableSchema or None",
        ),
        "rare_threshold": (_is_integer(gan.rare_threshold, 0), "an integer >= 0"),
        "device": (gan.device in DEVICES, f"one of {DEVICES}"),
        "verbose": (gan.verbose in ("auto", 0, 1, 2), '"auto", 0, 1 or 2'),
    }
    problems = [f"{name} must be {need}" for name, (holds, need) in rules.items() if not holds]
    if problems:
        raise InvalidParameterError("; ".join(problems))
    read_seconds(gan.max_time)


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
        seconds = float(max_time)
    if seconds is None or not 0 < seconds < float("inf"):
        raise InvalidParameterError(
            'max_time must be a positive number of seconds, or text such as "90s", "5m" or "1h"'
        )
    return seconds


def _is_integer(value: Any, least: int) -> bool:
    is_integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return is_integer and value >= least
