"""The measuring protocol: how to split, and scores by packages that are not ours.

Shape and Trend are those of SDMetrics with every pair counted, the two-sample test and the utility
model are XGBoost with default parameters, and the holdout is a tenth of the table that the
generator never sees.
"""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sdmetrics.reports.single_table import QualityReport
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict, train_test_split
from xgboost import XGBClassifier, XGBRegressor

from tabgan.schema import Kind, infer_schema

# Rows a side of the distance share: enough for a standard error of .005, at seconds a score.
_DISTANCE_ROWS = 5_000

# Of a standard error.
_RESAMPLES = 300

# Below so many rows every seed splits anew.
SMALL_TABLE = 2_000

# Target of each table, and whether it is a class.
TARGETS = {
    "adult": ("income", True),
    "default_credit": ("default_payment_next_month", True),
    "king": ("price", False),
    "insurance": ("charges", False),
    "airbnb": ("price", False),
    "acs_income": ("Income", False),
    "churn": ("Churn", True),
    "covertype": ("Cover_Type", True),
    "diabetes": ("Outcome", True),
    "lending": ("interest_rate", False),
    "penguins": ("species", True),
    "taxis": ("tip", False),
    "titanic": ("survived", True),
    "bundled": ("switched", True),
}
# Those of tables that `unseen.py` writes.
UNSEEN = {
    "magic": ("class", True),
    "letter": ("class", True),
    "spambase": ("class", True),
    "german": ("class", True),
    "marketing": ("class", True),
    "flights": ("origin", True),
    "diamonds": ("price", False),
}


@dataclass(frozen=True)
class Split:
    """A table, cut once and for all."""

    name: str
    train: pd.DataFrame
    holdout: pd.DataFrame

    @property
    def target(self) -> str:
        """Column that the utility model predicts."""
        return target_of(self.name)[0]

    @property
    def is_class(self) -> bool:
        """Whether the target is a class rather than a number."""
        return target_of(self.name)[1]


def target_of(name: str) -> tuple[str, bool]:
    """Return the target of a table, and whether it is a class."""
    return (TARGETS | UNSEEN)[name]


def split_table(name: str, table: pd.DataFrame, seed: int = 0) -> Split:
    """Return 90 % to learn from and 10 % to judge by, stratified on a class target.

    Of a small table a tenth says little: each seed has a split of its own. Others have one for all.
    """
    target, is_class = target_of(name)
    train, holdout = train_test_split(
        table,
        test_size=0.1,
        random_state=seed if len(table) < SMALL_TABLE else 0,
        stratify=table[target] if is_class else None,
    )
    return Split(name, train.reset_index(drop=True), holdout.reset_index(drop=True))


def score(synthetic: pd.DataFrame, split: Split, seed: int) -> dict[str, float]:
    """Return every score of one synthetic table."""
    rng = np.random.default_rng(seed)
    shape, trend = quality(split.train, synthetic)
    train_auc = two_sample_auc(split.train, synthetic, rng)
    holdout_auc = two_sample_auc(split.holdout, synthetic, rng)
    return {
        "shape": shape,
        "trend": trend,
        "c2st_holdout": 1 - 2 * abs(holdout_auc - 0.5),
        "c2st_train": 1 - 2 * abs(train_auc - 0.5),
        "auc_holdout": holdout_auc,
        "auc_train": train_auc,
        "mle": utility(synthetic, split),
        "mle_real": utility(split.train, split),
        "dcr_share": distance_share(split, synthetic, rng),
        "exact_match_share": exact_match_share(split.train, synthetic),
    }


def quality(train: pd.DataFrame, synthetic: pd.DataFrame) -> tuple[float, float]:
    """Return SDMetrics' Shape and Trend, all pairs counted."""
    numerical = {Kind.CONTINUOUS, Kind.INTEGER}
    kinds = {column.name: column.kind for column in infer_schema(train)}
    metadata = {
        "columns": {
            name: {"sdtype": "numerical" if kind in numerical else "categorical"}
            if kind != Kind.DATETIME
            else {"sdtype": "datetime"}
            for name, kind in kinds.items()
        }
    }
    report = QualityReport()
    report.real_correlation_threshold = 0
    report.real_association_threshold = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report.generate(train, synthetic, metadata, verbose=False)
    scores = report.get_properties().set_index("Property")["Score"]
    return float(scores["Column Shapes"]), float(scores["Column Pair Trends"])


def two_sample_auc(real: pd.DataFrame, synthetic: pd.DataFrame, rng: np.random.Generator) -> float:
    """Return the out-of-fold AUC of XGBoost telling equally many real and synthetic rows apart."""
    n_rows = min(len(real), len(synthetic))
    chosen = [frame.iloc[rng.permutation(len(frame))[:n_rows]] for frame in (real, synthetic)]
    features = np.concatenate(as_numbers(chosen))
    is_synthetic = np.repeat([0, 1], n_rows)
    folds = StratifiedKFold(3, shuffle=True, random_state=0)
    scores = cross_val_predict(
        XGBClassifier(), features, is_synthetic, cv=folds, method="predict_proba"
    )
    return float(roc_auc_score(is_synthetic, scores[:, 1]))


def utility(learnt_from: pd.DataFrame, split: Split) -> float:
    """Return AUC or R2 on the holdout of XGBoost trained on these rows."""
    rows, holdout = as_numbers([learnt_from, split.holdout])
    target = list(split.train.columns).index(split.target)
    usable = ~np.isnan(rows[:, target])
    rows = rows[usable]
    features, test = np.delete(rows, target, axis=1), np.delete(holdout, target, axis=1)
    if split.is_class:
        # A sample may lack a rare class: of those it has, codes have to have no gap.
        classes = np.unique(np.concatenate([rows[:, target], holdout[:, target]]))
        known, labels = np.unique(rows[:, target], return_inverse=True)
        scores = np.zeros((len(test), len(classes)))
        model = XGBClassifier().fit(features, labels)
        scores[:, np.isin(classes, known)] = model.predict_proba(test)
        if len(classes) > 2:
            return float(roc_auc_score(holdout[:, target], scores, multi_class="ovr"))
        return float(roc_auc_score(holdout[:, target], scores[:, 1]))
    model = XGBRegressor().fit(features, rows[:, target])
    return float(r2_score(holdout[:, target], model.predict(test)))


