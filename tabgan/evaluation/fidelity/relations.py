"""Scores of relations between columns: pairs, triples, and rules that all training rows keep."""

from collections.abc import Hashable, Sequence
from itertools import combinations

import numpy as np

from tabgan.evaluation.fidelity.constraints import Rule, Rules
from tabgan.evaluation.fidelity.dependence import FIGURES, DependenceReference
from tabgan.evaluation.fidelity.margins import TripleReference
from tabgan.evaluation.fidelity.measured import Measured, cut_to_holdout, means_first, measured
from tabgan.evaluation.fidelity.trend import TrendReference, mean_of_pairs
from tabgan.evaluation.report import RELATIONS, Score
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import FloatArray, Tables, independent_columns
from tabgan.schema.constraints.finding import FEWEST_ROWS

RELATION_NAMES = ("trend", "trend_training_bins", *FIGURES, "triples", "constraints")
# Those that have a score of each pair; of a table of 55 columns these are 1,485 each.
_OF_PAIRS = ("trend", "mutual_information")


def relation_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    """Return how well relations between columns are kept.

    Parameters
    ----------
    tables : Tables
    streams : RandomStreams

    Returns
    -------
    list of Score
        Judged against independent columns, but for `trend`, whose bins can put fresh real rows
        below independent columns where tails are heavy, and for `missing_together` and
        `correlation_ratio`, which many tables hardly have.
    """
    return [
        *_pair_scores(tables, streams),
        _triple_score(tables, streams),
        *_constraint_scores(tables, streams),
    ]


def _pair_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    trend = TrendReference(tables.columns, tables.train)
    dependence = DependenceReference(tables.columns, tables.train)

    def similarity(rows: FloatArray) -> FloatArray:
        found = trend.compare(rows)
        pairs = np.concatenate([np.stack([found.own, found.training]), dependence.compare(rows)])
        # What is asked for of each figure, their mean over all pairs, beside each pair.
        means = np.array([mean_of_pairs(of_figure) for of_figure in pairs])
        return np.concatenate([means, pairs.ravel()])

    found = measured(similarity, tables, streams.named("trend"))
    names = ("trend", "trend_training_bins", *FIGURES)
    pairs = _by_pair(found, len(names), len(tables.columns))
    scores = []
    for i, name in enumerate(names):
        note = _note(name, found, pairs.value[i])
        score = Score(name, RELATIONS, None, *found.figures(i), note=note)
        is_judged = name in ("trend_training_bins", "mutual_information")
        scores.append(score.judged_by_floor() if is_judged else score)
        if name in _OF_PAIRS:
            scores += _each_pair(name, pairs, i, [column.name for column in tables.columns])
    return scores


def _by_pair(found: Measured, n_figures: int, n_columns: int) -> Measured:
    def reshaped(part: FloatArray) -> FloatArray:
        return part[n_figures:].reshape(n_figures, n_columns, n_columns)

    parts = (found.value, found.low, found.high, found.floor, found.ceiling)
    value, low, high, floor, ceiling = map(reshaped, parts)
    return Measured(value, low, high, floor, ceiling, "")


def _note(name: str, found: Measured, pairs: FloatArray) -> str:
    n_pairs = len(pairs) * (len(pairs) - 1) // 2
    n_known = int(np.isfinite(pairs).sum() // 2)
    if n_known == 0:
        return "unknown: there are no two columns that it is about"
    if name.startswith("trend") and n_known < n_pairs:
        left_out = (
            f"{n_pairs - n_known} pairs left out, a column being constant in the training rows"
        )
        return f"{left_out}; {found.note}".rstrip("; ")
    if n_known < n_pairs and name in ("correlation_ratio", "missing_together"):
        return f"of {n_known} pairs; {found.note}".rstrip("; ")
    return found.note


def _each_pair(name: str, pairs: Measured, figure: int, names: Sequence[Hashable]) -> list[Score]:
    return [
        Score(name, RELATIONS, names[i], *pairs.figures(figure, i, j), other_column=names[j])
        for i, j in combinations(range(len(names)), 2)
        if np.isfinite(pairs.value[figure, i, j])
    ]


def _triple_score(tables: Tables, streams: RandomStreams) -> Score:
    generator = streams.named("triples")
    reference = TripleReference(tables.columns, tables.train, generator)
    if len(reference.triples) == 0:
        return Score("triples", RELATIONS, note="unknown: it takes three columns")
    found = measured(lambda rows: np.array([reference.compare(rows).mean()]), tables, generator)
    note = "; ".join(filter(None, (f"of {len(reference.triples)} triples", found.note)))
    return Score("triples", RELATIONS, None, *found.figures(0), note=note).judged_by_floor()


def _constraint_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    generator = streams.named("constraints")
    independent = independent_columns(tables.train, len(tables.train), generator)
    found_rules = Rules.found_in(tables.columns, tables.train, independent)
    rules = found_rules.rules
    if len(tables.train) < FEWEST_ROWS:
        note = f"unknown: rules are looked for in {FEWEST_ROWS} training rows or more"
        return [Score("constraints", RELATIONS, note=note)]
    if not rules:
        return [
            Score("constraints", RELATIONS, note="unknown: no rule was found that all rows keep")
        ]

    def similarity(rows: FloatArray) -> FloatArray:
        return means_first(found_rules.kept_shares(rows)[np.newaxis]).ravel()

    cut, on_rows = cut_to_holdout(tables, generator)
    found = measured(similarity, cut, generator)
    note = "; ".join(filter(None, (f"of {len(rules)} rules that were found", on_rows, found.note)))
    names = [column.name for column in tables.columns]
    overall = Score("constraints", RELATIONS, None, *found.figures(0), note=note).judged_by_floor()
    return [
        overall,
        *(_rule_score(rule, found.figures(i), names) for i, rule in enumerate(rules, 1)),
    ]


def _rule_score(
    rule: Rule, figures: tuple[float, float, float, float, float], names: list[Hashable]
) -> Score:
    first, second = (names[place] for place in rule.concerned)
    return Score(
        "constraints", RELATIONS, first, *figures, note=rule.told(names), other_column=second
    )
