"""Which encoder learns which kind of column."""

from typing import Any

from tabgan.encoding.categorical import CategoricalEncoder
from tabgan.encoding.column import ColumnEncoder
from tabgan.encoding.continuous import ContinuousEncoder
from tabgan.encoding.datetime import DatetimeEncoder
from tabgan.encoding.identifier import IdentifierEncoder
from tabgan.encoding.integer import IntegerEncoder
from tabgan.encoding.timedelta import TimedeltaEncoder
from tabgan.schema import Kind

ENCODERS: dict[Kind, type[ColumnEncoder[Any]]] = {
    Kind.CONTINUOUS: ContinuousEncoder,
    Kind.INTEGER: IntegerEncoder,
    Kind.BOOLEAN: CategoricalEncoder,
    Kind.CATEGORICAL: CategoricalEncoder,
    Kind.DATETIME: DatetimeEncoder,
    Kind.TIMEDELTA: TimedeltaEncoder,
    Kind.IDENTIFIER: IdentifierEncoder,
}
