"""Blocks on several cores: in order, with the limits of before afterwards, errors passed on."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from tabgan.synthesizers.parallel import in_parallel


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


def test_an_error_is_passed_on_and_lifts_the_limit():
    before = blas_threads()

    def refuse(item):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        in_parallel(refuse, range(9))
    assert blas_threads() == before
