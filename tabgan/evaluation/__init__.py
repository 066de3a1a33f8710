"""How faithful, useful and revealing synthetic rows are: functions of three tables, of no model.

:func:`evaluate` makes a :class:`Report` of :class:`Score` values. ``tables`` gives all scores one
numeric view of the frames; ``shape``, ``trend``, ``two_sample`` and ``association`` hold one figure
each, ``fidelity``, ``detector`` and ``utility`` add interval, floor, ceiling and verdict.
``privacy/`` has the checks and attacks, ``report/`` what is made of all.
"""

from tabgan.evaluation.evaluate import evaluate
from tabgan.evaluation.report import Gate, Report, Score, Verdict

__all__ = ["Gate", "Report", "Score", "Verdict", "evaluate"]
