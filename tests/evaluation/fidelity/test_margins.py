import numpy as np
import pandas as pd
import pytest

from tabgan.evaluation.fidelity.margins import TripleReference
from tabgan.evaluation.tables import ViewColumn, align_tables
from tabgan.schema import Kind


def test_a_relation_of_three_columns_that_no_pair_shows_is_seen() -> None:
    generator = np.random.default_rng(0)
    a, b = generator.integers(0, 2, (2, 4_000)).astype(bool)
    train = pd.DataFrame({"a": a, "b": b, "c": a ^ b})
    lost = train.assign(c=generator.permutation(train["c"]))
    tables = align_tables(train, lost, None)
    reference = TripleReference(tables.columns, tables.train, generator)
    np.testing.assert_array_equal(reference.compare(tables.train), [1.0])
    # Of eight cells, four hold a quarter each in one table, all an eighth in the other.
    assert reference.compare(tables.synthetic) == pytest.approx([0.5], abs=0.03)


def test_of_many_columns_some_triples_are_drawn_none_twice() -> None:
    columns = tuple(ViewColumn(f"x{i:02}", Kind.CONTINUOUS, 0) for i in range(30))
    rows = np.random.default_rng(0).normal(size=(50, 30))
    triples = TripleReference(columns, rows, np.random.default_rng(1)).triples
    assert triples.shape == (220, 3)
    assert len(np.unique(triples, axis=0)) == 220
    assert (np.diff(triples, axis=1) > 0).all()
    assert set(triples.ravel()) == set(range(30))
