"""tabgan: synthetic tables from a conditional GAN whose generator can complete any partial row.

Public names load on first use (PEP 562), so that ``import tabgan`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tabgan.datasets import load_demo
    from tabgan.errors import TabGANError
    from tabgan.evaluation import ColumnDisplay, Report, evaluate
    from tabgan.schema import ColumnSchema, Kind, TableSchema, infer_schema
    from tabgan.schema.constraints import (
        FixedCombinations,
        Formula,
        Inequality,
        MissingTogether,
        Range,
        Sum,
        Unique,
        infer_constraints,
    )
    from tabgan.synthesizers import HistoryDisplay, TabGAN

_HOMES = {
    "ColumnDisplay": "tabgan.evaluation",
    "ColumnSchema": "tabgan.schema",
    "FixedCombinations": "tabgan.schema.constraints",
    "Formula": "tabgan.schema.constraints",
    "HistoryDisplay": "tabgan.synthesizers",
    "Inequality": "tabgan.schema.constraints",
    "Kind": "tabgan.schema",
    "MissingTogether": "tabgan.schema.constraints",
    "Range": "tabgan.schema.constraints",
    "Report": "tabgan.evaluation",
    "Sum": "tabgan.schema.constraints",
    "TabGAN": "tabgan.synthesizers",
    "TabGANError": "tabgan.errors",
    "TableSchema": "tabgan.schema",
    "Unique": "tabgan.schema.constraints",
    "evaluate": "tabgan.evaluation",
    "infer_constraints": "tabgan.schema.constraints",
    "infer_schema": "tabgan.schema",
    "load_demo": "tabgan.datasets",
}

__all__ = [
    "ColumnDisplay",
    "ColumnSchema",
    "FixedCombinations",
    "Formula",
    "HistoryDisplay",
    "Inequality",
    "Kind",
    "MissingTogether",
    "Range",
    "Report",
    "Sum",
    "TabGAN",
    "TabGANError",
    "TableSchema",
    "Unique",
    "evaluate",
    "infer_constraints",
    "infer_schema",
    "load_demo",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return _version()
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES, "__version__"])


def _version() -> str:
    # Reading the metadata of a package takes a quarter of the command line's start.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("tabgan-keras")
    except PackageNotFoundError:  # a source tree that was never installed
        return "0+unknown"
