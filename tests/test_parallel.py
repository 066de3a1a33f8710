"""Blocks on several cores: in order, with the limits of before afterwards, errors passed on."""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tabgan.parallel import _n_cores, give_up_if_interrupted, in_parallel


def blas_threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_results_are_in_the_order_of_the_items():
    rng = np.random.default_rng(0)
    matrices = [rng.normal(size=(size, size)) for size in rng.integers(1, 200, 50)]
    found = in_parallel(lambda matrix: (matrix @ matrix).sum(), matrices)
    assert found == pytest.approx([(matrix @ matrix).sum() for matrix in matrices])
    assert in_parallel(len, []) == []


def test_the_limit_on_matrix_products_is_gone_afterwards_however_many_callers_there_were():
    before = blas_threads()
    barrier = threading.Barrier(4)

    def call(number):
        barrier.wait()
        return in_parallel(lambda item: item * number, range(20))

    with ThreadPoolExecutor(4) as callers:
        found = list(callers.map(call, range(4)))
    assert found == [[item * number for item in range(20)] for number in range(4)]
    assert blas_threads() == before


def test_a_single_item_is_computed_as_one_of_many_is():
    assert in_parallel(lambda _: set(blas_threads()), [0]) == [{1}]


def test_an_error_is_passed_on_and_lifts_the_limit():
    before = blas_threads()

    def refuse(item):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        in_parallel(refuse, range(9))
    assert blas_threads() == before


def test_each_result_is_told_to_the_caller_s_own_thread():
    told = []
    in_parallel(
        lambda item: item**2,
        range(20),
        lambda item, result: told.append((item, result, threading.current_thread())),
    )
    assert sorted(told[i][:2] for i in range(20)) == [(item, item**2) for item in range(20)]
    assert {thread for *_, thread in told} == {threading.current_thread()}


@pytest.mark.skipif(_n_cores() == 1, reason="one core works off one item after the other")
def test_an_interruption_gives_up_work_at_any_depth_and_waits_for_its_end():
    all_at_work, given_up = threading.Barrier(3), []

    def endless(item):
        all_at_work.wait(timeout=60)
        try:
            while True:
                give_up_if_interrupted()
                time.sleep(0.001)
        except CancelledError:
            given_up.append(item)
            raise

    def work(item):
        if item == "caller":
            in_parallel(endless, ["one", "two"])
        else:
            all_at_work.wait(timeout=60)

    def interrupt(item, result):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_parallel(work, ["caller", "quick"], interrupt)
    assert sorted(given_up) == ["one", "two"]
    give_up_if_interrupted()  # whoever called has not been given up


FORK = """
import os, threading
import numpy as np
from threadpoolctl import threadpool_info
from tabgan.parallel import in_parallel, single_threaded_products

def threads():
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

before, held, over = threads(), threading.Event(), threading.Event()
def hold():
    with single_threaded_products():
        held.set()
        over.wait()
holder = threading.Thread(target=hold)
holder.start()
held.wait()
child = os.fork()
if not child:
    alone = threads() == before  # the thread that held the limit is the parent's
    with single_threaded_products():
        limited = set(threads()) <= {1}
    os._exit(0 if alone and limited and threads() == before else 1)
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
over.set()
holder.join()
assert code == 0 and threads() == before
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_does_not_inherit_the_limit_of_a_thread_it_does_not_have():
    subprocess.run([sys.executable, "-c", FORK], check=True, timeout=120)
