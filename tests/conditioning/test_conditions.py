"""A user's conditions: what a sample can hold becomes a code, all else an error with its column."""

import numpy as np
import pandas as pd
import pytest

from tabgan.conditioning.conditions import (
    Conditions,
    no_conditions,
    read_condition_rows,
    read_conditions,
)
from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import InvalidConditionError, TabGANError, UnsupportedTypeError
from tabgan.schema import infer_schema

N_ROWS = 400
RARE = "xyzzy-canary"


@pytest.fixture(scope="module")
def encoder() -> TableEncoder:
    rng = np.random.default_rng(0)
    sex = pd.Series(rng.choice(["f", "m"], N_ROWS))
    frame = pd.DataFrame(
        {
            "key": [f"K-{i:04}" for i in range(N_ROWS)],
            "sex": sex.where(np.arange(N_ROWS) > 2, RARE),
            "city": pd.Series(rng.choice(["Bonn", "Kiel"], N_ROWS)).where(rng.random(N_ROWS) < 0.8),
            "grade": pd.Categorical(rng.choice([1, 2, 3], N_ROWS), [1, 2, 3, 4], ordered=True),
            "age": rng.integers(21, 41, N_ROWS),
            "height": rng.normal(170.0, 10.0, N_ROWS),
            "since": pd.date_range("2020-01-01", periods=N_ROWS),
            "band": pd.cut(rng.random(N_ROWS), [0.0, 0.5, 1.0]),
            "member": rng.random(N_ROWS) < 0.5,
        }
    )
    return TableEncoder.from_frame(frame, infer_schema(frame), EncodingOptions())


def known_of(conditions: Conditions, row: int = 0) -> dict[int, int]:
    """Return learnt column to code, where one is known."""
    codes = conditions.known_rows(row, 1)[0]
    return {int(place): int(codes[place]) for place in np.flatnonzero(codes >= 0)}


ACCEPTED: list[tuple[str, object]] = [
    ("sex", "f"),
    ("city", "Kiel"),
    ("city", None),
    ("city", float("nan")),
    ("city", pd.NA),
    ("grade", 3),
    ("age", 35),
    ("age", np.int8(35)),
    ("age", 35.0),
    ("height", 170.123456789),
    ("since", "2020-06-01"),
    ("since", pd.Timestamp("2020-06-01")),
    ("band", pd.Interval(0.0, 0.5)),
    ("member", False),
    ("member", np.True_),
]


@pytest.mark.parametrize(("name", "value"), ACCEPTED)
def test_a_condition_becomes_the_code_of_its_value(
    encoder: TableEncoder, name: str, value: object
) -> None:
    conditions = read_conditions({name: value}, encoder)
    place = encoder.learnt_index(name)
    assert place is not None
    assert known_of(conditions).keys() == {place}
    code = known_of(conditions)[place]
    assert conditions.released[place][code]
    # Read back: what the code stands for is what was asked for.
    column = encoder.learnt[place]
    decoded = column.decode(np.array([code]), np.array([0.5]), 0)
    expected = column.cell(value)
    pd.testing.assert_series_equal(conditions.values[name], expected)
    if name == "height":
        low, high = (column.decode(np.array([code]), np.array([u]), 0)[0] for u in (0.0, 1.0))
        assert low <= value <= high
    elif name != "since":
        assert decoded.isna().tolist() == expected.isna().tolist()
        assert decoded.dropna().tolist() == expected.dropna().tolist()


UNKNOWN: list[tuple[str, object]] = [
    ("sex", "never seen"),
    ("sex", RARE),
    ("sex", None),
    ("sex", 5),
    ("grade", 4),
    ("grade", 9),
    ("age", None),
    ("age", 19),
    ("age", 1000),
    ("age", 2**70),
    ("age", 35.5),
    ("age", "old"),
    ("height", 1e9),
    ("height", float("inf")),
    ("height", "tall"),
    ("height", "nan"),
    ("since", "1999-01-01"),
    ("since", "soon"),
    ("since", "2020-06-01 12:00"),
    ("band", pd.Interval(0.0, 0.25)),
    ("member", "False"),
    ("member", 2),
]


