"""How a case of the catalogue is tried, and the document in which its outcome stands.

A case is an ID, the input in words, and a function of a `Hand` that gives "kept: ..." with what
held, or raises an error of ours. The outcome has to be the one in the document, which
``pytest tests/hard_inputs --write-docs`` writes anew. To add a case: 1. a line in the file of its
family, with an ID that begins with X; 2. that command; 3. read the line that it wrote.
"""

import ast
import logging
import re
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from sklearn.exceptions import NotFittedError

from tabgan import TabGAN
from tabgan.cli.main import cli
from tabgan.conditioning.conditions import read_condition_rows, read_conditions
from tabgan.encoding.column import EncodingOptions
from tabgan.errors import TabGANError
from tabgan.schema import infer_schema
from tabgan.synthesizers.preparation import PreparedTable, prepare_table

PROJECT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = PROJECT / "docs" / "hard_inputs.md"
ROW = re.compile(r"\| ([A-Z]\d\d[a-z]?) \| (.*) \| (.*) \|")
# What a model gives out may be said.
RELEASED = re.compile(r"released [^;]*")
N_ROWS = 300
# What an ordinary sample of a column may differ by in its share of missing cells.
MISSING_ERROR = 0.03
# Cells shorter than this are in any text.
MOST_CANARIES = 20_000
SHORTEST_CANARY, LONGEST_CANARY = 5, 100
Fact = Callable[[pd.Series, pd.Series, pd.Series], str]
Case = tuple[str, Callable[["Hand"], str]]


