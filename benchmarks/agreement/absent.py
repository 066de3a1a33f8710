"""Stand-ins for packages that another one imports and never calls."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

# What synthcity imports with its metrics, for generators, images and survival times. The three
# metrics that we run need none of them.
OF_SYNTHCITY = (
    "PIL", "geomloss", "lifelines", "monai", "opacus", "optuna", "pycox", "redis", "shap", "torch",
    "torchtuples", "torchvision", "tsai", "xgboost", "xgbse",
)  # fmt: skip


@contextmanager
def stood_in(packages: Sequence[str]) -> Iterator[None]:
    """Let packages that are not installed be imported inside the block."""
    finder = _Finder(packages)
    sys.meta_path.append(finder)  # last: what is installed is found before
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in finder.imported:
            sys.modules.pop(name, None)


class _AnyAttribute(type):
    """Classes that have any attribute, each such a class as well."""

    def __getattr__(cls, name: str) -> type:
        return _any_class(name)


def _any_class(name: str) -> type:
    if name.startswith("__"):
        raise AttributeError(name)
    return _AnyAttribute(name, (_Nothing,), {})


class _Nothing(metaclass=_AnyAttribute):
    """Can be inherited from, annotated with and called; as a decorator changes nothing."""

    def __init__(self, *args: object, **options: object) -> None:
        pass

    def __call__(self, decorated: object = None, *args: object, **options: object) -> object:
        return decorated


class _Module(ModuleType):
    __path__: list[str] = []  # noqa: RUF012 - a package: it may have any module

    def __getattr__(self, name: str) -> type:
        return _any_class(name)


class _Finder(MetaPathFinder, Loader):
    def __init__(self, packages: Sequence[str]) -> None:
        self._packages = packages
        self.imported: list[str] = []

    def find_spec(self, name: str, path: object, target: object = None) -> ModuleSpec | None:
        if name.partition(".")[0] not in self._packages:
            return None
        self.imported.append(name)
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass
