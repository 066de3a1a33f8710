"""The model file: a ZIP of stored JSON and safetensors members that nothing can hide in.

- ``container``: write and read the file as a whole (:func:`write_container`,
  :func:`read_container`).
- ``manifest``: the first member, which names, measures and hashes all the others.
- ``archive``: the one way in which the ZIP's own bytes are laid out.
- ``atomic``: replace a file whole or not at all.
- ``tensors``: arrays to and from the safetensors format.
- ``strict_json``: JSON with one reading only.

Nothing in a file is ever executed, imported or looked up by name. The hashes find accidents; a
person who can rewrite the file can rewrite its hashes too, so they prove no authorship.
"""

from tabgan.persistence.container import read_container, write_container
from tabgan.persistence.strict_json import dump_json, load_json
from tabgan.persistence.tensors import dump_tensors, load_tensors

__all__ = [
    "dump_json",
    "dump_tensors",
    "load_json",
    "load_tensors",
    "read_container",
    "write_container",
]
