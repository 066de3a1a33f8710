"""What no line of the package does, read from its source."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "tabgan"
Rule = Callable[[ast.AST], bool]


def _is_call_of(*names: str) -> Rule:
    return lambda node: isinstance(node, ast.Call) and ast.unparse(node.func) in names


def _imports(*modules: str) -> Rule:
    def rule(node: ast.AST) -> bool:
        if isinstance(node, ast.ImportFrom):
            return (node.module or "").partition(".")[0] in modules
        return isinstance(node, ast.Import) and any(
            alias.name.partition(".")[0] in modules for alias in node.names
        )

    return rule


def _uses_global_randomness(node: ast.AST) -> bool:
    allowed = {"Generator", "RandomState", "PCG64", "SeedSequence", "default_rng", "get_state"}
    allowed |= {"set_state"}  # back to where they were
    return (
        isinstance(node, ast.Attribute)
        and ast.unparse(node.value) in ("np.random", "numpy.random")
        and node.attr not in allowed
    )


RULES: dict[str, Rule] = {
    # Under `python -O` it would not be there.
    "rests a check on assert": lambda node: isinstance(node, ast.Assert),
    "executes what it reads": _is_call_of("eval", "exec", "compile", "pickle.load", "pickle.loads"),
    "loads what may execute": _imports("pickle", "marshal", "shelve", "joblib", "dill"),
    # A clock that is set back would end a fit too late, and equal models would be unequal files.
    "reads the time of day": _is_call_of(
        "time.time", "datetime.now", "datetime.datetime.now", "pd.Timestamp.now", "date.today"
    ),
    "draws from or seeds global random numbers": _uses_global_randomness,
    "uses Python's own global random numbers": _imports("random"),
    "makes temporary files in a place that others guess": _is_call_of("tempfile.mktemp"),
}


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, ast.AST]]:
    """All nodes of all files, each with the place where it stands."""
    return [
        (f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}", node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize("name", RULES)
def test_no_line_of_the_package(lines: list[tuple[str, ast.AST]], name: str) -> None:
    assert [place for place, node in lines if RULES[name](node)] == []


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("rests a check on assert", "assert x"),
        ("executes what it reads", "def f():\n    exec(code)"),
        ("loads what may execute", "from joblib import load"),
        ("reads the time of day", "t = time.time()"),
        ("draws from or seeds global random numbers", "np.random.seed(0)"),
        ("uses Python's own global random numbers", "import random as r"),
        ("makes temporary files in a place that others guess", "tempfile.mktemp()"),
    ],
)
def test_a_breach_is_seen(name: str, source: str) -> None:
    assert any(map(RULES[name], ast.walk(ast.parse(source))))
