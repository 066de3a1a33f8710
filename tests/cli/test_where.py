import datetime
from decimal import Decimal

import pandas as pd
import pytest

from tabgan.cli.where import read_where
from tabgan.errors import InvalidConditionError
from tabgan.schema import infer_schema

TABLE = pd.DataFrame(
    {
        "text": ["1", "x"],
        "count": [1, 2],
        "share": [0.5, 1.0],
        "flag": [True, False],
        "level": pd.Categorical([1, 2]),
        "day": pd.to_datetime(["2021-01-01", "2021-01-02"]),
        "moment": pd.to_datetime(["2021-01-01", "2021-01-02"]).tz_localize("Europe/Berlin"),
        "span": pd.to_timedelta(["1h", "2h"]),
        "written": ["01.02.2021", "31.12.2021"],
        "size": pd.Categorical(["S", "M"], ["S", "M"], ordered=True),
        "date": [datetime.date(2021, 1, 1), datetime.date(2021, 1, 2)],
        "time": [datetime.time(8), datetime.time(9)],
        "clock": ["8:00", "9:30"],
        "money": [Decimal("1.50"), Decimal("2.00")],
        "month": pd.period_range("2021-01", periods=2, freq="M"),
        "a": ["p", "q"],
        "a=b": ["p", "q"],
    }
)
SCHEMA = infer_schema(TABLE)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("text=1", "text", "1"),
        ("count=1", "count", 1),
        ("share=0.5", "share", 0.5),
        ("flag=true", "flag", True),
        ("flag=False", "flag", False),
        ("level=2", "level", 2),
        ("day=2021-01-02", "day", pd.Timestamp("2021-01-02")),
        ("moment=2021-01-02", "moment", pd.Timestamp("2021-01-02", tz="Europe/Berlin")),
        ("span=2h", "span", pd.Timedelta("2h")),
        ("written=31.12.2021", "written", "31.12.2021"),
        ("text=", "text", None),
        ("text=x=y", "text", "x=y"),
        ("a=q", "a", "q"),
        ("a=b=q", "a=b", "q"),
        ("text=x..y", "text", "x..y"),
        ("count=1..9", "count", (1, 9)),
        ("count=..9", "count", (None, 9)),
        ("share=0.5..", "share", (0.5, None)),
        ("day=2021-01..2021-02-03", "day", ("2021-01", "2021-02-03")),
        ("written=01.02.2021..", "written", ("01.02.2021", None)),
        ("span=1h..2h", "span", (pd.Timedelta("1h"), pd.Timedelta("2h"))),
        ("size=S..M", "size", ("S", "M")),
        ("date=2021-01-02", "date", "2021-01-02"),
        ("time=08:00", "time", datetime.time(8)),
        ("clock=9:30", "clock", "9:30"),
        ("clock=8:00..09:00", "clock", ("8:00", "09:00")),
        ("time=08:00..", "time", (datetime.time(8), None)),
        ("money=1.5", "money", Decimal("1.5")),
        ("month=2021-01", "month", "2021-01"),
        ("month=2021..2022", "month", ("2021", "2022")),
    ],
)
def test_a_value_is_read_as_its_column_has_it(text: str, name: str, value: object) -> None:
    conditions = read_where([text], SCHEMA)
    assert conditions == {name: value}
    assert type(conditions[name]) is type(value)


def test_a_column_named_several_times_may_have_any_of_the_values() -> None:
    assert read_where(["a=p", "count=1", "a=q", "a="], SCHEMA) == {
        "a": ["p", "q", None],
        "count": 1,
    }


@pytest.mark.parametrize(
    "texts",
    [
        ["missing=1"],
        ["text"],
        ["count=x"],
        ["count=1..x"],
        ["flag=2"],
        ["level=7"],
        ["day=x"],
        ["count=1..2", "count=5"],
    ],
    ids=str,
)
def test_what_is_no_condition_is_refused(texts: list[str]) -> None:
    with pytest.raises(InvalidConditionError, match="--where"):
        read_where(texts, SCHEMA)


def test_an_error_does_not_repeat_the_value() -> None:
    with pytest.raises(InvalidConditionError) as caught:
        read_where(["count=secret"], SCHEMA)
    assert "secret" not in str(caught.value)
