"""The demo table: households of an energy supplier that does not exist.

A row is the image of its own fourteen uniform numbers, in the order of the laws of
`energy_law`. So a shorter table is the head of a longer one with the same seed.
"""

from collections.abc import Mapping
from numbers import Integral
from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tabgan.datasets import energy_law as law
from tabgan.errors import InvalidParameterError
from tabgan.randomness import RANDOM_STATE_NEED, is_random_state

__all__ = ["load_demo"]

_HOME, _ACCOUNT = slice(0, 6), slice(6, 13)
_UNIFORMS_A_ROW = 14
# More than fit in any memory.
_MOST_ROWS = 2**40
_Level = TypeVar("_Level", str, str | None, int)


def load_demo(
    n_rows: int = 2000, random_state: int | np.random.Generator | None = 0
) -> pd.DataFrame:
    """Simulate a table of households: mixed kinds, missing cells, a law known exactly.

    Nothing is read from a file and nobody is described. In the order in which a row is drawn:

    ``region`` : str
        Twelve levels with shares from .17 ("harbour") to .02 ("moor").
    ``dwelling`` : str
        flat .65, terrace .25, house .10 in the three urban regions ("harbour", "old town",
        "new town"); .15, .30, .55 in the others.
    ``tariff`` : category
        fixed, variable, green and the rare prepaid (1.2 % of all): .40, .45, .13, .02 in a flat;
        .50, .35, .14, .01 in a terrace; .50, .25, .245, .005 in a house.
    ``heating`` : str, missing where unknown
        gas, electric, heat pump, missing: .50, .33, .02, .15 in a flat; .65, .20, .10, .05 in a
        terrace; .50, .13, .35, .02 in a house.
    ``solar_panels`` : bool
        .02 in a flat, .10 in a terrace, .25 in a house; twice as likely on the green tariff.
    ``residents`` : int, 1 to 6
        1 + Binomial(5, p), p = .15 in a flat, .30 in a terrace, .38 in a house.
    ``joined_on`` : datetime, a day of 2021 to 2024
        In proportion to a weight of the weekday (1.3 on Monday, falling to .9 on Friday, .3 and
        .1 at the weekend) times a weight of the month (.6 in May to 1.8 in October); on the green
        tariff never before July 2022.
    ``yearly_use_kwh`` : float, one decimal, missing where there is no reading
        Missing with probability .80 for who joined from July 2024 on, else .02. Otherwise its
        logarithm is Laplace with scale .3 (tails like a power law of index 3.3) around that of
        1400 · residents^.6 · dwelling (1, 1.2, 1.5) · heating (gas 1, electric 2.2, heat pump
        1.6, unknown 1.3) · (.7 with solar panels).
    ``arrears_eur`` : float, two decimals, mostly exactly 0
        Positive with probability .20 (fixed), .40 (variable), .12 (green), .60 (prepaid), plus
        .10 with four residents or more; then exponential with mean 90, 140, 70, 40, rounded up
        to the cent.
    ``satisfaction`` : nullable integer, 1 to 5, missing where unanswered
        Missing with probability .10 (fixed), .30 (variable), .05 (green), .60 (prepaid).
        Otherwise 1 to 5 by .22, .28, .25, .16, .09 with arrears, .05, .10, .25, .35, .25 without.
    ``switched`` : str, "yes" or "no"
        The target: "yes" with the probability `switch_probability` gives, made of interactions.

    Parameters
    ----------
    n_rows : int
        Number of rows, at least 1. 2000 are enough for the rarest level to be seen some twenty
        times and few enough for a demonstration.
    random_state : int, numpy.random.Generator or None
        Seed, or the generator to draw from; None draws a new table each time.

    Returns
    -------
    pandas.DataFrame
        `n_rows` rows and 11 columns. With the same seed the first rows do not depend on `n_rows`.

    Raises
    ------
    InvalidParameterError
        If `n_rows` is not an integer of at least 1, or `random_state` is no seed.

    Examples
    --------
    >>> load_demo(3).shape
    (3, 11)
    """
    is_count = isinstance(n_rows, Integral) and not isinstance(n_rows, bool)
    if not is_count or not 1 <= n_rows <= _MOST_ROWS:
        raise InvalidParameterError(f"n_rows must be an integer from 1 to {_MOST_ROWS:,}")
    if not is_random_state(random_state):
        raise InvalidParameterError(f"random_state must be {RANDOM_STATE_NEED}")
    uniforms = np.random.default_rng(random_state).random((int(n_rows), _UNIFORMS_A_ROW))
    home = _draw_home(uniforms[:, _HOME].T)
    table = _draw_account(home, uniforms[:, _ACCOUNT].T)
    switched = uniforms[:, -1] < law.switch_probability(table)
    return table.assign(switched=np.where(switched, "yes", "no").tolist())


def _draw_home(uniforms: NDArray[np.float64]) -> pd.DataFrame:
    """Draw the columns with few values: where and how the household lives."""
    for_region, for_dwelling, for_tariff, for_heating, for_solar, for_residents = uniforms
    region = _pick(law.REGIONS, for_region)
    dwelling = _pick_given(region, {r: law.dwelling_law(r) for r in law.REGIONS}, for_dwelling)
    tariff = _pick_given(dwelling, law.TARIFF_BY_DWELLING, for_tariff)
    heating = _pick_given(dwelling, law.HEATING_BY_DWELLING, for_heating)
    residents_laws = {d: law.residents_law(d) for d in law.TARIFF_BY_DWELLING}
    return pd.DataFrame(
        {
            # Lists, so that pandas chooses its own string dtype: object in 2.x, str in 3.x.
            "region": region.tolist(),
            "dwelling": dwelling.tolist(),
            "tariff": pd.Categorical(tariff, categories=list(law.ARREARS_BY_TARIFF)),
            "heating": heating.tolist(),
            "solar_panels": for_solar < np.array(list(map(law.solar_law, dwelling, tariff))),
            "residents": _pick_given(dwelling, residents_laws, for_residents).astype(np.int64),
        }
    )


def _draw_account(home: pd.DataFrame, uniforms: NDArray[np.float64]) -> pd.DataFrame:
    """Append the columns of the account, each given those before it."""
    for_day, for_reading, for_use, for_owing, for_amount, for_answering, for_answer = uniforms
    tariff = home["tariff"].astype(str).to_numpy()
    joined_on = _draw_join_day(tariff == "green", for_day)
    use = np.exp(law.expected_log_use(home) + law.USE_LOG_SCALE * _laplace(for_use))
    is_new = joined_on >= np.datetime64(law.NO_READING_SINCE)
    no_reading = for_reading < np.where(is_new, law.NO_READING_IF_NEW, law.NO_READING_OTHERWISE)
    crowded = home["residents"].to_numpy() >= law.CROWDED_FROM
    owing = for_owing < _look_up(law.ARREARS_BY_TARIFF, tariff) + (
        law.ARREARS_EXTRA_IF_CROWDED * crowded
    )
    amount = -_look_up(law.ARREARS_MEAN_EUR, tariff) * np.log1p(-for_amount)
    answer = np.where(
        owing,
        _pick(dict(enumerate(law.SATISFACTION_WITH_ARREARS, start=1)), for_answer),
        _pick(dict(enumerate(law.SATISFACTION_WITHOUT, start=1)), for_answer),
    ).astype(np.int64)
    unanswered = for_answering < _look_up(law.UNANSWERED_BY_TARIFF, tariff)
    return home.assign(
        joined_on=joined_on,
        yearly_use_kwh=np.where(no_reading, np.nan, np.round(use, 1)),
        # Up to the next cent: who owes, owes something, and 0.00 is a spike of its own.
        arrears_eur=np.where(owing, (np.floor(100.0 * amount) + 1.0) / 100.0, 0.0),
        satisfaction=pd.array(answer, dtype="Int64"),
    ).assign(satisfaction=lambda table: table["satisfaction"].mask(unanswered))


def _draw_join_day(green: NDArray[np.bool_], uniforms: NDArray[np.float64]) -> NDArray[np.generic]:
    drawn = np.empty(len(uniforms), dtype="datetime64[us]")
    for on_green in (False, True):
        shares = law.join_day_shares(green=on_green)
        days = shares.index.to_numpy()
        chosen = green == on_green
        drawn[chosen] = days[_index(np.asarray(shares, dtype=np.float64), uniforms[chosen])]
    return drawn


def _laplace(uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map uniforms to the Laplace law of centre 0 and scale 1."""
    centred = uniforms - 0.5
    # The floor keeps a uniform of exactly 0 finite.
    tail = np.maximum(1.0 - 2.0 * np.abs(centred), np.finfo(np.float64).tiny)
    return np.asarray(-np.sign(centred) * np.log(tail))


def _look_up(table: Mapping[str, float], keys: NDArray[np.generic]) -> NDArray[np.float64]:
    return np.array([table[key] for key in keys], dtype=np.float64)


def _pick(shares: Mapping[_Level, float], uniforms: NDArray[np.float64]) -> NDArray[np.object_]:
    """Map uniforms to levels by the inverse of the distribution function."""
    levels = np.array(list(shares), dtype=object)
    return levels[_index(np.array(list(shares.values()), dtype=np.float64), uniforms)]


def _pick_given(
    keys: NDArray[np.object_],
    laws: Mapping[str, Mapping[_Level, float]],
    uniforms: NDArray[np.float64],
) -> NDArray[np.object_]:
    """Pick each row's level by the law of its key."""
    picked = np.empty(len(keys), dtype=object)
    for key, shares in laws.items():
        chosen = keys == key
        picked[chosen] = _pick(shares, uniforms[chosen])
    return picked


def _index(shares: NDArray[np.float64], uniforms: NDArray[np.float64]) -> NDArray[np.intp]:
    bounds = np.cumsum(shares)
    # Shares that add up to 1 - 1e-16 must not leave the last uniforms without a level.
    bounds[-1] = np.inf
    return np.searchsorted(bounds, uniforms, side="right")
