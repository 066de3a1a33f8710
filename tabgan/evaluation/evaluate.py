"""The one call: compare training, synthetic and holdout rows, and report."""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np

from tabgan.containers import read_table
from tabgan.errors import InvalidParameterError, UnsupportedTypeError
from tabgan.evaluation.fidelity.columns import COLUMN_NAMES, column_scores
from tabgan.evaluation.fidelity.relations import RELATION_NAMES, relation_scores
from tabgan.evaluation.fidelity.rows import ROW_NAMES, row_scores
from tabgan.evaluation.privacy.suite import (
    ATTACK_NAMES,
    DISCLOSURE_NAMES,
    OVERFITTING_NAMES,
    Disclosure,
    judged_together,
    privacy_scores,
)
from tabgan.evaluation.profiles import column_profiles, dependences
from tabgan.evaluation.report import ATTACK, OVERFITTING, Gate, Report, Score, Verdict
from tabgan.evaluation.streams import RandomStreams
from tabgan.evaluation.tables import Tables, align_tables, draw_rows
from tabgan.evaluation.utility.suite import UTILITY_NAMES, utility_scores
from tabgan.parallel import single_threaded_products
from tabgan.randomness import RandomState

Range = tuple[float | None, float | None]

# To add a score: 1. its figure in a file of its own, 2. the Score in the file of its group, 3. its
# name here or there, 4. what the page says of it in ``report/wording.py``, 5. a test of what it
# promises.
SCORE_NAMES = (
    *COLUMN_NAMES,
    *RELATION_NAMES,
    *ROW_NAMES,
    *UTILITY_NAMES,
    "c2st_train_auc",
    *OVERFITTING_NAMES,
    *ATTACK_NAMES,
    *DISCLOSURE_NAMES,
)
# Rows of each frame that are read at all. The noise of 100,000 rows is .003 of a shape score, and
# trends of 55 columns take seconds up to here.
_MAX_ROWS = 100_000


def evaluate(
    train: Any,
    synthetic: Any,
    holdout: Any = None,
    target: Hashable | None = None,
    *,
    quasi_identifiers: Sequence[Hashable] | None = None,
    sensitive: Hashable | None = None,
    gates: Mapping[str, Range] | None = None,
    random_state: RandomState = None,
    progress: Callable[[int, int, str], None] = lambda n_done, n_parts, title: None,
) -> Report:
    """Say how faithful, how useful and how revealing synthetic rows are.

    Parameters
    ----------
    train : DataFrame, polars or Arrow table, or array of shape (n_rows, n_columns)
        The rows that the generator learnt from. Their dtypes and values decide the kind of each
        column; identifiers are left out.
    synthetic : DataFrame, polars or Arrow table, or array
        The rows to judge: the same columns in any order.
    holdout : DataFrame, polars or Arrow table, array, or None
        Real rows of the same source that the generator never saw. Without them the headline score,
        utility, ceilings and checks of copying are unknown, because nothing else can stand in for
        them.
    target : hashable or None
        Column to predict in the utility scores.
    quasi_identifiers : sequence of hashable or None
        Columns that an attacker may know of somebody. Adds the sizes of the groups of synthetic
        rows that share them (`k_anonymity`, `delta_presence`), which no verdict is given on.
    sensitive : hashable or None
        Column that such an attacker is after. Adds `correct_attribution` and `l_diversity`.
    gates : mapping of str to (low, high) or None
        Closed ranges for scores of the whole table, ``None`` being open. A gated score's verdict
        is ``ok`` inside and ``flag`` outside; a failed privacy check stays a ``flag``. A score
        that is unknown passes no gate.
    random_state : int, numpy Generator, RandomState or None
        Seed of all subsamples and fits; ``None`` draws a fresh one. With a seed the report does
        not depend on the order of rows or columns, and is the same on the same machine.
    progress : callable
        Called before each part with the number of parts that are done, of all, and what comes; at
        the end with all of them.

    Returns
    -------
    Report
        Scores of the whole table and of each column; see :class:`Score` for how to read one.

    Raises
    ------
    InvalidDataError
        If the frames have different columns, too few rows or values of another kind.
    InvalidParameterError
        If `target` or a gate names what does not exist, a range is empty, or `random_state` is no
        seed.
    UnsupportedTypeError
        If one is no table or holds values that are not scalars, a gate is no range, a column is
        named by what can be no name, or `progress` is no function.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> generator = np.random.default_rng(0)
    >>> real = pd.DataFrame({"x": generator.normal(size=400), "y": generator.normal(size=400)})
    >>> report = evaluate(real[:200], real[200:], gates={"shape": (0.8, None)}, random_state=0)
    >>> report.passed
    True
    """
    if not callable(progress):
        raise UnsupportedTypeError(f"progress must be a function, got {type(progress).__name__}")
    ranges = _checked_gates(gates)
    streams = RandomStreams.from_random_state(random_state)
    train, synthetic = read_table(train, "train")[0], read_table(synthetic, "synthetic")[0]
    holdout = None if holdout is None else read_table(holdout, "holdout")[0]
    aligned = align_tables(train, synthetic, holdout)
    _check_column("target", target, aligned)
    disclosure = _checked_disclosure(quasi_identifiers, sensitive, aligned)
    tables = _limited(aligned, streams.named("rows"))
    parts: dict[str, Callable[[], list[Score]]] = {
        "single columns": lambda: column_scores(tables, streams),
        "relations between columns": lambda: relation_scores(tables, streams),
        "whole rows": lambda: row_scores(tables, streams),
        "models trained on them": lambda: utility_scores(tables, target, streams),
        "overfitting and attacks": lambda: privacy_scores(tables, streams, disclosure),
    }
    found: list[Score] = []
    with single_threaded_products():
        for n_done, (title, part) in enumerate(parts.items()):
            progress(n_done, len(parts), title)
            found += part()
        profiles, pairs = column_profiles(tables), dependences(tables)
    progress(len(parts), len(parts), "done")
    scores = judged_together(found)
    values = {score.name: score.value for score in scores if score.column is None}
    outcomes = {
        name: Gate(name, low, high, values.get(name, math.nan))
        for name, (low, high) in ranges.items()
    }
    return Report(
        tuple(_gated(score, outcomes) for score in scores),
        tuple(outcomes.values()),
        len(train),
        len(synthetic),
        0 if holdout is None else len(holdout),
        aligned.left_out,
        profiles,
        pairs,
    )


