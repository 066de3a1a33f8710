"""The checkpoint file of a fit: where it goes on after it was killed.

It holds weights and what the training has seen, and no row of the table. It is a file for the
owner of the table alone, gone when the fit is done.
"""

import os
from hashlib import sha256
from pathlib import Path

import numpy as np

from tabgan.errors import InvalidParameterError, ModelFileError
from tabgan.persistence import dump_json, dump_tensors, load_json, load_tensors
from tabgan.persistence.atomic import replace_file
from tabgan.training.snapshot import Snapshot

_FACTS = "facts.json"


class CheckpointFile:
    """The checkpoint of one fit.

    Parameters
    ----------
    path : path-like
        Where it lies.
    *parts : bytes
        What the fit is determined by. A checkpoint of other parts is never gone on from.
    """

    def __init__(self, path: str | os.PathLike[str], *parts: bytes) -> None:
        self.path = Path(path)
        if not self.path.parent.is_dir():
            raise InvalidParameterError(
                f"checkpoint {self.path}: the folder does not exist; make it first"
            )
        digest = sha256()
        for part in parts:
            digest.update(sha256(part).digest())
        self._fingerprint = digest.hexdigest()

    def load(self) -> Snapshot | None:
        """Return the snapshot, ``None`` if there is no file.

        Raises
        ------
        InvalidParameterError
            If it belongs to another fit.
        ModelFileError
            If it is no checkpoint.
        """
        if not self.path.exists():
            return None
        try:
            arrays = load_tensors(self.path.read_bytes())
        except ModelFileError:
            arrays = {}
        if _FACTS not in arrays:
            raise ModelFileError(f"{self.path} is no checkpoint; give another path")
        facts = load_json(arrays.pop(_FACTS).tobytes())
        if not isinstance(facts, dict) or facts.pop("fingerprint", None) != self._fingerprint:
            raise InvalidParameterError(
                f"checkpoint {self.path} belongs to a fit of another table, seed or other "
                "parameters; delete it, or give another path"
            )
        return Snapshot(facts, arrays)

    def save(self, snapshot: Snapshot) -> None:
        """Replace the file, in one step."""
        facts = dump_json(snapshot.facts | {"fingerprint": self._fingerprint})
        arrays = snapshot.arrays | {_FACTS: np.frombuffer(facts, dtype=np.uint8)}
        replace_file(self.path, [dump_tensors(arrays)])

    def remove(self) -> None:
        """Delete the file: the fit is done."""
        self.path.unlink(missing_ok=True)
