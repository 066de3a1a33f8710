import numpy as np
import pytest
from scipy.spatial.distance import cdist

from tabgan.evaluation.fidelity.manifold import RealRows

N_ROWS = 300


def draw(seed: int, shift: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(N_ROWS, 3)) + shift


def figures(real: np.ndarray, synthetic: np.ndarray) -> dict[str, float]:
    found = RealRows.of(real).compare(synthetic)
    once = np.ones(len(real))
    names = ("density", "coverage", "alpha_precision", "beta_recall")
    return {name: getattr(found, name)(once) for name in names}


def by_definition(real: np.ndarray, synthetic: np.ndarray) -> dict[str, float]:
    """The definitions, row by row and level by level."""
    among, between = cdist(real, real), cdist(real, synthetic)
    reach = np.sort(among, axis=1)[:, 5]
    within = between < reach[:, np.newaxis]
    alphas = np.linspace(0, 1, 30)
    centre = real.mean(axis=0)
    radii = np.quantile(np.linalg.norm(real - centre, axis=1), alphas)
    precision = [np.mean(np.linalg.norm(synthetic - centre, axis=1) <= r) for r in radii]
    closest = synthetic[between.argmin(axis=1)]
    depth = np.linalg.norm(closest - synthetic.mean(axis=0), axis=1)
    near = between.min(axis=1) <= np.sort(among, axis=1)[:, 1]
    recall = [np.mean(near & (depth <= r)) for r in np.quantile(depth, alphas)]
    return {
        "density": within.sum() / 5 / len(synthetic),
        "coverage": within.any(axis=1).mean(),
        "alpha_precision": 1 - np.abs(alphas - precision).sum() / alphas.sum(),
        "beta_recall": 1 - np.abs(alphas - recall).sum() / alphas.sum(),
    }


@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_figures_are_those_of_the_definitions(shift: float) -> None:
    real, synthetic = draw(0), draw(1, shift)
    assert figures(real, synthetic) == pytest.approx(by_definition(real, synthetic))


def test_rows_of_the_same_law_are_dense_and_cover() -> None:
    found = figures(draw(0), draw(1))
    assert found["density"] == pytest.approx(1.0, abs=0.1)
    assert found["coverage"] > 0.9
    assert found["alpha_precision"] > 0.9
    assert found["beta_recall"] == pytest.approx(0.5, abs=0.1)


def test_copies_recall_all_and_rows_elsewhere_nothing() -> None:
    real = draw(0)
    assert figures(real, real)["beta_recall"] == pytest.approx(1.0, abs=0.01)
    elsewhere = figures(real, draw(1, shift=50.0))
    assert elsewhere == pytest.approx(dict.fromkeys(elsewhere, 0.0), abs=0.07)


def test_rows_of_one_kind_cover_little() -> None:
    found = figures(draw(0), draw(1) / 10)
    assert found["density"] > 0.5
    assert found["coverage"] < 0.3
    assert found["beta_recall"] < 0.2
