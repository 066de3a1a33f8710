"""Sizes that sampling and scoring must not depend on."""

import numpy as np

from tabgan.networks.forward import NumpyGenerator
from tabgan.networks.spec import NetworkSpec


def test_a_generator_without_noise_has_no_noise_in_its_input():
    spec = NetworkSpec(sizes=(2, 3), noise_dim=0, width=4, n_blocks=1)
    assert spec.weight_shapes()["input/kernel"] == (2 + 3 + 2, 4)
    weights = {name: np.ones(shape, np.float32) for name, shape in spec.weight_shapes().items()}
    stirred = NumpyGenerator(spec, weights).stir(np.empty((5, 0), np.float32))
    assert (stirred == 0).all()
