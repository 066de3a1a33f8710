"""All checks and attacks of synthetic rows, each as a score with its interval and p-value.

They compare with holdout rows, as only unseen rows show how near honest rows come by chance. A pass
says that these attacks found nothing, never that a table is anonymous.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tabgan.evaluation.privacy.copies import ExactMatches, exact_matches, match_share, near_matches
from tabgan.evaluation.privacy.disclosure import correct_attribution, groups
from tabgan.evaluation.privacy.identifiability import identifiability, privacy_loss
from tabgan.evaluation.privacy.inference import attribute_inference
from tabgan.evaluation.privacy.linkability import linkability
from tabgan.evaluation.privacy.membership import membership, membership_of_outliers
from tabgan.evaluation.privacy.nearness import nearer_shares, ratio_quantile
from tabgan.evaluation.privacy.rare_values import rare_values
from tabgan.evaluation.privacy.risk import Risk
from tabgan.evaluation.privacy.sides import Sides
from tabgan.evaluation.privacy.significance import of_several
from tabgan.evaluation.privacy.singling_out import singling_out
from tabgan.evaluation.report import ATTACK, OVERFITTING, Score, Verdict, level_of_each
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import FloatArray, Tables, draw_rows

OVERFITTING_NAMES = (
    "exact_match", "near_match", "dcr_share", "nndr", "privacy_loss", "identifiability",
)  # fmt: skip
ATTACK_NAMES = (
    "singling_out", "linkability", "attribute_inference", "membership_auc", "membership_tpr",
    "outlier_membership_auc", "rare_values",
)  # fmt: skip
# Of given quasi-identifiers and a sensitive column alone.
DISCLOSURE_NAMES = ("correct_attribution", "k_anonymity", "delta_presence", "l_diversity")

_NO_HOLDOUT = "unknown: needs holdout rows, as only unseen rows show what is near by chance"
_TOO_FEW = "unknown: too few holdout rows for this attack"


@dataclass(frozen=True)
class Disclosure:
    """What an attacker is assumed to know, and to be after.

    Parameters
    ----------
    keys : sequence of hashable
        Quasi-identifiers.
    secret : hashable or None
        The sensitive column.
    """

    keys: Sequence[Hashable]
    secret: Hashable | None


def privacy_scores(
    tables: Tables, streams: RandomStreams, disclosure: Disclosure | None = None
) -> list[Score]:
    """Return what checks of overfitting and attacks find.

    Parameters
    ----------
    tables : Tables
    streams : RandomStreams
    disclosure : Disclosure or None
        Adds the attack on a sensitive column by quasi-identifiers, and the sizes of their groups.

    Returns
    -------
    list of Score
        The unit of privacy is a row; ceilings are what rows get that owe no more to the training
        rows than to the holdout. Without a holdout all are unknown but the groups.
    """
    of_groups = [] if disclosure is None else _group_scores(tables, disclosure)
    if tables.holdout is None:
        return [*_unknown_scores(tables), *of_groups]
    sides = Sides.drawn(tables, tables.holdout, streams.named("privacy"))
    scores = _match_scores(tables, tables.holdout, streams.named("exact_match"))
    for name, attack in _BY_SIDES.items():
        scores += attack(sides, streams.named(name))
    if disclosure is not None:
        scores += _attribution_scores(tables, tables.holdout, disclosure)
    return [*scores, *of_groups]


def _unknown_scores(tables: Tables) -> list[Score]:
    share = match_share(tables.synthetic, tables.train)
    equal = f"{share:.2%} of the synthetic rows equal one training row"
    notes = {"exact_match": f"{_NO_HOLDOUT}; {equal}"}
    return [
        Score(name, group, note=notes.get(name, _NO_HOLDOUT))
        for group, names in ((OVERFITTING, OVERFITTING_NAMES), (ATTACK, ATTACK_NAMES))
        for name in names
    ]


def judged_together(scores: Sequence[Score]) -> list[Score]:
    """Return the scores, those flagged whose test is clear even as one of so many.

    An honest table raises an alarm by any of them in at most 5 of 100 cases (Bonferroni).
    """
    level = level_of_each(scores)
    return [
        score if math.isnan(score.p_value) else replace(score, verdict=_verdict(score, level))
        for score in scores
    ]


def _verdict(score: Score, level: float) -> Verdict:
    return Verdict.FLAG if score.p_value < level else Verdict.OK


def _match_scores(tables: Tables, holdout: FloatArray, rng: np.random.Generator) -> list[Score]:
    n_real = min(len(tables.train), len(holdout))
    train, unseen = draw_rows(tables.train, n_real, rng), draw_rows(holdout, n_real, rng)
    among = f"among {n_real:,} training rows (ceiling: holdout rows)"
    overall = (
        f"{match_share(tables.synthetic, tables.train):.2%} of the synthetic rows equal one of all "
        f"{len(tables.train):,} training rows"
    )
    exact = exact_matches(tables.synthetic, train, unseen)
    near = near_matches(tables.synthetic, train, unseen)
    return [
        _match_score("exact_match", exact, f"{among}; {overall}"),
        _match_score("near_match", near, f"in all cells but one, {among}"),
    ]


def _match_score(name: str, found: ExactMatches, note: str) -> Score:
    return Score(
        name, OVERFITTING, None, found.train, found.low, found.high,
        ceiling=found.holdout, p_value=found.p_value, note=note,
    )  # fmt: skip


def _dcr_share(sides: Sides, rng: np.random.Generator) -> list[Score]:
    shares = nearer_shares(sides, rng)
    by_all = shares[0]
    note = (
        f"of {len(sides.synthetic):,} synthetic rows, among {sides.n_real:,} training and holdout "
        "rows each"
    )
    if len(shares) > 1:
        note += f"; tested in {len(shares) - 1} groups of columns, too"
    return [
        Score(
            "dcr_share", OVERFITTING, None, by_all.value, by_all.low, by_all.high, ceiling=0.5,
            p_value=of_several([share.p_value for share in shares]), note=note,
        )
    ]  # fmt: skip


def _nndr(sides: Sides, rng: np.random.Generator) -> list[Score]:
    found = ratio_quantile(sides, rng)
    return [
        Score(
            "nndr", OVERFITTING, None, found.train, found.low, found.high, ceiling=found.holdout,
            p_value=found.p_value,
            note="lower than the ceiling where rows sit beside training rows",
        )
    ]  # fmt: skip


def _privacy_loss(sides: Sides, rng: np.random.Generator) -> list[Score]:
    found = privacy_loss(sides, rng)
    return [
        Score(
            "privacy_loss", OVERFITTING, None, found.value, found.low, found.high, ceiling=0.0,
            p_value=found.p_value, note="0 is best",
        )
    ]  # fmt: skip


def _identifiability(sides: Sides, _: np.random.Generator) -> list[Score]:
    found = identifiability(sides)
    return [
        Score(
            "identifiability", OVERFITTING, None, found.value, found.low, found.high, ceiling=0.0,
            p_value=found.p_value,
            note=f"0 is best; {found.train:.3f} of the training and {found.holdout:.3f} of the "
            "holdout rows are nearest to a synthetic row",
        )
    ]  # fmt: skip


def _singling_out(sides: Sides, rng: np.random.Generator) -> list[Score]:
    return [_risk_score("singling_out", singling_out(sides, rng))]


def _linkability(sides: Sides, rng: np.random.Generator) -> list[Score]:
    found = linkability(sides, rng)
    if found is None:
        return [Score("linkability", ATTACK, note="unknown: needs two columns")]
    return [_risk_score("linkability", found)]


def _attribute_inference(sides: Sides, _: np.random.Generator) -> list[Score]:
    found = attribute_inference(sides)
    name = "attribute_inference"
    if not found:
        return [Score(name, ATTACK, note="unknown: needs two columns")]
    # The columns are attacked one by one, so each pays for all.
    found = {i: replace(r, p_value=min(1.0, len(found) * r.p_value)) for i, r in found.items()}
    worst = min(found, key=lambda column: (found[column].p_value, -found[column].value))
    overall = _risk_score(name, found[worst])
    overall = replace(overall, note=f"of {sides.columns[worst].name}; {overall.note}")
    return [overall, *(_risk_score(name, r, sides.columns[i].name) for i, r in found.items())]


def _risk_score(name: str, found: Risk, column: Hashable | None = None) -> Score:
    note = (
        f"attacks succeed on {found.train:.1%} of training and {found.holdout:.1%} of holdout rows"
    )
    return Score(
        name, ATTACK, column, found.value, found.low, found.high, ceiling=0.0,
        p_value=found.p_value, note=note,
    )  # fmt: skip


def _membership(sides: Sides, rng: np.random.Generator) -> list[Score]:
    found = membership(sides, rng)
    if found is None:
        return [Score(name, ATTACK, note=_TOO_FEW) for name in ("membership_auc", "membership_tpr")]
    auc = Score(
        "membership_auc", ATTACK, None, found.auc.value, found.auc.low, found.auc.high,
        ceiling=0.5, p_value=found.auc_p_value, note=f"by '{found.attack}'",
    )  # fmt: skip
    tpr = Score(
        "membership_tpr", ATTACK, None, found.tpr.value, found.tpr.low, found.tpr.high,
        ceiling=0.01, p_value=found.tpr_p_value,
        note=f"training rows found at 1 % false alarms, by '{found.attack_at_the_top}'",
    )  # fmt: skip
    return [auc, tpr]


def _outlier_membership(sides: Sides, rng: np.random.Generator) -> list[Score]:
    found = membership_of_outliers(sides, rng)
    name = "outlier_membership_auc"
    if found is None:
        return [Score(name, ATTACK, note=_TOO_FEW)]
    return [
        Score(
            name, ATTACK, None, found.auc.value, found.auc.low, found.auc.high, ceiling=0.5,
            p_value=of_several([found.auc_p_value, found.tpr_p_value]),
            note=f"of the rows furthest from others, by '{found.attack}'",
        )
    ]  # fmt: skip


def _rare_values(sides: Sides, _: np.random.Generator) -> list[Score]:
    is_ordered = np.array([column.is_ordered for column in sides.columns])
    found = rare_values(sides.synthetic, sides.train, sides.holdout, is_ordered)
    if math.isnan(found.train):
        return [Score("rare_values", ATTACK, note="unknown: no value occurs in one row alone")]
    note = f"of {found.n_train:,} values that one training row alone has"
    if not math.isnan(found.extremes):
        note += f"; {found.extremes:.0%} of the columns' own two smallest and largest values occur"
    return [
        Score(
            "rare_values", ATTACK, None, found.train, found.low, found.high, ceiling=found.holdout,
            p_value=found.p_value, note=note,
        )
    ]  # fmt: skip


def _attribution_scores(tables: Tables, holdout: FloatArray, disclosure: Disclosure) -> list[Score]:
    keys, secret = _positions(tables, disclosure)
    if secret is None:
        return []
    found = correct_attribution(tables.synthetic, tables.train, holdout, keys, secret)
    note = f"of {found.n_train:,} training rows whose quasi-identifiers occur"
    return [
        Score(
            "correct_attribution", ATTACK, None, found.train, found.low, found.high,
            ceiling=found.holdout, p_value=found.p_value, note=note,
        )
    ]  # fmt: skip


def _group_scores(tables: Tables, disclosure: Disclosure) -> list[Score]:
    """Return k-anonymity, l-diversity and delta-presence, which are told and not judged."""
    keys, secret = _positions(tables, disclosure)
    found = groups(tables.synthetic, tables.train, tables.holdout, keys, secret)
    scores = [
        Score("k_anonymity", ATTACK, None, float(found.k), note="rows of the smallest group"),
        Score(
            "delta_presence", ATTACK, None, found.presence,
            note="largest share of training rows among the real rows of a group that occurs",
        ),
    ]  # fmt: skip
    if found.distinct is not None:
        note = "distinct values of the sensitive column in a group, at least"
        scores.append(Score("l_diversity", ATTACK, None, float(found.distinct), note=note))
    return scores


def _positions(tables: Tables, disclosure: Disclosure) -> tuple[NDArray[np.int64], int | None]:
    keys = np.array([tables.position(name) for name in disclosure.keys])
    return keys, None if disclosure.secret is None else tables.position(disclosure.secret)


_BY_SIDES: dict[str, Callable[[Sides, np.random.Generator], list[Score]]] = {
    "dcr_share": _dcr_share,
    "nndr": _nndr,
    "privacy_loss": _privacy_loss,
    "identifiability": _identifiability,
    "singling_out": _singling_out,
    "linkability": _linkability,
    "attribute_inference": _attribute_inference,
    "membership": _membership,
    "outlier_membership": _outlier_membership,
    "rare_values": _rare_values,
}