class Hand:
    """What a case has at hand: a table, and ways to give it to the package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.given: list[Any] = []

    def base(self, n_rows: int = N_ROWS) -> pd.DataFrame:
        """A table whose cells are recognisable wherever they turn up."""
        rng = np.random.default_rng(1)
        return pd.DataFrame(
            {
                "amt": rng.lognormal(9, 1, n_rows).round(2),
                "age": rng.integers(18, 90, n_rows),
                "city": rng.choice(["Zanzibar", "Quetzaltenango", "Ouagadougou"], n_rows),
                "sex": rng.choice(["M", "F"], n_rows),
            }
        )

    def cells(self, *values: object) -> pd.Series:
        """A column of objects in which the values take turns."""
        cells = np.empty(N_ROWS, dtype=object)
        for i in range(N_ROWS):
            cells[i] = values[i % len(values)]
        return pd.Series(cells, dtype=object)

    def normal(self) -> np.ndarray:
        return np.random.default_rng(2).normal(size=N_ROWS)

    def ints(self, low: int, high: int) -> np.ndarray:
        return np.random.default_rng(3).integers(low, high, N_ROWS)

    def gaps(self, column: Any) -> pd.Series:
        """The column with one cell in ten missing."""
        return pd.Series(column).where(pd.Series(np.arange(N_ROWS) % 10 != 3))

    def with_column(self, values: Any) -> pd.DataFrame:
        """The table with one column more, "c"."""
        return self.base().assign(c=values)

    def column(self, values: Any, fact: Fact | None = None, **options: Any) -> str:
        """Learn the table with one column more, and say what became of it."""
        return self.learn(self.with_column(values), fact, **options)

    def learn(
        self, X: Any, fact: Fact | None = None, *, kind: str | None = None, seconds: float = 5.0
    ) -> str:
        """Encode, decode and draw without a network; say what holds of the last column."""
        self.given.append(X)
        begun = time.process_time()
        schema = None
        if kind is not None:
            inferred = infer_schema(X)
            schema = inferred.with_kinds({inferred.names[-1]: kind})
        prepared = prepare_table(X, schema, EncodingOptions())
        same, sample = _decoded(prepared)
        assert time.process_time() - begun < seconds
        table = prepared.table
        assert [*map(repr, sample.columns)] == [*map(repr, table.columns)]
        for at, encoder in enumerate(prepared.encoder.encoders):
            _check_column(encoder, table.iloc[:, at], sample.iloc[:, at])
        prepared.container.restore(sample)
        before = table.iloc[:, -1].reset_index(drop=True)
        last = prepared.encoder.encoders[-1]
        words = "" if fact is None else "; " + fact(before, same.iloc[:, -1], sample.iloc[:, -1])
        return f"kept: learnt as {last.kind}, same dtype{words}"

    def restored(self, X: Any) -> str:
        """Learn a table of another package, and say what a sample of it is."""
        self.given.append(X)
        prepared = prepare_table(X, None, EncodingOptions())
        sample = prepared.container.restore(_decoded(prepared)[1])
        assert type(sample) is type(np.asarray(X) if isinstance(X, list | tuple) else X) or (
            isinstance(X, np.ndarray)
        )
        if isinstance(sample, np.ndarray):
            return f"kept: comes back as an array of dtype {sample.dtype}"
        wanted, got = ([str(kind) for kind in _types(table)] for table in (X, sample))
        assert wanted == got
        return f"kept: comes back as a table of {type(X).__module__.partition('.')[0]}, same types"

    def condition(self, X: pd.DataFrame, conditions: Any) -> str:
        """Ask for rows without a network."""
        self.given.append(X)
        encoder = prepare_table(X, None, EncodingOptions()).encoder
        read = read_condition_rows if isinstance(conditions, pd.DataFrame) else read_conditions
        read(conditions, encoder)
        return "kept: the condition is understood"

    def forecast(self, **parameters: Any) -> str:
        """Give parameters to the estimator, as far as a fit goes before it trains."""
        TabGAN(**parameters).forecast(self.base())
        return "kept: the parameter is taken"

    def command(self, *arguments: object) -> str:
        """Run the command line; a code other than 0 is a refusal."""
        result = CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="tabgan")
        said = result.stderr.strip().splitlines()
        assert isinstance(result.exception, SystemExit | None)
        assert not any(line.startswith("Traceback") for line in said)
        if result.exit_code:
            lines = " ".join(line.strip() for line in said if not line.startswith("Usage"))
            return f"refused: exit {result.exit_code}: {lines}".replace(str(self.folder), "FOLDER")
        return "kept: exit 0"

    def elsewhere(self, path: str, name: str, words: str) -> str:
        """Point to the test that holds a promise, which has to exist."""
        tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in names
        return f"{words} (`{path}::{name}`)"

    # What may hold of a column; each is given the column, the same decoded, and a sample.
    def exact(self, before: pd.Series, same: pd.Series, sample: pd.Series) -> str:
        assert _cells_of(same) == _cells_of(before)
        assert set(_cells_of(sample)) <= set(_cells_of(before))
        return "every cell comes back as it was, of its own type"

    def released(self, before: pd.Series, same: pd.Series, sample: pd.Series) -> str:
        assert set(sample.dropna()) < set(before.dropna())
        return "the rare value is never sampled"

    def in_range(self, before: pd.Series, same: pd.Series, sample: pd.Series) -> str:
        low, high = before.dropna().min(), before.dropna().max()
        assert all(low <= value <= high for value in sample.dropna())
        return "all values in range"

    def counted(self, before: pd.Series, same: pd.Series, sample: pd.Series) -> str:
        """For numbers on a grid narrow enough that positions tell all of them apart."""
        kept = before.notna()
        rank = before[kept].astype("uint64" if "u" in str(before.dtype).lower() else "int64").rank()
        kept[kept] = ((rank > 10) & (rank < len(rank) - 10)).to_numpy()
        assert _cells_of(same[kept]) == _cells_of(before[kept])
        return f"{self.in_range(before, same, sample)}, inner ones exact"

    def scale(self, before: pd.Series, same: pd.Series, sample: pd.Series) -> str:
        present = before.notna()
        was, now, drawn = (
            c.astype("float64").to_numpy()
            for c in (before[present], same[present], sample.dropna())
        )
        unit = np.abs(was).max()
        was, now, drawn = was / unit, now / unit, drawn / unit
        inner = np.argsort(np.abs(was - np.median(was)))[: int(0.9 * len(was))]
        assert np.abs(was - now)[inner].max() < 1e-8
        low, high = np.quantile(was, [0.05, 0.95])
        spread = np.std(drawn.clip(low, high)) / np.std(was.clip(low, high))
        assert 0.9 < spread < 1.1
        return "same scale out"

    def all_missing(self, before: pd.Series, same: pd.Series, sample: pd.Series) -> str:
        assert sample.isna().all()
        return "missing everywhere"

    def anew(self, before: pd.Series, same: pd.Series, sample: pd.Series) -> str:
        assert sample.is_unique
        return "written anew, a different one in each row"


def _decoded(prepared: PreparedTable) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table encoded and decoded, and a sample of its columns one by one."""
    encoder, rng = prepared.encoder, np.random.default_rng(0)
    encoded = encoder.encode(prepared.table, rng)
    codes = encoded.codes.astype(np.int64)
    same = encoder.decode(codes, (encoded.positions.astype(np.float64) + 1.0) / 2.0)
    drawn = []
    for column in encoder.learnt:
        shares = np.where(column.released, column.shares, 0.0)
        drawn.append(rng.choice(column.n_modes, 1_000, p=shares / shares.sum()))
    codes = np.stack(drawn, axis=1)
    return same, encoder.decode(codes, rng.random(codes.shape))


def _check_column(encoder: Any, before: pd.Series, sample: pd.Series) -> None:
    assert sample.dtype == before.dtype
    if not encoder.withholds_all:
        assert abs(sample.isna().mean() - before.isna().mean()) < MISSING_ERROR
    kinds = {type(value) for value in before.dropna()}
    if kinds != {int, float}:  # numbers of one kind to pandas
        assert {type(value) for value in sample.dropna()} <= kinds or encoder.kind == "identifier"


