"""Fit, sample and score another package on a real table, as ``fidelity.py`` does tabgan.

    python benchmarks/peers/run.py --table adult --data ../shared/data --peers ctgan tvae
    python benchmarks/fidelity.py --table adult --report

in an environment of its own (see ``requirements.txt``). Published settings, one seed. A peer that
can be told trains for 15 minutes at most; one that cannot is killed after half an hour and recorded
as that. Results that exist are not measured again.
"""

import argparse
import json
import multiprocessing
import os
import platform
import resource
import sys
import time
import warnings
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pandas as pd

os.environ["TQDM_DISABLE"] = "1"  # a bar of ten thousand epochs fills a log
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.append(str(Path(__file__).parents[1] / "agreement"))
from absent import OF_SYNTHCITY, stood_in
from protocol import Split, score, split_table

RESULTS = Path(__file__).parents[1] / "results"
BUDGET_SECONDS = 15 * 60

# Learns from a split and returns what draws so many rows.
Peer = Callable[[Split], Callable[[int], pd.DataFrame]]


def ctgan(split: Split) -> Callable[[int], pd.DataFrame]:
    """Fit CTGAN (Xu et al. 2019), without a GPU."""
    from ctgan import CTGAN

    return _fitted_for_epochs(CTGAN, split)


def tvae(split: Split) -> Callable[[int], pd.DataFrame]:
    """Fit TVAE (Xu et al. 2019), without a GPU."""
    from ctgan import TVAE

    return _fitted_for_epochs(TVAE, split)


def _fitted_for_epochs(kind: type, split: Split) -> Callable[[int], pd.DataFrame]:
    """Fit for 300 epochs, the default, or for as many as the budget holds."""
    filled = _filled(split)
    categories = _categories(filled)

    def fitted(epochs: int) -> object:
        model = kind(epochs=epochs, enable_gpu=False)
        model.fit(filled, categories)
        return model

    return _trained_within_budget(fitted, 300).sample


def _trained_within_budget(fitted: Callable[[int], object], most: int) -> object:
    """Return what is fitted for so many epochs, or for as many as the budget holds."""
    seconds = []
    for epochs in (1, 3):  # the difference is without what is done once
        started = time.perf_counter()
        fitted(epochs)
        seconds.append(time.perf_counter() - started)
    of_epoch = max(seconds[1] - seconds[0], 1e-3) / 2
    epochs = int(min(most, max(1, (BUDGET_SECONDS - seconds[0]) / of_epoch)))
    print(f"{epochs} of {most} epochs", flush=True)
    return fitted(epochs)


def gaussian_copula(split: Split) -> Callable[[int], pd.DataFrame]:
    """Fit the Gaussian copula of SDV."""
    from sdv.metadata import Metadata
    from sdv.single_table import GaussianCopulaSynthesizer

    tables = {split.name: split.train}
    model = GaussianCopulaSynthesizer(Metadata.detect_from_dataframes(tables, infer_keys=None))
    model.fit(tables)
    return lambda n_rows: model.sample(num_rows=n_rows)[split.name]


def tabular_argn(split: Split) -> Callable[[int], pd.DataFrame]:
    """Fit TabularARGN (Tiwald et al. 2025) of mostlyai-engine, with its own early stopping."""
    from mostlyai.engine import TabularARGN

    model = TabularARGN(max_training_time=BUDGET_SECONDS / 60, verbose=0)
    model.fit(split.train)
    return lambda n_rows: model.sample(n_samples=n_rows)


def adversarial_forest(split: Split) -> Callable[[int], pd.DataFrame]:
    """Fit the adversarial random forests (Watson et al. 2023) of arfpy."""
    from arfpy import arf

    model = arf.arf(x=_filled(split))
    model.forde()
    return lambda n_rows: model.forge(n=n_rows)


