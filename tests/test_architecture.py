"""The picture of the rooms, enforced: who may import whom, and what stays unloaded.

To add a room: 1. a line in ROOMS with the fewest imports that let it do its work; 2. a line in
CONTRIBUTING.md. Widen a line only with a reason beside it.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Room:
    """What the files of one room may import, besides the standard library and GROUND_FLOOR."""

    rooms: frozenset[str]
    packages: frozenset[str]


def room(rooms: str, packages: str) -> Room:
    return Room(frozenset(rooms.split()), frozenset(packages.split()))


# Anyone may import these three modules.
GROUND_FLOOR = {"errors", "randomness", "parallel"}
ROOMS = {
    "errors": room("", ""),
    "randomness": room("errors", "numpy"),
    # Independent work on all cores.
    "parallel": room("", "threadpoolctl"),
    # Tables of other packages, where they are installed.
    "containers": room("errors", "numpy pandas sklearn"),
    # What a column is: knows tables, not how they are learnt.
    "schema": room("", "numpy pandas"),
    "encoding": room("schema", "numpy pandas sklearn scipy"),
    "conditioning": room("encoding schema", "numpy pandas"),
    # The only two rooms that see Keras. The encoding's layout is all they know of a table.
    "networks": room("encoding", "numpy keras"),
    "training": room("networks conditioning encoding", "numpy keras rich"),
    # Bytes and arrays: a file can be judged without building anything.
    "persistence": room("", "numpy"),
    # Functions of tables alone: it must judge any generator, so it knows none.
    # What can be a path is for the room of files to say.
    "evaluation": room("schema containers persistence", "numpy pandas scipy sklearn threadpoolctl"),
    "datasets": room("", "numpy pandas"),
    "synthesizers": room(
        "schema encoding conditioning networks training persistence containers",
        "numpy pandas scipy sklearn threadpoolctl",
    ),
    # A thin shell: it reads, calls and prints.
    "cli": room("synthesizers evaluation schema datasets persistence", "click rich pandas"),
}
# A backend is a seam of one file.
PACKAGES_OF_ONE_FILE = {
    "training/tensorflow_backend.py": {"tensorflow"},
    "training/jax_backend.py": {"jax"},
    "containers.py": {"pyarrow", "polars"},
    # Dtypes of Arrow that pandas writes by name and does not read.
    "schema/dtypes.py": {"pyarrow"},
    "cli/tables.py": {"pyarrow"},
    "cli/writing.py": {"pyarrow"},
    # Drawn on request, where it is installed.
    "synthesizers/history_display.py": {"matplotlib"},
    "evaluation/report/column_display.py": {"matplotlib"},
}
# The two doors: public names that load on first use, and `python -m tabgan`.
DOORS = {"__init__": set(ROOMS), "__main__": {"cli"}}
HEAVY = ("tensorflow", "keras", "jax")


@dataclass(frozen=True)
class Import:
    """One import of one module, wherever in the file it stands."""

    path: str
    line: int
    module: str

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    @property
    def room(self) -> str | None:
        """The room of tabgan that is entered; None for its front door or a foreign package."""
        parts = self.module.split(".")
        return parts[1] if parts[0] == "tabgan" and len(parts) > 1 else None

    def __str__(self) -> str:
        return f"tabgan/{self.path}:{self.line} imports {self.module}"


@dataclass(frozen=True)
class Tree:
    """A source tree of `tabgan`: the real one, or one that a test wrote to see a rule bite."""

    root: Path

    def files(self) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*.py"))

    def module_of(self, path: str) -> str:
        return ".".join(["tabgan", *Path(path).with_suffix("").parts]).removesuffix(".__init__")

    def is_module(self, name: str) -> bool:
        place = self.root.joinpath(*name.split(".")[1:])
        return place.with_suffix(".py").is_file() or place.is_dir()

    def imports(self) -> list[Import]:
        return [found for path in self.files() for found in self._imports_of(path)]

    def _imports_of(self, path: str) -> Iterator[Import]:
        # The whole tree is walked: an import inside a function or under TYPE_CHECKING hides a
        # dependency from the interpreter, not from the reader.
        for node in ast.walk(ast.parse((self.root / path).read_text(encoding="utf-8"))):
            for module in self._modules_named_by(node, path):
                yield Import(path, getattr(node, "lineno", 0), module)

    def _modules_named_by(self, node: ast.AST, path: str) -> Iterator[str]:
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(names=names):
                source = self._source_of(node, path)
                for alias in names:
                    longer = f"{source}.{alias.name}"
                    is_submodule = source.startswith("tabgan") and self.is_module(longer)
                    if (source, alias.name) != ("tabgan", "__version__"):  # a fact, not a door
                        yield longer if is_submodule else source
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__")
                | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name

    def _source_of(self, node: ast.ImportFrom, path: str) -> str:
        if not node.level:
            return node.module or ""
        package = ["tabgan", *Path(path).parts[:-1]]
        above = package[: len(package) - node.level + 1]
        return ".".join([*above, *filter(None, [node.module])])


TABGAN = Tree(PROJECT / "tabgan")


def room_of(path: str) -> str:
    return Path(path).parts[0].removesuffix(".py")


def wrong_rooms(tree: Tree) -> list[str]:
    wrong = []
    for found in tree.imports():
        here, there = room_of(found.path), found.room
        if found.top != "tabgan" or here == there:
            continue
        if here in DOORS:
            allowed = DOORS[here]
        else:
            # A room that is not listed may import nothing: list it first.
            listed = ROOMS.get(here, room("", ""))
            allowed = listed.rooms | (GROUND_FLOOR if here not in GROUND_FLOOR else set())
        if there not in allowed:
            wrong.append(str(found))
    return wrong


def wrong_packages(tree: Tree) -> list[str]:
    wrong = []
    for found in tree.imports():
        allowed = set(ROOMS.get(room_of(found.path), room("", "")).packages)
        allowed |= PACKAGES_OF_ONE_FILE.get(found.path, set())
        if found.top not in sys.stdlib_module_names | allowed | {"tabgan"}:
            wrong.append(str(found))
    return wrong


def cycle(tree: Tree) -> list[str]:
    graph: dict[str, set[str]] = {}
    for found in tree.imports():
        if found.top == "tabgan":
            graph.setdefault(tree.module_of(found.path), set()).add(found.module)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_file_stands_in_a_listed_room() -> None:
    assert {room_of(path) for path in TABGAN.files()} <= set(ROOMS) | set(DOORS)


def test_rooms_import_only_the_rooms_they_may() -> None:
    assert wrong_rooms(TABGAN) == []


def test_rooms_import_only_the_packages_they_may() -> None:
    assert wrong_packages(TABGAN) == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert cycle(TABGAN) == []


def test_the_picture_itself_has_no_cycle() -> None:
    TopologicalSorter({name: listed.rooms for name, listed in ROOMS.items()}).prepare()


@pytest.mark.parametrize(
    ("path", "source", "rule"),
    [
        ("schema/a.py", "from tabgan.encoding.table import x", wrong_rooms),
        ("schema/a.py", "from tabgan import encoding", wrong_rooms),
        ("schema/a.py", "from ..encoding import x", wrong_rooms),
        ("schema/a.py", "from tabgan import TabGAN", wrong_rooms),
        ("evaluation/a.py", "def f():\n    import tabgan.synthesizers", wrong_rooms),
        ("errors.py", "import tabgan.randomness", wrong_rooms),
        ("hall/a.py", "import tabgan.errors, tabgan.schema", wrong_rooms),
        ("evaluation/a.py", "def f():\n    import keras.ops", wrong_packages),
        ("training/loop.py", "import tensorflow as tf", wrong_packages),
        ("training/tensorflow_backend.py", "from jax import numpy", wrong_packages),
        ("training/jax_backend.py", "import tensorflow", wrong_packages),
        ("cli/a.py", "import importlib\nimportlib.import_module('keras')", wrong_packages),
        ("__init__.py", "import numpy", wrong_packages),
        ("schema/a.py", "from tabgan.schema.a import x", cycle),
        ("schema/__init__.py", "from tabgan.schema.b import x", cycle),
    ],
)
def test_a_wrong_import_is_seen(path: str, source: str, rule: object, tmp_path: Path) -> None:
    (tmp_path / "encoding").mkdir()
    (tmp_path / "schema").mkdir()
    # Imports its own package, so that a package that imports it closes a circle.
    (tmp_path / "schema" / "b.py").write_text("import tabgan.schema\n")
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(source + "\n")
    assert callable(rule)
    assert rule(Tree(tmp_path))


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("schema/a.py", "from tabgan.errors import TabGANError\nimport pandas, json"),
        ("cli/a.py", "from tabgan import __version__, schema"),
        ("training/tensorflow_backend.py", "import tensorflow as tf\nimport keras"),
        ("__init__.py", "def f():\n    import tabgan.synthesizers"),
        ("__main__.py", "from tabgan.cli.main import main"),
    ],
)
def test_a_right_import_passes(path: str, source: str, tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(source + "\n")
    tree = Tree(tmp_path)
    assert wrong_rooms(tree) + wrong_packages(tree) + cycle(tree) == []


def run_without_heavy(code: str) -> "subprocess.CompletedProcess[str]":
    """Run Python where importing a deep-learning library fails, however deep in the code."""
    blocked = "".join(f"sys.modules[{name!r}] = None\n" for name in HEAVY)
    return subprocess.run(
        [sys.executable, "-c", f"import sys\n{blocked}{code}"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("name", HEAVY)
def test_the_block_holds(name: str) -> None:
    finished = run_without_heavy(f"import {name}")
    assert finished.returncode != 0
    assert "ModuleNotFoundError" in finished.stderr


@pytest.mark.parametrize(
    "code",
    [
        "import tabgan",
        "import tabgan.evaluation",
        "import tabgan; [getattr(tabgan, name) for name in tabgan.__all__]",
    ],
)
def test_imports_need_no_deep_learning_library(code: str) -> None:
    finished = run_without_heavy(code)
    assert finished.returncode == 0, finished.stderr


def test_the_help_of_the_command_line_needs_no_deep_learning_library() -> None:
    finished = run_without_heavy(
        "import runpy; sys.argv = ['tabgan', '--help']\n"
        "runpy.run_module('tabgan', run_name='__main__')"
    )
    assert finished.returncode == 0, finished.stderr
    assert "Usage" in finished.stdout


def test_importing_the_package_loads_no_table_library_either() -> None:
    finished = run_without_heavy("import tabgan; print('pandas' in sys.modules)")
    assert finished.stdout.strip() == "False", finished.stderr
