"""Shape, trend, detection and distances beside SDMetrics."""

import warnings
from collections.abc import Iterator
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd
from comparison import Comparison, compared
from sdmetrics.column_pairs import ContingencySimilarity, CorrelationSimilarity
from sdmetrics.reports import QualityReport
from sdmetrics.single_column import (
    BoundaryAdherence,
    CategoryAdherence,
    CategoryCoverage,
    KSComplement,
    MissingValueSimilarity,
    RangeCoverage,
    TVComplement,
)
from sdmetrics.single_table import DCROverfittingProtection, LogisticDetection
from sdmetrics.single_table.privacy.dcr_utils import calculate_dcr
from sklearn.preprocessing import RobustScaler
from tables import HONESTY, SAMPLES, Case, cases, frame_of

from tabgan.evaluation.encoded import RowEncoder
from tabgan.evaluation.fidelity.shape import FIGURES, ColumnReference
from tabgan.evaluation.fidelity.trend import TrendReference
from tabgan.evaluation.fidelity.two_sample import two_sample_test
from tabgan.evaluation.learners import LINEAR
from tabgan.evaluation.privacy.nearness import nearer_share
from tabgan.evaluation.privacy.neighbours import Nearest, gower_scaled, nearest_rows
from tabgan.evaluation.tables import FloatArray, Tables, ViewColumn
from tabgan.schema import Kind

N_ROWS = 1_000
# In units of the score, twice an area: both shuffle folds of their own, SDMetrics takes the mean
# of the folds' areas and no fold below one half, and its rows are scaled, ours ranked.
_DETECTION = 0.1
_DETECTION_SCALED = 0.03  # ours scaled, too

# SDMetrics counts a millionth of a row for each level that the training rows do not have.
_REGULARISED = 1e-8

# Of our figures of a column, those of SDMetrics for numbers and dates, and for categories.
_OF_COLUMNS = {
    "shape": (KSComplement, TVComplement),
    "value_coverage": (RangeCoverage, CategoryCoverage),
    "value_adherence": (BoundaryAdherence, CategoryAdherence),
    "missing": (MissingValueSimilarity, MissingValueSimilarity),
}

_compared = partial(compared, "SDMetrics")


def comparisons() -> Iterator[Comparison]:
    """Yield all comparisons."""
    warnings.simplefilter("ignore")  # theirs, of chained assignments and of constant columns
    for table in ("mixed", "numeric", "categorical"):
        for case in cases(table, N_ROWS, SAMPLES):
            yield from _columns(case)
            yield from _pairs(case)
            yield from _report(case)
            if table != "categorical":
                yield from _detection(case)
        for case in cases(table, N_ROWS, HONESTY):
            yield _distances(case)
            yield from _shares_of_nearer_rows(case)
    yield _constant_column()


def _columns(case: Case) -> Iterator[Comparison]:
    tables = case.aligned
    ours = ColumnReference(tables.columns, tables.train).compare(tables.synthetic)
    for figure, metrics in _OF_COLUMNS.items():
        for is_ordered, metric in zip((True, False), metrics, strict=True):
            places = np.flatnonzero(tables.is_ordered == is_ordered)
            names = [tables.columns[i].name for i in places]
            theirs = [metric.compute(case.train[n], case.synthetic[n]) for n in names]
            if names:
                kind = "of numbers" if is_ordered else "of categories"
                quantity = f"{metric.__name__} {kind}"
                found = ours[FIGURES.index(figure), places]
                yield _compared(quantity, case, found, theirs, tolerance=_REGULARISED)


def _pairs(case: Case) -> Iterator[Comparison]:
    """Compare every two columns, with mixed pairs cut over the range of the training rows."""
    tables = case.aligned
    ours = TrendReference(tables.columns, tables.train).compare(tables.synthetic).training
    real, synthetic = (_without_dates(frame) for frame in (case.train, case.synthetic))
    found: dict[str, list[tuple[float, float]]] = {}
    for i, j in combinations(range(len(tables.columns)), 2):
        pair = tables.columns[i], tables.columns[j]
        names = [column.name for column in pair]
        numbers = [column.name for column in pair if column.is_ordered]
        metric = CorrelationSimilarity if len(numbers) == 2 else ContingencySimilarity
        options = {"continuous_column_names": numbers} if len(numbers) == 1 else {}
        theirs = metric.compute(real[names].copy(), synthetic[names].copy(), **options)
        found.setdefault(metric.__name__, []).append((ours[i, j], theirs))
    for name, figures in found.items():
        yield _compared(name, case, *zip(*figures, strict=True))


def _report(case: Case) -> Iterator[Comparison]:
    """Compare the means of the report, with mixed pairs cut over each table's own range."""
    tables = case.aligned
    theirs = _quality(case)
    shape = ColumnReference(tables.columns, tables.train).compare(tables.synthetic)[0].mean()
    trend = TrendReference(tables.columns, tables.train).compare(tables.synthetic).own_bins
    for name, figure in (("Column Shapes", shape), ("Column Pair Trends", trend)):
        quantity = f"QualityReport, {name}"
        yield _compared(quantity, case, figure, theirs[name], tolerance=_REGULARISED)


