"""Every error tabgan raises on purpose.

::

    TabGANError
    ├── InvalidDataError       (ValueError)  a table that cannot be learnt or judged
    ├── UnsupportedTypeError   (TypeError)   an argument or a column of a kind tabgan cannot take
    ├── InvalidParameterError  (ValueError)  a constructor or method argument out of its range
    ├── InvalidConditionError  (ValueError)  a condition that names what the model does not know
    ├── ConstraintError        (ValueError)  rules that a table breaks, or that no sample can keep
    ├── TrainingDivergedError  (ValueError)  the losses stopped being numbers
    ├── BackendError           (OSError)     Keras runs on a backend without a training seam
    └── ModelFileError         (OSError)     a model file that is damaged, foreign or unsafe
        └── ModelVersionError                a model file written by a newer tabgan

Each message has three parts: what came (a column or parameter and the kind of value, never a
cell of the table), what is needed, what to do.
"""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "BackendError",
    "ConstraintError",
    "InvalidConditionError",
    "InvalidDataError",
    "InvalidParameterError",
    "ModelFileError",
    "ModelVersionError",
    "TabGANError",
    "TrainingDivergedError",
    "UnsupportedTypeError",
    "meant_instead",
]


class TabGANError(Exception):
    """Base of all errors raised by tabgan."""


class InvalidDataError(TabGANError, ValueError):
    """A table that cannot be learnt, sampled from or judged as it is."""


class UnsupportedTypeError(TabGANError, TypeError):
    """An argument or a column of a kind that tabgan cannot take."""


class InvalidParameterError(TabGANError, ValueError):
    """A parameter outside the values it may take."""


class InvalidConditionError(TabGANError, ValueError):
    """A condition on a column or value that the model does not know."""


class ConstraintError(TabGANError, ValueError):
    """Rules that are not about the table, that its rows break, or that no sample can keep."""


class TrainingDivergedError(TabGANError, ValueError):
    """Training produced losses that are not finite numbers."""


class BackendError(TabGANError, OSError):
    """Keras runs on a backend for which there is no training seam."""


class ModelFileError(TabGANError, OSError):
    """A file that is not a sound model file: damaged, foreign or unsafe to open."""


class ModelVersionError(ModelFileError):
    """A model file that needs a newer version of tabgan to be read."""


def meant_instead(name: object, names: Iterable[object]) -> str:
    """Return the end of a message about a name that does not exist: the one meant, or all.

    Examples
    --------
    >>> meant_instead("agee", ["age", "sex"])
    "did you mean 'age'?"
    """
    existing = [str(known) for known in names]
    close = get_close_matches(str(name), existing, n=1)
    return f"did you mean {close[0]!r}?" if close else f"columns: {existing}"
