"""The seam to GitHub Actions: what a run tells its commands, and how they answer.

Sources: "Workflow commands for GitHub Actions" and "Variables reference" of GitHub's documentation.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from examx_cli.errors import CommandError


def in_workflow(environ: Mapping[str, str]) -> bool:
    """Return whether this process runs in a workflow of GitHub Actions."""
    return environ.get("GITHUB_ACTIONS") == "true"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a workflow. `actor`: who started it, or started it again; empty for a schedule.

    `attempt`: 1, and more where it was started again; 0 where that is not known.
    """

    workflow: str
    actor: str
    server: str
    repository: str
    number: str
    attempt: int = 1

    @classmethod
    def current(cls, environ: Mapping[str, str]) -> Self | None:
        """Return the run that this process belongs to, if any."""
        if not in_workflow(environ):
            return None
        return cls(
            workflow=environ.get("GITHUB_WORKFLOW", ""),
            actor=_actor(environ),
            server=environ.get("GITHUB_SERVER_URL", "https://github.com"),
            repository=environ.get("GITHUB_REPOSITORY", ""),
            number=environ.get("GITHUB_RUN_ID", ""),
            attempt=_attempt(environ.get("GITHUB_RUN_ATTEMPT", "1")),
        )

    @property
    def url(self) -> str:
        """The page of the run."""
        return f"{self.server}/{self.repository}/actions/runs/{self.number}"

    def commit_url(self, commit: str) -> str:
        """Return the page of a commit."""
        return f"{self.server}/{self.repository}/commit/{commit}"


def _attempt(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() else 0


def _actor(environ: Mapping[str, str]) -> str:
    # Of a scheduled run GitHub names the person who changed the schedule last, who did nothing.
    if environ.get("GITHUB_EVENT_NAME") == "schedule":
        return ""
    return environ.get("GITHUB_TRIGGERING_ACTOR") or environ.get("GITHUB_ACTOR", "")


def annotation(level: str, text: str) -> str:
    """Return a line that the runner shows as a warning or an error of the run."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level}::{escaped}"


def set_outputs(values: Mapping[str, str], environ: Mapping[str, str]) -> None:
    """Write outputs of the step, where the runner gave a file for them."""
    if file := environ.get("GITHUB_OUTPUT"):
        _append(Path(file), "".join(_output(name, value) for name, value in values.items()))


def add_summary(markdown: str, environ: Mapping[str, str]) -> None:
    """Write to the summary page of the run, where the runner gave a file for it."""
    if file := environ.get("GITHUB_STEP_SUMMARY"):
        _append(Path(file), markdown.rstrip("\n") + "\n\n")


def event_inputs(file: Path) -> Mapping[str, object]:
    """Return the inputs that a person gave to the run. Raises CommandError.

    An input may be a secret, so neither the message nor any frame or cause of the error holds what the file holds.
    """
    inputs = _inputs(file)
    if inputs is None:
        raise CommandError(f"the event file {file} is no event with inputs: start the workflow by workflow_dispatch")
    return inputs


def _inputs(file: Path) -> dict[str, object] | None:
    try:
        event: object = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"the event file {file} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        return None
    inputs = cast("dict[str, object]", event).get("inputs") if isinstance(event, dict) else None
    return cast("dict[str, object]", inputs) if isinstance(inputs, dict) else None


def _output(name: str, value: str) -> str:
    # A delimiter that nobody can guess, so that no value can end itself and start another output.
    end = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text)
