"""A table of every kind whose joint law is known, drawn afresh as often as a test needs it."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

DrawTable = Callable[[int, int], pd.DataFrame]


def _draw_table(n_rows: int, seed: int) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    x = generator.normal(size=n_rows)
    y = x + 0.3 * generator.normal(size=n_rows)
    city = np.where(x > 0.5, "north", np.where(generator.random(n_rows) < 0.5, "east", "west"))
    days = generator.integers(0, 1000, n_rows)
    return pd.DataFrame(
        {
            "x": x,
            "y": np.where(generator.random(n_rows) < 0.1, np.nan, y),
            "visits": generator.poisson(np.exp(x / 2)),
            "city": pd.Series(city, dtype=object).mask(generator.random(n_rows) < 0.05),
            "member": y + 0.3 * generator.normal(size=n_rows) > 0,
            "joined": pd.Timestamp("2020-01-01") + pd.to_timedelta(days, unit="D"),
        }
    )


@pytest.fixture(scope="session")
def draw_table() -> DrawTable:
    return _draw_table


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    # Trees of some hundred rows gain nothing from threads, and where other processes keep the
    # cores busy, threads that wait for each other make a fit of .1 s take seconds.
    with threadpool_limits(1):
        yield