def _limited(tables: Tables, generator: np.random.Generator) -> Tables:
    return replace(
        tables,
        train=draw_rows(tables.train, _MAX_ROWS, generator),
        synthetic=draw_rows(tables.synthetic, _MAX_ROWS, generator),
        holdout=None if tables.holdout is None else draw_rows(tables.holdout, _MAX_ROWS, generator),
    )


def _check_column(role: str, name: Hashable | None, tables: Tables) -> None:
    names = [column.name for column in tables.columns]
    try:
        # By their hashes: names such as NA are not compared without an error.
        is_known, is_left_out = name in {None, *names}, name in set(tables.left_out)
    except TypeError:
        raise UnsupportedTypeError(
            f"{role} {type(name).__name__} is no name of a column; choose one of {names}"
        ) from None
    if is_known:
        return
    what = "is an identifier" if is_left_out else "is not a column of train"
    raise InvalidParameterError(f"{role} {name!r} {what}; choose one of {names}")


def _checked_disclosure(
    quasi_identifiers: Sequence[Hashable] | None, sensitive: Hashable | None, tables: Tables
) -> Disclosure | None:
    if quasi_identifiers is None:
        if sensitive is not None:
            raise InvalidParameterError(
                "sensitive needs quasi_identifiers, the columns that an attacker knows; name them"
            )
        return None
    if isinstance(quasi_identifiers, str | bytes) or not isinstance(quasi_identifiers, Sequence):
        raise UnsupportedTypeError(
            f"quasi_identifiers must be a list of columns, got {type(quasi_identifiers).__name__}; "
            'write for example ["age", "zip_code"]'
        )
    _check_column("sensitive", sensitive, tables)
    for name in quasi_identifiers:
        _check_column("quasi_identifiers:", name, tables)
    if not quasi_identifiers or sensitive in set(quasi_identifiers):
        raise InvalidParameterError(
            f"quasi_identifiers {list(quasi_identifiers)!r} must name at least one column, and not "
            "the sensitive one"
        )
    return Disclosure(tuple(quasi_identifiers), sensitive)


def _checked_gates(gates: Mapping[str, Range] | None) -> dict[str, Range]:
    if gates is None:
        return {}
    if not isinstance(gates, Mapping):
        raise UnsupportedTypeError(
            f"gates must map names to (low, high), got {type(gates).__name__}; "
            'write for example {"c2st": (0.5, None)}'
        )
    unknown = [name for name in gates if name not in set(SCORE_NAMES)]
    if unknown:
        raise InvalidParameterError(
            f"gates name unknown scores {unknown}; choose among {list(SCORE_NAMES)}"
        )
    return {name: _checked_range(name, bounds) for name, bounds in gates.items()}


def _checked_range(name: str, bounds: Range) -> Range:
    is_pair = isinstance(bounds, tuple | list) and len(bounds) == 2
    if not is_pair or not all(b is None or isinstance(b, Real) for b in bounds):
        raise UnsupportedTypeError(
            f"gate {name!r} must be a pair (low, high) of numbers or None, for example (0.5, None)"
        )
    low, high = (b.item() if isinstance(b, np.generic) else b for b in bounds)
    if low != low or high != high:
        raise InvalidParameterError(f"gate {name!r} has a bound that is not a number; give one")
    if low is not None and high is not None and not low <= high:
        raise InvalidParameterError(
            f"gate {name!r} allows nothing: low is above high; give low <= high"
        )
    return low, high


def _gated(score: Score, outcomes: Mapping[str, Gate]) -> Score:
    if score.column is not None or score.name not in outcomes:
        return score
    failed = not outcomes[score.name].passed
    suspect = score.group in (OVERFITTING, ATTACK) and score.verdict is Verdict.FLAG
    return replace(score, verdict=Verdict.FLAG if failed or suspect else Verdict.OK)
