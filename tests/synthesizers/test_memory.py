"""What memory there is, read from files that say so, and fits that need more of it."""

import pytest

from tabgan import TabGAN, load_demo
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import InvalidDataError
from tabgan.schema import infer_schema
from tabgan.synthesizers.forecast import check_memory
from tabgan.synthesizers.memory import available_memory, resident_memory
from tabgan.synthesizers.preparation import prepare_table


@pytest.fixture
def proc(tmp_path):
    folder = tmp_path / "proc"
    folder.mkdir()
    (folder / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:   4000 kB\n")
    return folder


def test_the_machine_says_what_is_available(proc, tmp_path):
    assert available_memory(proc, tmp_path / "none") == 4000 * 1024


@pytest.mark.parametrize("limit", ["memory.max", "memory/memory.limit_in_bytes"])
def test_a_container_may_have_less(proc, tmp_path, limit):
    is_second = limit == "memory.max"
    (tmp_path / "memory").mkdir()
    used = "memory.current" if is_second else "memory/memory.usage_in_bytes"
    stat = "memory.stat" if is_second else "memory/memory.stat"
    (tmp_path / limit).write_text("1000000\n")
    (tmp_path / used).write_text("400000\n")
    assert available_memory(proc, tmp_path) == 600_000
    # Pages of files are given back when somebody needs the memory.
    (tmp_path / stat).write_text("inactive_file 100000\ntotal_inactive_file 100000\n")
    assert available_memory(proc, tmp_path) == 700_000
    (tmp_path / limit).write_text("max\n" if is_second else f"{2**63}\n")
    assert available_memory(proc, tmp_path) == 4000 * 1024


def test_this_process_has_taken_some():
    assert resident_memory() == 0 or 30e6 < resident_memory() < 100e9


def check(n_bytes: int | None, rare_threshold: int = 5) -> None:
    table = load_demo(400)
    schema = infer_schema(table)
    prepared = prepare_table(table, schema, EncodingOptions(rare_threshold))
    check_memory(
        prepared,
        n_bytes,
        epochs=None,
        batch_size=512,
        objective="relativistic",
        early_stopping=True,
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n_bytes", [None, 100_000_000_000])
def test_enough_memory_is_not_spoken_of(n_bytes):
    check(n_bytes)


def test_tight_memory_is_warned_of_with_numbers():
    with pytest.warns(UserWarning, match=r"about \d\.\d GB .* has 1\.5 GB.*batch_size=512"):
        check(1_500_000_000)


def test_too_little_memory_is_refused_with_the_column_of_most_modes():
    with pytest.raises(InvalidDataError, match=r"has 0\.5 GB.*leave columns out.*column '\w+'"):
        check(500_000_000)


def test_a_fit_asks_what_there_is_before_it_begins(monkeypatch):
    monkeypatch.setattr("tabgan.synthesizers.gan.available_memory", lambda: 0)
    monkeypatch.setattr("tabgan.synthesizers.gan.resident_memory", lambda: 1_000)
    gan = TabGAN()
    with pytest.raises(InvalidDataError, match="memory"):
        gan.fit(load_demo(200))
    assert not hasattr(gan, "schema_")
