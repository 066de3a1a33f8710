"""Dates written as text: one format reads every text of a column back exactly as it is written."""

import warnings

import numpy as np
import pandas as pd
import pytest

from tabgan.schema.date_texts import guess_date_format, read_dates, write_dates

STEPS = np.random.default_rng(0).integers(3 * 365 * 86_400_000, size=300)
MOMENTS = pd.Series(pd.Timestamp("2019-01-01") + pd.to_timedelta(STEPS, unit="ms"))


@pytest.mark.parametrize(
    "date_format",
    [
        "%Y-%m-%dT%H:%M:%S.%3fZ",
        "%Y-%m-%dT%H:%M:%S.%3f+02:00",
        "%Y-%m-%d %H:%M:%S.%1f",
        "%Y-%m-%d %H:%M:%S.%f",
        "%Y-%m-%d %H:%M:%S,%3f",
        "%d/%m/%y",
        "%m/%d/%y",
        "%y-%m-%d",
        "%d.%m.%y %H:%M",
        "%d-%b-%y",
        "%-d/%-m/%Y",
        "%-m/%-d/%Y %H:%M",
        "%-m/%-d/%Y %-H:%M",
        "%-m/%-d/%y %-I:%M:%S %p",
        "%m/%d/%Y %I:%M%p",
        "%-d/%m/%Y",
        "%Y/%-m/%-d",
        "%-d %b %Y",
        "%d%^b%Y",
        "%d-%^b-%y",
        "%^a, %d %^b %Y %H:%M:%S GMT",
        "%d%^b%Y:%H:%M:%S.%3f",
        "%d%^b%y:%H:%M:%S",
        "%d%^b%y",
        "%Y-%m-%d:%H:%M:%S",
        "%d/%b/%Y:%H:%M:%S +0000",
    ],
)
def test_every_way_to_write_a_date_is_told_from_the_others(date_format: str) -> None:
    texts = write_dates(MOMENTS, date_format)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert guess_date_format(texts) == date_format
    again = write_dates(read_dates(texts, date_format), date_format)
    assert again.tolist() == texts.tolist()


def test_dates_are_written_as_by_strftime_but_for_leading_zeros_and_short_fractions() -> None:
    points = pd.Series([pd.Timestamp("2007-03-08 00:05:00.012345"), pd.NaT])
    written = write_dates(points, "%-d/%-m/%y %-H:%M:%S.%3f %%-d 07")
    assert written.tolist()[0] == "8/3/07 0:05:00.012 %-d 07"
    assert written.isna().tolist() == [False, True]
    assert write_dates(points[1:], "%-d").isna().all()
    assert write_dates(points[:1], "%^A %-d %^B, %^a %^b %b").tolist() == [
        "THURSDAY 8 MARCH, THU MAR Mar"
    ]


@pytest.mark.parametrize(
    "texts",
    [
        ["03/08/2019", "3/8/2019"],
        ["2019-03-08 10:00:00.12", "2019-03-08 10:00:00.123"],
        ["2019-03-08 10:00:00.1234567"],
        ["20/10/22", "10/20/22"],
        ["20/10/22", "20/10/2022"],
        ["30/02/32"],
        ["3/8/2019", "soon"],
        ["1.2", "3.4"],
        ["10.7.21.35"],
        ["2.1.0", "2.2.0"],
        ["2019-3"],
        ["10-2019"],
        ["3/2019", "12/2019"],
        ["13/2019", "12/2019"],
        ["Lot-2019"],
        ["LOT-2019"],
        ["20MAY2019", "21May2019"],
        ["Jun-14", "Jun-30"],
        [""],
        ["/" * 2000],
    ],
)
def test_what_no_single_format_writes_is_no_date(texts: list[str]) -> None:
    assert guess_date_format(pd.Series(texts)) is None


def test_one_day_above_twelve_settles_the_order_of_the_column() -> None:
    ambiguous = [f"{day}/{month}/2019" for day in range(1, 13) for month in range(1, 13)]
    assert guess_date_format(pd.Series(ambiguous)) == "%-d/%-m/%Y"
    assert guess_date_format(pd.Series([*ambiguous, "3/13/2019"])) == "%-m/%-d/%Y"


def test_a_year_of_two_digits_is_where_the_column_varies_least() -> None:
    days = pd.Series(pd.date_range("2022-01-01", periods=400))
    for date_format in ("%d-%m-%y", "%m-%d-%y", "%y-%m-%d"):
        assert guess_date_format(write_dates(days, date_format)) == date_format
    assert guess_date_format(pd.Series(["45-06-07"])) == "%y-%m-%d"


@pytest.mark.parametrize(
    "date_format", ["%m/%Y", "%b-%Y", "%b %Y", "%B %Y", "%b/%Y", "%^b-%Y", "%^B %Y"]
)
def test_a_month_is_its_first_day(date_format: str) -> None:
    months = pd.Series(pd.date_range("2019-01-01", periods=30, freq="MS"))
    texts = write_dates(months, date_format)
    assert guess_date_format(texts) == date_format
    assert read_dates(texts, date_format).tolist() == months.tolist()
