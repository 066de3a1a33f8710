"""The joint law of the demo table, in the order in which a row is drawn.

Every table below is a conditional law and every function an exact truth of the simulated world:
a test, or a reader, can hold what a model learnt against what there was to learn. All laws are
stated in what a row *shows*: a missing cell is an outcome with its own probability, and whatever
depends on it depends on its being missing. Nothing hidden is left out of the table.

The laws are invented; no figure describes a real supplier, region or household.
"""

from collections.abc import Sequence
from datetime import date
from itertools import product
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.errors import InvalidParameterError

__all__ = [
    "category_shares",
    "expected_log_use",
    "join_day_shares",
    "switch_probability",
]

REGIONS: Final = {
    "harbour": 0.17,
    "old town": 0.15,
    "new town": 0.13,
    "lakeside": 0.11,
    "north hills": 0.09,
    "south hills": 0.08,
    "valley": 0.07,
    "plain": 0.06,
    "forest": 0.05,
    "border": 0.04,
    "islands": 0.03,
    "moor": 0.02,
}
URBAN_REGIONS: Final = ("harbour", "old town", "new town")
RIVAL_REGIONS: Final = ("harbour", "lakeside", "islands")
"""Where a cheap supplier of gas opened: it draws away those who heat with gas."""

DWELLING_IN_TOWN: Final = {"flat": 0.65, "terrace": 0.25, "house": 0.10}
DWELLING_ELSEWHERE: Final = {"flat": 0.15, "terrace": 0.30, "house": 0.55}

TARIFF_BY_DWELLING: Final = {
    "flat": {"fixed": 0.40, "variable": 0.45, "green": 0.13, "prepaid": 0.02},
    "terrace": {"fixed": 0.50, "variable": 0.35, "green": 0.14, "prepaid": 0.01},
    "house": {"fixed": 0.50, "variable": 0.25, "green": 0.245, "prepaid": 0.005},
}
HEATING_BY_DWELLING: Final[dict[str, dict[str | None, float]]] = {
    "flat": {"gas": 0.50, "electric": 0.33, "heat pump": 0.02, None: 0.15},
    "terrace": {"gas": 0.65, "electric": 0.20, "heat pump": 0.10, None: 0.05},
    "house": {"gas": 0.50, "electric": 0.13, "heat pump": 0.35, None: 0.02},
}
SOLAR_BY_DWELLING: Final = {"flat": 0.02, "terrace": 0.10, "house": 0.25}
SOLAR_FACTOR_ON_GREEN: Final = 2.0

MOST_RESIDENTS: Final = 6
FURTHER_RESIDENT_BY_DWELLING: Final = {"flat": 0.15, "terrace": 0.30, "house": 0.38}
"""`residents` is 1 + Binomial(5, this)."""

FIRST_DAY: Final = date(2021, 1, 1)
LAST_DAY: Final = date(2024, 12, 31)
GREEN_SINCE: Final = date(2022, 7, 1)
WEEKDAY_WEIGHTS: Final = (1.3, 1.2, 1.1, 1.0, 0.9, 0.3, 0.1)
"""Monday to Sunday."""
MONTH_WEIGHTS: Final = (0.9, 0.8, 0.8, 0.7, 0.6, 0.6, 0.7, 0.9, 1.3, 1.8, 1.6, 1.1)
"""January to December: people think of heating in autumn."""

USE_OF_ONE_KWH: Final = 1400.0
USE_BY_DWELLING: Final = {"flat": 1.0, "terrace": 1.2, "house": 1.5}
USE_BY_HEATING: Final[dict[str | None, float]] = {
    "gas": 1.0,
    "electric": 2.2,
    "heat pump": 1.6,
    None: 1.3,
}
USE_WITH_SOLAR: Final = 0.7
USE_RESIDENTS_EXPONENT: Final = 0.6
USE_LOG_SCALE: Final = 0.3
"""Scale of the Laplace law of log(use): power-law tails of index 1 / 0.3, so a finite variance."""
NO_READING_SINCE: Final = date(2024, 7, 1)
NO_READING_IF_NEW: Final = 0.80
NO_READING_OTHERWISE: Final = 0.02

ARREARS_BY_TARIFF: Final = {"fixed": 0.20, "variable": 0.40, "green": 0.12, "prepaid": 0.60}
ARREARS_EXTRA_IF_CROWDED: Final = 0.10
CROWDED_FROM: Final = 4
ARREARS_MEAN_EUR: Final = {"fixed": 90.0, "variable": 140.0, "green": 70.0, "prepaid": 40.0}

UNANSWERED_BY_TARIFF: Final = {"fixed": 0.10, "variable": 0.30, "green": 0.05, "prepaid": 0.60}
SATISFACTION_WITH_ARREARS: Final = (0.22, 0.28, 0.25, 0.16, 0.09)
SATISFACTION_WITHOUT: Final = (0.05, 0.10, 0.25, 0.35, 0.25)
"""Of 1, 2, 3, 4, 5, among the answered."""

_LISTED = ("region", "dwelling", "tariff", "heating", "solar_panels", "residents")


def dwelling_law(region: str) -> dict[str, float]:
    """Shares of the dwellings in one region."""
    return DWELLING_IN_TOWN if region in URBAN_REGIONS else DWELLING_ELSEWHERE


def solar_law(dwelling: str, tariff: str) -> float:
    """Probability of solar panels."""
    return SOLAR_BY_DWELLING[dwelling] * (SOLAR_FACTOR_ON_GREEN if tariff == "green" else 1.0)


def residents_law(dwelling: str) -> dict[int, float]:
    """Shares of 1 … 6 residents."""
    trials, chance = MOST_RESIDENTS - 1, FURTHER_RESIDENT_BY_DWELLING[dwelling]
    ways = (1, 5, 10, 10, 5, 1)
    return {
        1 + further: ways[further] * chance**further * (1 - chance) ** (trials - further)
        for further in range(MOST_RESIDENTS)
    }


def join_day_shares(*, green: bool) -> "pd.Series[float]":
    """Exact probability of every day of joining.

    Parameters
    ----------
    green : bool
        Whether on the green tariff, which nobody joined before July 2022; on all the other
        tariffs the law is the same.

    Returns
    -------
    pandas.Series
        One probability a day of 2021 to 2024, indexed by day; they sum to 1.
    """
    days = pd.date_range(FIRST_DAY, LAST_DAY, freq="D", unit="us")
    weights = np.take(WEEKDAY_WEIGHTS, days.day_of_week) * np.take(MONTH_WEIGHTS, days.month - 1)
    if green:
        weights = np.where(days < pd.Timestamp(GREEN_SINCE), 0.0, weights)
    return pd.Series(weights / weights.sum(), index=days, name="share")


def category_shares(columns: Sequence[str]) -> "pd.Series[float]":
    """Exact joint probability of some of the columns with few values.

    Parameters
    ----------
    columns : sequence of str
        Any of ``region``, ``dwelling``, ``tariff``, ``heating``, ``solar_panels`` and
        ``residents``, in the order wanted.

    Returns
    -------
    pandas.Series
        Probability of each combination, indexed by the columns; the values sum to 1. An unknown
        heating is indexed by a missing value.

    Raises
    ------
    InvalidParameterError
        If `columns` is empty, repeats itself or names another column.

    Examples
    --------
    >>> shares = category_shares(["tariff"])
    >>> round(float(shares["prepaid"]), 4)
    0.012
    """
    asked = list(columns)
    if not asked or len(set(asked)) != len(asked) or not set(asked) <= set(_LISTED):
        raise InvalidParameterError(
            f"columns={asked!r}: name one or more of {', '.join(_LISTED)}, each once"
        )
    joint = pd.DataFrame(_combinations(), columns=[*_LISTED, "share"])
    return joint.groupby(asked, dropna=False, observed=True, sort=False)["share"].sum()


