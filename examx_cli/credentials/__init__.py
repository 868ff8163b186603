"""Secrets that no manifest holds: made once with random values, and changed by `examx rotate` alone.

No value of one is ever read back, printed, logged or made an argument of a program. It goes to kubectl through a pipe.
What kubectl says of a refusal is passed on only as far as it cannot hold one (examx_cli/credentials/telling.py).
"""
