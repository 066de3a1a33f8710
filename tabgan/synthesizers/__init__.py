"""The estimators: fit a table, sample new rows."""

from tabgan.synthesizers.gan import TabGAN

__all__ = ["TabGAN"]
