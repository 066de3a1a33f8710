"""What one network is taught: questions about rows, and better answers than the rows themselves.

Who is asked what a cell is, given some others, does better than to learn what it was in that one
row. Trees that never saw the row find thresholds in few rows. Networks of other times know the
columns that were learnt best then (:mod:`tabgan.training.looks`). What both say, weighed by what
held-out rows like best, is what one network learns (knowledge distillation, Hinton et al. 2015).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tabgan.networks.forward import Floats, NumpyGenerator, log_softmax
from tabgan.networks.spec import NetworkSpec
from tabgan.randomness import stream
from tabgan.training.holdout import HeldOutLikelihood

# So much of an answer comes from trees, the rest from a network.
_SHARES_OF_TREES = (0.0, 0.25, 0.5, 0.75, 1.0)
# Trees of a column have to gain so much of its held-out likelihood, or they are not asked: on Adult
# they gain .16 % in all, and take minutes.
_LEAST_GAIN = 1e-3

# Questions of a lesson, so many of each row at least, as long as they do not need more memory than
# so many bytes. Half of the questions were worse by .03 nats on taxis.
_QUESTIONS, _QUESTIONS_OF_ROW, _MOST_BYTES = 40_000, 2, 2**28
# Of more columns than this each question asks for more cells, so there are fewer of them.
_MANY_COLUMNS = 128


class Trees(Protocol):
    """Trees that say what one column is."""

    def __call__(
        self, codes: np.ndarray, known: np.ndarray, rows: np.ndarray | None = None
    ) -> Floats:
        """Return the law of the column in each row; `rows` are those of the trees' table."""


# What is known of so many rows.
KnownSetsSource = Callable[[np.random.Generator, int], NDArray[np.bool_]]
# From a column, what is known when it will be asked for and whether a few trees will do, to its
# trees; or to none where that would take too long.
GrowTrees = Callable[[int, KnownSetsSource, bool], Trees | None]
# From the codes of a table to what grows trees on it: the very rows that are asked about, so that a
# tree knows which of them it saw.
MakeTreeGrower = Callable[[np.ndarray], GrowTrees]


@dataclass(frozen=True)
class Questions:
    """Rows, of which some cells are told and the others asked for.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (n_questions, n_columns)
        The rows.
    known : numpy.ndarray of bool, shape (n_questions, n_columns)
        Which of their cells are told.
    rows : numpy.ndarray of int, shape (n_questions,) or None
        Which rows of the table they are; ``None`` for others.
    """

    codes: np.ndarray
    known: np.ndarray
    rows: np.ndarray | None = None

    def asked(self, column: int) -> np.ndarray:
        """Return which of the questions ask for a column."""
        return np.flatnonzero(~self.known[:, column])

    def to(self, trees: Trees, column: int) -> Floats:
        """Return what trees of a column answer where it is asked for."""
        asked = self.asked(column)
        rows = None if self.rows is None else self.rows[asked]
        return trees(self.codes[asked], self.known[asked], rows)


@dataclass(frozen=True)
class Lesson:
    """Questions and answers.

    Parameters
    ----------
    questions : Questions
        About rows of the table.
    answers : numpy.ndarray of float16, shape (n_questions, n_modes)
        How likely each mode, of the networks' axis, of the columns that are asked for is. Half the
        bytes serve as well. Of a split column it is one level, drawn from what is likely.
    """

    questions: Questions
    answers: np.ndarray


class TeacherNetworks:
    """Networks that have looked at questions; for each column one of them speaks.

    Parameters
    ----------
    networks : sequence of NumpyGenerator
        Networks.
    speaker_of_column : numpy.ndarray of int, shape (n_columns,)
        Which of them speaks.
    questions : Questions
        What they are asked.
    """

    def __init__(
        self,
        networks: Sequence[NumpyGenerator],
        speaker_of_column: np.ndarray,
        questions: Questions,
    ) -> None:
        told = np.where(questions.known, questions.codes, -1)
        self._networks = networks
        self._speaker_of_column = speaker_of_column
        self._questions = questions
        self._features = [network.trunk(network.sums(told)) for network in networks]

    def say(self, column: int) -> Floats:
        """Return the law of a column where it is asked for."""
        speaker = self._speaker_of_column[column]
        features = self._features[speaker][self._questions.asked(column)]
        laws: Floats = np.exp(log_softmax(self._networks[speaker].logits(features, column)))
        return laws

    def draw(self, column: int) -> np.ndarray:
        """Return a code of a split column for each row where it is asked for."""
        speaker = self._speaker_of_column[column]
        network = self._networks[speaker]
        features = self._features[speaker][self._questions.asked(column)]
        codes = np.empty(len(features), dtype=np.int64)
        uniforms = stream(0, "answers", column).random((len(features), 1))
        for rows in network.spec.rows_at_a_time(len(features), column):
            upto = np.exp(log_softmax(network.logits(features[rows], column))).cumsum(axis=1)
            codes[rows] = (upto > uniforms[rows] * upto[:, -1:]).argmax(axis=1)
        return codes


