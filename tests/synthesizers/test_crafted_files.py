"""Files that somebody made to do harm: nothing runs, little memory is taken, and there is no model.

Each is a whole file whose hashes are right, where that can be: whoever crafts one can hash, too.
"""

import gzip
import io
import json
import pickle
import subprocess
import sys
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tabgan
from tabgan.persistence import (
    dump_json,
    dump_tensors,
    load_json,
    load_tensors,
    read_container,
    write_container,
)
from tabgan.persistence.archive import Entry, directory

pytestmark = pytest.mark.slow

ROOT = Path(tabgan.__file__).parents[1]
SOUND = Path(__file__).parent / "frozen" / "format_1.tabgan"
MEGABYTE = 2**20

# Each file is opened by a process of its own, forked from one that has opened a sound file: what it
# imports, opens or starts then, and what its memory grows by, are the file's doing.
WATCH = """
import json, os, resource, sys, time
from tabgan import TabGAN
from tabgan.errors import ModelFileError
sound, *paths = sys.argv[1:]
TabGAN.load(sound).sample(3)
events, watching = [], False
def watch(event, arguments):
    if watching:
        events.append([event, str(arguments[0]) if arguments else ""])
sys.addaudithook(watch)
def rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
for path in paths:
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        before, started = rss(), time.monotonic()
        watching = True
        try:
            TabGAN.load(path)
        except ModelFileError as error:
            outcome = "refused" if error.__class__ is ModelFileError else type(error).__name__
        except BaseException as error:
            outcome = repr(error)
        else:
            outcome = "loaded"
        watching = False
        found = [path, outcome, rss() - before, time.monotonic() - started, events]
        with open(writer, "w") as file:
            json.dump(found, file)
        os._exit(0)
    os.close(writer)
    with open(reader) as file:
        print(file.read() or json.dumps([path, "died", 0, 0, []]), flush=True)
    os.waitpid(child, 0)
"""
# What any code does: it looks at objects, and at Python's own files.
HARMLESS = {"builtins.id", "object.__getattr__"}


class Canary:
    """An object whose pickle runs a command when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        import os

        return os.system, (f"touch {self.path}",)


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            with warnings.catch_warnings(action="ignore"):  # some names stand there twice
                archive.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def tarred(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo("../../evil")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def overlapping(members: dict[str, bytes]) -> bytes:
    """Return an archive whose directory says that all members begin at the first one."""
    entries = [Entry.of(name, content) for name, content in members.items()]
    body = entries[0].local_header() + next(iter(members.values()))
    records = b"".join(entry.directory_entry(0) for entry in entries)
    return body + records + directory(entries)[-22:]


def foreign_files(canary: Path) -> dict[str, bytes]:
    """Return files of other formats, and archives that are not ours."""
    poison = pickle.dumps(Canary(canary))
    array = io.BytesIO()
    np.savez(array, weights=np.array([Canary(canary)], dtype=object))
    zeros = bytes(200 * MEGABYTE)
    manifest = zipfile.ZipFile(SOUND).read("manifest.json")
    everything = {"manifest.json": manifest, **read_container(SOUND)}
    sound = SOUND.read_bytes()
    return {
        "nothing": b"",
        "a pickle": poison,
        "an old pickle": pickle.dumps(Canary(canary), protocol=0),
        "arrays of objects": array.getvalue(),
        "a gzip bomb": gzip.compress(zeros, 9),
        "a tar with a way out": tarred(poison),
        "a bomb for a manifest": zipped(("manifest.json", zeros), method=zipfile.ZIP_DEFLATED),
        "a bomb for a generator": zipped(
            *((n, zeros if n.startswith("generator") else c) for n, c in everything.items()),
            method=zipfile.ZIP_DEFLATED,
        ),
        "a bomb of another method": zipped(("manifest.json", zeros), method=zipfile.ZIP_LZMA),
        "members twice": zipped(*everything.items(), ("manifest.json", manifest)),
        "a zip in a zip": zipped(("manifest.json", zipped(*everything.items()))),
        "members that overlap": overlapping(everything),
        "a way out": zipped(*everything.items(), ("../../evil.py", b"import os")),
        "a Keras model": zipped(("config.json", b'{"class_name": "Lambda"}'), ("x.h5", b"")),
        "an HDF5 file": b"\x89HDF\r\n\x1a\n" + bytes(1_000),
        "Python code": b"import os\nos.system('touch %s')\n" % bytes(canary),
        "YAML that runs": b"!!python/object/apply:os.system ['touch %s']" % bytes(canary),
        "a shell script before a model": b"#!/bin/sh\ntouch %s\n" % bytes(canary) + sound,
        "a model with a tail": sound + poison,
        "a model in upper case": sound.replace(b"manifest.json", b"MANIFEST.JSON"),
        "a manifest of 4 GiB": sound[:18] + b"\xff" * 8 + sound[26:],
        "sixty thousand backslashes": _manifest_file(b'"' + b"\\" * 60_001),
        "a manifest that is too deep": _manifest_file(b"[" * 60_000),
        "a manifest of 2^62 bytes": _manifest_file(_claim(manifest, 2**62)),
        "a manifest of 10^4000 bytes": _manifest_file(_claim(manifest, 10**4_000)),
    }


def _manifest_file(content: bytes) -> bytes:
    entry = Entry.of("manifest.json", content)
    return entry.local_header() + content + directory([entry])


def _claim(manifest: bytes, size: int) -> bytes:
    document: Any = load_json(manifest)
    for record in document["members"].values():
        record["size"] = size
    document["total_size"] = size * len(document["members"])
    return dump_json(document)


def of(member: str, change: Callable[[Any], Any]) -> tuple[str, Callable[[bytes], bytes]]:
    """Return a change of a JSON member, by its value."""

    def changed(content: bytes) -> bytes:
        value = load_json(content)
        return dump_json(value if (new := change(value)) is None else new)

    return member, changed


def header(**claims: object) -> tuple[str, Callable[[bytes], bytes]]:
    """Return a change of what the generator's first tensor says of itself."""

    def changed(content: bytes) -> bytes:
        length = int.from_bytes(content[:8], "little")
        document: Any = load_json(content[8 : 8 + length])
        document[next(iter(document))].update(claims)
        new = dump_json(document)
        return len(new).to_bytes(8, "little") + new + content[8 + length :]

    return "generator.safetensors", changed


