"""Tests that start no process: `make check` runs them, and tests/costs.py fails one that starts something."""