def forest_diffusion(split: Split) -> Callable[[int], pd.DataFrame]:
    """Fit ForestDiffusion (Jolicoeur-Martineau et al. 2024): a flow whose steps are trees."""
    from ForestDiffusion import ForestDiffusionModel

    filled = _filled(split)
    levels = {name: sorted(filled[name].unique()) for name in _categories(filled)}
    numbers = filled.assign(
        **{name: filled[name].map(known.index) for name, known in levels.items()}
    )
    places = {name: place for place, name in enumerate(filled.columns)}
    model = ForestDiffusionModel(
        numbers.to_numpy(dtype=float),
        bin_indexes=[places[name] for name, known in levels.items() if len(known) == 2],
        cat_indexes=[places[name] for name, known in levels.items() if len(known) > 2],
        int_indexes=[
            places[name]
            for name, column in filled.items()
            if name not in levels and pd.api.types.is_integer_dtype(column)
        ],
    )

    def draw(n_rows: int) -> pd.DataFrame:
        rows = pd.DataFrame(model.generate(batch_size=n_rows), columns=filled.columns)
        for name, known in levels.items():
            rows[name] = np.array(known, dtype=object)[rows[name].astype(int)]
        return rows

    return draw


def tab_ddpm(split: Split) -> Callable[[int], pd.DataFrame]:
    """Fit TabDDPM (Kotelnikov et al. 2023) as synthcity has it, with 1,000 steps of diffusion.

    As in the paper numbers are made normal by their quantiles, categories diffuse as such
    (synthcity takes those of more than ten levels for numbers) and a class target conditions the
    rest. Trained for synthcity's 1,000 epochs, and the paper's 20,000 steps at least.
    """
    from sklearn.preprocessing import OrdinalEncoder, QuantileTransformer

    with stood_in(OF_SYNTHCITY):
        from synthcity.plugins.core.models import tabular_ddpm

    filled = _filled(split)
    features = filled.drop(columns=split.target) if split.is_class else filled
    categories = _categories(features)
    numbers = [name for name in features if name not in categories]
    normal = QuantileTransformer(
        output_distribution="normal",
        n_quantiles=max(min(len(filled) // 30, 1_000), 10),
        subsample=None,
        random_state=0,
    )
    levels = OrdinalEncoder()
    encoded = features.astype(object)
    encoded[numbers] = normal.fit_transform(features[numbers])
    encoded[categories] = levels.fit_transform(features[categories])
    encoded = encoded.astype(float)
    classes, labels = np.unique(filled[split.target], return_inverse=True)
    target = pd.Series(labels, index=filled.index) if split.is_class else None
    tabular_ddpm.discrete_columns = lambda table, return_counts: [
        (name, len(known)) for name, known in zip(categories, levels.categories_, strict=True)
    ]

    def fitted(epochs: int) -> object:
        model = tabular_ddpm.TabDDPM(n_iter=epochs, is_classification=split.is_class)
        return model.fit(encoded, target)

    n_batches = -(-len(filled) // 1_024)
    model = _trained_within_budget(fitted, max(1_000, 20_000 // n_batches))

    def draw(n_rows: int) -> pd.DataFrame:
        wanted = np.random.choice(labels, n_rows) if split.is_class else None
        rows = model.generate(n_rows, wanted)
        rows[numbers] = normal.inverse_transform(rows[numbers].to_numpy(dtype=float))
        decoded = rows.astype(object)
        decoded[categories] = levels.inverse_transform(rows[categories].to_numpy(dtype=float))
        if split.is_class:
            decoded[split.target] = classes[wanted]
        return decoded[filled.columns]

    return draw


def smote(split: Split) -> Callable[[int], pd.DataFrame]:
    """Draw rows between a training row and one of its five neighbours of the same class.

    SMOTE for mixed columns (Chawla et al. 2002); a number as the target is cut at its median.
    """
    from imblearn.over_sampling import SMOTENC

    filled = _filled(split)
    target = filled[split.target]
    is_class = split.is_class
    classes = target if is_class else (target > target.median()).astype(int)
    features = filled.drop(columns=split.target) if is_class else filled
    categories = _categories(features)

    def draw(n_rows: int) -> pd.DataFrame:
        wanted = {
            c: count + round(n_rows * count / len(classes))
            for c, count in classes.value_counts().items()
        }
        sampler = SMOTENC(categories, sampling_strategy=wanted, random_state=0)
        rows, labels = sampler.fit_resample(features, classes)
        rows = rows.iloc[len(features) :]
        if is_class:
            rows = rows.assign(**{split.target: labels.iloc[len(features) :]})
        return rows[split.train.columns].reset_index(drop=True)

    return draw


PEERS: dict[str, Peer] = {
    "ctgan": ctgan,
    "tvae": tvae,
    "gaussian-copula": gaussian_copula,
    "tabular-argn": tabular_argn,
    "arf": adversarial_forest,
    "forest-diffusion": forest_diffusion,
    "tab-ddpm": tab_ddpm,
    "smote": smote,
}


def _filled(split: Split) -> pd.DataFrame:
    """Return the training rows without gaps and dates, which these packages do not take."""
    filled = split.train.copy()
    for name, column in filled.items():
        if pd.api.types.is_datetime64_any_dtype(column):
            column = column.astype("int64").where(column.notna())
        if pd.api.types.is_numeric_dtype(column) and column.dtype != bool:
            filled[name] = column.fillna(column.median())
        else:
            filled[name] = column.astype(object).where(column.notna(), "missing").astype(str)
    return filled


def _categories(filled: pd.DataFrame) -> list[str]:
    return [name for name, column in filled.items() if column.dtype == object]


def _as_the_table(synthetic: pd.DataFrame, train: pd.DataFrame) -> pd.DataFrame:
    """Return a sample with the columns and dtypes of the table."""
    columns = {}
    for name, real in train.items():
        column = synthetic[name].reset_index(drop=True)
        if pd.api.types.is_datetime64_any_dtype(real):
            column = pd.to_datetime(column).astype(real.dtype)
        elif real.dtype == bool:
            column = column.astype(str).eq("True")
        elif pd.api.types.is_integer_dtype(real):
            column = pd.to_numeric(column).round().astype(real.dtype)
        elif pd.api.types.is_numeric_dtype(real):
            column = pd.to_numeric(column).astype(real.dtype)
        else:
            column = column.astype(object).where(column.astype(str) != "missing", None)
        columns[name] = column
    return pd.DataFrame(columns)


def measure(name: str, split: Split) -> dict[str, object]:
    """Return fit time, memory and scores of a peer."""
    warnings.simplefilter("ignore")  # their deprecations, by the thousand
    np.random.seed(0)
    started = time.perf_counter()
    draw = PEERS[name](split)
    fit_seconds = time.perf_counter() - started
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    started = time.perf_counter()
    synthetic = draw(len(split.train))
    rows_per_second = round(len(split.train) / (time.perf_counter() - started))
    synthetic = _as_the_table(synthetic, split.train)
    scores = {"rows_per_second": rows_per_second, **score(synthetic, split, 0)}
    return {
        "fit_seconds": round(fit_seconds, 1),
        "peak_mib": peak_mib,
        "passes": {"-": scores},
    }


def _measure_apart(name: str, split: Split) -> dict[str, object]:
    """Measure in a process of its own, which can be killed."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_measure_into, args=(theirs, name, split))
    process.start()
    theirs.close()
    try:
        if ours.poll(2 * BUDGET_SECONDS):
            return ours.recv()
        return {"passes": {}, "killed_after_seconds": 2 * BUDGET_SECONDS}
    except EOFError:
        return {"passes": {}, "failed": "see its traceback"}
    finally:
        process.kill()


def _measure_into(pipe: Connection, name: str, split: Split) -> None:
    pipe.send(measure(name, split))


def main() -> None:
    """Measure what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--table", default="adult")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    options = parser.parse_args()
    split = split_table(options.table, pd.read_parquet(options.data / f"{options.table}.parquet"))
    folder = RESULTS / options.table
    folder.mkdir(parents=True, exist_ok=True)
    for name in options.peers:
        path = folder / f"peer-{name}-0.json"
        if path.exists():
            continue
        print(f"{options.table}: {name}", flush=True)
        result = _measure_apart(name, split)
        machine = {"cores": os.cpu_count(), "python": platform.python_version()}
        content = {"table": options.table, "method": f"peer-{name}", "seed": 0, **machine, **result}
        path.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
