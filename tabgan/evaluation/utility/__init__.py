"""Utility: are models trained on synthetic rows any good on unseen real rows?

``suite`` makes the scores; ``task`` is what is predicted, and how well a model does it;
``importance`` is which columns a model leans on.
"""
