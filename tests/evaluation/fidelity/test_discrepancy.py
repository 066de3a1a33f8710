import numpy as np
import pytest

from tabgan.evaluation.fidelity.discrepancy import kernel_similarity


def draw(seed: int, n_rows: int = 200, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n_rows, 3)) + shift


def test_the_figure_is_that_of_the_unbiased_estimate() -> None:
    real, synthetic = draw(0, 40), draw(1, 40, shift=1.0)

    def squared(first: np.ndarray, second: np.ndarray) -> float:
        return float(((first - second) ** 2).sum())

    width = np.median([squared(x, y) for x in real for y in synthetic])
    kernel = lambda x, y: np.exp(-squared(x, y) / (2 * width))  # noqa: E731
    n = len(real)
    total = sum(
        kernel(real[i], real[j])
        + kernel(synthetic[i], synthetic[j])
        - kernel(real[i], synthetic[j])
        - kernel(real[j], synthetic[i])
        for i in range(n)
        for j in range(n)
        if i != j
    )
    expected = 1 - np.sqrt(total / (n * (n - 1)))
    assert kernel_similarity(real, synthetic).value == pytest.approx(expected)


def test_the_interval_of_the_same_law_reaches_one_and_of_another_does_not() -> None:
    same = [kernel_similarity(draw(i), draw(100 + i)) for i in range(20)]
    # By definition in all but one of forty: it is one-sided at this end.
    assert sum(found.high >= 1.0 for found in same) >= 18
    moved = kernel_similarity(draw(0), draw(1, shift=0.8))
    assert moved.low < moved.value < moved.high < 0.9


def test_constant_tables_are_alike_or_apart() -> None:
    assert kernel_similarity(np.zeros((60, 2)), np.zeros((60, 2))).value == 1.0
    assert kernel_similarity(np.zeros((80, 2)), np.full((80, 2), 0.7)).high < 0.3
