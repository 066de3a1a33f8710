"""What an evaluation came to: values first (``score``, ``report``), then renderings.

``text`` is what is printed, ``page`` the HTML page, with ``drawing`` for its pictures and
``wording`` for what it says to who does not program; ``column_display`` draws in notebooks.
"""

from tabgan.evaluation.report.column_display import ColumnDisplay
from tabgan.evaluation.report.report import Report
from tabgan.evaluation.report.score import (
    ATTACK,
    COLUMNS,
    OVERFITTING,
    RELATIONS,
    ROWS,
    UTILITY,
    Gate,
    Score,
    Verdict,
    level_of_each,
)

__all__ = [
    "ATTACK",
    "COLUMNS",
    "OVERFITTING",
    "RELATIONS",
    "ROWS",
    "UTILITY",
    "ColumnDisplay",
    "Gate",
    "Report",
    "Score",
    "Verdict",
    "level_of_each",
]
