"""TensorFlow and JAX run the same step: the same losses from the same numbers."""

import json
import logging
import os
import subprocess
import sys
from importlib.util import find_spec

import keras
import numpy as np
import pytest

from tabgan.errors import BackendError
from tabgan.training.backend import current_backend

# First Adam steps amplify rounding, so losses are compared and not weights.
TOLERANCE = 1e-4

SCRIPT = """
import json, sys
import numpy as np
from keras import ops
from tabgan.networks.discriminator import Discriminator
from tabgan.networks.generator import Generator
from tabgan.networks.spec import NetworkSpec
from tabgan.training.backend import current_backend
from tabgan.training.objectives import OBJECTIVES
from tabgan.training.optimizer import Adam
from tabgan.training.step import Batch, Draws, Rates, StepOptions, TrainingStep, TrainState

rng = np.random.default_rng(0)
spec = NetworkSpec(sizes=(3, 2, 6, 2, 4), noise_dim=8, width=32, n_blocks=1)
n_modes, n_rows = spec.layout.n_modes, 64
generator = Generator(spec, np.zeros(n_modes), 0)
discriminator = Discriminator(n_modes, 5, 32, 1, 0)
generator.build(), discriminator.build()
weights = [
    [ops.convert_to_tensor(rng.normal(0, 0.2, v.shape).astype("float32")) for v in net.variables]
    for net in (generator, discriminator)
]
losses = {}
for objective, game in OBJECTIVES.items():
    options = StepOptions(1.0, 0.1, 0.9)
    step = TrainingStep(generator, discriminator, game, options, current_backend())
    step = current_backend().compile(step)
    state = TrainState(
        weights[0], options.generator_adam.init(weights[0]), list(weights[0]),
        weights[1], options.discriminator_adam.init(weights[1]), list(weights[0]),
    )
    losses[objective] = []
    for i in range(2):
        codes = np.column_stack([rng.integers(size, size=n_rows) for size in spec.sizes])
        known = rng.random((n_rows, 5)) < 0.3
        known[:, 0] = False
        batch = Batch(codes.astype("int32"), known, known)
        draws = Draws(
            rng.normal(size=(n_rows, 8)).astype("float32"),
            rng.gumbel(size=(n_rows, n_modes)).astype("float32"),
            rng.random(n_rows).astype("float32"),
        )
        batch = Batch(*map(ops.convert_to_tensor, batch[:3]))
        draws = Draws(*map(ops.convert_to_tensor, draws))
        rates = Rates(np.float32(1e-3), np.float32(1e-3))
        state, logs = step(state, batch, draws, rates, np.float32(i))
        losses[objective].append({name: float(value) for name, value in sorted(logs.items())})
print(json.dumps(losses))
"""

FIT = """
import sys
import numpy as np
from tabgan import TabGAN, load_demo
frame = load_demo(400)[["region", "residents", "arrears_eur"]]
# Without the game, whose step the test above compiles on JAX, too: half the time to compile.
gan = TabGAN(epochs=2, objective=None, verbose=0, random_state=0, early_stopping=False).fit(frame)

print(np.isfinite(gan.history_["held_out_likelihood"]).all(), len(gan.sample(10)))
"""


def run(script: str, backend: str) -> str:
    environment = os.environ | {"KERAS_BACKEND": backend}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def losses() -> dict[str, dict]:
    if find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    return {backend: json.loads(run(SCRIPT, backend)) for backend in ("tensorflow", "jax")}


@pytest.mark.parametrize("objective", ["relativistic", "nonsaturating", "wasserstein"])
def test_both_backends_give_the_same_losses(losses, objective):
    for ours, theirs in zip(losses["tensorflow"][objective], losses["jax"][objective], strict=True):
        for name, value in ours.items():
            np.testing.assert_allclose(theirs[name], value, rtol=TOLERANCE, atol=TOLERANCE)


def test_a_fit_on_jax_needs_no_tensorflow():
    if find_spec("jax") is None:
        pytest.skip("JAX is not installed")
    blocked = 'import sys; sys.modules["tensorflow"] = None\n'
    assert run(blocked + FIT, "jax") == "True 10"


def test_a_backend_without_a_seam_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "openvino")
    with pytest.raises(BackendError, match=r"openvino.*KERAS_BACKEND"):
        current_backend()


def test_functions_of_the_same_code_are_no_function_that_is_traced_again(caplog):
    def doubled():
        return lambda number: number * 2

    with caplog.at_level(logging.WARNING, "tensorflow"):
        for _ in range(6):  # fits in one process; from the fifth on TensorFlow would warn
            assert float(current_backend().compile(doubled())(np.float32(1.5))) == 3.0
    assert not caplog.records
