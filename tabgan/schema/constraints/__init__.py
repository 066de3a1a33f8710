"""Rules that rows keep, as values: given by a user or found in a table, checked, written, read.

To add a kind: 1. a frozen subclass of :class:`Constraint` in a file of its own, 2. its entry in
``registry.KINDS``, 3. rows in the contract test.
"""

from tabgan.schema.constraints.combinations import FixedCombinations
from tabgan.schema.constraints.constraint import Constraint, check_constraints
from tabgan.schema.constraints.formula import Formula
from tabgan.schema.constraints.inequality import Inequality
from tabgan.schema.constraints.infer import infer_constraints
from tabgan.schema.constraints.missing import MissingTogether
from tabgan.schema.constraints.registry import (
    constraints_from_json,
    constraints_to_json,
    read_constraints,
)
from tabgan.schema.constraints.sums import Sum
from tabgan.schema.constraints.unique import Unique
from tabgan.schema.constraints.value_range import Range

__all__ = [
    "Constraint",
    "FixedCombinations",
    "Formula",
    "Inequality",
    "MissingTogether",
    "Range",
    "Sum",
    "Unique",
    "check_constraints",
    "constraints_from_json",
    "constraints_to_json",
    "infer_constraints",
    "read_constraints",
]
