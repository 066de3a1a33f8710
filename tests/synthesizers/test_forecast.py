"""What a fit is going to take: sizes exactly, time and memory in proportion."""

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN, load_demo
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import InvalidParameterError
from tabgan.synthesizers.forecast import forecast_fit
from tabgan.synthesizers.forest import forest_size
from tabgan.synthesizers.preparation import prepare_table


def table_of(n_rows: int, n_columns: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({f"c{i}": rng.integers(0, 30, n_rows) for i in range(n_columns)})


def test_sizes_and_steps_are_those_of_the_fit(gan, table):
    forecast = gan.forecast(table)
    weights = [*gan._model.generator.weights.values(), *gan._model.discriminator]
    assert forecast.n_weights == sum(weight.size for weight in weights)
    assert forecast.n_modes == gan._model.generator.layout.n_modes
    assert (forecast.n_rows, forecast.n_columns) == (len(table), 11)
    game = gan.history_.query("phase == 'adversarial'")
    assert forecast.n_epochs == pytest.approx(gan.n_epochs_, rel=0.1)
    # A fit makes whole compiled calls of 20 steps.
    assert 0 <= game["step"].max() - forecast.n_adversarial_steps < 20


def forecast(
    table: pd.DataFrame,
    objective: str | None = "relativistic",
    max_seconds: float | None = None,
    early_stopping: bool = True,
):
    """Forecast for a machine of 100 thousand million products a second, as two cores have."""
    return forecast_fit(
        prepare_table(table, None, EncodingOptions()),
        epochs=None,
        batch_size=512,
        objective=objective,
        early_stopping=early_stopping,
        max_seconds=max_seconds,
        products_per_second=1e11,
    )


def test_time_and_memory_grow_with_the_table():
    small, wide = (forecast(table_of(20_000, n)) for n in (5, 40))
    # Eight times the modes, and a trunk that costs the same.
    assert 1.5 < (wide.seconds - 15) / (small.seconds - 15) < 8
    assert wide.memory_bytes > small.memory_bytes + 300e6


def test_the_time_is_what_a_step_was_measured_to_take():
    # 12,000 rows of 14 columns with 692 modes, on two cores: 25 and 50 ms a step; and trees.
    table = table_of(12_000, 23)
    found = forecast(table)
    steps = found.n_likelihood_steps * 0.025 + found.n_adversarial_steps * 0.050
    trees = 1.2e-8 * forest_size(12_000, 23).work
    assert found.seconds - 15 - trees == pytest.approx(steps, rel=0.35)


def test_without_early_stopping_no_trees_are_grown():
    table = table_of(5_000, 23)
    with_trees, without = (forecast(table, early_stopping=stops) for stops in (True, False))
    assert with_trees.seconds > without.seconds + 10
    assert with_trees.memory_bytes > without.memory_bytes


def test_no_adversary_and_a_time_limit_take_less():
    table = table_of(3_000, 5)
    alone = forecast(table, objective=None)
    assert alone.n_adversarial_steps == 0
    assert alone.seconds < forecast(table).seconds
    assert forecast(table, max_seconds=2.0).seconds == pytest.approx(17)


def test_a_forecast_leaves_the_estimator_as_it_was_and_checks_as_a_fit_does():
    gan = TabGAN()
    text = str(gan.forecast(load_demo(200)))
    assert "200 rows, 11 columns" in text
    assert not hasattr(gan, "schema_")
    with pytest.raises(InvalidParameterError, match="epochs"):
        TabGAN(epochs=0).forecast(load_demo(200))
