"""What a fitted model tells about who was in its table: every score that a model file allows.

Used by ``fidelity.py`` and ``ablation.py``; the attacker has the whole model, discriminator
included, and rows of which some were in the table.
"""

import numpy as np
import pandas as pd
from protocol import Split, membership

from tabgan import TabGAN
from tabgan.networks.forward import log_softmax
from tabgan.synthesizers.model import FittedModel


def attacks(gan: TabGAN, split: Split) -> dict[str, dict[str, float]]:
    """Return how well each score tells training rows from holdout rows."""
    model = gan._fitted_model()
    found = {
        "likelihood": membership(gan.score_samples, split),
        "likelihood of modes": membership(lambda rows: likelihood_of_modes(model, rows), split),
    }
    if model.discriminator:
        found["discriminator"] = membership(gan.realism, split)
    for n_passes, ratio in model.ratios.items():
        found[f"ratio, passes {n_passes}"] = membership(
            lambda rows, ratio=ratio: ratio.log_ratios(model.encoder.encode_known(rows)), split
        )
    return found


def likelihood_of_modes(model: FittedModel, rows: pd.DataFrame) -> np.ndarray:
    """Return the log-probability of each row's modes in the order that training practised.

    Sharper than ``score_samples``: where in its mode a number lies, which no network learns, only
    adds noise, and in other orders the network knows its rows less well.
    """
    generator = model.generator
    codes = model.encoder.encode_known(rows).astype(np.int64)
    sums = generator.start(len(codes))
    scores = np.zeros(len(codes))
    for column in model.passes.order:
        log_probabilities = log_softmax(generator.logits(generator.trunk(sums), column))
        known = codes[:, column] >= 0  # a value that the table of the fit did not have tells less
        scores[known] += log_probabilities[known, codes[known, column]]
        scores[~known] += np.log(0.5 / model.n_rows)
        generator.reveal(sums, column, codes[:, column])
    return scores
