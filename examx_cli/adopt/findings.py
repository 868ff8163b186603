"""What an adoption finds in its way: what refuses it, and what somebody should know."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line for a person: what is wrong with what, and what to do. `refuses`: whether nothing is done until then."""

    text: str
    refuses: bool = True

    def __str__(self) -> str:
        return self.text


def warning(text: str) -> Finding:
    """Return what somebody should know and what stops nothing."""
    return Finding(text, refuses=False)
