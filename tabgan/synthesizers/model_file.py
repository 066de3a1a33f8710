"""The model file: which part of a fitted model goes into which member, and back.

The container, its hashes and its limits are :mod:`tabgan.persistence`'s; this module judges what
the members say before anything is built from them. There is no training row, no seed and no time of
day in the file, and equal models are equal bytes.
"""

from importlib.metadata import PackageNotFoundError, version
from os import PathLike
from typing import Any

import numpy as np

from tabgan import __version__
from tabgan.encoding import Layout, TableEncoder
from tabgan.encoding.remainder import Remainder
from tabgan.errors import ModelFileError
from tabgan.networks.forward import NumpyDiscriminator, NumpyGenerator
from tabgan.networks.spec import NetworkSpec
from tabgan.persistence import (
    dump_json,
    dump_tensors,
    load_json,
    load_tensors,
    read_container,
    write_container,
)
from tabgan.randomness import stream
from tabgan.schema import TableSchema
from tabgan.schema.constraints import (
    Constraint,
    constraints_from_json,
    constraints_to_json,
)
from tabgan.synthesizers.density_ratio import MAX_LEAVES, DensityRatio
from tabgan.synthesizers.model import FittedModel
from tabgan.synthesizers.passes import PassPlan

# Half a billion numbers are two gigabytes: far above any table's network, far below a memory bomb.
_MAX_PARAMETERS = 500_000_000
# Each is tried against all others in every block.
_MAX_CONSTRAINTS = 1_000
_RATIO = ("leaves_left", "values", "offsets", "mean_share")
_VERSIONED = ("numpy", "pandas", "keras", "tensorflow")


def save_model(
    path: str | PathLike[str],
    model: FittedModel,
    parameters: dict[str, Any],
    include_discriminator: bool,
) -> None:
    """Write a fitted model, replacing the file in one step."""
    states, arrays = _split_arrays(model.encoder.state())
    arrays["passes/dependence"] = model.passes.dependence
    for n_passes, offsets in model.offsets.items():
        arrays[f"offsets/{n_passes}"] = offsets
    for n_passes, ratio in model.ratios.items():
        # The file knows no unsigned words.
        arrays[f"ratios/{n_passes}/leaves_left"] = ratio.leaves_left.view(np.int32)
        arrays[f"ratios/{n_passes}/values"] = ratio.values
        arrays[f"ratios/{n_passes}/offsets"] = ratio.offsets
        arrays[f"ratios/{n_passes}/mean_share"] = np.array([ratio.mean_share])
    spec = model.generator.spec
    fitted = {
        "noise_dim": spec.noise_dim,
        "width": spec.width,
        "n_blocks": spec.n_blocks,
        "order": list(model.passes.order),
        "n_rows": model.n_rows,
        "n_epochs": model.n_epochs,
        "interrupted": model.interrupted,
        "out_of_time": model.out_of_time,
    }
    params: dict[str, Any] = {"parameters": parameters, "fitted": fitted}
    if model.constraints:
        params["constraints"] = constraints_to_json(model.constraints)
    if model.encoder.remainders:
        params["remainders"] = [rest.to_json() for rest in model.encoder.remainders]
    schema = model.encoder.full_schema.to_json()
    history = [{k: v for k, v in entry.items() if k != "seconds"} for entry in model.history]
    members = {
        # As in dump_json, the escape of a character that UTF-8 does not have.
        "schema.json": schema.encode("utf-8", errors="backslashreplace"),
        "params.json": dump_json(params),
        "encoder.json": dump_json(states),
        "history.json": dump_json(history),
        "encoder.safetensors": dump_tensors(arrays),
        "generator.safetensors": dump_tensors(model.generator.weights),
    }
    if include_discriminator:
        weights = {f"{i:03d}": weight for i, weight in enumerate(model.discriminator)}
        members["discriminator.safetensors"] = dump_tensors(weights)
    write_container(path, members, versions=_versions())


def load_model(path: str | PathLike[str]) -> tuple[FittedModel, dict[str, Any]]:
    """Read a fitted model and the estimator's parameters.

    Raises
    ------
    ModelFileError
        If the file is damaged, foreign, unsafe, or its parts do not fit each other.
    """
    members = read_container(path)
    try:
        return _build(members)
    except ModelFileError:
        raise
    except Exception as error:
        # Whatever a part of the file makes of the code that builds from it, the file is to blame.
        raise ModelFileError(
            f"{path}: the parts of this model file do not fit each other; save the model again"
        ) from error


