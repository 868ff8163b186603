"""Asking what Kubernetes does not know: `aws` and `gh`, with whatever identity they are signed in with.

They only read. Each command is run once; what it may not read, or where the program is not there, is an answer too.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from shlex import join
from typing import Protocol, cast

from examx_cli import processes
from examx_cli.doctor.seen import Unseen
from examx_cli.errors import CommandError
from examx_cli.processes import ProcessError
from examx_constructs.manifests import Object

AWS_VARIABLE, GH_VARIABLE = "EXAMX_AWS", "EXAMX_GH"
_TIMEOUT_SECONDS = 60
_QUIET: Mapping[str, str] = {"AWS_PAGER": "", "AWS_CLI_AUTO_PROMPT": "off", "GH_PROMPT_DISABLED": "1", "GH_PAGER": ""}
"""So that neither asks a person, nor waits for one to turn a page."""


class Asked(Protocol):
    """A service that can be asked by words of its command line. Raises Unseen for what may not, or cannot, be read."""

    def answer(self, *words: str) -> Object | None:
        """Return what it answered; None where there is no such thing."""
        ...


@dataclass(slots=True)
class Program:
    """A program that prints JSON: what each command line printed, once.

    `absent` and `refused` tell what a failure means: that there is no such thing, or that this identity may not ask.
    """

    name: str
    binary: str
    ending: Sequence[str]
    absent: Callable[[str], bool]
    refused: Callable[[str], bool]
    signed_out: Callable[[str], bool]
    _known: dict[tuple[str, ...], Object | Unseen | None] = field(
        default_factory=dict[tuple[str, ...], "Object | Unseen | None"]
    )

    def answer(self, *words: str) -> Object | None:
        """Return what it printed."""
        if words not in self._known:
            self._known[words] = self._asked(words)
        found = self._known[words]
        if isinstance(found, Unseen):
            raise found
        return found

    def _asked(self, words: Sequence[str]) -> Object | Unseen | None:
        typed = f"`{join([self.name, *words, *self.ending])}`"
        try:
            printed = processes.run(
                [self.binary, *words, *self.ending], env={**os.environ, **_QUIET}, timeout=_TIMEOUT_SECONDS
            )
        except ProcessError as error:
            return None if self.absent(error.said) else Unseen(self._why(error.said, typed))
        except CommandError as error:
            return Unseen(f"{error}; {typed} shows it")
        answer = _read(printed)
        return answer if answer is not None else Unseen(f"{typed} printed something that is no JSON")

    def _why(self, said: str, typed: str) -> str:
        """Return what a failure means."""
        if self.refused(said):
            return f"this identity may not ask {typed}"
        if self.signed_out(said):
            return f"{self.name} is not signed in; {typed} shows it"
        return f"{typed} failed: {said.splitlines()[-1] if said else 'it said nothing'}"


def _read(printed: str) -> Object | None:
    """Return the object that was printed; a list as an object with `items`, as Kubernetes has them. None of no JSON."""
    if not printed.strip():
        return {}
    try:
        answer: object = json.loads(printed)
    except (ValueError, RecursionError):
        return None
    if isinstance(answer, list):
        return {"items": cast("object", answer)}
    return cast("Object", answer) if isinstance(answer, dict) else None


def aws(region: str) -> Program:
    """Return the command line of AWS, of either version: the variable EXAMX_AWS, else `aws` of the PATH.

    Its errors name their code: "An error occurred (AccessDeniedException) when calling …".
    """
    return Program(
        "aws",
        os.environ.get(AWS_VARIABLE) or "aws",
        ("--region", region, "--output", "json"),
        absent=lambda said: any(f"({code}" in said for code in _ABSENT),
        refused=lambda said: any(f"({code}" in said for code in ("AccessDenied", "UnauthorizedOperation")),
        signed_out=lambda said: any(each in said for each in _NO_CREDENTIALS),
    )


_ABSENT = (
    "ResourceNotFound",
    "LoadBalancerNotFound",
    "RepositoryNotFound",
    "NoSuchEntity",
    "NotFoundException",
    "WAFNonexistentItem",
)
_NO_CREDENTIALS = (
    "Unable to locate credentials",
    "(ExpiredToken",
    "(InvalidClientTokenId",
    "(UnrecognizedClientException",
    "Error loading SSO Token",
    "Token has expired",
    "could not be found",
)


def github() -> Program:
    """Return GitHub's command line, for the repository of this folder: the variable EXAMX_GH, else `gh` of the PATH."""
    return Program(
        "gh",
        os.environ.get(GH_VARIABLE) or "gh",
        (),
        absent=lambda said: "(HTTP 404)" in said,
        refused=lambda said: "(HTTP 403)" in said,
        signed_out=lambda said: "gh auth login" in said or "(HTTP 401)" in said,
    )
