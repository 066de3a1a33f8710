"""How real the discriminator takes rows for."""

import numpy as np
import pandas as pd
from scipy.special import expit

from tabgan.conditioning.conditions import no_conditions
from tabgan.networks.forward import NumpyDiscriminator
from tabgan.synthesizers.model import FittedModel

_BLOCK_SIZE = 4096


def judge_rows(model: FittedModel, table: pd.DataFrame) -> np.ndarray:
    """Return the probability that each row is real rather than generated in one pass, (n_rows,).

    A game of pairs gives logits that mean something only beside each other (Huang et al. 2024), so
    a row's is taken relative to the mean of a block of generated rows.
    """
    discriminator = NumpyDiscriminator(model.generator.spec, model.discriminator)
    generated, _ = model.sampler(no_conditions(model.encoder), n_passes=1).block(0, 0)
    level = discriminator.logits(generated).mean()
    codes = model.encoder.encode_known(table)
    logits = [
        discriminator.logits(codes[start : start + _BLOCK_SIZE])
        for start in range(0, len(codes), _BLOCK_SIZE)
    ]
    probabilities: np.ndarray = expit(np.concatenate([np.empty(0), *logits]) - level)
    return probabilities
