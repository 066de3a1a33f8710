"""A fitted model: everything that sampling needs, and no row of the table."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from tabgan.conditioning.conditions import Conditions
from tabgan.encoding import TableEncoder
from tabgan.networks.forward import NumpyGenerator
from tabgan.schema import TableSchema
from tabgan.schema.constraints import Constraint
from tabgan.synthesizers.compatibility import CompatibleModes
from tabgan.synthesizers.computed_modes import ComputedModes
from tabgan.synthesizers.density_ratio import DensityRatio
from tabgan.synthesizers.passes import PassPlan
from tabgan.synthesizers.rules import Rules
from tabgan.synthesizers.sampler import Sampler


@dataclass(frozen=True)
class FittedModel:
    """What :meth:`TabGAN.fit` learns and :meth:`TabGAN.save` writes.

    Parameters
    ----------
    encoder : TableEncoder
        Between the table and its modes; knows the schema.
    generator : NumpyGenerator
        The generator's averaged weights.
    passes : PassPlan
        The learnt order of the columns.
    n_rows : int
        Rows of the training table: the default size of a sample.
    n_epochs : float
        How often training went through the table.
    history : list of dict
        One entry a look at the held-out rows.
    offsets : dict of int to numpy.ndarray
        Number of passes to the offsets of the logits that it was calibrated with.
    ratios : dict of int to DensityRatio
        Number of passes to the ratio that its candidates are rejected by; a number without one has
        no need of it, or was not looked at.
    interrupted : bool
        Whether the user ended the training before its time.
    out_of_time : bool
        Whether the clock cut the training short.
    discriminator : list of numpy.ndarray
        Weights of the discriminator; empty in a model that was loaded without it.
    constraints : tuple of Constraint
        Rules that every sampled row keeps.
    """

    encoder: TableEncoder
    generator: NumpyGenerator
    passes: PassPlan
    n_rows: int
    n_epochs: float
    history: list[dict[str, Any]]
    offsets: dict[int, np.ndarray]
    ratios: dict[int, DensityRatio] = field(default_factory=dict)
    interrupted: bool = False
    out_of_time: bool = False
    discriminator: list[np.ndarray] = field(default_factory=list)
    constraints: tuple[Constraint, ...] = ()

    @cached_property
    def rules(self) -> Rules:
        """The rules, ready to be kept."""
        return Rules(self.constraints, self.encoder)

    @cached_property
    def compatible(self) -> CompatibleModes | None:
        """Which modes go together under the rules; ``None`` where there are none."""
        return CompatibleModes.of(self.constraints, self.encoder) if self.constraints else None

    @cached_property
    def computed(self) -> ComputedModes | None:
        """What computes columns; ``None`` where nothing is computed."""
        return ComputedModes.of(self.encoder)

    @property
    def schema(self) -> TableSchema:
        """The table's schema, with what each column releases."""
        return self.encoder.schema

    def sampler(self, conditions: Conditions, n_passes: int) -> Sampler:
        """Return what draws rows with these conditions in so many passes."""
        # The nearest number of passes from below: a sample of three errs as one of two does.
        nearest = max(known for known in self.offsets if known <= n_passes)
        offsets, ratio = self.offsets[nearest], self.ratios.get(nearest)
        return Sampler(
            self.generator,
            self.passes,
            conditions,
            n_passes,
            offsets,
            ratio,
            self.compatible,
            self.computed,
        )

    def silent_sampler(self, conditions: Conditions) -> Sampler:
        """Return what draws columns one by one, on the likelihood path."""
        n_columns = self.generator.layout.n_columns
        sampler = self.sampler(conditions, self.passes.most)
        return replace(sampler, n_passes=n_columns + 1, ratio=None)
