"""Fitting the two networks: one pure step, one loop, one seam a backend.

Importing this package imports Keras and its backend (seconds); sampling never does.
"""

import os

# TensorFlow's C++ side reports its graph optimiser's shortcomings on stderr, pages of them. A user
# who wants to read them sets the variable; it has to be set before TensorFlow is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
