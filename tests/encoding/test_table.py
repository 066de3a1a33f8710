"""A table as codes and positions, and back, with nothing lost that is released."""

import numpy as np
import pandas as pd
import pytest

from tabgan.encoding import TableEncoder
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import InvalidDataError
from tabgan.schema import TableSchema, infer_schema

N_ROWS = 300
RNG = np.random.default_rng(4)
CANARY = "xyzzy-canary"


@pytest.fixture
def frame() -> pd.DataFrame:
    income = RNG.lognormal(10.0, 1.0, N_ROWS).round(2)
    cities = RNG.choice(["Bonn", "Kiel", "Ulm"], N_ROWS)
    return pd.DataFrame(
        {
            "key": [f"K-{i:05}" for i in range(N_ROWS)],
            "income": income,
            ("nested", 1): pd.Series(cities).where(RNG.random(N_ROWS) < 0.9),
            7: RNG.integers(0, 3, N_ROWS).astype("int8"),
            "since": pd.Series(pd.date_range("2020", periods=N_ROWS)).dt.tz_localize("UTC"),
        }
    )


def encoder_of(frame: pd.DataFrame, normalisation: str = "quantile") -> TableEncoder:
    options = EncodingOptions(normalisation=normalisation)
    return TableEncoder.from_frame(frame, infer_schema(frame), options)


def test_a_table_comes_back_with_names_order_and_dtypes(frame: pd.DataFrame) -> None:
    encoder = encoder_of(frame)
    encoded = encoder.encode(frame, np.random.default_rng(0))
    decoded = encoder.decode(encoded.codes, (encoded.positions.astype(float) + 1) / 2)
    assert decoded.columns.tolist() == frame.columns.tolist()
    assert decoded.dtypes.tolist() == frame.dtypes.tolist()
    pd.testing.assert_series_equal(decoded[7], frame[7])
    # Not assert_series_equal: a missing cell among objects may be NaN and comes back as None.
    assert decoded[("nested", 1)].isna().equals(frame[("nested", 1)].isna())
    assert decoded[("nested", 1)].dropna().equals(frame[("nested", 1)].dropna())
    # All but the four highest and lowest incomes and days are released.
    for name in ("income", "since"):
        assert (decoded[name] == frame[name]).sum() >= N_ROWS - 8


@pytest.mark.parametrize("normalisation", ["quantile", "mixture"])
def test_a_table_encoder_comes_back_from_its_state(frame: pd.DataFrame, normalisation: str) -> None:
    encoder = encoder_of(frame, normalisation)
    schema = TableSchema.from_json(encoder.schema.to_json())
    read = TableEncoder.from_state(encoder.state(), schema)
    shape = (50, encoder.layout.n_columns)
    codes = np.stack([RNG.integers(0, e.n_modes, 50) for e in encoder.learnt], axis=1)
    uniforms = RNG.random(shape)
    pd.testing.assert_frame_equal(read.decode(codes, uniforms), encoder.decode(codes, uniforms))
    assert str(read.schema) == str(encoder.schema)
    assert np.isnan(read.log_shares).all()


@pytest.mark.parametrize(
    "names",
    [
        pd.Index([("a", 1), ("a", 2), ("b", 1)], tupleize_cols=False),
        pd.Index([("a", 1), "a", 7], tupleize_cols=False),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["letter", None]),
    ],
)
def test_names_come_back_flat_or_in_levels_as_they_were(names: pd.Index) -> None:
    frame = pd.DataFrame(RNG.integers(0, 3, (50, 3)), columns=names)
    encoder = encoder_of(frame)
    read = TableEncoder.from_state(encoder.state(), TableSchema.from_json(encoder.schema.to_json()))
    encoded = encoder.encode(frame, np.random.default_rng(0))
    for decoder in (encoder, read):
        decoded = decoder.decode(encoded.codes, np.full((50, 3), 0.5))
        pd.testing.assert_frame_equal(decoded, frame)
        assert isinstance(decoded.columns, pd.MultiIndex) is isinstance(names, pd.MultiIndex)


