"""Whether rows drawn anew can keep rules together, said before a network is trained for hours."""

import warnings
from collections.abc import Hashable

import numpy as np
import pandas as pd

from tabgan.errors import ConstraintError
from tabgan.randomness import stream
from tabgan.schema.constraints import Constraint
from tabgan.synthesizers.rules import Rules

# Rows that are tried at most, and those fewer than which say nothing.
_MOST_ROWS, _FEWEST_ROWS = 1_024, 64
# Share of rows that must keep rules: each open row of a sample has 64 candidates.
_FEWEST_KEPT = 1 / 64


def try_rules(rules: Rules, table: pd.DataFrame) -> None:
    """Draw rows of the table again inside their modes, and look whether any keeps the rules.

    Rules that have columns in common are looked at together, in rows that miss none of these.

    Parameters
    ----------
    rules : Rules
        As they were learnt.
    table : pandas.DataFrame
        The rows of the fit.

    Raises
    ------
    ConstraintError
        If no row keeps them. If next to none does, there is a warning.
    """
    if not rules.of_rows:
        return
    rows = table.iloc[:: -(-len(table) // _MOST_ROWS)]
    rows = rows[~rules.broken(rows)]  # combinations of few rows are not released
    codes = rules.encoder.encode_codes(rows, stream(0, "rules", 1)).astype(np.int64)
    uniforms = stream(0, "rules", 2).random(codes.shape)
    drawn = rules.encoder.decode(codes, uniforms)
    rules.arrange(drawn, codes, uniforms, {})
    for group in _groups(rules.of_rows):
        names = {name for rule in group for name in rule.columns}
        whole = drawn[np.logical_and.reduce([drawn[name].notna() for name in names])]
        broken = [rule.broken(whole, rules.schema) for rule in group]
        n_kept = int((~np.logical_or.reduce(broken)).sum())
        if len(whole) < _FEWEST_ROWS or n_kept >= _FEWEST_KEPT * len(whole):
            continue
        at_odds = {
            name
            for rule, is_broken in zip(group, broken, strict=True)
            if is_broken.any()
            for name in rule.columns
        }
        named = [str(rule) for rule in group if at_odds & set(rule.columns)]
        said = (
            f"of {len(whole):,} rows drawn again {n_kept} keep these constraints together: "
            f"{'; '.join(named)}. Leave one of them out, or a column that they determine, to be "
            "computed from the sample"
        )
        if not n_kept:
            raise ConstraintError(said)
        warnings.warn(said, stacklevel=5)  # where fit was called


def _groups(rules: tuple[Constraint, ...]) -> list[list[Constraint]]:
    """Return the rules, those together that have columns in common."""
    groups: list[tuple[set[Hashable], list[Constraint]]] = []
    for rule in rules:
        names, together = set(rule.columns), [rule]
        for others in [group for group in groups if group[0] & set(rule.columns)]:
            groups.remove(others)
            names |= others[0]
            together = [*others[1], *together]
        groups.append((names, together))
    return [together for _, together in groups]
