"""Feed damaged and hostile bytes to everything that reads a file, and count what comes of it.

    python benchmarks/fuzz_readers.py --minutes 5

A reader may give a value or raise ``ModelFileError``, and nothing else, and memory may grow by
twice the input and 64 MB. Each case is made from its own number, so that one is looked at again by
``--target json --case 1234``. Writes ``results/fuzz_readers.json``; ends with 1 if a case failed.
"""

import argparse
import json
import platform
import resource
import sys
import time
import warnings
from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tabgan import TabGAN
from tabgan.errors import ModelFileError
from tabgan.persistence import (
    dump_json,
    dump_tensors,
    load_json,
    load_tensors,
    read_container,
    write_container,
)
from tabgan.persistence.manifest import Manifest, MemberRecord

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results" / "fuzz_readers.json"
SOUND = ROOT / "tests" / "synthesizers" / "frozen" / "format_1.tabgan"
ALLOWED_GROWTH = 64 * 2**20
MEMBERS = read_container(SOUND)

# What has broken readers of JSON, numbers and archives before.
TOKENS = [
    *[b"[" * 40, b"{", b"}", b"]", b'"', b"\\", b'\\"' * 50, b",", b":", b"\\ud800", b"\\u0000"],
    *[b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-0", b"0.1", b"9" * 400, b"-1", b"1.0"],
    *[str(2**power).encode() for power in (31, 32, 53, 63, 64)],
    *[b"\xff", b"\x00", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"PK\x03\x04", b"PK\x01\x02", b"F32"],
    *[b"shape", b"dtype", b"data_offsets", b"__metadata__", b"size", b"sha256", b"tensor"],
]
VALUES: list[Any] = [
    *[None, True, False, 0, 1, -1, 2**31, 2**53, 2**63, 2**64, 10**400, 0.5, -1e308, 5e-324],
    *["", "0", "-1", "nan", "9" * 4_000, "\ud800", "a" * 10_000, "__class__", "../../etc/passwd"],
    *["category", "object", "datetime64[ns, dateutil//etc/passwd]", "int64", "quantile", "%Y%"],
    *[[], {}, [[]], [0] * 1_000, {"tensor": "0/knots"}, {"int": "1"}, {"decimal": "1e99999999"}],
    *[{"tuple": []}, {"interval": [{"int": "1"}, {"int": "0"}, "left"]}, {"period": ["x", "x"]}],
    *[{"timestamp": ["2020", "tzlocal()", "ns"]}, {"timedelta": ["9" * 30, "ns"]}, {"": {}}],
]


def mutated_bytes(rng: np.random.Generator, content: bytes) -> bytes:
    """Return bytes with a few edits: flips, cuts, copies, and tokens put in."""
    edited = bytearray(content)
    for _ in range(rng.integers(1, 5)):
        start = int(rng.integers(len(edited) + 1))
        stop = start + int(rng.integers(1, 40))
        kind = rng.integers(5)
        if kind == 0 and edited:
            edited[start % len(edited)] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            del edited[start:stop]
        elif kind == 2:
            edited[start:start] = edited[start:stop] * int(rng.integers(1, 20))
        elif kind == 3:
            edited[start:start] = TOKENS[rng.integers(len(TOKENS))]
        else:
            edited[start:stop] = rng.bytes(int(rng.integers(1, 40)))
    return bytes(edited)


def mutated_value(rng: np.random.Generator, value: Any) -> Any:
    """Return a JSON value with one or a few of its parts replaced, left out or repeated."""
    value = deepcopy(value)
    for _ in range(rng.integers(1, 4)):
        places = list(_places(value))
        if not places:
            return deepcopy(VALUES[rng.integers(len(VALUES))])
        parent, key = places[rng.integers(len(places))]
        kind = rng.integers(4)
        if kind == 0:
            del parent[key]
        elif kind == 1:
            other, at = places[rng.integers(len(places))]
            parent[key] = deepcopy(other[at]) if _has(other, at) else None
        else:
            parent[key] = deepcopy(VALUES[rng.integers(len(VALUES))])
    return value


def _places(value: Any) -> Any:
    for key in range(len(value)) if isinstance(value, list) else value:
        yield value, key
        if isinstance(value[key], list | dict):
            yield from _places(value[key])


def _has(parent: Any, key: Any) -> bool:
    return key < len(parent) if isinstance(parent, list) else key in parent


def json_case(rng: np.random.Generator) -> bytes:
    names = [name for name in MEMBERS if name.endswith(".json")]
    return mutated_bytes(rng, MEMBERS[names[rng.integers(len(names))]])


def manifest_case(rng: np.random.Generator) -> bytes:
    records = {name: MemberRecord.of(content) for name, content in MEMBERS.items()}
    content = Manifest({"tabgan": "0"}, records).to_bytes()
    if rng.random() < 0.5:
        return mutated_bytes(rng, content)
    return _dumped(mutated_value(rng, load_json(content)))


def tensors_case(rng: np.random.Generator) -> bytes:
    arrays = {
        f"{place}": rng.integers(0, 2, rng.integers(0, 4, 3)).astype(dtype)
        for place, dtype in enumerate(rng.choice(["?", "u1", "i4", "i8", "f4", "f8"], 3))
    }
    content = dump_tensors(arrays)
    length = int.from_bytes(content[:8], "little")
    header, data = content[8 : 8 + length], content[8 + length :]
    kind = rng.integers(3)
    if kind == 0:
        return mutated_bytes(rng, content)
    changed = mutated_value(rng, load_json(header))
    header = _dumped(changed) if kind == 1 else mutated_bytes(rng, header)
    return len(header).to_bytes(8, "little") + header + data


def container_case(rng: np.random.Generator) -> bytes:
    return mutated_bytes(rng, SOUND.read_bytes())


def model_case(rng: np.random.Generator) -> dict[str, bytes]:
    """Return members whose hashes will be right and whose contents are not."""
    members = dict(MEMBERS)
    name = list(members)[rng.integers(len(members))]
    if not name.endswith(".json"):
        arrays = load_tensors(members[name])
        key = list(arrays)[rng.integers(len(arrays))]
        arrays[key] = _mutated_array(rng, arrays[key])
        members[name] = dump_tensors(arrays)
    elif rng.random() < 0.8:
        members[name] = _dumped(mutated_value(rng, load_json(members[name])))
    else:
        members[name] = mutated_bytes(rng, members[name])
    return members


def _mutated_array(rng: np.random.Generator, array: np.ndarray) -> np.ndarray:
    kind = rng.integers(6)
    if kind == 0:
        return array[:-1] if array.ndim else array
    if kind == 1:
        return array.astype(rng.choice(["u1", "i4", "i8", "f4", "f8"]))
    if kind == 2:
        return array[..., None]
    if kind == 3:
        return np.repeat(array, 2, axis=0) if array.ndim else array
    changed = array.copy()
    odd = [np.nan, np.inf, -1e300, 0.0] if array.dtype.kind == "f" else [-1, 2**30, 0]
    with np.errstate(all="ignore"):
        changed[rng.random(array.shape) < rng.choice([0.01, 1.0])] = odd[rng.integers(len(odd))]
    return changed


def _dumped(value: Any) -> bytes:
    try:
        return dump_json(value)
    except ValueError:  # a mutation that our own writer refuses is still bytes for the reader
        return json.dumps(value).encode("utf-8", errors="backslashreplace")


@dataclass
class Target:
    """One reader, how its cases are made, and what came of them."""

    make: Callable[[np.random.Generator], Any]
    read: Callable[[Any], object]
    cases: int = 0
    refused: int = 0
    read_as_sound: int = 0
    failed: int = 0
    slowest_seconds: float = 0.0

    def try_one(self, seed: int, number: int) -> Exception | None:
        """Run one case; return what the reader should not have raised."""
        case = self.make(np.random.default_rng([seed, number]))
        started = time.perf_counter()
        error = None
        try:
            self.read(case)
            self.read_as_sound += 1
        except ModelFileError:
            self.refused += 1
        except Exception as raised:
            self.failed += 1
            error = raised
        self.slowest_seconds = max(self.slowest_seconds, time.perf_counter() - started)
        self.cases += 1
        return error


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", help="only this reader")
    parser.add_argument("--case", type=int, help="only the case of this number")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # of numbers that are none
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.tabgan"

        def read_file(content: bytes) -> object:
            path.write_bytes(content)
            return read_container(path)

        def read_model(members: dict[str, bytes]) -> object:
            write_container(path, members, versions={"tabgan": "0"})
            return TabGAN.load(path)

        targets = {
            "json": Target(json_case, load_json),
            "manifest": Target(manifest_case, Manifest.from_bytes),
            "tensors": Target(tensors_case, load_tensors),
            "container": Target(container_case, read_file),
            "model": Target(model_case, read_model),
        }
        if options.target:
            targets = {options.target: targets[options.target]}
        if options.case is not None:
            error = targets[options.target].try_one(options.seed, options.case)
            if error is not None:
                raise error
            return
        report = run(targets, options.seed, 60 * options.minutes)
    print(json.dumps(report, indent=1))
    if options.target is None:
        RESULTS.write_text(json.dumps(report, indent=1) + "\n")
    sys.exit(any(target.failed for target in targets.values()) or not report["memory_within"])


def run(targets: dict[str, Target], seed: int, seconds: float) -> dict[str, Any]:
    """Try cases of all targets for so long, and report."""
    for number in range(200):  # what is imported and cached once
        for target in targets.values():
            target.try_one(seed + 1, number)
    for target in targets.values():
        target.cases = target.refused = target.read_as_sound = target.failed = 0
    before, end, number = peak_bytes(), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        for name, target in targets.items():
            # A model takes as long as a hundred pieces of JSON.
            for part in range(1 if name in ("model", "container") else 20):
                error = target.try_one(seed, 20 * number + part)
                if error is not None:
                    case = f"--seed {seed} --target {name} --case {20 * number + part}"
                    print(f"{case}: {type(error).__name__}: {error}"[:300], file=sys.stderr)
        number += 1
    growth = peak_bytes() - before
    return {
        "command": f"python benchmarks/fuzz_readers.py --minutes {seconds / 60:g} --seed {seed}",
        "python": platform.python_version(),
        "largest_input_bytes": SOUND.stat().st_size,
        "peak_memory_growth_mb": round(growth / 2**20, 1),
        "memory_within": growth < 2 * SOUND.stat().st_size + ALLOWED_GROWTH,
        "targets": {
            name: {
                key: round(value, 3) if isinstance(value, float) else value
                for key, value in asdict(target).items()
                if key not in ("make", "read")
            }
            for name, target in targets.items()
        },
    }


if __name__ == "__main__":
    main()