@pytest.mark.parametrize(("name", "value"), UNKNOWN)
def test_a_value_that_no_sample_can_hold_is_refused_with_its_column(
    encoder: TableEncoder, name: str, value: object
) -> None:
    with pytest.raises(InvalidConditionError, match=f"column '{name}'") as caught:
        read_conditions({name: value}, encoder)
    assert RARE not in str(caught.value)
    assert "released" in str(caught.value) or "had none" in str(caught.value)


def test_an_unknown_column_is_refused_with_those_there_are(encoder: TableEncoder) -> None:
    with pytest.raises(InvalidConditionError, match=r"'colour'.*'sex', 'city'"):
        read_conditions({"sex": "f", "colour": "red"}, encoder)


def test_a_misspelt_column_is_guessed(encoder: TableEncoder) -> None:
    with pytest.raises(InvalidConditionError, match="did you mean 'height'"):
        read_conditions({"hieght": 180.0}, encoder)


def test_an_identifier_cannot_be_conditioned_on(encoder: TableEncoder) -> None:
    with pytest.raises(InvalidConditionError, match="column 'key' is an identifier"):
        read_conditions({"key": "K-0001"}, encoder)


@pytest.mark.parametrize(
    "values", [["f", "m"], {"f", "m"}, np.array(["f", "m"]), pd.Series(["m", "f"])], ids=type
)
def test_a_list_or_set_allows_each_of_its_values(encoder: TableEncoder, values: object) -> None:
    conditions = read_conditions({"sex": values}, encoder)
    place = encoder.learnt_index("sex")
    assert known_of(conditions) == {}
    allowed = np.flatnonzero(conditions.restricted[place].shares)
    assert set(encoder.learnt[place].decode(allowed, np.zeros(2), 0)) == {"f", "m"}


def test_a_list_may_hold_missing(encoder: TableEncoder) -> None:
    restriction = read_conditions({"city": ["Bonn", None]}, encoder).restricted
    place = encoder.learnt_index("city")
    decoded = encoder.learnt[place].decode(
        np.flatnonzero(restriction[place].shares), np.zeros(2), 0
    )
    assert decoded.dropna().tolist() == ["Bonn"]
    assert decoded.isna().sum() == 1


REFUSED: list[tuple[str, object, type[TabGANError], str]] = [
    ("sex", ("f", "m"), InvalidConditionError, "'sex' is a range whose ends.*are a list"),
    ("sex", {}, UnsupportedTypeError, "'sex' is of type dict"),
    ("sex", [], InvalidConditionError, "'sex' is an empty list"),
    ("sex", ["f", "never seen"], InvalidConditionError, "'sex' lists what is not a value"),
    ("sex", ["f", RARE], InvalidConditionError, "'sex' lists what is not a value"),
    ("sex", np.array("f"), UnsupportedTypeError, "'sex' is of type ndarray"),
    ("age", (20, 30, 40), UnsupportedTypeError, "'age' is a tuple of 3"),
    ("age", ([20], 30), UnsupportedTypeError, "'age' is a tuple of 2"),
    ("age", ("20", 30), InvalidConditionError, "'age' is a range whose ends"),
    ("age", (30, 25), InvalidConditionError, "range on column 'age' holds no value"),
    ("age", (200, None), InvalidConditionError, "range on column 'age' holds no value"),
    ("age", (35.2, 35.8), InvalidConditionError, "range on column 'age' holds no value"),
    ("since", ("1999", "2001"), InvalidConditionError, "range on column 'since' holds no value"),
    ("grade", (4, 4), InvalidConditionError, "range on column 'grade' holds no value"),
]


