"""Checks of overfitting, and attacks: what synthetic rows give away of the training rows.

``suite`` makes scores of all of them. ``sides`` holds the rows that they look at and who is near
whom, ``significance`` the tests; ``copies``, ``nearness`` and ``identifiability`` are the checks,
``singling_out``, ``linkability``, ``inference``, ``membership``, ``rare_values`` and ``disclosure``
the attacks.
"""
