"""The checkpoint file of a fit: where it goes on after it was killed.

It holds weights and what the training has seen, and no row of the table. It is a file for the
owner of the table alone, gone when the fit is done. Like a model it is replaced whole or not at
all, and its SHA-256 stands before it, so that no damage is gone on from.
"""

import os
import warnings
from hashlib import sha256
from pathlib import Path

import numpy as np

from tabgan import __version__
from tabgan.errors import InvalidParameterError, ModelFileError
from tabgan.persistence import dump_json, dump_tensors, load_json, load_tensors
from tabgan.persistence.atomic import replace_file
from tabgan.training.snapshot import Snapshot

_FACTS = "facts.json"
_DIGEST_BYTES = sha256().digest_size


class CheckpointFile:
    """The checkpoint of one fit.

    Parameters
    ----------
    path : path-like
        Where it lies.
    *parts : bytes
        What the fit is determined by. A checkpoint of other parts, or of another version of
        tabgan, is never gone on from.

    Raises
    ------
    InvalidParameterError
        If the folder does not exist, or may not be written to.
    """

    def __init__(self, path: str | os.PathLike[str], *parts: bytes) -> None:
        self.path = Path(os.fsdecode(path))
        folder = self.path.parent
        if not folder.is_dir():
            raise InvalidParameterError(
                f"checkpoint {self.path}: the folder does not exist; make it first"
            )
        if not os.access(folder, os.W_OK):
            raise InvalidParameterError(
                f"checkpoint {self.path}: the folder is not yours to write to; give another path"
            )
        digest = sha256()
        for part in (str(__version__).encode(), *parts):
            digest.update(sha256(part).digest())
        self._fingerprint = digest.hexdigest()
        self._is_behind = False

    def load(self) -> Snapshot | None:
        """Return the snapshot, ``None`` if there is no file.

        Raises
        ------
        InvalidParameterError
            If it belongs to another fit.
        ModelFileError
            If it is no checkpoint, or is damaged.
        """
        if not self.path.exists():
            return None
        if not self.path.is_file():
            raise ModelFileError(f"checkpoint {self.path} is no regular file; give another path")
        content = self.path.read_bytes()
        digest, content = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if sha256(content).digest() != digest:
            raise ModelFileError(
                f"{self.path} is no checkpoint, or is damaged; give another path, or delete it to "
                "begin again"
            )
        arrays = load_tensors(content)
        facts = load_json(arrays.pop(_FACTS).tobytes()) if _FACTS in arrays else None
        if not isinstance(facts, dict) or facts.pop("fingerprint", None) != self._fingerprint:
            raise InvalidParameterError(
                f"checkpoint {self.path} belongs to a fit of another table, seed, version of "
                "tabgan or other parameters; delete it, or give another path"
            )
        return Snapshot(facts, arrays)

    def save(self, snapshot: Snapshot) -> None:
        """Replace the file, in one step.

        Where the system refuses (no room), the last snapshot stays, and the training, which may
        have taken hours, goes on: a warning says so.
        """
        facts = dump_json(snapshot.facts | {"fingerprint": self._fingerprint})
        arrays = snapshot.arrays | {_FACTS: np.frombuffer(facts, dtype=np.uint8)}
        content = dump_tensors(arrays)
        try:
            replace_file(self.path, [sha256(content).digest(), content])
        except ModelFileError:
            raise  # a directory or a pipe took the place: no matter of room
        except OSError as error:
            if not self._is_behind:
                warnings.warn(
                    f"checkpoint {self.path} could not be written ({error.strerror or error}); "
                    "the fit goes on, and tries again at the next look",
                    stacklevel=2,
                )
            self._is_behind = True
        else:
            self._is_behind = False


def remove_checkpoint(path: str | os.PathLike[str]) -> None:
    """Delete a checkpoint: the fit is done, and whoever asked for it has the model."""
    Path(os.fsdecode(path)).unlink(missing_ok=True)
