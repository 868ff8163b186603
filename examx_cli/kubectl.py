"""The seam to kubectl, the one program here that talks to clusters."""

import json
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

from examx_cli import answers, processes
from examx_cli.errors import CommandError
from examx_cli.processes import Heard, ProcessError
from examx_cli.unreached import explained
from examx_constructs.manifests import Object, items

BINARY_VARIABLE = "EXAMX_KUBECTL"
OUTDATED = "Operation cannot be fulfilled"
"""What the API server says to a change of a state that is no longer there."""
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Kubectl:
    """kubectl with a context. The binary is the variable EXAMX_KUBECTL, else `kubectl` of the PATH."""

    context: str | None = None
    binary: str = field(default_factory=lambda: os.environ.get(BINARY_VARIABLE) or "kubectl")

    def command(self, *arguments: str) -> list[str]:
        """Return the whole command line for these arguments."""
        context = [f"--context={self.context}"] if self.context else []
        return [self.binary, *context, *arguments]

    def run(self, *arguments: str, stdin: str | None = None, patience: float = 0) -> str:
        """Run kubectl and return what it printed. Raises ProcessError, UnreachedError where no cluster answers.

        `patience`: the seconds that kubectl itself is told to wait, beside those that it needs anyway.
        """
        command = self.command(*arguments)
        with _explained(command):
            return processes.run(command, stdin=stdin, timeout=patience + _TIMEOUT_SECONDS)

    def listen(self, *arguments: str) -> Heard:
        """Run kubectl and return what it printed, and what it said beside that. Raises ProcessError."""
        command = self.command(*arguments)
        with _explained(command):
            return processes.listen(command, timeout=_TIMEOUT_SECONDS)

    def json(self, *arguments: str, stdin: str | None = None) -> Object:
        """Run kubectl with `-o json` and return the object that it printed; an empty one where it printed nothing."""
        printed = self._documents(*arguments, stdin=stdin)
        return printed[0] if printed else {}

    def raw(self, path: str) -> Object:
        """Return what the API server answers for a path of its own. Raises ProcessError."""
        arguments = ("get", f"--raw={path}")
        printed = self._read(self.run(*arguments), *arguments)
        return printed[0] if printed else {}

    def objects(self, *arguments: str, stdin: str | None = None) -> list[Object]:
        """Return the objects that kubectl printed: one, a List of them, or one after the other, as `replace` does."""
        printed = self._documents(*arguments, stdin=stdin)
        return [each for document in printed for each in _of_list(document)]

    def _documents(self, *arguments: str, stdin: str | None) -> list[Object]:
        return self._read(self.run(*arguments, "-o", "json", stdin=stdin), *arguments)

    def _read(self, printed: str, *arguments: str) -> list[Object]:
        try:
            return answers.documents(printed)
        except answers.AnswerError as error:
            raise CommandError(f"`{self.binary} {' '.join(arguments)}` {error}") from None


@contextmanager
def _explained(command: Sequence[str]) -> Generator[None]:
    try:
        yield
    except ProcessError as error:
        raise explained(command, error) from None


def _of_list(document: Object) -> list[Object]:
    if document.get("kind") != "List":
        return [document]
    # Both were looked at: see `answers`.
    return cast("list[Object]", items(document, "items"))


def stream(objects: Sequence[Object]) -> str:
    """Return a List for kubectl's standard input, in JSON, which is YAML too."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)})


def is_forbidden(error: ProcessError) -> bool:
    """Return whether the cluster said that this identity may not do that."""
    return "(Forbidden)" in error.said


def is_missing(error: ProcessError) -> bool:
    """Return whether the cluster said that there is no such object."""
    return "(NotFound)" in error.said


def is_taken(error: ProcessError) -> bool:
    """Return whether the cluster said that there is an object of that name already."""
    return "(AlreadyExists)" in error.said


def is_outdated(error: ProcessError) -> bool:
    """Return whether the cluster said that the object is no longer in the state that was named."""
    return OUTDATED in error.said


def is_conflict(error: ProcessError) -> bool:
    """Return whether another field manager owns what was to be applied."""
    return "Apply failed with" in error.said and "conflict" in error.said