def _detection(case: Case) -> Iterator[Comparison]:
    tables = case.aligned
    np.random.seed(0)  # their folds have no seed of their own
    frames = (case.train.copy(), case.synthetic.copy())
    theirs = LogisticDetection.compute(*frames, metadata=_metadata(case), table_name=case.table)
    encode = RowEncoder.of(tables.columns, tables.train).encode
    ours = _undetected(encode(tables.train), encode(tables.synthetic))
    yield _compared("LogisticDetection", case, ours, theirs, tolerance=_DETECTION)
    if (case.table, case.sample) == ("numeric", "shifted"):
        scale = RobustScaler().fit(np.concatenate([tables.train, tables.synthetic])).transform
        ours = _undetected(scale(tables.train), scale(tables.synthetic))
        quantity = "LogisticDetection, rows scaled alike"
        yield _compared(quantity, case, ours, theirs, tolerance=_DETECTION_SCALED)


def _undetected(real: FloatArray, synthetic: FloatArray) -> float:
    """Return what SDMetrics makes of an area: 1 for one half and below, 0 for 1."""
    test = two_sample_test(real, synthetic, np.random.default_rng(0), LINEAR)
    return 1.0 - max(0.0, 2 * test.auc.value - 1.0)


def _distances(case: Case) -> Comparison:
    """Compare distances to the nearest training row, scaled by the training rows alone as theirs.

    Our own checks divide by the range of training and holdout rows together, because a scale that
    knows one of them alone would favour it.
    """
    tables = case.aligned
    ours = _nearest(tables, tables.train, scale=(tables.train, tables.train)).distance
    frames = (frame_of(tables.columns, rows) for rows in (tables.synthetic, tables.train))
    theirs = calculate_dcr(*frames, _metadata(case)["tables"][case.table])
    return _compared("calculate_dcr", case, ours, theirs)


def _shares_of_nearer_rows(case: Case) -> Iterator[Comparison]:
    """Compare the share of rows nearer to training rows: by their rules, then by our own.

    SDMetrics divides distances to training rows by the range of these and distances to holdout rows
    by the range of those, and a tie falls to the holdout. Ours have one scale, and a tie is half.
    """
    tables = case.aligned
    theirs = DCROverfittingProtection.compute_breakdown(
        case.train, case.synthetic, case.holdout, _metadata(case), case.table
    )["synthetic_data_percentages"]["closer_to_training"]
    apart = [_nearest(tables, to, scale=(to, to)).distance for to in (tables.train, tables.holdout)]
    by_their_rules = float((apart[0] < apart[1]).mean())
    quantity = "DCROverfittingProtection, share"
    yield _compared(f"{quantity} by their rules", case, by_their_rules, theirs)
    both = (tables.train, tables.holdout)
    ours = nearer_share(*(_nearest(tables, to, scale=both) for to in both)).value
    yield _compared(quantity, case, ours, theirs, tolerance=None)


def _nearest(tables: Tables, real: FloatArray, scale: tuple[FloatArray, FloatArray]) -> Nearest:
    """Return the real rows nearest to the synthetic ones, by the joint range of two tables."""
    rows = (gower_scaled(tables.columns, *scale, r) for r in (tables.synthetic, real))
    return nearest_rows(*rows)


def _constant_column() -> Comparison:
    """Compare the pairs of a column that is constant in the synthetic rows alone."""
    (case,) = cases("numeric", N_ROWS, ("independent",))
    collapsed = case.synthetic.assign(x0=0.5)
    case = Case(case.table, "x0 constant", case.train, case.holdout, collapsed)
    tables = case.aligned
    ours = TrendReference(tables.columns, tables.train).compare(tables.synthetic).own_bins
    quantity = "QualityReport, Column Pair Trends"
    return _compared(quantity, case, ours, _quality(case)["Column Pair Trends"], tolerance=None)


def _quality(case: Case) -> pd.Series:
    """Return the scores of the report with every pair counted."""
    report = QualityReport()
    report.real_correlation_threshold = report.real_association_threshold = 0
    real, synthetic = ({case.table: frame} for frame in (case.train, case.synthetic))
    report.generate(real, synthetic, _metadata(case), verbose=False)
    return report.get_properties().set_index("Property")["Score"]


def _metadata(case: Case) -> dict[str, dict]:
    """Return what SDMetrics is to take the columns for."""
    types = {column.name: {"sdtype": _type(column)} for column in case.aligned.columns}
    return {"tables": {case.table: {"columns": types}}}


def _type(column: ViewColumn) -> str:
    if column.kind is Kind.DATETIME:
        return "datetime"
    return "numerical" if column.is_ordered else "categorical"


def _without_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """Return dates as numbers, which pairs of columns have to be."""
    dates = frame.select_dtypes("datetime")
    numbers = {n: d.astype("int64").where(d.notna()) for n, d in dates.items()}
    return frame.assign(**numbers)
