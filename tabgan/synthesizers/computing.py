"""Which column each rule computes, so that rules about the same columns are kept together.

A rule such as a sum can compute any of its members. No two rules may compute the same column, nor
each what the other one needs: so one rule computes a column that no other rule is about, the next
one a column that none of those left is about, and so on.
"""

from collections import Counter
from collections.abc import Hashable, Sequence

from tabgan.schema.constraints import Constraint, FixedCombinations

# Rules, and which of its members each computes.
Way = tuple[tuple[Constraint, Hashable], ...]
# Rules of which each in turn is the last to be turned round.
_MOST_WAYS = 8


def ways_to_compute(constraints: Sequence[Constraint]) -> tuple[Way, ...]:
    """Return ways to keep rules by computing cells, the preferred first.

    Where all rules are kept when each computes its first member, that is the only way. Else one or
    another of them is turned round: which of them can be depends on the row. Rules that go in a
    circle (each follows from the others, if a table keeps them) compute their first members.

    Parameters
    ----------
    constraints : sequence of Constraint
        The rules.
    """
    rules = list(dict.fromkeys(rule for rule in constraints if rule.members))
    first = tuple((rule, rule.members[0]) for rule in rules)
    combined = {
        name for rule in constraints if isinstance(rule, FixedCombinations) for name in rule.columns
    }
    ways: list[Way] = []
    for fixed in (combined, set[Hashable]()):
        untroubled = dict(_computed(rules, fixed, at_most=1))
        if len(untroubled) == len(rules):
            ways.append(first)
            break
        for keeps in [rule for rule in rules if rule not in untroubled][:_MOST_WAYS]:
            others = [rule for rule in rules if rule != keeps]
            computed = dict(_computed([*others, keeps], fixed))
            ways.append(tuple((rule, computed.get(rule, name)) for rule, name in first))
    return tuple(dict.fromkeys(ways))


def _computed(
    rules: list[Constraint], fixed: set[Hashable], at_most: int | None = None
) -> list[tuple[Constraint, Hashable]]:
    """Return rules and what they compute, without those that go in a circle.

    Parameters
    ----------
    rules : list of Constraint
        Those with members; an earlier one is sooner turned round.
    fixed : set of hashable
        Columns that none may compute.
    at_most : int or None
        How many of its members each may compute; all if ``None``.
    """
    left = list(rules)
    found: list[tuple[Constraint, Hashable]] = []
    n_rules = Counter(name for rule in rules for name in rule.columns)
    while True:
        free = (
            (rule, name)
            for rule in left
            for name in rule.members[:at_most]
            if name not in fixed and n_rules[name] == 1
        )
        chosen = next(free, None)
        if chosen is None:
            return found
        found.append(chosen)
        left.remove(chosen[0])
        n_rules.subtract(chosen[0].columns)
