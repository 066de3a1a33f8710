"""How faithful, useful and revealing synthetic rows are: functions of three tables, of no model.

:func:`evaluate` makes a :class:`Report` of :class:`Score` values. ``tables`` gives all scores one
numeric view of the frames, ``encoded`` coordinates of rows, ``association`` few levels of columns;
``learners`` are the models that are trained, ``ranking`` their areas and intervals. ``fidelity/``,
``utility/`` and ``privacy/`` have the scores, ``report/`` what is made of all.
"""

from tabgan.evaluation.evaluate import evaluate
from tabgan.evaluation.report import ColumnDisplay, Gate, Report, Score, Verdict

__all__ = ["ColumnDisplay", "Gate", "Report", "Score", "Verdict", "evaluate"]
