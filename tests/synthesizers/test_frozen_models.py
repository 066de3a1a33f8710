"""Files that earlier versions wrote: they load, draw their rows, and no damage to one is missed.

``frozen/make.py`` says how a file of a new format is made.
"""

import io
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tabgan import TabGAN
from tabgan.errors import ModelFileError
from tabgan.persistence import read_container
from tabgan.persistence.manifest import FORMAT_VERSION

FROZEN = sorted((Path(__file__).parent / "frozen").glob("*.tabgan"))


@pytest.fixture(params=FROZEN, ids=lambda path: path.stem)
def frozen(request) -> Path:
    return request.param


@pytest.fixture
def copy(frozen, tmp_path) -> Path:
    path = tmp_path / frozen.name
    path.write_bytes(frozen.read_bytes())
    return path


def test_every_version_of_the_format_has_a_frozen_model():
    assert [path.stem for path in FROZEN] == [f"format_{n + 1}" for n in range(FORMAT_VERSION)]


def test_a_frozen_model_draws_its_eight_rows(frozen):
    rows = TabGAN.load(frozen).sample(8, random_state=0).to_csv(index=False, lineterminator="\n")
    assert rows == frozen.with_suffix(".csv").read_text(encoding="utf-8")


def test_a_frozen_model_does_all_that_a_model_does(frozen):
    gan = TabGAN.load(frozen)
    rows = gan.sample(50, conditions={"solar_panels": True, "residents": (1, 3)}, random_state=0)
    assert rows["solar_panels"].all()
    gaps = rows.assign(region=pd.Series(dtype=rows["region"].dtype))
    assert gan.complete(gaps, random_state=0)["region"].notna().all()
    assert np.isfinite(gan.score_samples(rows)).all()
    assert ((gan.realism(rows) > 0) & (gan.realism(rows) < 1)).all()
    assert {"likelihood_loss", "two_sample_score"} <= set(gan.history_)
    assert all(column.released for column in gan.schema_)


def test_saved_again_a_frozen_model_draws_the_same_rows(frozen, tmp_path):
    again = tmp_path / "again.tabgan"
    TabGAN.load(frozen).save(again)
    expected = pd.read_csv(io.StringIO(frozen.with_suffix(".csv").read_text(encoding="utf-8")))
    rows = TabGAN.load(again).sample(8, random_state=0).to_csv(index=False)
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(rows)), expected)


@pytest.mark.parametrize("stride", [499, pytest.param(1, marks=pytest.mark.slow)])
def test_every_truncation_of_a_real_model_is_refused(copy, stride):
    for size in range(copy.stat().st_size - 1, -1, -stride):
        os.truncate(copy, size)
        with pytest.raises(ModelFileError):
            read_container(copy)


@pytest.mark.parametrize("stride", [1_999, pytest.param(1, marks=pytest.mark.slow)])
def test_every_flipped_bit_of_a_real_model_is_refused(copy, stride):
    content = copy.read_bytes()
    with open(copy, "r+b", buffering=0) as file:
        for place in range(0, 8 * len(content), stride):
            byte = content[place // 8]
            os.pwrite(file.fileno(), bytes([byte ^ 1 << place % 8]), place // 8)
            try:
                read_container(copy)
            except ModelFileError:
                os.pwrite(file.fileno(), bytes([byte]), place // 8)
            else:
                pytest.fail(f"bit {place} may be flipped")
    assert copy.read_bytes() == content


def test_what_is_refused_gives_no_model(copy):
    content = copy.read_bytes()
    copy.write_bytes(content[:-1])
    with pytest.raises(ModelFileError, match=copy.name):
        TabGAN.load(copy)
