"""The real programs, run on what the constructs render."""
