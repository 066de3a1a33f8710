"""How faithful, useful and revealing synthetic rows are: functions of three tables, of no model.

:func:`evaluate` makes a :class:`Report` of :class:`Score` values. ``tables`` gives all scores one
numeric view of the frames; ``shape``, ``trend``, ``two_sample``, ``distance`` and ``exact_match``
hold one figure each; ``fidelity``, ``detector``, ``utility`` and ``privacy`` add interval, floor,
ceiling and verdict.
"""

from tabgan.evaluation.evaluate import evaluate
from tabgan.evaluation.report import Gate, Report, Score, Verdict

__all__ = ["Gate", "Report", "Score", "Verdict", "evaluate"]
