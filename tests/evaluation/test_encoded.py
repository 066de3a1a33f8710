import numpy as np
import pandas as pd

from tabgan.evaluation.encoded import RowEncoder
from tabgan.evaluation.tables import align_tables


def encode(train: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    tables = align_tables(train, rows, None)
    return RowEncoder.of(tables.columns, tables.train).encode(tables.synthetic)


def test_numbers_are_their_ranks_whatever_their_unit() -> None:
    generator = np.random.default_rng(0)
    train = pd.DataFrame({"x": generator.lognormal(sigma=3, size=501)})
    middle = pd.DataFrame({"x": [train["x"].min(), train["x"].median(), train["x"].max() * 9]})
    ranks = encode(train, middle)[:, 0]
    np.testing.assert_allclose(ranks, [0, 0.5, 1], atol=0.002)
    np.testing.assert_allclose(encode(train * 1e6 + 5, middle * 1e6 + 5)[:, 0], ranks)


def test_different_categories_are_one_unit_apart_and_gaps_are_seen() -> None:
    train = pd.DataFrame({"a": ["p", "q", "r", "p"], "x": [1.5, 2.5, 3.5, np.nan]})
    rows = encode(train, train)
    places = {tuple(row) for row in rows[:, :-2]}
    assert len(places) == 3
    first, second, _ = (np.array(place) for place in places)
    assert np.isclose(np.linalg.norm(first - second), 1.0)
    (gap,) = rows[rows[:, -1] == 1.0]
    assert gap[-2] == 0.5


def test_levels_beyond_the_frequent_ones_share_a_coordinate() -> None:
    many = pd.DataFrame({"a": [f"level {i}" for i in range(50)] * 4})
    assert encode(many, many).shape == (200, 32)  # thirty, the rest, missing
