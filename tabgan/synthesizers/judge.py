"""How well one-pass samples pass for held-out rows: what the game is stopped by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from tabgan.conditioning.conditions import Conditions
from tabgan.encoding.order import along_lines
from tabgan.networks.forward import NumpyGenerator
from tabgan.parallel import in_parallel
from tabgan.randomness import stream
from tabgan.synthesizers.computed_modes import ComputedModes
from tabgan.synthesizers.passes import PassPlan
from tabgan.synthesizers.sampler import BLOCK_SIZE, Sampler
from tabgan.training.game import Judgement

# Rows a side: the error of an AUC is then below .01, and a judgement takes about a second.
_MAX_ROWS = 4096
# Columns that the trees look at, at most: every other one, or every third, and so on. A look at all
# of 1,000 columns would take longer than the steps since the last one.
_MAX_COLUMNS = 128


@dataclass(frozen=True)
class OnePassJudge:
    """A two-sample test of candidate generators against held-out rows.

    Parameters
    ----------
    held_out : numpy.ndarray of shape (n_rows, n_columns)
        Codes of rows that no network was trained on.
    conditions : Conditions
        What a sample may contain.
    seed : int
        The same noise for every candidate, so that they differ only in their weights.
    ranks : sequence of numpy.ndarray of shape (n_modes of the column,)
        Place of each column's modes on its line, NaN for a mode without one.
    computed : ComputedModes or None
        Computes the columns that a sample computes.
    """

    held_out: np.ndarray
    conditions: Conditions
    seed: int
    ranks: Sequence[np.ndarray]
    computed: ComputedModes | None = None

    def __call__(self, generator: NumpyGenerator) -> Judgement:
        """Return the two-sample score and the share of modes covered."""
        real = self.held_out[:_MAX_ROWS].astype(np.int64)
        fake = self._sample(generator, len(real))
        every = slice(None, None, -(-real.shape[1] // _MAX_COLUMNS))
        rows = along_lines(np.concatenate([real, fake])[:, every], self.ranks[every])
        is_real = np.repeat([1, 0], [len(real), len(fake)])
        # Fifty trees instead of a hundred: half the time; a candidate is compared with others only.
        classifier = HistGradientBoostingClassifier(
            max_iter=50, early_stopping=False, random_state=0
        )
        folds = StratifiedKFold(2, shuffle=True, random_state=0)
        # Trees on a few thousand rows gain nothing from threads that wait for each other.
        with threadpool_limits(1, user_api="openmp"):
            scores = cross_val_predict(classifier, rows, is_real, cv=folds, method="predict_proba")
        auc = roc_auc_score(is_real, scores[:, 1])
        return Judgement(1.0 - 2.0 * abs(auc - 0.5), _share_covered(real, fake))

    def _sample(self, generator: NumpyGenerator, n_rows: int) -> np.ndarray:
        n_columns = generator.layout.n_columns
        order = PassPlan(tuple(range(n_columns)), np.zeros((n_columns, n_columns)))
        seed = int(stream(self.seed, "judge").integers(2**63))  # not that of the user's samples
        sampler = Sampler(generator, order, self.conditions, 1, computed=self.computed)
        numbers = range(-(-n_rows // BLOCK_SIZE))
        blocks = in_parallel(lambda block: sampler.block(seed, block)[0], numbers)
        return np.concatenate(blocks)[:n_rows]


def _share_covered(real: np.ndarray, fake: np.ndarray) -> float:
    wanted, found = 0, 0
    for column in range(real.shape[1]):
        modes = np.unique(real[:, column])
        wanted += len(modes)
        found += len(np.intersect1d(modes, fake[:, column]))
    return found / wanted
