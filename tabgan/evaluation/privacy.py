"""Privacy: overfitting checks, which find synthetic rows that owe too much to training rows.

They compare with holdout rows, as only unseen rows show how near honest rows come by chance. They
are smoke tests: a pass says that no gross copying was seen, never that a table is anonymous.
"""

from tabgan.evaluation.distance import gower_scaled, nearer_share, nearest_rows
from tabgan.evaluation.exact_match import exact_matches, match_share
from tabgan.evaluation.report import Score, Verdict
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import Tables, draw_rows

# Three checks (the detector's area is the third) then raise a false alarm in at most some 3 of
# 100 honest tables.
SIGNIFICANCE = 0.01
# Rows of each of the three tables: twice 25 million distances of 15 columns take two seconds.
_DISTANCE_MAX_ROWS = 5_000

_NO_HOLDOUT = "unknown: needs holdout rows, as only unseen rows show what is near by chance"


def privacy_scores(tables: Tables, streams: RandomStreams) -> list[Score]:
    """Return `dcr_share` and `exact_match`: are synthetic rows nearer or equal to training rows?

    Parameters
    ----------
    tables : Tables
    streams : RandomStreams

    Returns
    -------
    list of Score
        `dcr_share` after Platzer and Reutterer (2021). The unit of privacy is a row; ceilings are
        what rows get that owe no more to the training rows than to the holdout.
    """
    return [_dcr_share(tables, streams), _exact_match(tables, streams)]


def _dcr_share(tables: Tables, streams: RandomStreams) -> Score:
    if tables.holdout is None:
        return Score("dcr_share", "privacy", note=_NO_HOLDOUT)
    generator = streams.named("dcr_share")
    n_real = min(len(tables.train), len(tables.holdout), _DISTANCE_MAX_ROWS)
    n_synthetic = min(len(tables.synthetic), _DISTANCE_MAX_ROWS)
    train, holdout, synthetic = (
        gower_scaled(tables.columns, tables.train, tables.holdout, rows)
        for rows in (
            draw_rows(tables.train, n_real, generator),
            draw_rows(tables.holdout, n_real, generator),
            draw_rows(tables.synthetic, n_synthetic, generator),
        )
    )
    share = nearer_share(nearest_rows(synthetic, train), nearest_rows(synthetic, holdout))
    return Score(
        "dcr_share",
        "privacy",
        None,
        share.value,
        share.low,
        share.high,
        ceiling=0.5,
        p_value=share.p_value,
        verdict=_verdict(share.p_value),
        note=f"of {n_synthetic:,} synthetic rows, among {n_real:,} training and holdout rows each",
    )


def _exact_match(tables: Tables, streams: RandomStreams) -> Score:
    overall = f"{match_share(tables.synthetic, tables.train):.2%} of the synthetic rows equal one"
    if tables.holdout is None:
        return Score("exact_match", "privacy", note=f"{_NO_HOLDOUT}; {overall} training row")
    generator = streams.named("exact_match")
    n_real = min(len(tables.train), len(tables.holdout))
    matches = exact_matches(
        tables.synthetic,
        draw_rows(tables.train, n_real, generator),
        draw_rows(tables.holdout, n_real, generator),
    )
    return Score(
        "exact_match",
        "privacy",
        None,
        matches.train,
        matches.low,
        matches.high,
        ceiling=matches.holdout,
        p_value=matches.p_value,
        verdict=_verdict(matches.p_value),
        note=f"among {n_real:,} training rows (ceiling: holdout rows); {overall} of all "
        f"{len(tables.train):,} training rows",
    )


def _verdict(p_value: float) -> Verdict:
    return Verdict.FLAG if p_value < SIGNIFICANCE else Verdict.OK