def count_questions(n_rows: int, n_columns: int, n_modes: int, n_features: int = 0) -> int:
    """Return how many questions a lesson about so many rows has.

    Parameters
    ----------
    n_rows, n_columns, n_modes : int
        Size of the encoded table.
    n_features : int
        Numbers that networks keep of each question while they answer.
    """
    least = _QUESTIONS * _MANY_COLUMNS // max(_MANY_COLUMNS, n_columns)
    wanted = max(least, _QUESTIONS_OF_ROW * n_rows)
    return min(wanted, _MOST_BYTES // (2 * n_modes + 4 * n_features))


def answer(
    questions: Questions,
    spec: NetworkSpec,
    trees_of: Callable[[int, bool], Trees | None],
    networks: Sequence[NumpyGenerator],
    speaker_of_column: np.ndarray,
    likelihood: HeldOutLikelihood,
) -> Lesson | None:
    """Answer questions by what trees and networks say.

    Returns ``None`` where there is only one network and nobody besides: it knows that already.

    Parameters
    ----------
    questions : Questions
        About rows of the table that the trees are grown on.
    spec : NetworkSpec
        The table's modes, and the networks'.
    trees_of : callable
        From a column, and whether a few will do, to its trees, or to ``None``.
    networks : sequence of NumpyGenerator
        Networks; without any, trees answer alone, and the rows themselves where there are no trees,
        since there were too many categories.
    speaker_of_column : numpy.ndarray of int, shape (n_columns,)
        Which network speaks for each column.
    likelihood : HeldOutLikelihood
        Rows that neither saw: they weigh trees and networks.
    """
    answers = np.zeros((len(questions.codes), spec.axis.n_modes), dtype=np.float16)
    held_out = Questions(likelihood.codes, likelihood.known)
    teachers = TeacherNetworks(networks, speaker_of_column, questions)
    judged = TeacherNetworks(networks, speaker_of_column, held_out)
    has_trees = False
    for column in range(len(spec.sizes)):
        asked = questions.asked(column)
        if column in spec.splits:  # of too many levels for trees
            codes = teachers.draw(column) if networks else questions.codes[asked, column]
            places = (column, spec.members[column])
            for place, part in zip(places, spec.splits[column].divide(codes), strict=True):
                there = part >= 0
                answers[asked[there], spec.axis.position(place, part[there])] = 1.0
            continue
        if networks:
            trees, share = _worth_asking(trees_of, column, held_out, judged, likelihood.weights)
        else:
            trees, share = trees_of(column, False), 1.0
        law = np.zeros((len(asked), spec.sizes[column]), dtype=np.float32)
        has_trees |= trees is not None
        if trees is not None:
            law += share * questions.to(trees, column)
        if networks and share < 1.0:
            law += (1.0 - share) * teachers.say(column)
        if trees is None and not networks:
            law[np.arange(len(asked)), questions.codes[asked, column]] = 1.0
        answers[asked, spec.axis.modes(column)] = law
    return None if len(networks) == 1 and not has_trees else Lesson(questions, answers)


def _worth_asking(
    trees_of: Callable[[int, bool], Trees | None],
    column: int,
    held_out: Questions,
    judged: TeacherNetworks,
    weights: np.ndarray,
) -> tuple[Trees | None, float]:
    """Return the trees of a column and how much they should say, or none if they gain too little.

    A few trees tell whether all of them are worth their time.
    """
    cells = held_out.asked(column)
    found = held_out.codes[cells, column]
    of_network = judged.say(column)
    trees = None
    for is_trial in (True, False):
        trees = trees_of(column, is_trial)
        if trees is None:
            return None, 0.0
        said = held_out.to(trees, column)
        share, gain = _share_of_trees(said, of_network, found, weights[cells])
        if gain < _LEAST_GAIN:
            return None, 0.0
    return trees, share


def _share_of_trees(
    of_trees: Floats, of_network: Floats, found: np.ndarray, weights: np.ndarray
) -> tuple[float, float]:
    """Return how much of the answers trees should give, and which share of the nats that gains.

    As much as makes most likely what is found.

    Parameters
    ----------
    of_trees, of_network : numpy.ndarray of shape (n_cells, size)
        What they said of cells that neither saw.
    found : numpy.ndarray of int, shape (n_cells,)
        What these are.
    weights : numpy.ndarray of shape (n_cells,)
        How much each counts.
    """
    cells = np.arange(len(found))
    trees, network = (
        np.maximum(said[cells, found], np.finfo(np.float32).tiny) for said in (of_trees, of_network)
    )
    nats = [
        -(weights * np.log(share * trees + (1.0 - share) * network)).sum()
        for share in _SHARES_OF_TREES
    ]
    best = int(np.argmin(nats))
    return _SHARES_OF_TREES[best], float(1.0 - nats[best] / nats[0])
