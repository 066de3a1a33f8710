"""Random streams: from one seed, independent by purpose, without any global state."""

import numpy as np
import pytest

from tabgan.errors import InvalidParameterError
from tabgan.randomness import _STREAMS, is_random_state, resolve_seed, stream

PURPOSES = sorted(_STREAMS)


@pytest.mark.parametrize("seed", [0, 7, 2**63 - 1, np.int8(7), np.uint64(2**63 - 1)])
def test_an_integer_is_the_seed_itself(seed: int) -> None:
    assert resolve_seed(seed) == int(seed)
    assert type(resolve_seed(seed)) is int


@pytest.mark.parametrize(
    "make", [np.random.default_rng, np.random.RandomState], ids=["Generator", "RandomState"]
)
def test_a_generator_is_drawn_from(make: type) -> None:
    generator = make(3)
    first, second = resolve_seed(generator), resolve_seed(generator)
    assert first != second
    assert first == resolve_seed(make(3))
    assert 0 <= first < 2**63


def test_none_gives_a_fresh_seed_each_time() -> None:
    seeds = {resolve_seed(None) for _ in range(5)}
    assert len(seeds) == 5
    assert all(0 <= seed < 2**63 for seed in seeds)


@pytest.mark.parametrize("wrong", [-1, 2**63, True, np.True_, 1.0, "7", [1]])
def test_anything_else_is_refused(wrong: object) -> None:
    with pytest.raises(InvalidParameterError, match="random_state must be"):
        resolve_seed(wrong)


def test_whether_a_value_is_a_seed_is_known_without_a_draw() -> None:
    generator = np.random.default_rng(3)
    assert all(map(is_random_state, [None, 7, np.int8(7), generator, np.random.RandomState(3)]))
    assert not any(map(is_random_state, [-1, 2**63, True, 1.5, "7", [1]]))
    assert resolve_seed(generator) == resolve_seed(np.random.default_rng(3))


def test_a_stream_is_named_by_seed_purpose_and_numbers() -> None:
    names = [(seed, purpose) for seed in (0, 1) for purpose in PURPOSES]
    names += [(0, "blocks", 0), (0, "blocks", 1), (0, "blocks", 0, 1), (0, "noise", 1)]
    draws = {name: stream(*name).integers(2**63) for name in names}
    assert len(set(draws.values())) == len(names)
    assert all(stream(*name).integers(2**63) == draw for name, draw in draws.items())


def test_an_unknown_purpose_is_an_error() -> None:
    with pytest.raises(KeyError, match="weather"):
        stream(0, "weather")


def test_the_global_generator_is_neither_used_nor_moved() -> None:
    np.random.seed(0)
    before = np.random.get_state()[1].tolist()
    expected = stream(5, "noise").random()
    resolve_seed(None)
    assert np.random.get_state()[1].tolist() == before
    np.random.seed(1)
    assert stream(5, "noise").random() == expected