def fitted(**claims: object) -> tuple[str, Callable[[bytes], bytes]]:
    return of("params.json", lambda value: value["fitted"].update(claims))


def column(place: int, **claims: object) -> tuple[str, Callable[[bytes], bytes]]:
    return of("schema.json", lambda value: value["columns"][place].update(claims))


def encoder(place: int, **claims: object) -> tuple[str, Callable[[bytes], bytes]]:
    return of("encoder.json", lambda value: value[place].update(claims))


def arrays(change: Callable[[dict[str, Any]], object]) -> tuple[str, Callable[[bytes], bytes]]:
    def changed(content: bytes) -> bytes:
        tensors = load_tensors(content)
        change(tensors)
        return dump_tensors(tensors)

    return "encoder.safetensors", changed


def raw(member: str, content: bytes) -> tuple[str, Callable[[bytes], bytes]]:
    return member, lambda _: content


PARTS = {
    "a member that is a pickle": lambda canary: raw("encoder.json", pickle.dumps(Canary(canary))),
    "tensors that are a pickle": lambda canary: raw(
        "generator.safetensors", pickle.dumps(Canary(canary))
    ),
    "a schema that is too deep": raw("schema.json", b'{"columns":' + b"[" * 100_000),
    "a name of 6 MB of zeros": column(0, name={"int": "0" * (6 * MEGABYTE)}),
    "params that are too deep": raw("params.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "60 MB of backslashes": raw("history.json", b'["' + b'\\"' * (30 * MEGABYTE)),
    "60 MB of lists": raw("history.json", b"[" + b"[]," * (20 * MEGABYTE) + b"[]]"),
    "60 MB of numbers": raw("encoder.json", b"[" + b"1," * (30 * MEGABYTE) + b"1]"),
    "a million digits": raw("params.json", b"9" * 1_000_000),
    "a float of a million digits": raw("params.json", b"0." + b"9" * 1_000_000),
    "a float past all bounds": raw("params.json", b"1e999999999"),
    "NaN": raw("params.json", b'{"parameters":{},"fitted":NaN}'),
    "a schema with NaN": raw("schema.json", b'{"columns":[],"level_names":NaN}'),
    "2^63 numbers": header(shape=[2**63]),
    "2^32 times 2^32 numbers": header(shape=[2**32, 2**32], data_offsets=[0, 0]),
    "an empty tensor of 2^62 rows": header(shape=[2**62, 0], data_offsets=[0, 0]),
    "a tensor of objects": header(dtype="O"),
    "a tensor before the file": header(data_offsets=[-8, 0]),
    "a header of 2^64 - 1 bytes": raw("generator.safetensors", b"\xff" * 8 + b"{}"),
    "a network a billion wide": fitted(width=10**9),
    "a billion blocks": fitted(n_blocks=10**9),
    "noise below 0": fitted(noise_dim=-(10**9)),
    "half a unit": fitted(width=8.5),
    "units as floats": fitted(width=8.0),
    "a sample of 10^15 rows": fitted(n_rows=10**15),
    "endless epochs": fitted(n_epochs="Infinity"),
    "an order of nothing": fitted(order=[]),
    "parameters without names": of("params.json", lambda value: value.update(parameters=[1])),
    "a history of text": of("history.json", lambda value: ["os.system"]),
    "encoders without a state": of("encoder.json", lambda value: [None] * len(value)),
    "too few encoders": of("encoder.json", lambda value: value[1:]),
    "a number's scale of 4,000 digits": encoder(1, step="9" * 4_000),
    "a number's steps backwards": encoder(1, step="-1"),
    "a part of the line less than none": encoder(1, cuts=[["0", "-5"]]),
    "a part of the line that is text": encoder(1, cuts=["os.system"]),
    "10^12 modes": encoder(1, n_modes=10**12),
    "10^12 categories": encoder(0, n_modes=10**12),
    "a normalisation that is code": encoder(1, normalisation="__import__('os').system"),
    "a column of an unknown kind": column(0, kind="__class__"),
    "a dtype that is code": column(0, dtype="__import__('os').system('id')"),
    "a dtype of objects of 2^40 bytes": column(0, dtype="V1099511627776"),
    "a zone that is a path": column(3, dtype="datetime64[ns, dateutil//etc/passwd]"),
    "a zone that leads out": column(3, dtype="datetime64[ns, ../../../etc/passwd]"),
    "a value of a zone that is a path": column(
        0, name={"timestamp": ["2020-01-01T00:00:00", "dateutil//etc/passwd", "ns"]}
    ),
    "a name that is no number": column(0, name={"decimal": "os.system"}),
    "a name that is a list": column(0, name=["a"]),
    "knots that are no numbers": arrays(lambda a: a.update({n: a[n] * np.nan for n in a})),
    "no tensors": arrays(lambda a: a.clear()),
    "trees of no pass": arrays(
        lambda a: a.update({n.replace("ratios/1/", "ratios/x/"): a[n] for n in list(a)})
    ),
}


def write_part(path: Path, member: str, change: Callable[[bytes], bytes]) -> None:
    members = read_container(SOUND)
    members[member] = change(members[member])
    write_container(path, members, versions={"tabgan": "0"})


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("crafted")
    canary = folder / "ran"
    names = []
    for name, content in foreign_files(canary).items():
        names.append(name)
        (folder / f"{len(names)}.tabgan").write_bytes(content)
    for name, part in PARTS.items():
        names.append(name)
        write_part(folder / f"{len(names)}.tabgan", *(part(canary) if callable(part) else part))
    paths = [folder / f"{place + 1}.tabgan" for place in range(len(names))]
    program = [sys.executable, "-c", WATCH, str(SOUND), str(SOUND), *map(str, paths)]
    run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    sound, *found = [json.loads(line) for line in run.stdout.splitlines()]
    return {
        "sound": sound,
        "crafted": dict(zip(names, found, strict=True)),
        "sizes": {name: path.stat().st_size for name, path in zip(names, paths, strict=True)},
        "canary": canary,
    }


def test_there_are_forty_and_more_and_a_sound_file_still_loads(outcomes):
    assert len(outcomes["crafted"]) >= 40
    path, outcome, _, _, events = outcomes["sound"]
    assert outcome == "loaded"
    assert {name for event, name in events if event == "open"} == {path}
    assert {event for event, _ in events} <= HARMLESS | {"open"}


def test_every_crafted_file_is_refused(outcomes):
    found = {name: outcome for name, (_, outcome, *_) in outcomes["crafted"].items()}
    assert found == dict.fromkeys(found, "refused")


def test_no_crafted_file_runs_or_opens_anything(outcomes):
    wrong = {}
    for name, (path, _, _, _, events) in outcomes["crafted"].items():
        seen = [
            [event, name]
            for event, name in events
            if [event, name] != ["open", path] and event not in HARMLESS
        ]
        if seen:
            wrong[name] = seen
    assert wrong == {}
    assert not outcomes["canary"].exists()


def test_no_crafted_file_takes_much_memory_or_time(outcomes):
    for name, (_, _, grown, seconds, _) in outcomes["crafted"].items():
        # Twice, since the bytes of a member are read, and then arrays or text are made of them.
        assert grown < 2 * outcomes["sizes"][name] + 64 * MEGABYTE, name
        assert seconds < 10, name