def _build(members: dict[str, bytes]) -> tuple[FittedModel, dict[str, Any]]:
    params: Any = load_json(members["params.json"])
    fitted = params["fitted"]
    history: Any = load_json(members["history.json"])
    _check_facts(params["parameters"], fitted, history)
    load_json(members["schema.json"])  # what a schema is read with is not as strict
    schema = TableSchema.from_json(members["schema.json"].decode())
    arrays = load_tensors(members["encoder.safetensors"])
    dependence = arrays.pop("passes/dependence")
    offsets = {
        int(name.removeprefix("offsets/")): arrays.pop(name)
        for name in sorted(arrays)
        if name.startswith("offsets/")
    }
    trees = {name: arrays.pop(name) for name in list(arrays) if name.startswith("ratios/")}
    states = _join_arrays(load_json(members["encoder.json"]), arrays)
    remainders = _read_remainders(params.get("remainders", []), schema)
    encoder = TableEncoder.from_state(states, schema, remainders)
    spec = NetworkSpec(
        encoder.layout.sizes, fitted["noise_dim"], fitted["width"], fitted["n_blocks"]
    )
    weights = load_tensors(members["generator.safetensors"])
    _check_weights(weights, spec)
    n_columns = spec.layout.n_columns
    order = tuple(fitted["order"])
    if sorted(order) != list(range(n_columns)) or dependence.shape != (n_columns, n_columns):
        raise ModelFileError("the order of the columns does not fit the table's schema")
    n_modes = (spec.layout.n_modes,)
    sound = all(o.shape == n_modes and np.isfinite(o).all() for o in offsets.values())
    if 1 not in offsets or not sound:
        raise ModelFileError("the calibration does not fit the table's schema")
    weights_in_order = {name: weights[name].astype(np.float32) for name in spec.weight_shapes()}
    tensors = load_tensors(members.get("discriminator.safetensors") or dump_tensors({}))
    discriminator = [tensors[name].astype(np.float32) for name in sorted(tensors)]
    if discriminator:
        NumpyDiscriminator(spec, discriminator)  # refuses weights that do not fit
    ratios = {
        n_passes: _read_ratio({k: trees[f"ratios/{n_passes}/{k}"] for k in _RATIO}, spec.layout)
        for n_passes in sorted({int(name.split("/")[1]) for name in trees})
    }
    model = FittedModel(
        encoder=encoder,
        generator=NumpyGenerator(spec, weights_in_order),
        passes=PassPlan(order, dependence, tuple(encoder.computed)),
        n_rows=fitted["n_rows"],
        n_epochs=fitted["n_epochs"],
        interrupted=bool(fitted.get("interrupted", False)),
        out_of_time=bool(fitted.get("out_of_time", False)),
        history=history,
        offsets=offsets,
        ratios=ratios,
        discriminator=discriminator,
        constraints=_read_constraints(params.get("constraints", []), schema),
    )
    if model.constraints or remainders:
        _try_rules(model)
    # Each column says what it releases, for which it needs all that was read of it.
    if len(encoder.full_schema) != len(schema):
        raise ModelFileError("the columns do not fit the table's schema")
    return model, params["parameters"]


def _read_constraints(form: Any, schema: TableSchema) -> tuple[Constraint, ...]:
    constraints = constraints_from_json(form)
    if len(constraints) > _MAX_CONSTRAINTS:
        raise ModelFileError("there are more constraints than any table has")
    if not {name for rule in constraints for name in rule.columns} <= set(schema.names):
        raise ModelFileError("the constraints do not fit the table's schema")
    return constraints


def _read_remainders(form: Any, schema: TableSchema) -> tuple[Remainder, ...]:
    """Return the remainders, refusing those that are not of the schema's columns, the last ones."""
    remainders = tuple(map(Remainder.from_json, form))
    n_columns = len(schema) - len(remainders)
    names = schema.names[:n_columns]
    are_last = [rest.name for rest in remainders] == schema.names[n_columns:]
    computed = [rest.column for rest in remainders]
    named = {name for rest in remainders for name in rest.columns}
    circles = any(set(computed[i + 1 :]) & set(rest.columns) for i, rest in enumerate(remainders))
    distinct = len(set(computed)) == len(computed) == len(set(schema.names[n_columns:]))
    if n_columns < 1 or not (are_last and distinct) or circles or named - set(names):
        raise ModelFileError("the remainders of columns do not fit the table's schema")
    return remainders


