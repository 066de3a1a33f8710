"""A model file gives back the same model, and nothing but the model."""

import subprocess
import sys

import numpy as np
import pytest

from tabgan import TabGAN
from tabgan.errors import ModelFileError
from tabgan.persistence import dump_tensors, load_tensors, read_container, write_container

# Rows enough for the density ratios to be learnt, which the file holds, too.
FIT = """
from tabgan import TabGAN, load_demo
frame = load_demo(1_500)[["region", "tariff", "joined_on", "arrears_eur", "switched"]]
gan = TabGAN(epochs=1, early_stopping=False, verbose=0, random_state=0).fit(frame)
"""


@pytest.fixture(scope="module")
def gan() -> TabGAN:
    names: dict[str, TabGAN] = {}
    exec(FIT, names)
    return names["gan"]


@pytest.fixture(scope="module")
def path(gan, tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "m.tabgan"
    gan.save(path)
    return path


def test_a_loaded_model_draws_the_same_rows(gan, path):
    loaded = TabGAN.load(path)
    asked = {"conditions": {"switched": "yes"}, "passes": 3, "random_state": 4}
    assert loaded.sample(700, random_state=4).equals(gan.sample(700, random_state=4))
    assert loaded.sample(700, **asked).equals(gan.sample(700, **asked))
    assert loaded.schema_ == gan.schema_
    assert loaded.n_epochs_ == gan.n_epochs_
    assert loaded.get_params()["epochs"] == gan.get_params()["epochs"]


def test_the_same_seed_fits_the_same_model_in_another_process(path, tmp_path):
    there = tmp_path / "there.tabgan"
    script = f"import sys\n{FIT}\ngan.save(sys.argv[1])"
    subprocess.run([sys.executable, "-c", script, there], check=True, capture_output=True)
    assert there.read_bytes() == path.read_bytes()


def test_saving_twice_gives_the_same_bytes(gan, path, tmp_path):
    TabGAN.load(path).save(tmp_path / "again.tabgan")
    assert (tmp_path / "again.tabgan").read_bytes() == path.read_bytes()


def test_three_processes_without_tensorflow_draw_the_same_bytes(gan, path):
    script = """
import hashlib, sys
for name in ("tensorflow", "keras", "jax"):
    sys.modules[name] = None
from tabgan import TabGAN, load_demo
sample = TabGAN.load(sys.argv[1]).sample(1500, random_state=9)
print(hashlib.sha256(sample.to_csv().encode()).hexdigest())
"""
    digests = {
        subprocess.run(
            [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True
        ).stdout
        for _ in range(3)
    }
    import hashlib

    here = hashlib.sha256(gan.sample(1500, random_state=9).to_csv().encode()).hexdigest()
    assert digests == {here + "\n"}


def test_the_discriminator_travels_only_on_request(gan, path, tmp_path):
    assert "discriminator.safetensors" not in read_container(path)
    gan.save(tmp_path / "full.tabgan", include_discriminator=True)
    assert load_tensors(read_container(tmp_path / "full.tabgan")["discriminator.safetensors"])


@pytest.mark.parametrize("change", ["shape", "name", "dtype", "missing", "not finite"])
def test_weights_that_do_not_fit_are_refused(path, tmp_path, change):
    members = read_container(path)
    weights = load_tensors(members["generator.safetensors"])
    name = "input/bias"
    if change == "shape":
        weights[name] = weights[name][:-1]
    elif change == "name":
        weights["other"] = weights.pop(name)
    elif change == "dtype":
        weights[name] = weights[name].astype(np.float64)
    elif change == "missing":
        del weights[name]
    else:
        weights[name][0] = np.nan
    members["generator.safetensors"] = dump_tensors(weights)
    write_container(tmp_path / "bad.tabgan", members, versions={"tabgan": "0"})
    with pytest.raises(ModelFileError, match="weights"):
        TabGAN.load(tmp_path / "bad.tabgan")


def test_parts_that_do_not_belong_together_are_refused(path, tmp_path):
    members = read_container(path)
    members["encoder.json"] = b"[]"
    write_container(tmp_path / "bad.tabgan", members, versions={"tabgan": "0"})
    with pytest.raises(ModelFileError, match="do not fit"):
        TabGAN.load(tmp_path / "bad.tabgan")


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("leaves_left", lambda array: array[:-1]),
        ("values", lambda array: array[:, :-1]),
        ("values", lambda array: array * np.float32(np.nan)),
        ("offsets", lambda array: array[:-1]),
        ("offsets", lambda array: array.astype(np.float64)),
        ("mean_share", lambda array: array * 0.0),
        ("mean_share", lambda array: array * np.nan),
        ("mean_share", lambda array: array[:0]),
    ],
)
def test_trees_that_do_not_fit_are_refused(path, tmp_path, part, change):
    members = read_container(path)
    arrays = load_tensors(members["encoder.safetensors"])
    name = f"ratios/1/{part}"
    assert name in arrays, "the fixture's one-pass samples are refined"
    arrays[name] = change(arrays[name])
    members["encoder.safetensors"] = dump_tensors(arrays)
    write_container(tmp_path / "bad.tabgan", members, versions={"tabgan": "0"})
    with pytest.raises(ModelFileError, match="fit"):
        TabGAN.load(tmp_path / "bad.tabgan")