def _combinations() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for region, dwelling in product(REGIONS, USE_BY_DWELLING):
        outer = REGIONS[region] * dwelling_law(region)[dwelling]
        for (tariff, by_tariff), (heating, by_heating), (residents, by_residents) in product(
            TARIFF_BY_DWELLING[dwelling].items(),
            HEATING_BY_DWELLING[dwelling].items(),
            residents_law(dwelling).items(),
        ):
            share = outer * by_tariff * by_heating * by_residents
            solar = solar_law(dwelling, tariff)
            row = (region, dwelling, tariff, heating)
            rows.append((*row, True, residents, share * solar))
            rows.append((*row, False, residents, share * (1 - solar)))
    return rows


def expected_log_use(table: pd.DataFrame) -> NDArray[np.float64]:
    """Centre of the law of log(`yearly_use_kwh`) for each row, whether or not the cell is missing.

    Given everything else in the row, the logarithm is Laplace around it with scale 0.3.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows with the columns ``residents``, ``dwelling``, ``heating`` and ``solar_panels``.

    Returns
    -------
    ndarray of shape (n_rows,)
        Natural logarithm of kWh a year.
    """
    heating = table["heating"].astype(object).where(table["heating"].notna(), None)
    residents = table["residents"].to_numpy(dtype=float)
    factors = (
        table["dwelling"].map(USE_BY_DWELLING).to_numpy(dtype=float)
        * np.array([USE_BY_HEATING[value] for value in heating])
        * np.where(table["solar_panels"].to_numpy(dtype=bool), USE_WITH_SOLAR, 1.0)
    )
    centre = np.log(USE_OF_ONE_KWH * factors) + USE_RESIDENTS_EXPONENT * np.log(residents)
    return np.asarray(centre, dtype=np.float64)


def switch_probability(table: pd.DataFrame) -> NDArray[np.float64]:
    """Exact P(`switched` = "yes" | all the other cells) for each row.

    The log-odds are -2.3 plus, every one an interaction of two columns or more:

    - price: 3.0 z on the variable tariff and 0.3 z on the others, where z is
      log(`yearly_use_kwh` / 3000) cut at -2 and 2, and 0 where there is no reading;
    - contract: on the fixed tariff, -3.0 for who joined in 2024 and +3.0 for who joined in 2023;
    - panels: -3.0 on the green tariff, +3.0 on the others;
    - anger: (3 - `satisfaction`) times 1.8 with arrears and 0.6 without, 0 where unanswered;
    - rival: +2.0 for gas heating in the regions where a cheap supplier of gas opened.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows with the columns of the demo table; ``switched`` may be absent.

    Returns
    -------
    ndarray of shape (n_rows,)
        Probabilities. No classifier can rank better than they do.
    """
    tariff, solar = table["tariff"], table["solar_panels"].to_numpy(dtype=bool)
    use = table["yearly_use_kwh"].to_numpy(dtype=float, na_value=np.nan)
    price = np.nan_to_num(np.clip(np.log(use / 3000.0), -2.0, 2.0), nan=0.0)
    joined = table["joined_on"].dt.year
    answer = table["satisfaction"].to_numpy(dtype=float, na_value=np.nan)
    anger = np.nan_to_num(3.0 - answer, nan=0.0)
    green = (tariff == "green").to_numpy(dtype=bool)
    fixed = (tariff == "fixed").to_numpy(dtype=bool)
    gas_rival = table["region"].isin(RIVAL_REGIONS) & table["heating"].isin(["gas"])
    log_odds = (
        -2.3
        + price * np.where(tariff == "variable", 3.0, 0.3)
        + fixed * (3.0 * (joined == 2023) - 3.0 * (joined == 2024)).to_numpy(dtype=float)
        + solar * np.where(green, -3.0, 3.0)
        + anger * np.where(table["arrears_eur"] > 0, 1.8, 0.6)
        + 2.0 * gas_rival.to_numpy(dtype=float)
    )
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)), dtype=np.float64)
