"""Tests that start processes, and what they start: tests/costs.py says how many there may be."""
