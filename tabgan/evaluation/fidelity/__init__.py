"""Fidelity: do synthetic rows look like real ones? Of columns, of relations, of whole rows.

``columns``, ``relations`` and ``rows`` make scores of the figures that the other files hold;
``measured`` gives them interval, floor and ceiling.
"""
