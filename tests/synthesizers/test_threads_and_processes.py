"""One model in many threads and processes, and fits beside each other."""

import copy
import io
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import joblib
import pytest

import tabgan
from tabgan import TabGAN

ROOT = Path(tabgan.__file__).parents[1]
FROZEN = Path(__file__).parent / "frozen" / "format_1.tabgan"
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def gan() -> TabGAN:
    return TabGAN.load(FROZEN)


def in_eight_threads(work, n_calls):
    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(work, range(n_calls)))


@pytest.mark.parametrize("n_calls", [16, pytest.param(160, marks=pytest.mark.slow)])
def test_threads_without_a_seed_never_draw_the_same_rows(gan, n_calls):
    drawn = in_eight_threads(lambda _: gan.sample(200).to_csv(), n_calls)
    rows = {line for table in drawn for line in table.splitlines()[1:]}
    assert len(set(drawn)) == n_calls
    # Two rows of seven columns, an identifier and money among them, are hardly ever equal.
    assert len(rows) > 0.99 * 200 * n_calls


def test_threads_with_one_seed_all_draw_the_same_rows(gan):
    drawn = in_eight_threads(lambda _: gan.sample(200, random_state=5).to_csv(), 16)
    assert set(drawn) == {gan.sample(200, random_state=5).to_csv()}


def by_pickle(gan):
    return pickle.loads(pickle.dumps(gan))


def by_joblib(gan):
    file = io.BytesIO()
    joblib.dump(gan, file)
    return joblib.load(file)


@pytest.mark.parametrize("copied", [by_pickle, by_joblib, copy.copy, copy.deepcopy])
def test_a_copy_draws_the_same_rows(gan, copied):
    twin = copied(gan)
    assert twin.sample(50, random_state=0).equals(gan.sample(50, random_state=0))
    assert twin.get_params() == gan.get_params()
    assert list(twin.feature_names_in_) == list(gan.feature_names_in_)
    assert twin.schema_ == gan.schema_


# After threads have drawn, not while they do: OpenBLAS itself waits for ever where a process forks
# in the middle of a product on several cores.
FORKS = """
import hashlib, os, sys
from concurrent.futures import ThreadPoolExecutor
from tabgan import TabGAN
gan, n_forks = TabGAN.load(sys.argv[1]), int(sys.argv[2])

def digest(seed=None):
    return hashlib.sha256(gan.sample(1_100, random_state=seed).to_csv().encode()).hexdigest()

with ThreadPoolExecutor(4) as threads:
    seen = list(threads.map(digest, [None] * 4))
known = digest(seed=1)
for _ in range(n_forks):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, f"{digest()} {digest(seed=1)}".encode())
        os._exit(0)
    os.close(writer)
    fresh, seeded = os.read(reader, 1_000).decode().split()
    os.close(reader)
    assert seeded == known
    seen.append(fresh)
    assert os.waitpid(child, 0)[1] == 0
assert len(set(seen)) == n_forks + 4
"""
SPAWNED = """
import multiprocessing, sys
from tabgan import TabGAN

def draw(gan):
    return gan.sample(50).to_csv(), gan.sample(50, random_state=1).to_csv()

if __name__ == "__main__":
    gan = TabGAN.load(sys.argv[1])
    with multiprocessing.get_context(sys.argv[2]).Pool(2) as pool:
        drawn = pool.map(draw, [gan] * 4) + [draw(gan)]
    assert len({fresh for fresh, _ in drawn}) == 5
    assert len({seeded for _, seeded in drawn}) == 1
"""


