"""The judge of one-pass samples looks at modes in their order."""

import numpy as np
import pandas as pd
import pytest

from tabgan.conditioning.conditions import no_conditions
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.schema import infer_schema
from tabgan.synthesizers.judge import OnePassJudge


@pytest.mark.parametrize(("knows_order", "low", "high"), [(True, 0.0, 0.1), (False, 0.2, 1.0)])
def test_a_relation_along_a_scrambled_order_is_seen_if_the_order_is_known(knows_order, low, high):
    rng = np.random.default_rng(0)
    n_modes = 60
    names = rng.permutation([f"{i:02}" for i in range(n_modes)])
    x = rng.integers(n_modes, size=4_000)
    y = (x + rng.integers(3, size=4_000)) % n_modes
    table = pd.DataFrame({"x": names[x], "y": names[y]})
    encoder = TableEncoder.from_frame(table, infer_schema(table), EncodingOptions())
    spec = NetworkSpec(encoder.layout.sizes, noise_dim=2, width=4, n_blocks=1)
    weights = {name: np.zeros(shape, "f") for name, shape in spec.weight_shapes().items()}
    weights["heads/bias"] = encoder.log_shares  # the right shares, and independent columns
    held_out = encoder.encode(table, rng).codes
    place = {name: i / n_modes for i, name in enumerate(names)}
    ranks = [
        np.array([place[value] for value in column.values] if knows_order else [np.nan] * n_modes)
        for column in encoder.learnt
    ]
    judge = OnePassJudge(held_out, no_conditions(encoder), 0, ranks)
    assert low <= judge(NumpyGenerator(spec, weights)).two_sample_score <= high
