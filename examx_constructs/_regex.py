"""Regular expressions that are compiled when they are first used.

To compile one takes as long as to load a small module. The rules have some two hundred, and manifests in which nobody
uses KEDA or an Ingress need a few of them.
"""

import re
from typing import cast


def regex(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what `re.compile` gives, at the cost of nothing until something is asked of it."""
    return cast("re.Pattern[str]", _Regex(text, flags))


class _Regex:
    """Passes on what it is asked; what it was asked once, it has."""

    def __init__(self, text: str, flags: int) -> None:
        self._given = text, flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        given: object = getattr(re.compile(*self._given), name)
        self.__dict__[name] = given
        return given
