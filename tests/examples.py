"""How many random examples a test tries: a tenth of them in `make check`, all of them everywhere else."""

from hypothesis import settings

CHECK = "check"
"""The profile of `make check`, by `--hypothesis-profile`."""

settings.register_profile(CHECK, max_examples=settings().max_examples // 10)
_ALL = settings().max_examples


def examples(most: int) -> int:
    """Return how many to try, of as many as show a fault; Hypothesis tries 100 where nothing is said."""
    return most if settings().max_examples == _ALL else max(most // 10, 3)
