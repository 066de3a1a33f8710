"""One experiment on a part of the training rows, for ``ablations.md``; the holdout is not touched.

    python benchmarks/ablation.py king --objective none
    python benchmarks/ablation.py adult --passes 1 4 0 --plan '{"generator_rate": 0.0012}'
    python benchmarks/ablation.py king --encoding

The training part of the protocol's split is cut again by the same rule, so that what is chosen here
was not chosen by the rows that are reported. ``--passes 0`` draws one column a pass; ``--encoding``
scores the training rows encoded and decoded, without a network in between.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from attacks import attacks_by_model
from protocol import (
    TARGETS,
    Split,
    quality,
    split_table,
    two_sample_auc,
    utility,
)

from tabgan import TabGAN
from tabgan.encoding.column import EncodingOptions
from tabgan.synthesizers import fitting
from tabgan.synthesizers.preparation import prepare_table
from tabgan.training.plan import TrainingPlan, make_plan


def main() -> None:
    """Fit, sample, print one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", choices=sorted(set(TARGETS) - {"bundled"}))
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rows", type=int, help="learn from so many rows only")
    parser.add_argument("--objective", default="relativistic", help="'none' for no adversary")
    parser.add_argument("--passes", type=int, nargs="+", default=[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plan", type=json.loads, default={}, help="fields of TrainingPlan")
    parser.add_argument("--quality", action="store_true", help="Shape and Trend, too")
    parser.add_argument("--encoding", action="store_true", help="what the encoding alone costs")
    options = parser.parse_args()
    split = split_table(options.table, pd.read_parquet(options.data / f"{options.table}.parquet"))
    split = split_table(options.table, split.train)
    if options.rows is not None and options.rows < len(split.train):
        rows = split.train.sample(options.rows, random_state=1).reset_index(drop=True)
        split = Split(split.name, rows, split.holdout)
    fitting.make_plan = _with(options.plan)
    print(json.dumps((encoding_alone if options.encoding else measure)(split, options)))


def _with(changes: dict[str, object]):
    def changed_plan(*arguments: object, **named: object) -> TrainingPlan:
        return replace(make_plan(*arguments, **named), **changes)

    return changed_plan


def encoding_alone(split: Split, options: argparse.Namespace) -> dict[str, object]:
    """Return how the training rows compare with themselves at random places in their modes."""
    prepared = prepare_table(split.train, None, EncodingOptions())
    codes = prepared.codes(options.seed)
    rng = np.random.default_rng(options.seed)
    decoded = prepared.encoder.decode(codes, rng.random(codes.shape))
    return {
        "table": split.name,
        "rows": len(split.train),
        "auc_train": round(two_sample_auc(split.train, decoded, np.random.default_rng(0)), 3),
        "mle_gap": round(utility(split.train, split) - utility(decoded, split), 4),
    }


def measure(split: Split, options: argparse.Namespace) -> dict[str, object]:
    """Return what the fit took and how its samples compare."""
    objective = None if options.objective == "none" else options.objective
    started = time.perf_counter()
    gan = TabGAN(random_state=options.seed, objective=objective, verbose=0).fit(split.train)
    result: dict[str, object] = {
        "table": split.name,
        "rows": len(split.train),
        "objective": objective,
        "seed": options.seed,
        "plan": options.plan,
        "fit_seconds": round(time.perf_counter() - started, 1),
        "nll": round(float(gan.history_["held_out_likelihood"].min()), 3),
        "log_likelihood": round(gan.score(split.holdout.head(1500)), 3),
        "log_likelihood_train": round(gan.score(split.train.head(1500)), 3),
        "membership": attacks_by_model(gan, split),
    }
    real = utility(split.train, split)
    for asked in options.passes:
        passes = asked or split.train.shape[1]
        sample = gan.sample(len(split.train), passes=passes, random_state=options.seed)
        rng = np.random.default_rng(0)
        score = 1 - 2 * abs(two_sample_auc(split.holdout, sample, rng) - 0.5)
        scores = {
            "c2st": round(score, 3),
            "auc_train": round(two_sample_auc(split.train, sample, rng), 3),
            "mle_gap": round(real - utility(sample, split), 4),
        }
        if options.quality:
            scores["shape"], scores["trend"] = (round(s, 4) for s in quality(split.train, sample))
        result[f"passes {passes}"] = scores
    return result


if __name__ == "__main__":
    main()
