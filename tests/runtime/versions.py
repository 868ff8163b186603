"""The versions under test: those that the project pins, or a row of the matrix (tests/runtime/matrix.py)."""

import os
import sys
from pathlib import Path


def environment() -> Path:
    """The Python environment of the image: the one that runs the tests, or what EXAMX_TEST_ENVIRONMENT names.

    What acts for the application in the test process, as a sender of tasks, has the same packages, by PYTHONPATH.
    """
    return Path(os.environ.get("EXAMX_TEST_ENVIRONMENT") or sys.prefix)
