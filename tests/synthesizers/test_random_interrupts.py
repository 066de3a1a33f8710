"""Ctrl-C at any moment of a fit: what was there before, or a model that can be used."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import tabgan
from tabgan import TabGAN, load_demo

ROOT = Path(tabgan.__file__).parents[1]
FROZEN = Path(__file__).parent / "frozen" / "format_1.tabgan"

INTERRUPTS = """
import os, random, signal, sys, threading, time
from pathlib import Path
import pandas as pd
from sklearn.exceptions import NotFittedError
from threadpoolctl import threadpool_info
from tabgan import TabGAN, load_demo

frozen, folder, n_interrupts = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
table = load_demo(1_500)[["region", "switched"]]
chance = random.Random(0)

def press(*_):
    raise KeyboardInterrupt
signal.signal(signal.SIGALRM, press)

def fit(gan, first=0.0, second=0.0):
    "Say whether the fit was interrupted, by an alarm that may come twice."
    try:
        signal.setitimer(signal.ITIMER_REAL, first, second)
        gan.fit(table)
        signal.setitimer(signal.ITIMER_REAL, 0.0)
    except KeyboardInterrupt:
        return True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
    return False

def new(checkpoint):
    path = folder / "checkpoint" if checkpoint else None
    fixed = dict(early_stopping=False, verbose=0, random_state=0, rare_threshold=5)
    return dict(epochs=1, batch_size=64, checkpoint=path, **fixed)

blas = [(pool["filepath"], pool["num_threads"]) for pool in threadpool_info()]
fit(TabGAN(**new(False)))  # what is only done once
started = time.monotonic()
gan = TabGAN(**new(False))
fit(gan)
seconds = time.monotonic() - started
whole = gan.sample(20, random_state=1)
blas = {(pool["filepath"], pool["num_threads"]) for pool in threadpool_info()}
found = {"previous": 0, "not fitted": 0, "usable": 0, "finished": 0}
for number in range(n_interrupts):
    refits, checkpoint, twice = number % 2 == 0, number % 3 == 0, number % 5 == 0
    gan = TabGAN.load(frozen).set_params(**new(checkpoint)) if refits else TabGAN(**new(checkpoint))
    before = gan.sample(20, random_state=1) if refits else None
    delay = chance.uniform(0.001, seconds)
    interrupted = fit(gan, delay, chance.uniform(0.05, 1.0) if twice else 0.0)
    left = sorted(path.name for path in folder.iterdir())
    assert left in ([], ["checkpoint"]), left
    if not interrupted:
        assert gan.sample(20, random_state=1).equals(whole) and not gan.interrupted_
        assert left == []
        found["finished"] += 1
    elif not hasattr(gan, "interrupted_"):
        assert not refits
        try:
            gan.sample(1)
        except NotFittedError:
            found["not fitted"] += 1
    elif gan.interrupted_:
        rows = gan.sample(300)
        assert list(rows) == list(table) and rows["region"].notna().all()
        gan.save(folder / "model")
        assert TabGAN.load(folder / "model").sample(9, random_state=2).equals(
            gan.sample(9, random_state=2)
        )
        (folder / "model").unlink()
        found["usable"] += 1
    else:
        assert refits and gan.sample(20, random_state=1).equals(before)
        assert list(gan.feature_names_in_) == list(before)
        found["previous"] += 1
    if left and number % 24 == 0:
        # A fit that was interrupted goes on from its checkpoint to the same model.
        gan = TabGAN(**new(True))
        assert not fit(gan) and gan.sample(20, random_state=1).equals(whole)
        assert not list(folder.iterdir())
    (folder / "checkpoint").unlink(missing_ok=True)
    assert threading.active_count() == 1, threading.enumerate()
    assert {(pool["filepath"], pool["num_threads"]) for pool in threadpool_info()} == blas
    print(number, round(delay, 2), found, file=sys.stderr, flush=True)
assert sum(found.values()) == n_interrupts
assert found["previous"] and found["not fitted"] and found["usable"]
"""


@pytest.mark.slow
def test_a_hundred_interrupts_leave_a_hundred_safe_states(tmp_path: Path) -> None:
    program = [sys.executable, "-c", INTERRUPTS, str(FROZEN), str(tmp_path), "100"]
    run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3_000:]


def test_an_interrupt_while_the_table_is_prepared_leaves_what_was_there() -> None:
    def press(*_: object) -> None:
        raise KeyboardInterrupt

    gan = TabGAN.load(FROZEN)
    before, parameters = gan.sample(20, random_state=0), gan.get_params()
    table = load_demo(3_000)
    chance = random.Random(0)
    previous = signal.signal(signal.SIGALRM, press)
    try:
        for _ in range(5):
            # Python loses one that comes while something is destroyed, so another one follows.
            signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.0005, 0.02), 1.0)
            with pytest.raises(KeyboardInterrupt):
                gan.fit(table)
            signal.setitimer(signal.ITIMER_REAL, 0.0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, previous)
    assert not gan.interrupted_
    assert gan.sample(20, random_state=0).equals(before)
    assert gan.get_params() == parameters
