import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import mutual_info_score

from tabgan.evaluation.association import Levels, associations, mutual_information
from tabgan.evaluation.tables import align_tables


@pytest.fixture
def levels(draw_table) -> tuple[Levels, np.ndarray]:
    frame = draw_table(400, 0).assign(constant=1.5)
    tables = align_tables(frame, frame, None)
    return Levels.of(tables.columns, tables.train), tables.train


def test_numbers_have_tenths_and_missing_is_a_level(levels) -> None:
    found, rows = levels
    seen = found.seen_in(rows)
    assert seen.max() < found.size
    np.testing.assert_array_equal(seen == 0, np.isnan(rows))
    x = 5  # the last column but one by name is x
    assert np.bincount(seen[:, x], minlength=11)[1:11].tolist() == [40] * 10


def test_joint_shares_are_those_of_counted_pairs(levels) -> None:
    found, rows = levels
    seen, joint = found.seen_in(rows), found.joint_shares(rows)
    for i in range(rows.shape[1]):
        for j in range(rows.shape[1]):
            counts = np.zeros((found.size, found.size))
            np.add.at(counts, (seen[:, i], seen[:, j]), 1)
            np.testing.assert_allclose(joint[i, :, j, :], counts / len(rows))


def test_dependences_agree_with_scipy_and_scikit_learn(levels) -> None:
    found, rows = levels
    seen, joint = found.seen_in(rows), found.joint_shares(rows)
    v, information = associations(joint), mutual_information(joint)
    n_columns = rows.shape[1]
    for i in range(n_columns):
        for j in range(i):
            counts = np.zeros((found.size, found.size), dtype=int)
            np.add.at(counts, (seen[:, i], seen[:, j]), 1)
            counts = counts[counts.any(axis=1)][:, counts.any(axis=0)]
            if min(counts.shape) < 2:
                assert v[i, j] == information[i, j] == 0.0
                continue
            assert v[i, j] == pytest.approx(stats.contingency.association(counts))
            least = min(stats.entropy(counts.sum(axis=axis)) for axis in (0, 1))
            expected = mutual_info_score(seen[:, i], seen[:, j]) / least
            assert information[i, j] == pytest.approx(expected)


@pytest.mark.parametrize("atom", [0.0, 1.0, 0.5])
def test_a_value_that_most_rows_have_has_a_level_of_its_own(atom: float) -> None:
    generator = np.random.default_rng(0)
    values = np.where(generator.random(1_000) < 0.93, atom, generator.random(1_000))
    table = pd.DataFrame({"x": values, "is": np.where(values == atom, "m", "k")})
    tables = align_tables(table, table, None)
    levels = Levels.of(tables.columns, tables.train)
    joint = levels.joint_shares(tables.train)
    assert associations(joint)[0, 1] == pytest.approx(1.0)
    assert mutual_information(joint)[0, 1] == pytest.approx(1.0)
    assert levels.seen_in(tables.train).max() < levels.size
