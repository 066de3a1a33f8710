"""What a sample, and what a fitted model, tell about who was in the table.

Used by ``fidelity.py`` and ``ablation.py``. The attacker has rows of which some were in the table,
and either a sample or the whole model, discriminator included.
"""

import numpy as np
import pandas as pd
from protocol import Split, as_numbers, membership, nearest_gower, ranges
from xgboost import XGBClassifier

from tabgan import TabGAN
from tabgan.networks.forward import log_softmax
from tabgan.synthesizers.model import FittedModel

# Rows of the sample that the attack by distance looks through, and rows a side that it judges:
# with more it would take minutes.
_ROWS_NEARBY, _ROWS_TO_JUDGE = 20_000, 2_000

Attacks = dict[str, dict[str, float]]


def attacks_by_sample(synthetic: pd.DataFrame, split: Split) -> Attacks:
    """Return how well what a sample tells of rows tells training rows from holdout rows.

    Its nearest row, and how much denser it is than other rows are: the odds of a classifier that
    was shown the sample and one half of the holdout, and judges the other half (as in DOMIAS,
    van Breugel et al. 2023).
    """
    half = len(split.holdout) // 2
    frames = [_members(split), split.holdout[half:], split.holdout[:half], synthetic]
    members, others, elsewhere, drawn = as_numbers(frames)  # together, for common codes
    spans = ranges(np.concatenate([members, others]))
    near = (
        nearest_gower(rows[:_ROWS_TO_JUDGE], drawn[:_ROWS_NEARBY], spans, split)
        for rows in (members, others)
    )
    is_drawn = np.repeat([1, 0], [len(drawn), len(elsewhere)])
    judge = XGBClassifier().fit(
        np.concatenate([drawn, elsewhere]),
        is_drawn,
        sample_weight=np.where(is_drawn, len(elsewhere) / len(drawn), 1.0),
    )
    return {
        "distance": membership(*(-distances for distances in near)),
        "density ratio": membership(*(judge.predict_proba(r)[:, 1] for r in (members, others))),
    }


def attacks_by_model(gan: TabGAN, split: Split) -> Attacks:
    """Return how well each score of a fitted model tells training rows from holdout rows."""
    model = gan._fitted_model()
    sides = (_members(split), split.holdout)
    found = {
        "likelihood": membership(*map(gan.score_samples, sides)),
        "likelihood of modes": membership(*(likelihood_of_modes(model, rows) for rows in sides)),
    }
    if model.discriminator:
        found["discriminator"] = membership(*map(gan.realism, sides))
    codes = [model.encoder.encode_known(rows) for rows in sides]
    for n_passes, ratio in model.ratios.items():
        found[f"ratio, passes {n_passes}"] = membership(*map(ratio.log_ratios, codes))
    return found


def _members(split: Split) -> pd.DataFrame:
    """Return as many training rows as there are holdout rows."""
    return split.train.sample(min(len(split.holdout), len(split.train)), random_state=0)


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