def run(script: str, *arguments: object, seconds: float = 300.0, options: str = "") -> str:
    """Run a script in a process of its own, for so long at most, and return what it printed."""
    program = [sys.executable, *options.split(), "-c", script, *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    finished = subprocess.run(
        program, cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=seconds, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr[-3_000:]
    return finished.stdout


@needs_fork
@pytest.mark.slow
def test_fifty_forked_children_draw_rows_of_their_own():
    run(FORKS, FROZEN, 50)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_of_a_pool_draw_rows_of_their_own(tmp_path, method):
    script = tmp_path / "script.py"  # a spawned process reads the main module again
    script.write_text(SPAWNED)
    program = [sys.executable, script, FROZEN, method]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(program, cwd=ROOT, env=environment, timeout=300, check=True)


FIT_IN_CHILD = """
import os, sys
from tabgan import TabGAN, load_demo
from tabgan.errors import BackendError
table = load_demo(1_500)[["region", "switched"]]

def fit():
    return TabGAN(epochs=1, verbose=0, early_stopping=False, random_state=0).fit(table)

when = sys.argv[1]
if when == "after a fit":
    whole = fit().sample(9, random_state=0)
if when == "after an import":
    import keras, tensorflow, tabgan.synthesizers.fitting
child = os.fork()
if not child:
    try:
        rows = fit().sample(9, random_state=0)
    except BackendError as error:
        assert when == "after a fit" and "spawn" in str(error)
        os._exit(7)
    os._exit(0)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
assert code == (7 if when == "after a fit" else 0), code
if when == "after a fit":  # the parent is none the worse
    assert fit().sample(9, random_state=0).equals(whole)
"""


@needs_fork
@pytest.mark.slow
@pytest.mark.parametrize("when", ["after a fit", "after an import", "at once"])
def test_a_fit_in_a_forked_child_works_or_says_why_not(when):
    run(FIT_IN_CHILD, when)


FITS_IN_THREADS = """
import random
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from tabgan import TabGAN, load_demo
table = load_demo(1_500)[["region", "arrears_eur", "switched"]]

def fit(seed):
    gan = TabGAN(epochs=1, batch_size=64, early_stopping=False, verbose=0, random_state=seed)
    weights = gan.fit(table)._model.generator.weights
    rows = gan.sample(50, random_state=1).to_csv()
    return [weight.tobytes() for weight in weights.values()], rows

random.seed(1), np.random.seed(1)
states = random.getstate(), np.random.get_state()[1].tobytes()
alone = [fit(seed) for seed in (0, 1)]
with ThreadPoolExecutor(2) as threads:
    together = list(threads.map(fit, (0, 1)))
assert alone == together and alone[0] != alone[1]
assert states == (random.getstate(), np.random.get_state()[1].tobytes())
"""


@pytest.mark.slow
def test_two_fits_at_once_are_what_each_is_alone_and_touch_no_global_random_numbers():
    run(FITS_IN_THREADS)


USE = """
import sys, warnings
from pathlib import Path
from tabgan import TabGAN
path = Path(sys.argv[2]) / "m.tabgan"
gan = TabGAN.load(sys.argv[1])
gan.save(path, include_discriminator=True)
again = TabGAN.load(path)
rows = again.sample(1_500, conditions={"solar_panels": True}, random_state=0)
assert len(list(again.sample_batches(2_000, batch_size=1_024))) == 2
again.complete(rows.drop(columns="region")), again.score_samples(rows), again.realism(rows)
try:
    TabGAN.load(sys.argv[1] + ".csv")
except OSError:
    print("refused" if len(rows) == 1_500 else "")
"""


@pytest.mark.slow
@pytest.mark.parametrize("options", ["-X dev -W error", "-OO"], ids=lambda text: text)
def test_use_is_clean_under_strict_and_optimised_python(tmp_path, options):
    # Under -X dev a file or socket that is left open warns, which is an error here.
    assert run(USE, FROZEN, tmp_path, options=options) == "refused\n"


FIT_AND_USE = """
import sys, warnings
import keras, tensorflow, sklearn.ensemble  # their own warnings are not ours
warnings.simplefilter("error")
from tabgan import TabGAN, load_demo
table = load_demo(1_500)[["region", "joined_on", "arrears_eur", "switched"]]
gan = TabGAN(epochs=1, early_stopping=False, verbose=0, random_state=0).fit(table)
gan.save(sys.argv[1] + "/m.tabgan")
print(len(TabGAN.load(sys.argv[1] + "/m.tabgan").sample(20)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("options", ["-X dev", "-OO"])
def test_a_fit_is_clean_under_strict_and_optimised_python(tmp_path, options):
    assert run(FIT_AND_USE, tmp_path, options=options).endswith("20\n")