def test_identifiers_are_no_learnt_columns(frame: pd.DataFrame) -> None:
    encoder = encoder_of(frame)
    assert encoder.layout.n_columns == 4
    assert encoder.learnt_index("key") is None
    assert encoder.learnt_index(7) == 2
    encoded = encoder.encode(frame, np.random.default_rng(0))
    assert encoded.codes.shape == encoded.positions.shape == (N_ROWS, 4)


def test_codes_take_the_smallest_type_that_holds_them(frame: pd.DataFrame) -> None:
    assert encoder_of(frame).encode(frame, np.random.default_rng(0)).codes.dtype == np.uint8
    many = pd.DataFrame({"c": np.repeat(np.arange(300).astype(str), 6)})
    codes = encoder_of(many).encode(many, np.random.default_rng(0)).codes
    assert codes.dtype == np.uint16
    assert codes.max() == 299


def test_the_mode_axis_holds_each_column_at_its_place(frame: pd.DataFrame) -> None:
    encoder = encoder_of(frame)
    for place, column in enumerate(encoder.learnt):
        modes = encoder.layout.modes(place)
        assert np.exp(encoder.log_shares[modes]) == pytest.approx(column.shares, rel=1e-5)


def test_the_order_of_columns_in_another_table_does_not_matter(frame: pd.DataFrame) -> None:
    encoder = encoder_of(frame)
    expected = encoder.encode(frame, np.random.default_rng(0))
    turned = encoder.encode(frame[frame.columns[::-1]], np.random.default_rng(0))
    assert turned.codes.tolist() == expected.codes.tolist()


def test_a_table_without_a_learnt_column_is_refused_by_its_name(frame: pd.DataFrame) -> None:
    encoder = encoder_of(frame)
    with pytest.raises(InvalidDataError, match="lacks the columns \\['income', 7\\]"):
        encoder.encode(frame.drop(columns=["income", 7]), np.random.default_rng(0))
    encoder.encode(frame.drop(columns="key"), np.random.default_rng(0))


def test_an_unknown_value_is_refused_without_quoting_it(frame: pd.DataFrame) -> None:
    encoder = encoder_of(frame)
    frame[("nested", 1)] = [CANARY] + ["Bonn"] * (N_ROWS - 1)
    with pytest.raises(InvalidDataError, match=r"column \('nested', 1\) holds values") as caught:
        encoder.encode(frame, np.random.default_rng(0))
    assert CANARY not in str(caught.value)


def test_a_table_of_identifiers_alone_is_written_anew() -> None:
    frame = pd.DataFrame({"key": [f"K-{i:05}" for i in range(60)], "number": range(60)})
    encoder = encoder_of(frame)
    assert encoder.layout.n_modes == len(encoder.log_shares) == 0
    nothing = np.empty((10, 0))
    sample = encoder.decode(nothing.astype(int), nothing)
    assert sample["number"].tolist() == list(range(1, 11))
    assert sample["key"].is_unique
    assert encoder.encode(frame, np.random.default_rng(0)).codes.shape == (60, 0)


def test_no_rows_give_an_empty_table_of_the_same_dtypes(frame: pd.DataFrame) -> None:
    encoder = encoder_of(frame)
    nothing = np.empty((0, encoder.layout.n_columns))
    sample = encoder.decode(nothing.astype(int), nothing)
    assert len(sample) == 0
    assert sample.dtypes.tolist() == frame.dtypes.tolist()


def test_the_schema_of_a_model_says_what_is_released(frame: pd.DataFrame) -> None:
    frame[("nested", 1)] = [CANARY] * 4 + ["Bonn"] * 148 + ["Kiel"] * 148
    schema = encoder_of(frame).schema
    assert schema[("nested", 1)].released == "2 values; 1 rare ones withheld"
    assert schema[7].released == "0 to 2"
    assert schema["key"].released == "written anew as K-00999"
    assert CANARY not in schema.to_json()
