"""What an evaluation came to: values first (``score``, ``profile``, ``report``), then renderings.

``text`` is what is printed, ``page`` the HTML page, with ``drawing`` for its pictures and
``wording`` for what it says to who does not program.
"""

from tabgan.evaluation.report.report import Report
from tabgan.evaluation.report.score import Gate, Score, Verdict

__all__ = ["Gate", "Report", "Score", "Verdict"]
