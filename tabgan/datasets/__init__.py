"""A table whose law is known: data for the demo, the documentation and the tests."""

from tabgan.datasets.energy import load_demo
from tabgan.datasets.energy_law import (
    category_shares,
    expected_log_use,
    join_day_shares,
    switch_probability,
)

__all__ = [
    "category_shares",
    "expected_log_use",
    "join_day_shares",
    "load_demo",
    "switch_probability",
]
