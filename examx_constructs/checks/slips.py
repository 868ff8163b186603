"""Whether a name is another one but for a slip of the hand.

Names of one set are alike on purpose: `redis-0` and `redis-1`, `api-secret` and `app-secret`, `dev-env` and `stg-env`.
So a slip is one letter too many, too few, wrong or out of place, in one long enough part of the name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from examx_constructs._regex import regex

_PARTS = regex(r"[-._]")
_LONG_ENOUGH = {"swapped": 3, "added": 4, "changed": 5}


def slip_of(asked: str, known: Iterable[str]) -> str | None:
    """Return the name that was meant, most likely; None where none is so near."""
    index = _by_near_texts(frozenset(known))
    near = {name for text in _near_texts(asked) for name in index.get(text, ())}
    return min((each for each in near if is_slip(asked, each)), default=None)


@lru_cache(maxsize=64)
def _by_near_texts(known: frozenset[str]) -> Mapping[str, list[str]]:
    """Return names by what is near to them: thousands of names are not compared one by one."""
    index: defaultdict[str, list[str]] = defaultdict(list)
    for name in known:
        for text in _near_texts(name):
            index[text].append(name)
    return index


def _near_texts(name: str) -> set[str]:
    """Return a name, and the same without one of its letters.

    Names that are a slip apart have one of these in common.
    """
    return {name, *(name[:index] + name[index + 1 :] for index in range(len(name)))}


def is_slip(asked: str, meant: str) -> bool:
    """Return whether one slip of the hand is all that is between two names."""
    if asked == meant or not asked or not meant or abs(len(asked) - len(meant)) > 1:
        return False
    one, other = _PARTS.split(asked), _PARTS.split(meant)
    if len(one) != len(other):
        # A hyphen too few or too many.
        return "".join(one) == "".join(other)
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if not different:
        return True
    return len(different) == 1 and _is_slip_of_a_word(*different[0])


def _is_slip_of_a_word(one: str, other: str) -> bool:
    if any(letter.isdigit() for letter in {*one} ^ {*other}):
        return False
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < len(longer):
        is_part = any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))
        return is_part and len(shorter) >= _LONG_ENOUGH["added"]
    places = [index for index, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) == 1:
        return len(one) >= _LONG_ENOUGH["changed"]
    swapped = len(places) == 2 and places[1] == places[0] + 1 and sorted(one) == sorted(other)  # noqa: PLR2004 - two letters
    return swapped and len(one) >= _LONG_ENOUGH["swapped"]