def _try_rules(model: FittedModel) -> None:
    """Keep the rules in two rows: those that cannot be kept raise what the reader passes on."""
    codes = np.zeros((2, model.encoder.layout.n_columns), dtype=np.int64)
    uniforms = np.full(codes.shape, 0.5)
    table = model.encoder.decode(codes, uniforms)
    model.rules.arrange(table, codes, uniforms, {})
    for rule in model.constraints:
        rule.broken(table, model.schema)
    _ = model.compatible
    if model.computed is not None:
        for rest in model.encoder.remainders:
            model.computed.lacking(rest, codes)
            model.computed.put(rest, codes, stream(0, "rules"))


def _check_facts(parameters: Any, fitted: dict[str, Any], history: Any) -> None:
    """Refuse what is not of the type that the writer gives it: 128.0 is equal to 128."""
    counts = [fitted[name] for name in ("noise_dim", "width", "n_blocks", "n_rows")]
    if not all(type(count) is int for count in [*counts, *fitted["order"]]):
        raise ModelFileError("a count or size of the model is not a whole number")
    # More rows than any table has: a sample is as large as the table unless told.
    if not 0 < fitted["n_rows"] < 2**40 or not 0 <= float(fitted["n_epochs"]) < float("inf"):
        raise ModelFileError("the model claims to have seen an impossible number of rows")
    if not isinstance(history, list) or not all(isinstance(look, dict) for look in history):
        raise ModelFileError("the history is not a list of looks")
    if not isinstance(parameters, dict):
        raise ModelFileError("the parameters of the estimator have no names")


def _check_weights(weights: dict[str, np.ndarray], spec: NetworkSpec) -> None:
    """Refuse a generator whose tensors are not exactly those the sizes ask for."""
    if not 0 < spec.width * spec.n_inputs < _MAX_PARAMETERS or not 0 <= spec.n_blocks < 100:
        raise ModelFileError("the network's sizes are outside what tabgan builds")
    found = {name: (weight.shape, weight.dtype) for name, weight in weights.items()}
    expected = {name: (shape, np.dtype(np.float32)) for name, shape in spec.weight_shapes().items()}
    if found != expected:
        raise ModelFileError("the generator's weights do not fit the network's sizes")
    if not all(np.isfinite(weight).all() for weight in weights.values()):
        raise ModelFileError("the generator's weights are not all finite numbers")


def _read_ratio(arrays: dict[str, np.ndarray], layout: Layout) -> DensityRatio:
    """Return a density ratio, refusing what does not fit the layout or is not finite."""
    leaves_left, values, offsets, mean_share = (arrays[name] for name in _RATIO)
    n_trees = len(values)
    found = [(array.shape, array.dtype) for array in (leaves_left, values, offsets, mean_share)]
    expected = [
        ((layout.n_modes, n_trees), np.dtype(np.int32)),
        ((n_trees, MAX_LEAVES), np.dtype(np.float32)),
        ((layout.n_modes,), np.dtype(np.float32)),
        ((1,), np.dtype(np.float64)),
    ]
    numbers_are_sound = np.isfinite(values).all() and np.isfinite(offsets).all()
    if found != expected or not numbers_are_sound or not 0.0 < mean_share[0] <= 1.0:
        raise ModelFileError("the trees of a density ratio do not fit the table's schema")
    words = np.ascontiguousarray(leaves_left).view(np.uint32)
    return DensityRatio(layout, words, values, offsets, float(mean_share[0]))


def _split_arrays(states: list[dict[str, Any]]) -> tuple[list[Any], dict[str, np.ndarray]]:
    """Move arrays out of the encoders' states; their names say where they belong."""
    arrays: dict[str, np.ndarray] = {}

    def without_arrays(value: Any, name: str) -> Any:
        if isinstance(value, np.ndarray):
            arrays[name] = value
            return {"tensor": name}
        if isinstance(value, dict):
            return {key: without_arrays(item, f"{name}/{key}") for key, item in value.items()}
        return value

    return [without_arrays(state, str(i)) for i, state in enumerate(states)], arrays


def _join_arrays(states: Any, arrays: dict[str, np.ndarray]) -> list[Any]:
    def with_arrays(value: Any) -> Any:
        if isinstance(value, dict) and set(value) == {"tensor"}:
            return arrays[value["tensor"]]
        if isinstance(value, dict):
            return {key: with_arrays(item) for key, item in value.items()}
        return value

    return [with_arrays(state) for state in states]


def _versions() -> dict[str, str]:
    versions = {"tabgan": __version__}
    for package in _VERSIONED:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:  # sampling and saving need no TensorFlow
            continue
    return versions
