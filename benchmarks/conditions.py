"""Conditions and gaps: against a known law, sampling and filtering, and imputers.

    python benchmarks/conditions.py --data ../shared/data

fits the default model on simulated rows of a known law and on the training rows of Adult, then

- draws rows of the known law with two ranges, and compares them with the exact conditional law;
- draws rows of Adult with ages 60 to 90 and 35 to 45 weekly hours, and compares them with as many
  rows that were drawn without conditions and filtered;
- removes 30 % of the cells of the holdout of Adult and fills them, beside scikit-learn's imputers.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from protocol import split_table, two_sample_auc
from scipy.stats import truncnorm
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, SimpleImputer
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tabgan import TabGAN
from tabgan.conditioning.conditions import read_conditions
from tabgan.synthesizers.restricted import draw_restricted
from tabgan.synthesizers.sampler import BLOCK_SIZE

RESULTS = Path(__file__).parent / "results" / "conditions.json"
RANGES = {"age": (60, 90), "hours_per_week": (35, 45)}
N_ROWS = 20_000
GAP_SHARE = 0.3
# scikit-learn's imputers learn from so many training rows: with all of them the iterative one was
# stopped after a quarter of an hour.
IMPUTER_ROWS = 10_000


# Ranges of the known law: both numbers fall together in the first, and apart in the second.
LAW_RANGES = {
    "common": {"x": (-0.5, 1.0), "y": (0.0, 1.5)},
    "rare": {"x": (1.0, 2.5), "y": (-1.0, 0.0)},
}
CORRELATION = 0.7
LAW_ROWS = 100_000
# Rows of the law itself, for its conditional laws: their own distance from it is below .003.
EXACT_ROWS = 20_000_000


def draw_law(n_rows: int, seed: int) -> pd.DataFrame:
    """Return rows of a known law: two correlated numbers and a category that hangs on both."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n_rows)
    noise = np.sqrt(1 - CORRELATION**2) * rng.standard_normal(n_rows)
    return _with_category(x, CORRELATION * x + noise, rng)


