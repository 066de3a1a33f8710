"""A report as one HTML page that needs nothing else: no scripts, no downloads."""

import math
from collections.abc import Hashable, Mapping, Sequence

from tabgan.evaluation.profiles import ColumnProfile, Dependences
from tabgan.evaluation.report.drawing import bars, matrix, ruler, text
from tabgan.evaluation.report.score import ATTACK, COLUMNS, OVERFITTING, Gate, Score, figure
from tabgan.evaluation.report.wording import (
    GROUPS,
    NOT_PROVED,
    OF_HONESTY,
    OF_RELATIONS,
    SCORES,
    VERDICTS,
    verdict_lines,
)

_STYLE = """
:root { --ink: #1f2933; --soft: #5f6c7b; --line: #d9dee4; --real: #9fb8d0; --synthetic: #c2570c;
  --ok: #2e7d4f; --flag: #b3261e; --unknown: #7a8794; }
* { box-sizing: border-box; }
html { font-size: 15px; }
body { margin: 0 auto; padding: 2rem 1.2rem 4rem; max-width: 62rem; color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; background: #fff; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .2rem; border-top: 1px solid var(--line);
  padding-top: 1.2rem; }
h3 { font-size: 1rem; margin: 0 0 .3rem; overflow-wrap: anywhere; } h3.below { margin-top: 1.2rem; }
p { margin: .2rem 0 .8rem; max-width: 48rem; }
.soft, .note, figcaption { color: var(--soft); font-size: .87rem; }
.verdicts { list-style: none; padding: 0; margin: 1.2rem 0; }
.verdicts li { border-left: 5px solid; padding: .5rem .9rem; margin: .5rem 0;
  background: #f7f8f9; }
.verdicts .ok { border-color: var(--ok); } .verdicts .flag { border-color: var(--flag); }
.verdicts .unknown { border-color: var(--unknown); }
.scroll { overflow-x: auto; }
table.scores { border-collapse: collapse; width: 100%; }
table.scores th, table.scores td { text-align: left; vertical-align: top; padding: .5rem .5rem;
  border-bottom: 1px solid var(--line); }
table.scores thead th { font-size: .8rem; color: var(--soft); font-weight: 600; }
table.scores .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.scores th[scope=row] { font-weight: 600; min-width: 13rem; }
table.scores th[scope=row] span { display: block; font-weight: 400; color: var(--soft);
  font-size: .83rem; overflow-wrap: anywhere; }
td.wide svg { width: 240px; max-width: none; }
@media screen and (max-width: 46rem) { .wide { display: none; }
  table.scores th[scope=row] { min-width: 0; } }
.badge { display: inline-block; border-radius: 9px; padding: 0 .55rem; font-size: .8rem;
  color: #fff; white-space: nowrap; }
.badge.ok { background: var(--ok); } .badge.flag { background: var(--flag); }
.badge.unknown { background: var(--unknown); }
svg { display: block; max-width: 100%; height: auto; }
svg text { fill: var(--soft); font-size: 11px; }
.axis { stroke: var(--line); fill: none; } .interval { stroke: #52606d; stroke-width: 3; }
.floor { stroke: #b9812b; stroke-width: 2; stroke-dasharray: 2 2; }
.ceiling { stroke: #2f6f9f; stroke-width: 2; }
circle.ok { fill: var(--ok); } circle.flag { fill: var(--flag); }
circle.unknown { fill: var(--unknown); }
svg .real { fill: var(--real); } svg path.synthetic { stroke: var(--synthetic); fill: none;
  stroke-width: 1.6; }
.legend b { font-weight: 600; } .legend i { display: inline-block; width: 1.1em; height: .7em;
  margin: 0 .3em 0 1em; } i.real { background: var(--real); }
i.synthetic { background: var(--synthetic); }
i.mark { width: 0 !important; height: 1em !important; border-left: 2px solid #2f6f9f;
  vertical-align: -.15em; } i.mark.low { border-left: 2px dashed #b9812b; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(17.5rem, 1fr));
  gap: 1.6rem 1.4rem; margin-top: 1rem; }
.columns section { min-width: 0; break-inside: avoid; }
table.bars { border-collapse: collapse; width: 100%; font-size: .78rem; table-layout: fixed; }
table.bars th { width: 38%; text-align: left; font-weight: 400; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; padding-right: .4rem; }
table.bars td { padding: 1px 0; } table.bars td:nth-child(n+3) { width: 3.2rem;
  text-align: right; font-variant-numeric: tabular-nums; color: var(--soft); }
table.bars i { display: block; height: 5px; min-width: 1px; margin: 1px 0; }
.matrices { display: flex; flex-wrap: wrap; gap: 1.4rem; margin-top: 1rem; }
figure { margin: 0; break-inside: avoid; max-width: 100%; }
@media print { html { font-size: 11px; } body { max-width: none; padding: 0; }
  h2, .legend { break-after: avoid; } td.wide svg { width: 150px; } tr { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
# Pairs and rules that are told in words.
_WORST_PAIRS = 5
_MOST_RULES = 12
# What is not said of a column, as it is as it should be but for a rounding.
_NEARLY_ALL = 0.9995


def as_page(
    n_rows: tuple[int, int, int],
    scores: Sequence[Score],
    gates: Sequence[Gate],
    left_out: Sequence[Hashable],
    profiles: Sequence[ColumnProfile],
    dependences: Dependences,
) -> str:
    """Return a report as an HTML page.

    Parameters
    ----------
    n_rows : tuple of int
        Training, synthetic and holdout rows.
    scores : sequence of Score
        Of the whole table and of columns.
    gates : sequence of Gate
    left_out : sequence of hashable
        Columns that are not compared.
    profiles : sequence of ColumnProfile
    dependences : Dependences
    """
    overall = [score for score in scores if score.column is None]
    body = [
        _head(n_rows, overall, gates, left_out),
        *(_group(name, scores) for name in GROUPS),
        _columns(scores, profiles),
        _pairs(dependences),
        _not_proved(),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Synthetic rows, judged</title><style>{_STYLE}</style></head>"
        f"<body>{''.join(body)}</body></html>\n"
    )


def _head(
    n_rows: tuple[int, int, int],
    overall: Sequence[Score],
    gates: Sequence[Gate],
    left_out: Sequence[Hashable],
) -> str:
    train, synthetic, holdout = n_rows
    lines = "".join(
        f'<li class="{verdict}">{text(line)}</li>' for verdict, line in verdict_lines(overall)
    )
    asked = "".join(
        f'<li class="{"ok" if gate.passed else "flag"}">{text(gate)}</li>' for gate in gates
    )
    names = ", ".join(text(name) for name in left_out)
    apart = f'<p class="soft">Not compared, being identifiers: {names}</p>' if left_out else ""
    return (
        "<h1>Synthetic rows, judged</h1>"
        f'<p class="soft">{synthetic:,} synthetic rows, learnt from {train:,} training rows; '
        f"{holdout:,} real rows held out</p>"
        f'<ul class="verdicts">{lines}{asked}</ul>{apart}'
    )


def _group(group: str, scores: Sequence[Score]) -> str:
    rows = "".join(_score_row(s) for s in scores if s.group == group and s.column is None)
    title, question = GROUPS[group]
    if not rows:
        return ""
    legend = _legend(*(OF_RELATIONS if group not in (OVERFITTING, ATTACK) else OF_HONESTY))
    return (
        f"<h2>{title}</h2><p>{question}</p>{legend}"
        '<div class="scroll"><table class="scores"><thead><tr><th>Score</th>'
        '<th class="number">Value</th><th class="wide"></th>'
        '<th class="number wide">Floor</th><th class="number wide">Ceiling</th>'
        "<th>Verdict</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div>{_rules(group, scores)}"
    )


def _rules(group: str, scores: Sequence[Score]) -> str:
    """Return the rules that were found, the most broken first."""
    rules = [
        s for s in scores if s.group == group and s.name == "constraints" and s.column is not None
    ]
    if not rules:
        return ""
    rules.sort(key=lambda score: score.value)
    told = "".join(
        f"<li>{text(rule.note)}: {rule.value:.1%} of the synthetic rows{_of_real(rule)}</li>"
        for rule in rules[:_MOST_RULES]
    )
    more = (
        f'<p class="note">and {len(rules) - _MOST_RULES} more</p>'
        if len(rules) > _MOST_RULES
        else ""
    )
    title = "Rules that every training row keeps, and who else does"
    return f'<h3 class="below">{title}</h3><ul>{told}</ul>{more}'


def _of_real(rule: Score) -> str:
    return "" if math.isnan(rule.ceiling) else f", {rule.ceiling:.1%} of unseen real rows"


def _legend(floor: str, of_floor: str, ceiling: str, of_ceiling: str) -> str:
    low = f'<i class="mark low"></i><b>{floor}</b>, {of_floor}' if floor else ""
    high = f'<i class="mark"></i><b>{ceiling}</b>, {of_ceiling}'
    return f'<p class="note legend">{low}{high}; the bar is the 95 % interval</p>'


def _score_row(score: Score) -> str:
    title, question = SCORES[score.name]
    note = f"<span>{text(score.note)}</span>" if score.note else ""
    return (
        f'<tr><th scope="row">{title}<span>{question}</span>{note}</th>'
        f'<td class="number">{figure(score.value)}</td><td class="wide">{ruler(score)}</td>'
        f'<td class="number wide">{figure(score.floor)}</td>'
        f'<td class="number wide">{figure(score.ceiling)}</td>'
        f'<td><span class="badge {score.verdict}">{VERDICTS[score.verdict]}</span></td></tr>'
    )


def _columns(scores: Sequence[Score], profiles: Sequence[ColumnProfile]) -> str:
    found = {(score.name, score.column): score.value for score in scores if score.group == COLUMNS}
    shapes = {profile.name: found["shape", profile.name] for profile in profiles}
    # Worst first; a column without a value has no shape, and comes last.
    ordered = sorted(profiles, key=lambda p: (math.isnan(shapes[p.name]), shapes[p.name]))
    parts = "".join(_column(profile, found) for profile in ordered)
    return (
        "<h2>Columns, the worst first</h2>"
        '<p class="note legend"><i class="real"></i><b>real</b>, the training rows'
        '<i class="synthetic"></i><b>synthetic</b></p>'
        f'<div class="columns">{parts}</div>'
    )


def _column(profile: ColumnProfile, found: Mapping[tuple[str, Hashable | None], float]) -> str:
    facts = [profile.kind, f"shape {figure(found['shape', profile.name])}"]
    if any(profile.missing):
        facts.append(f"missing {profile.missing[0]:.1%} and {profile.missing[1]:.1%}")
    what = "range" if profile.is_ordered else "categories"
    for name, told in (
        ("value_coverage", f"of the {what} occurs"),
        ("value_adherence", f"of the values lie in the {what}"),
    ):
        share = found[name, profile.name]
        if share < _NEARLY_ALL:
            facts.append(f"{share:.1%} {told}")
    return (
        f"<section><h3>{text(profile.name, 60)}</h3>"
        f'<p class="note">{text(", ".join(facts))}</p>{bars(profile)}</section>'
    )


def _pairs(found: Dependences) -> str:
    names = found.names
    if len(names) < 2:
        return ""
    difference = [
        [of_synthetic - of_train for of_train, of_synthetic in zip(*rows, strict=True)]
        for rows in zip(found.train, found.synthetic, strict=True)
    ]
    pairs = [(i, j) for i in range(len(names)) for j in range(i)]
    worst = sorted(pairs, key=lambda pair: -abs(difference[pair[0]][pair[1]]))[:_WORST_PAIRS]
    told = "".join(
        f"<li>{text(names[j], 40)} and {text(names[i], 40)}: {found.train[i][j]:.2f} in the real "
        f"rows, {found.synthetic[i][j]:.2f} in the synthetic ones</li>"
        for i, j in worst
    )
    title = "synthetic less real: red is more, blue is less"
    return (
        "<h2>Pairs of columns, the worst first</h2><p>How much two columns depend on each other, "
        f"from 0 to 1 (Cramér's V of tenths of numbers and frequent categories).</p><ol>{told}</ol>"
        '<div class="matrices">'
        f"{matrix(names, found.train, 'real', is_difference=False)}"
        f"{matrix(names, found.synthetic, 'synthetic', is_difference=False)}"
        f"{matrix(names, difference, title, is_difference=True)}</div>"
    )


def _not_proved() -> str:
    lines = "".join(f"<li>{text(line)}</li>" for line in NOT_PROVED)
    return f"<h2>What these numbers do not prove</h2><ul>{lines}</ul>"
