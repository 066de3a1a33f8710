"""The discriminator's opinion, and models that have none."""

import numpy as np
import pytest

from tabgan import TabGAN
from tabgan.errors import InvalidParameterError


def test_realism_is_a_probability_and_one_half_for_generated_rows(gan, table):
    rows = gan.realism(table)
    assert rows.shape == (len(table),)
    assert ((rows > 0) & (rows < 1)).all()
    generated = gan.realism(gan.sample(4_000, passes=1, random_state=5))
    logits = np.log(generated / (1 - generated))
    # Relative to the mean of another 1,024 such rows.
    assert abs(logits.mean()) < 4 * logits.std() / np.sqrt(1_024)
    assert len(gan.realism(table.head(0))) == 0


def test_a_model_says_why_it_has_no_discriminator(gan, table, tmp_path):
    with_it, without = tmp_path / "with.tabgan", tmp_path / "without.tabgan"
    gan.save(without)
    with pytest.raises(InvalidParameterError, match="include_discriminator"):
        TabGAN.load(without).realism(table)
    gan.save(with_it, include_discriminator=True)
    np.testing.assert_array_equal(TabGAN.load(with_it).realism(table), gan.realism(table))
