"""One small fitted model that the tests of sampling, conditions and files share."""

import pandas as pd
import pytest

from tabgan import TabGAN, load_demo

N_ROWS = 1_600


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return load_demo(N_ROWS)


@pytest.fixture(scope="session")
def gan(table) -> TabGAN:
    return TabGAN(epochs=30, batch_size=128, verbose=0, random_state=0).fit(table)
