"""A small model file, of the kinds of members that a real one has."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tabgan.persistence import dump_json, dump_tensors, write_container

VERSIONS = {"numpy": "2.2.0", "tabgan": "0.1.0"}


@pytest.fixture(scope="session")
def versions() -> Mapping[str, str]:
    return VERSIONS


@pytest.fixture(scope="session")
def members() -> Mapping[str, bytes]:
    return {
        "schema.json": dump_json({"columns": [{"kind": "category", "name": "île"}]}),
        "params.json": dump_json({"batch_size": 500, "learning_rate": 1e-3, "seed": None}),
        "encoder.json": dump_json({"layout": [0, 3, 7]}),
        "history.json": dump_json({"generator_loss": [1.5, 0.25]}),
        "encoder.safetensors": dump_tensors({"edges": np.linspace(0.0, 1.0, 5)}),
        "generator.safetensors": dump_tensors(
            {"bias": np.zeros(3, np.float32), "kernel": np.ones((4, 3), np.float32)}
        ),
        "discriminator.safetensors": dump_tensors({"kernel": np.arange(6, dtype=np.float32)}),
    }


@pytest.fixture
def model(tmp_path: Path, members: Mapping[str, bytes]) -> Path:
    """Return the path of a freshly written file of some 2 kB."""
    path = tmp_path / "small.tabgan"
    write_container(path, members, versions=VERSIONS)
    return path
