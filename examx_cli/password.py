"""The deployment password: who does not know it deploys nothing.

It is a second lock. Who may deploy is for the reviewers of the environment in GitHub to say. An attempt that was typed
into GitHub's form stays in the event of its run, so a password alone proves little.

Attempts are not counted or delayed here. Each costs a run of its own, under the name of a person and with an alert.
`LEAST_LENGTH` sees to it that guessing at that pace leads nowhere.

Nothing here prints a password, and no frame that raises an error holds one: what dumps the variables of a traceback
finds none. `::add-mask::` is not used either: it would print what it is to hide.
"""

import getpass
import hmac
import os
import sys
import unicodedata
import warnings
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Self

from examx_cli import github
from examx_cli.errors import CommandError

LEAST_LENGTH = 16
"""Characters that an expected password must have, unless the command is told another number."""


@dataclass(frozen=True, slots=True, eq=False)
class Password:
    """A password, kept as a digest only."""

    _digest: bytes = field(repr=False)

    @classmethod
    def of(cls, text: object) -> Self | None:
        """Return the password that a text is; None for what is no text.

        In Unicode's composed form (NFC): the same letters, typed on another system, may come as other bytes. Not NFKC,
        which would take different characters for the same.
        """
        if not isinstance(text, str):
            return None
        try:
            return cls(sha256(unicodedata.normalize("NFC", text).encode()).digest())
        except UnicodeEncodeError:
            return None

    def matches(self, other: "Password") -> bool:
        """Return whether both are the same. How long that takes says nothing about where they differ."""
        return hmac.compare_digest(self._digest, other._digest)


def expected(variable: str, least_length: int = LEAST_LENGTH) -> Password:
    """Return the right password, out of an environment variable.

    Raises CommandError for one that is unset, blank or too short: then no attempt is right. Messages do not name the
    variable, because who gives the password itself by mistake would read it in the log.
    """
    fault = _fault(os.environ.get(variable, ""), least_length)
    password = Password.of(os.environ.get(variable))
    if fault or password is None:
        raise CommandError(
            f"the expected password, in the environment variable that --expected names, {fault or 'is not UTF-8'}: "
            "until that is mended, no attempt is right"
        )
    return password


def _fault(text: str, least_length: int) -> str | None:
    if not text.strip():
        return "is unset or empty"
    if text != text.strip():
        return "begins or ends with white space, which nobody types into a form"
    if len(unicodedata.normalize("NFC", text)) < least_length:
        return f"has fewer than {least_length} characters (--min-length)"
    return None


def from_event(file: Path, name: str) -> Password:
    """Return what a person typed into an input of the workflow. Raises CommandError where there is no such text."""
    attempt = Password.of(github.event_inputs(file).get(name))
    if attempt is None:
        raise CommandError(f"the event file {file} has no text for the input that --input names")
    return attempt


def from_stdin() -> Password:
    """Return one line of standard input; a terminal is asked and does not show it.

    Raises CommandError for anything else.
    """
    attempt = Password.of(_asked() if sys.stdin.isatty() else _piped())
    if attempt is None:
        raise CommandError("standard input must hold the password: one line of UTF-8")
    return attempt


def _piped() -> str | None:
    try:
        line = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError:
        return None
    line = line.removesuffix("\n").removesuffix("\r")
    return None if "\n" in line else line


def _asked() -> str | None:
    # A terminal that cannot hide what is typed is an error, where getpass would only warn and then show it.
    with warnings.catch_warnings():
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass("Deployment password: ", sys.stderr)
        except (EOFError, getpass.GetPassWarning):
            return None
