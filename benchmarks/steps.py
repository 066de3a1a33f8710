"""How long a step of each phase takes, against the bare matrix products of its size.

    python benchmarks/steps.py --data ../shared/data

The ratios are the overheads of ``tabgan/synthesizers/forecast.py``. Prints a line a table and
writes ``results/steps.json``.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd

from tabgan.encoding.column import EncodingOptions
from tabgan.networks.spec import NetworkSpec
from tabgan.synthesizers.forecast import adversarial_products, likelihood_products, time_products
from tabgan.synthesizers.passes import learn_passes
from tabgan.synthesizers.preparation import prepare_table
from tabgan.training.optimizer import Adam
from tabgan.training.plan import make_plan
from tabgan.training.step import Rates, StepOptions
from tabgan.training.trainer import STEPS_PER_CALL, KnownSets, Phase, Trainer

TABLES = ["insurance", "churn", "adult", "taxis", "airbnb", "king", "acs_income", "lending"]
N_CALLS = 4


def measure(table: pd.DataFrame) -> dict[str, object]:
    prepared = prepare_table(table, None, EncodingOptions())
    codes = prepared.codes(0)
    plan = make_plan(len(codes))
    spec = NetworkSpec(prepared.encoder.layout.sizes, plan.noise_dim, plan.width, plan.n_blocks)
    passes = learn_passes(codes, spec.sizes)
    prefixes = np.tri(spec.layout.n_columns, k=-1, dtype=bool)[:, np.argsort(passes.order)]
    practised = KnownSets(prefixes, passes.known_sets((2, 4)))
    trainer = Trainer(spec, prepared.encoder.log_shares, plan, practised, seed=0)
    game = StepOptions(1.0, 0.1, 0.995, generator_adam=Adam(beta_1=0.0, beta_2=0.99))
    phases = {
        "likelihood": (StepOptions(0.0, 1.0, 0.99), plan.likelihood_batch, likelihood_products),
        "adversarial": (game, plan.adversarial_batch, adversarial_products),
    }
    products_per_second = time_products()
    result: dict[str, object] = {"columns": spec.layout.n_columns, "modes": spec.layout.n_modes}
    for name, (options, batch, products) in phases.items():
        phase = Phase(name, options, batch, Rates(1e-3, 1e-3))
        trainer.start(phase)
        trainer.run(phase, codes, 1.0)  # compiles
        seconds = []
        for _ in range(N_CALLS):
            started = time.perf_counter()
            trainer.run(phase, codes, 1.0)
            seconds.append((time.perf_counter() - started) / STEPS_PER_CALL)
        bare = products(spec, plan) / products_per_second
        result[name] = {
            "milliseconds": round(1e3 * min(seconds), 1),
            "ratio": round(min(seconds) / bare, 2),
        }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    results = {}
    for name in TABLES:
        results[name] = measure(pd.read_parquet(options.data / f"{name}.parquet"))
        print(name, results[name], flush=True)
    path = Path(__file__).parent / "results" / "steps.json"
    path.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
