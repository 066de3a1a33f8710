"""Calibration brings the shares of a sample to those wanted, whatever the generator's bias."""

import numpy as np
import pandas as pd
import pytest

from tabgan.conditioning.conditions import no_conditions
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.schema import infer_schema
from tabgan.synthesizers.calibration import calibrate
from tabgan.synthesizers.passes import PassPlan
from tabgan.synthesizers.sampler import Sampler


@pytest.mark.parametrize("n_passes", [1, 3])
def test_the_shares_of_a_biased_generator_become_those_of_the_table(n_passes):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {name: rng.choice(list("uvwx"), 5_000, p=[0.5, 0.3, 0.15, 0.05]) for name in "abc"}
    )
    table.loc[0, "a"] = "rare"
    encoder = TableEncoder.from_frame(table, infer_schema(table), EncodingOptions())
    spec = NetworkSpec(encoder.layout.sizes, noise_dim=2, width=8, n_blocks=1)
    weights = {n: rng.normal(0, 0.2, s).astype("f") for n, s in spec.weight_shapes().items()}
    weights["heads/bias"] += encoder.log_shares
    generator, passes = NumpyGenerator(spec, weights), PassPlan((2, 0, 1), np.zeros((3, 3)))
    conditions = no_conditions(encoder)
    offsets = calibrate(generator, passes, conditions, encoder, n_passes, len(table), seed=1)

    def distance(offsets):
        sampler = Sampler(generator, passes, conditions, n_passes, offsets)
        blocks = [sampler.block(2, block)[0] for block in range(20)]
        drawn = encoder.decode(np.concatenate(blocks), np.zeros((20_480, 3)))
        return max(
            (drawn[name].value_counts(normalize=True) - table[name].value_counts(normalize=True))
            .abs()
            .max()
            for name in "abc"
        )

    assert distance(None) > 0.03
    # Four standard errors of a share of one half among 20,480 rows are .014.
    assert distance(offsets) < 0.016
