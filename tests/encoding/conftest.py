from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from tabgan.encoding.column import ColumnEncoder, EncodingOptions
from tabgan.encoding.registry import ENCODERS
from tabgan.schema import infer_schema

FitColumn = Callable[..., ColumnEncoder[Any]]


@pytest.fixture
def fit_column() -> FitColumn:
    """A function from values to their encoder, of the inferred kind or the one asked for."""

    def fit(values: pd.Series, kind: str | None = None, **options: object) -> ColumnEncoder[Any]:
        schema = infer_schema(pd.DataFrame({"c": values}))
        column = (schema if kind is None else schema.with_kinds({"c": kind}))["c"]
        encoder = ENCODERS[column.kind]
        summary = encoder.summarise(values, column)
        return encoder.from_summary(summary, column, EncodingOptions(**options))

    return fit
