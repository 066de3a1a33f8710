"""Points in time come back in their unit, zone and format."""

import datetime
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding.column import EncodingOptions
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.errors import InvalidDataError
from tabgan.schema import infer_schema
from tabgan.schema.date_texts import write_dates

FitColumn = Callable[..., DatetimeEncoder]
DAYS = pd.Series(pd.date_range("2020-01-01", periods=300)).astype("datetime64[us]")


@pytest.mark.parametrize("fitted", ["s", "us", "ns"])
@pytest.mark.parametrize("encoded", ["s", "us", "ns"])
def test_a_table_in_another_unit_is_encoded_the_same(
    fit_column: FitColumn, fitted: str, encoded: str
) -> None:
    encoder = fit_column(DAYS.astype(f"datetime64[{fitted}]"))
    expected, _ = encoder.encode(DAYS.astype(f"datetime64[{fitted}]"), np.zeros(300))
    codes, _ = encoder.encode(DAYS.astype(f"datetime64[{encoded}]"), np.zeros(300))
    assert codes.tolist() == expected.tolist()


def test_days_stay_days(fit_column: FitColumn) -> None:
    encoder = fit_column(DAYS)
    uniforms = np.random.default_rng(0).random(500)
    codes = np.arange(500) % encoder.n_modes
    decoded = encoder.decode(codes, uniforms, 0)
    assert (decoded == decoded.dt.floor("D")).all()


def test_days_stay_days_where_clocks_skip_some_midnights(fit_column: FitColumn) -> None:
    days = pd.date_range("2010-01-01", "2018-12-31", unit="s")
    values = pd.Series(days.tz_localize("America/Sao_Paulo", nonexistent="shift_forward"))
    assert (values.dt.hour == 1).sum() == 9  # the clocks went on at midnight
    encoder = fit_column(values)
    rng = np.random.default_rng(0)
    codes, _ = encoder.encode(values, rng.random(len(values)))
    drawn = encoder.decode(codes, rng.random(len(values)), 0)
    assert (drawn.dt.hour == 0).mean() > 0.98


@pytest.mark.parametrize("zone", ["America/Havana", "Atlantic/Azores", "Asia/Amman"])
def test_days_stay_days_where_clocks_show_some_midnights_twice(
    fit_column: FitColumn, zone: str
) -> None:
    days = pd.date_range("2015-01-01", periods=1_500, unit="s")
    is_first = np.ones(1_500, dtype=bool)
    values = pd.Series(days.tz_localize(zone, ambiguous=is_first, nonexistent="shift_forward"))
    rng = np.random.default_rng(0)
    encoder = fit_column(values)
    codes, _ = encoder.encode(values, rng.random(1_500))
    drawn = encoder.decode(codes, rng.random(1_500), 0)
    assert (drawn.dt.hour == 0).mean() > 0.99


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "+05:30", "Europe/Paris"])
def test_full_hours_stay_full_hours_in_any_zone(fit_column: FitColumn, zone: str) -> None:
    rng = np.random.default_rng(0)
    minutes = rng.integers(0, 60 * 24 * 700, 2_000)
    minutes = np.where(rng.random(2_000) < 0.5, minutes // 60 * 60, minutes)
    stamps = pd.Timestamp("2015-01-01") + pd.to_timedelta(minutes, "min")
    is_first = np.ones(2_000, dtype=bool)
    values = pd.Series(stamps.tz_localize(zone, ambiguous=is_first, nonexistent="shift_forward"))
    encoder = fit_column(values)
    codes, _ = encoder.encode(values, rng.random(2_000))
    drawn = encoder.decode(codes, rng.random(2_000), 0)
    shares = [(times.dt.minute == 0).mean() for times in (values, drawn)]
    assert shares[1] == pytest.approx(shares[0], abs=0.04)


@pytest.mark.parametrize("frequency", ["D", "h", "s"])
def test_periods_keep_the_days_of_the_week(fit_column: FitColumn, frequency: str) -> None:
    rng = np.random.default_rng(0)
    days = pd.bdate_range("2015-01-01", periods=1_500)[rng.integers(0, 1_500, 3_000)]
    values = pd.Series(days.to_period(frequency))
    encoder = fit_column(values)
    codes, _ = encoder.encode(values, rng.random(3_000))
    drawn = encoder.decode(codes, rng.random(3_000), 0)
    assert drawn.dtype == values.dtype
    assert (drawn.dt.day_of_week >= 5).mean() < 0.02


def test_hours_that_the_clock_shows_twice_are_told_apart(fit_column: FitColumn) -> None:
    # The night of 27 October 2024 in Berlin; 00:30 and 01:30 UTC both read 02:30.
    stamps = pd.to_datetime(["2024-10-27 00:30", "2024-10-27 01:30"] * 9).tz_localize("UTC")
    values = pd.Series(stamps.tz_convert("Europe/Berlin"))
    encoder = fit_column(values)
    codes, _ = encoder.encode(values, np.zeros(18))
    assert encoder.decode(codes, np.zeros(18), 0).tolist() == values.tolist()
    assert len(set(codes)) == 2


@pytest.mark.parametrize("is_arrow", [False, True])
def test_a_schema_by_local_clocks_is_not_for_an_hour_that_they_show_twice(is_arrow: bool) -> None:
    hours = pd.Series(pd.date_range("2024-10-26", periods=48, freq="h", tz="Europe/Berlin"))
    if is_arrow:
        pytest.importorskip("pyarrow")
        hours = hours.astype("timestamp[us, tz=Europe/Berlin][pyarrow]")
    column = replace(infer_schema(pd.DataFrame({"c": hours}))["c"], clock="local")
    with pytest.raises(InvalidDataError, match=r"column 'c' .* clocks show twice"):
        DatetimeEncoder.summarise(hours, column)
    told_apart = hours.drop(index=27)  # the hour is there once, as it is shown first
    summary = DatetimeEncoder.summarise(told_apart, column)
    encoder = DatetimeEncoder.from_summary(summary, column, EncodingOptions(1))
    codes, _ = encoder.encode(told_apart, np.zeros(47))
    assert encoder.decode(codes, np.full(47, 0.5), 0).dtype == hours.dtype


@pytest.mark.parametrize("kind", ["text", "naive"])
def test_a_clock_says_nothing_of_dates_without_a_zone(kind: str) -> None:
    values = DAYS.dt.strftime("%d.%m.%Y") if kind == "text" else DAYS
    column = replace(infer_schema(pd.DataFrame({"c": values}))["c"], clock="local")
    assert len(DatetimeEncoder.summarise(values, column).values) == DAYS.nunique()


@pytest.mark.parametrize("zone", ["Europe/Paris", "Australia/Lord_Howe", "America/New_York"])
@pytest.mark.parametrize("hour", [0, 9])
@pytest.mark.parametrize("is_arrow", [False, True])
def test_days_of_a_zone_that_changes_its_clocks_stay_days(
    fit_column: FitColumn, zone: str, hour: int, is_arrow: bool
) -> None:
    days = pd.Series(pd.date_range("2018-11-01", periods=900, unit="us"))
    values = (days + pd.Timedelta(hours=hour)).dt.tz_localize(zone)
    if is_arrow:
        pytest.importorskip("pyarrow")
        values = values.astype(f"timestamp[us, tz={zone}][pyarrow]")
    encoder = fit_column(values)
    assert encoder.column.clock == "local"
    codes = np.arange(900) % encoder.n_modes
    decoded = encoder.decode(codes, np.random.default_rng(0).random(900), 0)
    assert decoded.dtype == values.dtype
    assert (decoded.dt.hour == hour).all()
    assert decoded.between(values.min(), values.max()).all()
    # In winter and in summer a condition means the day that the clocks show.
    for day in ("2019-01-15", "2019-07-15"):
        moment = pd.Timestamp(f"{day} {hour:02d}:00", tz=zone)
        assert encoder.code_of(moment) == encoder.code_of(moment.tz_convert("UTC"))
        part = encoder.between(day, day)
        drawn = encoder.decode(part.shares.argmax(keepdims=True), np.full(1, 0.3), 0, part)
        assert drawn[0] == moment


@pytest.mark.parametrize("value", ["2020-03-01", pd.Timestamp("2020-03-01"), "1 March 2020"])
def test_a_condition_may_be_written_as_text(fit_column: FitColumn, value: object) -> None:
    assert fit_column(DAYS).code_of(value) is not None
    assert fit_column(DAYS.dt.tz_localize("UTC")).code_of(pd.Timestamp("2020-03-01", tz="UTC"))


def test_a_condition_that_may_be_two_dates_is_refused(fit_column: FitColumn) -> None:
    encoder = fit_column(DAYS)
    with pytest.raises(ValueError, match="year first"):
        encoder.code_of("03/01/2020")


def test_a_condition_on_text_dates_is_written_in_their_format_or_year_first(
    fit_column: FitColumn,
) -> None:
    encoder = fit_column(DAYS.dt.strftime("%d.%m.%Y"))
    code = encoder.code_of("01.03.2020")
    assert code is not None
    for same in ("2020-03-01", datetime.date(2020, 3, 1), np.datetime64("2020-03-01")):
        assert encoder.code_of(same) == code
    for other in (
        "03/01/2020",
        pd.Timestamp("2020-03-01 12:00"),
        pd.Timestamp("2020-03-01", tz="UTC"),
    ):
        with pytest.raises((ValueError, TypeError)):
            encoder.code_of(other)


@pytest.mark.parametrize(
    ("date_format", "text"),
    [("%-d/%-m/%Y", "1/3/2020"), ("%m/%d/%y", "03/01/20"), ("%Y-%m-%dT%H:%M:%S.%3fZ", None)],
)
def test_a_condition_on_text_dates_may_be_a_part_of_a_year(
    fit_column: FitColumn, date_format: str, text: str | None
) -> None:
    texts = write_dates(DAYS, date_format)
    encoder = fit_column(texts)
    march = encoder.between("2020-03", "2020-03")
    inside = encoder.holds(texts, march)
    assert texts[inside].tolist() == texts[DAYS.dt.month == 3].tolist()
    if text is not None:
        assert encoder.code_of(text) == encoder.code_of("2020-03-01") is not None


def test_text_that_is_no_date_is_refused_without_quoting_it(fit_column: FitColumn) -> None:
    encoder = fit_column(DAYS.dt.strftime("%d.%m.%Y"))
    with pytest.raises(InvalidDataError, match="column 'c' holds text that is no") as caught:
        encoder.encode(pd.Series(["01.03.2020", "xyzzy-canary"]), np.zeros(2))
    assert "xyzzy" not in str(caught.value)