def distance_share(split: Split, synthetic: pd.DataFrame, rng: np.random.Generator) -> float:
    """Return the share of synthetic rows nearer to training than to holdout rows, half ties.

    Gower distance, as many training as holdout rows.
    """
    n_rows = min(_DISTANCE_ROWS, len(split.holdout), len(synthetic))
    train, holdout, drawn = as_numbers(
        [
            frame.iloc[rng.permutation(len(frame))[:n_rows]]
            for frame in (split.train, split.holdout, synthetic)
        ]
    )
    # One unit of distance for both: with the longer range of one side its rows would be nearer.
    spans = ranges(np.concatenate([train, holdout]))
    to_train, to_holdout = (nearest_gower(drawn, s, spans, split) for s in (train, holdout))
    # Distances are sums of shares: equal ones differ by rounding.
    gap = np.round(to_train - to_holdout, 9)
    return float(np.mean(gap < 0) + np.mean(gap == 0) / 2)


def ranges(rows: np.ndarray) -> np.ndarray:
    """Return how far apart each column's values are at most."""
    return np.nanmax(rows, axis=0) - np.nanmin(rows, axis=0)


def nearest_gower(
    rows: np.ndarray, others: np.ndarray, spans: np.ndarray, split: Split
) -> np.ndarray:
    """Return the Gower distance of each row to the nearest of others, in units of the spans."""
    kinds = [column.kind for column in infer_schema(split.train)]
    nearest = np.full(len(rows), np.inf)
    for start in range(0, len(rows), 500):
        block = rows[start : start + 500]
        distance = np.zeros((len(block), len(others)))
        for column, kind in enumerate(kinds):
            a, b = block[:, column, None], others[None, :, column]
            if kind.is_ordered:
                gap = np.clip(np.abs(a - b) / max(spans[column], 1e-300), 0, 1)
            else:
                gap = (a != b).astype(float)
            both_missing = np.isnan(a) & np.isnan(b)
            distance += np.where(both_missing, 0.0, np.nan_to_num(gap, nan=1.0))
        nearest[start : start + 500] = distance.min(axis=1)
    return nearest / len(kinds)


def exact_match_share(train: pd.DataFrame, synthetic: pd.DataFrame) -> float:
    """Return the share of synthetic rows that occur in training."""
    known = set(pd.util.hash_pandas_object(train, index=False))
    return float(pd.util.hash_pandas_object(synthetic, index=False).isin(known).mean())


def membership(of_members: np.ndarray, of_others: np.ndarray) -> dict[str, float]:
    """Return how well a score tells training rows from others; the higher, the more a member.

    The area under the ROC curve, and the share of training rows found at 1 % false alarms with its
    standard error: .5 and .01 for an attack that knows nothing.
    """
    is_member = np.repeat([1, 0], [len(of_members), len(of_others)])
    rng = np.random.default_rng(0)
    # Of both sides: a hundred false alarms in ten thousand are a threshold that moves, too.
    again = [
        found_at(
            0.01, rng.choice(of_members, len(of_members)), rng.choice(of_others, len(of_others))
        )
        for _ in range(_RESAMPLES)
    ]
    return {
        "auc": float(roc_auc_score(is_member, np.concatenate([of_members, of_others]))),
        "tpr_at_1_percent": found_at(0.01, of_members, of_others),
        "standard_error": float(np.std(again)),
        "rows_a_side": len(of_members),
    }


def found_at(false_alarms: float, of_members: np.ndarray, of_others: np.ndarray) -> float:
    """Return the share of members that score higher than all but such a share of the others.

    A new row lies above the `k`-th highest of `n` others with a chance of ``k / (n + 1)``; between
    two of them the share is interpolated. "No more than 1 % of 35" would be none of them, above
    whom 2.8 % of new rows lie.
    """
    rank = false_alarms * (len(of_others) + 1)
    highest = np.sort(of_others)[::-1][: int(rank) + 1]
    found = [0.0, *(np.mean(of_members > other) for other in highest)]
    return float(np.interp(rank, np.arange(len(found)), found))


def independent_columns(train: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return the floor: each column shuffled by itself."""
    return pd.DataFrame(
        {name: train[name].to_numpy()[rng.permutation(len(train))] for name in train}
    ).astype(train.dtypes)


def as_numbers(frames: list[pd.DataFrame]) -> list[np.ndarray]:
    """Return frames as float arrays: categories as integer codes, missing as NaN."""
    together = pd.concat(frames, ignore_index=True)
    columns = []
    for name in together:
        column = together[name]
        if pd.api.types.is_datetime64_any_dtype(column):
            numbers = column.astype("int64").to_numpy(dtype=float)
            columns.append(np.where(column.isna(), np.nan, numbers))
        elif pd.api.types.is_numeric_dtype(column) and column.dtype != bool:
            columns.append(column.to_numpy(dtype=float, na_value=np.nan))
        else:
            codes = pd.factorize(column, sort=True)[0].astype(float)
            columns.append(np.where(codes < 0, np.nan, codes))
    numbers = np.column_stack(columns)
    ends = np.cumsum([len(frame) for frame in frames])
    return [numbers[end - len(frame) : end] for frame, end in zip(frames, ends, strict=True)]