def _with_category(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    scores = np.stack([1.5 * x, 1.5 * y, np.zeros(len(x))], axis=1) + rng.gumbel(size=(len(x), 3))
    return pd.DataFrame({"x": x, "y": y, "z": np.array(list("abc"))[scores.argmax(axis=1)]})


def compare_known_law() -> dict[str, object]:
    """Return how far conditioned rows are from the conditional law, and others for comparison."""
    train = draw_law(LAW_ROWS, seed=0)
    gan = TabGAN(random_state=0).fit(train)
    unconditional = gan.sample(10 * LAW_ROWS, random_state=0)
    results: dict[str, object] = {"rows": LAW_ROWS}
    for name, ranges in LAW_RANGES.items():
        parts = [inside(draw_law(EXACT_ROWS // 10, seed=1 + i), ranges) for i in range(10)]
        exact = pd.concat(parts, ignore_index=True)
        law = cell_shares(exact, ranges)
        candidates = {
            "conditioned": gan.sample(N_ROWS, conditions=ranges, random_state=0),
            "conditioned, one pass": gan.sample(
                N_ROWS, conditions=ranges, passes=1, random_state=0
            ),
            "filtered from the same model": inside(unconditional, ranges).head(N_ROWS),
            "training rows": inside(train, ranges),
            "rows of the law": exact.head(N_ROWS),
            "rows of the law, truncated one column after the other": truncated(ranges),
        }
        results[name] = {"probability": len(exact) / EXACT_ROWS} | {
            way: {"rows": len(rows), "distance": worst_pair(cell_shares(rows, ranges), law)}
            for way, rows in candidates.items()
        }
    return results


def truncated(ranges: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """Return rows of the law cut column by column without weights: what one must not do."""
    rng = np.random.default_rng(0)
    (low_x, high_x), (low_y, high_y) = ranges["x"], ranges["y"]
    x = truncnorm.rvs(low_x, high_x, size=N_ROWS, random_state=rng)
    mean, spread = CORRELATION * x, np.sqrt(1 - CORRELATION**2)
    ends = (low_y - mean) / spread, (high_y - mean) / spread
    return _with_category(x, mean + spread * truncnorm.rvs(*ends, random_state=rng), rng)


def inside(rows: pd.DataFrame, ranges: dict[str, tuple[float, float]]) -> pd.DataFrame:
    """Return the rows that satisfy the ranges."""
    satisfied = [rows[name].between(low, high) for name, (low, high) in ranges.items()]
    return rows[np.logical_and.reduce(satisfied)]


def cell_shares(rows: pd.DataFrame, ranges: dict[str, tuple[float, float]]) -> np.ndarray:
    """Return the share of the rows in each of 4 x 4 x 3 cells."""
    codes = [
        pd.cut(rows[name], np.linspace(*ends, 5), labels=False, include_lowest=True)
        for name, ends in ranges.items()
    ]
    shares = np.zeros((4, 4, 3))
    np.add.at(shares, (*codes, rows["z"].map("abc".index)), 1 / len(rows))
    return shares


def worst_pair(shares: np.ndarray, law: np.ndarray) -> float:
    """Return the largest total variation of a pair of the three columns."""
    return round(float(max(0.5 * np.abs((shares - law).sum(axis=i)).sum() for i in range(3))), 4)


def draws_per_row(gan: TabGAN) -> float:
    """Return how many column draws a conditioned row of Adult takes."""
    model = gan._model
    conditions = read_conditions(RANGES, model.encoder)
    blocks = [
        draw_restricted(model.silent_sampler(conditions), 0, block, in_order=True)
        for block in range(N_ROWS // BLOCK_SIZE)
    ]
    order = list(model.passes.order)
    first = 1 + max(order.index(column) for column in conditions.restricted)
    candidates = float(np.mean([block.n_candidates for block in blocks])) / BLOCK_SIZE
    return candidates * first + len(order) - first


def compare_conditions(gan: TabGAN) -> dict[str, float]:
    """Return what conditioned rows cost and how they differ from filtered ones."""
    started = time.perf_counter()
    conditioned = gan.sample(N_ROWS, conditions=RANGES, random_state=0)
    seconds = time.perf_counter() - started
    started = time.perf_counter()
    kept: list[pd.DataFrame] = []
    n_drawn = 0
    for batch in gan.sample_batches(10**9, random_state=1):
        n_drawn += len(batch)
        kept.append(inside(batch, RANGES))
        if sum(map(len, kept)) >= 2 * N_ROWS:
            break
    filtered = pd.concat(kept, ignore_index=True).head(2 * N_ROWS)
    filter_seconds = (time.perf_counter() - started) / 2
    one, other = filtered.head(N_ROWS), filtered.tail(N_ROWS)
    report = conditioned.attrs["conditions"]
    rng = np.random.default_rng(0)
    return {
        "probability": report["probability"],
        "share_of_filtered": 2 * N_ROWS / n_drawn,
        "effective_sample_size": report["effective_sample_size"],
        "draws_per_row": draws_per_row(gan),
        "draws_per_row_filtering": n_drawn / (2 * N_ROWS) * len(conditioned.columns),
        "seconds": seconds,
        "seconds_filtering": filter_seconds,
        "worst_pair_distance": worst_pair_distance(conditioned, one),
        "worst_pair_distance_of_halves": worst_pair_distance(other, one),
        "auc": two_sample_auc(one, conditioned, rng),
        "auc_of_halves": two_sample_auc(one, other, rng),
    }


def worst_pair_distance(rows: pd.DataFrame, others: pd.DataFrame) -> float:
    """Return the largest total variation of a pair of age, hours and income."""
    names = [*RANGES, "income"]
    distances = []
    for i, first in enumerate(names):
        for second in names[:i]:
            shares = [
                table.groupby([first, second], observed=True).size() / len(table)
                for table in (rows, others)
            ]
            gaps = shares[0].sub(shares[1], fill_value=0.0)
            distances.append(0.5 * gaps.abs().sum())
    return float(max(distances))


def compare_imputers(gan: TabGAN, train: pd.DataFrame, rows: pd.DataFrame) -> dict[str, object]:
    """Return accuracy, error and time of each way to fill gaps."""
    gaps = pd.DataFrame(
        np.random.default_rng(0).random(rows.shape) < GAP_SHARE, rows.index, rows.columns
    )
    gapped = rows.mask(gaps)
    fewer = train.sample(IMPUTER_ROWS, random_state=0)
    ways = {
        "tabgan, expected": lambda: gan.complete(gapped, how="expected"),
        "tabgan, drawn": lambda: gan.complete(gapped, random_state=0),
        "mean and most frequent": lambda: impute_encoded(SimpleImputer(), train, gapped),
        "IterativeImputer": lambda: impute_encoded(IterativeImputer(random_state=0), fewer, gapped),
        "KNNImputer": lambda: impute_encoded(KNNImputer(), fewer, gapped),
    }
    results: dict[str, object] = {}
    for name, fill in ways.items():
        started = time.perf_counter()
        filled = fill()
        seconds = time.perf_counter() - started
        results[name] = {"seconds": round(seconds, 1), **errors(filled, rows, gaps, train)}
        print(name, results[name], flush=True)
    return results


def impute_encoded(
    imputer: SimpleImputer | IterativeImputer | KNNImputer,
    train: pd.DataFrame,
    gapped: pd.DataFrame,
) -> pd.DataFrame:
    """Fill one-hot categories, of which the largest wins, and standardised numbers."""
    numbers = list(train.select_dtypes("number"))
    texts = [name for name in train if name not in numbers]
    one_hot = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit(train[texts].dropna())
    scaler = StandardScaler().fit(train[numbers])
    known_levels = [level for levels in one_hot.categories_ for level in levels]
    sizes = [len(levels) for levels in one_hot.categories_]
    starts = np.cumsum([0, *sizes])

    def encode(table: pd.DataFrame) -> np.ndarray:
        hot = one_hot.transform(table[texts].astype(object).fillna("?"))
        for i, name in enumerate(texts):
            hot[table[name].isna().to_numpy(), starts[i] : starts[i + 1]] = np.nan
        return np.hstack([scaler.transform(table[numbers].astype(float)), hot])

    filled = imputer.fit(encode(train)).transform(encode(gapped))
    table = gapped.copy()
    n_numbers = len(numbers)
    table[numbers] = scaler.inverse_transform(filled[:, :n_numbers])
    for i, name in enumerate(texts):
        block = filled[:, n_numbers + starts[i] : n_numbers + starts[i + 1]]
        table[name] = np.array(known_levels[starts[i] : starts[i + 1]])[block.argmax(axis=1)]
    return table


def errors(
    filled: pd.DataFrame, rows: pd.DataFrame, gaps: pd.DataFrame, train: pd.DataFrame
) -> dict[str, float]:
    """Return the mean accuracy of categories and error of numbers, where the truth is known."""
    accuracies, distances = [], []
    for name in rows:
        wanted = gaps[name] & rows[name].notna()
        real, given = rows[name][wanted], filled[name][wanted]
        if pd.api.types.is_numeric_dtype(train[name]):
            rms = np.sqrt(((given - real) ** 2).mean())
            distances.append(rms / train[name].std())
        else:
            accuracies.append((given == real).mean())
    return {
        "accuracy": round(float(np.mean(accuracies)), 4),
        "rmse_in_standard_deviations": round(float(np.mean(distances)), 4),
    }


def main() -> None:
    """Fit, compare, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    split = split_table("adult", pd.read_parquet(options.data / "adult.parquet"))
    gan = TabGAN(random_state=0).fit(split.train)
    results: dict[str, object] = {"conditions": compare_conditions(gan)}
    print(results, flush=True)
    results["known_law"] = compare_known_law()
    print(results["known_law"], flush=True)
    results["gaps"] = compare_imputers(gan, split.train, split.holdout)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