def _cells_of(column: pd.Series) -> list[tuple[str, object]]:
    return [
        ("missing", None) if missing else (type(cell).__name__, cell)
        for cell, missing in zip(column, column.isna(), strict=True)
    ]


def _types(table: Any) -> list[object]:
    return list(table.dtypes) if hasattr(table, "dtypes") else list(table.schema.types)


def _canaries(X: Any) -> set[str]:
    """Return the cells of a table as they would look in a message."""
    if not isinstance(X, pd.DataFrame):
        if isinstance(X, type):
            return set()
        try:
            if isinstance(X, list):
                X = np.array(X, dtype=object)
            X = pd.DataFrame(X.to_pandas() if hasattr(X, "to_pandas") else X)
        except Exception:
            return set()
    found = set()
    X = X.iloc[:: 1 + X.size // MOST_CANARIES]
    for at in range(X.shape[1]):
        for cell in X.iloc[:, at]:
            shown = cell[:LONGEST_CANARY] if isinstance(cell, str) else cell
            found |= {text for text in (str(shown), repr(shown)) if len(text) >= SHORTEST_CANARY}
    return found - {"False", "nan", "None"}


def _said(error: BaseException | None) -> list[str]:
    """Return the messages that a traceback would show."""
    if error is None:
        return []
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return [str(error), *_said(behind)]


@pytest.fixture
def check_case(
    request: pytest.FixtureRequest, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Callable[[str, Case], None]:
    """Try a case, and compare its outcome with the document, or note it for the document."""

    def check(name: str, case: Case) -> None:
        words, try_it = case
        hand = Hand(tmp_path)
        said: list[str] = []
        caplog.set_level(logging.DEBUG)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                outcome = try_it(hand)
            except (TabGANError, NotFittedError, FileNotFoundError) as error:
                outcome = f"refused: {type(error).__name__}: {error}"
                said += _said(error)
        for warning in caught:
            assert warning.category is UserWarning, warning
            outcome += f"; warns: {warning.message}"
        said += [outcome, *caplog.messages]
        said = [RELEASED.sub("", text) for text in said]
        canaries = set().union(*map(_canaries, hand.given)) if hand.given else set()
        tables = [X for X in hand.given if isinstance(X, pd.DataFrame)]
        names = {str(name) for X in tables for name in X.columns}
        assert [cell for cell in canaries - names for text in said if cell in text] == []
        _compare(request.config, name, words, outcome.replace(str(tmp_path), "FOLDER"))

    return check


def _compare(config: pytest.Config, name: str, words: str, outcome: str) -> None:
    row = tuple(_cell(text) for text in (words, outcome))
    if config.getoption("--write-docs"):
        config.stash.setdefault(NEW_ROWS, {})[name] = row
        return
    assert _documented().get(name) == row, f"see {DOCUMENT.name}; pytest {NAME} --write-docs"


NAME = "tests/hard_inputs"
NEW_ROWS = pytest.StashKey[dict[str, tuple[str, str]]]()


def _cell(text: str) -> str:
    return "<br>".join(" ".join(line.split()) for line in text.replace("|", "\\|").splitlines())


def _documented() -> dict[str, tuple[str, str]]:
    if not DOCUMENT.is_file():
        return {}
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = (ROW.fullmatch(line.replace("\\|", "\0")) for line in lines)
    return {m[1]: (m[2].replace("\0", "\\|"), m[3].replace("\0", "\\|")) for m in rows if m}


def pytest_sessionfinish(session: pytest.Session) -> None:
    rows = session.config.stash.get(NEW_ROWS, None)
    if rows and session.testsfailed == 0:
        is_part = session.config.option.keyword or any("::" in arg for arg in session.config.args)
        rows = (_documented() if is_part else {}) | rows
        DOCUMENT.write_text(_document(rows), encoding="utf-8")


def _document(rows: dict[str, tuple[str, str]]) -> str:
    n_kept = sum(outcome.startswith("kept") for _, outcome in rows.values())
    lines = [f"| {name} | {words} | {outcome} |" for name, (words, outcome) in sorted(rows.items())]
    return _INTRODUCTION.format(n=len(rows), n_kept=n_kept, n_refused=len(rows) - n_kept) + (
        "\n".join(["| ID | input | outcome |", "|---|---|---|", *lines, ""])
    )


_INTRODUCTION = """# Hard and bad inputs, and what becomes of them

Each row is an input that a table or a call may bring, with what tabgan does. *Kept* means that the
column is learnt and comes back with what stands there; *refused* gives the error and its message,
which names the column or the parameter, says what is needed and what to do, and shows no cell of
the table. A message of several lines names several problems: all those of a table at once. A row
in parentheses names the test that holds it.

{n} inputs: {n_kept} kept, {n_refused} refused. This page is written by

    pytest tests/hard_inputs --write-docs

and each of its rows is checked by the test of its ID.

A base table of 300 rows stands for `base`: `amt` with two decimals, `age` integers, `city` and
`sex` categories; `c` is a column more.

"""