@pytest.mark.parametrize(("name", "condition", "error", "says"), REFUSED)
def test_a_set_or_range_that_cannot_be_had_is_refused_with_its_column(
    encoder: TableEncoder, name: str, condition: object, error: type[TabGANError], says: str
) -> None:
    with pytest.raises(error, match=says) as caught:
        read_conditions({name: condition}, encoder)
    assert RARE not in str(caught.value)


def test_each_row_of_a_frame_is_its_own_condition(encoder: TableEncoder) -> None:
    frame = pd.DataFrame({"city": ["Kiel", None, "Bonn", "Kiel"], "age": [21, 35, 35, 40]})
    conditions = read_condition_rows(frame, encoder)
    for row, condition in enumerate(frame.to_dict("records")):
        alone = read_conditions(condition, encoder)
        assert known_of(conditions, row) == known_of(alone)
        for name in frame:
            assert conditions.values[name].iloc[row] == alone.values[name].iloc[0] or (
                conditions.values[name].isna().iloc[row] and alone.values[name].isna().iloc[0]
            )


def test_a_frame_holds_single_values(encoder: TableEncoder) -> None:
    with pytest.raises(UnsupportedTypeError, match="column 'age' of the conditions holds lists"):
        read_condition_rows(pd.DataFrame({"age": [20, (20, 30)]}), encoder)


@pytest.mark.parametrize("conditions", [["sex"], "sex", pd.DataFrame({"sex": ["f"]}), 5], ids=type)
def test_conditions_that_are_no_mapping_are_refused(
    encoder: TableEncoder, conditions: object
) -> None:
    with pytest.raises(UnsupportedTypeError, match="conditions must be a mapping"):
        read_conditions(conditions, encoder)


def test_several_conditions_are_each_known(encoder: TableEncoder) -> None:
    conditions = read_conditions({"age": 35, "sex": "m", "city": None}, encoder)
    places = {encoder.learnt_index(name) for name in ("age", "sex", "city")}
    assert known_of(conditions).keys() == places
    assert conditions.values.keys() == {"age", "sex", "city"}


@pytest.mark.parametrize("empty", [None, {}])
def test_without_conditions_every_released_mode_is_allowed(
    encoder: TableEncoder, empty: dict[str, object] | None
) -> None:
    conditions = read_conditions(empty, encoder)
    assert known_of(conditions) == known_of(no_conditions(encoder)) == {}
    for place, column in enumerate(encoder.learnt):
        weighed = conditions.weigh(place, np.full(column.n_modes, 1 / column.n_modes))
        assert (weighed > 0).tolist() == column.released.tolist()


def test_what_a_rare_value_weighs_goes_to_the_other_values_and_not_to_missing() -> None:
    values = ["a"] * 60 + ["b"] * 20 + ["x", "y", "z"] + [None] * 17
    frame = pd.DataFrame({"letter": pd.Series(values, dtype=object)})
    encoder = TableEncoder.from_frame(frame, infer_schema(frame), EncodingOptions())
    weighed = no_conditions(encoder).weigh(0, np.array([0.6, 0.2, 0.03, 0.17]))
    np.testing.assert_allclose(weighed, [0.6225, 0.2075, 0.0, 0.17])


def test_every_refusal_is_a_value_or_type_error(encoder: TableEncoder) -> None:
    for conditions in ({"sex": "?"}, {"sex": []}, {"nobody": 1}):
        with pytest.raises((ValueError, TypeError)) as caught:
            read_conditions(conditions, encoder)
        assert isinstance(caught.value, TabGANError)


def test_a_withheld_number_is_no_condition_but_missing_is() -> None:
    frame = pd.DataFrame({"dose": [12.5, 99.75, 12.5] + [None] * 50})
    encoder = TableEncoder.from_frame(frame, infer_schema(frame), EncodingOptions())
    for value in (12.5, 99.75, 0.0):
        with pytest.raises(InvalidConditionError, match="fewer than 5 values") as caught:
            read_conditions({"dose": value}, encoder)
        assert "99" not in str(caught.value)
    assert known_of(read_conditions({"dose": None}, encoder)) == {0: 0}
