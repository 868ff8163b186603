"""A `.env` of a branch's own: read, checked line by line, and kept in a Secret of its namespace.

It holds secrets. No message, no argument of a program and no object but the Secret ever holds a line of it. Messages
name lines by their number, and variables by their name where they have one.
"""

import base64
import hashlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

from examx_cli.errors import CommandError
from examx_constructs import _files
from examx_constructs.manifests import Object
from examx_constructs.settings.secrets import ENV_FILE

STDIN = "-"
LARGEST = 1024 * 1024
"""Bytes that a Secret takes at most (Kubernetes, "Secrets", size of individual Secrets)."""

_PREFIX = "env-file-"
_HASH_LENGTH = 10
_TELLING = 4  # characters: shorter values, such as 1 and on, are words of any message
_ASSIGNMENT = re.compile(r"(?:export[ \t]+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?P<value>.*)")
_PIECE = 16  # characters: what is cut short in an answer still shows a secret
_QUOTED = re.compile(r"""(?P<quoted>"(?:[^"\\]|\\.)*"|'[^']*')[ \t]*(?:#.*)?""")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufeff]")


@dataclass(frozen=True, slots=True)
class EnvFile:
    """A `.env` that passed its checks. Its representation shows nothing of it."""

    _content: bytes = field(repr=False)

    @classmethod
    def read(cls, source: str) -> Self:
        """Return the file at a path, or standard input for `-`.

        Raises CommandError with everything that is wrong with it.
        """
        return cls.of(_bytes(source), "standard input" if source == STDIN else source)

    @classmethod
    def of(cls, content: bytes, source: str) -> Self:
        """Return the file that some bytes are. Raises CommandError."""
        if len(content) > LARGEST:
            raise _too_large(source)
        try:
            lines = _lines(content)
        except UnicodeDecodeError:
            raise CommandError(f"{source} is not UTF-8") from None
        faults = list(_faults(lines))
        if not faults and not _names(lines):
            faults.append("it sets no variable")
        if faults:
            raise CommandError("\n  ".join([f"{source} is no .env that can be used; nothing was done:", *faults]))
        return cls(content)

    @property
    def secret_name(self) -> str:
        """The name of its Secret: another for every content, so that pods get to see a change."""
        return f"{_PREFIX}{hashlib.sha256(self._content).hexdigest()[:_HASH_LENGTH]}"

    @property
    def names(self) -> list[str]:
        """The variables that it sets."""
        return _names(_lines(self._content))

    def secret(self, namespace: str, labels: Mapping[str, str]) -> Object:
        """Return the Secret that holds it."""
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": self.secret_name, "namespace": namespace, "labels": dict(labels)},
            "type": "Opaque",
            "immutable": True,
            "data": {ENV_FILE: self._encoded},
        }

    def is_shown_by(self, text: str) -> bool:
        """Return whether a text shows something of the file: a value, or a piece of the whole, plain or encoded."""
        values = (_bare(form["value"]) for form in _assignments(_lines(self._content)))
        return (
            any(value in text for value in values if len(value) >= _TELLING)
            or _share_a_piece(text, self._content.decode())
            or _share_a_piece(text, self._encoded)
        )

    @property
    def _encoded(self) -> str:
        return base64.b64encode(self._content).decode()


def is_env_file(secret_name: str) -> bool:
    """Return whether a Secret is one of these."""
    return secret_name.startswith(_PREFIX)


def _bytes(source: str) -> bytes:
    if source == STDIN:
        return sys.stdin.buffer.read(LARGEST + 1)
    try:
        return _files.read_bytes(source, LARGEST)
    except _files.TooLargeError:
        raise _too_large(source) from None
    except _files.UnreadableError as error:
        raise CommandError(f"{source} cannot be read: {error}") from None


def _too_large(source: str) -> CommandError:
    return CommandError(f"{source} has more than {LARGEST} bytes: Kubernetes takes no larger Secret")


def _lines(content: bytes) -> list[str]:
    # Windows ends lines in two characters; every reader of .env takes them for one end.
    return content.decode().replace("\r\n", "\n").split("\n")


def _faults(lines: list[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        form = _ASSIGNMENT.fullmatch(line.strip())
        if _CONTROL.search(line):
            yield f"line {number} holds a control character or a byte order mark: save it as plain UTF-8"
        elif not line.strip() or line.lstrip().startswith("#"):
            continue
        elif form is None:
            yield f"line {number} is neither NAME=value nor a comment; a value has one line"
        elif form["name"] in seen:
            yield f"line {number}: {form['name']} is set on line {seen[form['name']]} already; once is enough"
        elif form["value"][:1] in ("'", '"') and not _QUOTED.fullmatch(form["value"]):
            yield f"line {number}: the value of {form['name']} begins with a quotation mark that nothing closes"
        if form:
            seen.setdefault(form["name"], number)


def _assignments(lines: list[str]) -> Iterator[re.Match[str]]:
    return (form for line in lines if (form := _ASSIGNMENT.fullmatch(line.strip())))


def _bare(value: str) -> str:
    """Return a value without its quotation marks, and without the comment behind it."""
    quoted = _QUOTED.fullmatch(value)
    return quoted["quoted"][1:-1] if quoted else value.partition(" #")[0].strip()


def _share_a_piece(text: str, whole: str) -> bool:
    size = min(_PIECE, len(whole))
    return any(text[start : start + size] in whole for start in range(len(text) - size + 1))


def _names(lines: list[str]) -> list[str]:
    return [form["name"] for form in _assignments(lines)]
