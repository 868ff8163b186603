"""Passwords and tokens for other servers: out of a file or of the environment, never out of arguments."""

import os
from dataclasses import dataclass
from pathlib import Path

from examx_cli.errors import CommandError
from examx_constructs import _files

_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Credential:
    """Where a password is; it is read each time, so that one which is changed meanwhile is taken."""

    variable: str
    file: Path | None = None

    def read(self) -> str | None:
        """Return the password, and None where there is none.

        Raises CommandError, without a word of what the file holds.
        """
        if self.file is None:
            return os.environ.get(self.variable) or None
        try:
            text = _files.read_text(self.file, _MOST_BYTES)
        except _files.UnreadableError as error:
            raise CommandError(f"{self.file}: cannot be read: {error}") from None
        first, _, rest = text.rstrip("\r\n").partition("\n")
        if not first or rest:
            raise CommandError(f"{self.file}: holds {'nothing' if not first else 'several lines'}; allowed: one line")
        return first
