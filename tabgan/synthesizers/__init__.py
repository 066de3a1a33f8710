"""The estimators: fit a table, sample new rows."""

from tabgan.synthesizers.gan import TabGAN
from tabgan.synthesizers.history_display import HistoryDisplay

__all__ = ["HistoryDisplay", "TabGAN"]
