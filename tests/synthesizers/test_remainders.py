"""Bills add up and trips end after they began, without anybody saying that they do."""

import numpy as np
import pandas as pd
import pytest

from tabgan import Formula, Inequality, Sum, TabGAN
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import ModelFileError
from tabgan.persistence import dump_json, load_json, read_container, write_container
from tabgan.synthesizers.likelihood import Cells
from tabgan.synthesizers.preparation import prepare_table

N_ROWS = 1_600
FEES = {0.5, 2.0, 3.5}


def make_bills(n_rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    net = rng.gamma(2.0, 20.0, n_rows).round(2)
    tip = (net * rng.choice([0.0, 0.1, 0.2], n_rows) * rng.uniform(0.8, 1.2, n_rows)).round(2)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 10**7, n_rows), "s")
    table = pd.DataFrame(
        {
            "total": (net + tip + rng.choice(sorted(FEES), n_rows)).round(2),
            "start": start,
            "net": net,
            "end": start + pd.to_timedelta(rng.gamma(2.0, 600.0, n_rows).round(), "s"),
            "tip": tip,
            "kind": rng.choice(["a", "b"], n_rows),
        }
    )
    table.loc[rng.random(n_rows) < 0.1, "tip"] = np.nan
    return table


def fees(table: pd.DataFrame) -> pd.Series:
    return (table["total"] - table["net"] - table["tip"]).round(2)


@pytest.fixture(scope="module")
def bills() -> pd.DataFrame:
    return make_bills(N_ROWS, 0)


@pytest.fixture(scope="module")
def gan(bills) -> TabGAN:
    return TabGAN(epochs=10, batch_size=128, verbose=0, random_state=0).fit(bills)


def test_the_sums_are_told(gan):
    assert {str(rest) for rest in gan.remainders_} == {
        "'total' = 'net' + 'tip' + 'rest of total'",
        "'end' = 'start' + 'rest of end'",
    }


def test_a_sample_has_the_columns_of_the_table_and_adds_up(gan, bills):
    sample = gan.sample(3_000, random_state=1)
    pd.testing.assert_index_equal(sample.columns, bills.columns)
    assert sample.dtypes.equals(bills.dtypes)
    assert gan.schema_.names == list(bills.columns)
    whole = sample.dropna()
    assert 0.8 < len(whole) / len(sample) < 0.97
    assert fees(whole).isin(FEES).all()
    assert (sample["end"] > sample["start"]).all()
    # Where the tip is missing nothing adds up, and the total is drawn.
    of_others = sample[sample["tip"].isna()]
    assert of_others["total"].notna().all()
    assert np.corrcoef(of_others["total"], of_others["net"])[0, 1] > 0.8


def test_few_rows_are_the_head_of_more(gan):
    assert gan.sample(10, random_state=2).equals(gan.sample(1_500, random_state=2).head(10))


@pytest.mark.parametrize("passes", [1, 2, 5, "auto"])
def test_rows_add_up_in_any_number_of_passes(gan, passes):
    sample = gan.sample(500, passes=passes, random_state=3)
    assert fees(sample.dropna()).isin(FEES).all()
    assert (sample["end"] > sample["start"]).all()


@pytest.mark.parametrize("total", [31.4, (30.0, 40.0)])
def test_what_is_asked_of_a_computed_column_holds_and_adds_up(gan, total):
    sample = gan.sample(400, conditions={"total": total}, random_state=4)
    low, high = total if isinstance(total, tuple) else (total, total)
    assert sample["total"].between(low, high).all()
    assert fees(sample.dropna()).isin(FEES).mean() > 0.8


def test_a_part_is_computed_from_a_total_that_is_known(gan):
    known = make_bills(300, 5).dropna().reset_index(drop=True)
    filled = gan.complete(known.assign(tip=np.nan), random_state=0)
    assert filled[["total", "net"]].equals(known[["total", "net"]])
    assert fees(filled).isin(FEES).mean() > 0.98
    assert (filled["tip"] - known["tip"]).abs().max() <= 3.0 + 1e-9
    guess = gan.complete(known.drop(columns="end"), how="expected")
    assert (guess["end"] - guess["start"]).between("1min", "2h").all()


def test_a_total_counts_where_its_remainder_does_not(gan, bills):
    cells = Cells.of(gan._model, bills)
    (total, of_rest), *_ = gan._model.encoder.computed.items()
    adds_up = bills["tip"].notna().to_numpy()
    assert (cells.codes[adds_up, total] == -1).all()
    assert (cells.codes[~adds_up, total] >= 0).all()
    # So it tells nothing and is certain: the remainder says the rest.
    assert (cells.densities[total][adds_up] == 1.0).all()
    assert (cells.densities[total][~adds_up] == 0.0).any(axis=1).all()
    assert (cells.codes[:, of_rest] >= 0).all()
    assert np.isfinite(gan.score_samples(bills)).all()


def test_a_rule_of_the_user_comes_first(bills):
    exact = bills[["net", "tip"]].dropna()
    exact["total"] = (exact["net"] + exact["tip"]).round(2)
    options = EncodingOptions()
    assert prepare_table(exact, None, options).encoder.remainders
    for rule in (Sum("total", ["net", "tip"]), Formula("total", "net + tip")):
        assert prepare_table(exact, None, options, [rule]).encoder.remainders == ()
    rule = Inequality("net", "total")
    assert prepare_table(exact, None, options, [rule]).encoder.remainders


def test_a_model_file_keeps_the_remainders(gan, bills, tmp_path):
    gan.save(tmp_path / "m.tabgan", include_discriminator=True)
    again = TabGAN.load(tmp_path / "m.tabgan")
    assert again.remainders_ == gan.remainders_
    assert again.schema_ == gan.schema_
    assert again.sample(200, random_state=7).equals(gan.sample(200, random_state=7))
    assert again.score(bills) == gan.score(bills)
    assert np.array_equal(again.realism(bills), gan.realism(bills))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "rest of end"},  # of another sum
        {"name": "net"},
        {"rule": {"kind": "sum", "total": "total", "parts": ["elsewhere", "rest of total"]}},
        {"rule": {"kind": "sum", "total": "total", "parts": ["kind", "rest of total"]}},
        {"decimals": "two"},
        None,
    ],
)
def test_a_file_with_other_remainders_is_refused(gan, tmp_path, change):
    path = tmp_path / "m.tabgan"
    gan.save(path)
    members = read_container(path)
    params = load_json(members["params.json"])
    if change is None:
        params["remainders"].pop()
    else:
        place = [rest["name"] for rest in params["remainders"]].index("rest of total")
        params["remainders"][place] |= change
    members["params.json"] = dump_json(params)
    write_container(path, members, versions={"tabgan": "0"})
    with pytest.raises(ModelFileError):
        TabGAN.load(path)
