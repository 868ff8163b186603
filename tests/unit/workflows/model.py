"""A run of workflows: what it is given, what it meets, and what it leaves behind."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.unit.workflows.job import Job


class WorkflowError(Exception):
    """GitHub would refuse this workflow, or this model does not know what it asks for."""


@dataclass(frozen=True)
class Event:
    """What starts a run."""

    name: str
    payload: Mapping[str, Any]
    ref: str = "refs/heads/main"


@dataclass(frozen=True)
class Place:
    """An environment of GitHub: its variables and secrets, and the branches whose runs may name it."""

    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    branches: Sequence[str] = ("main",)


@dataclass(frozen=True)
class Settings:
    """What is set up in the repository: variables and secrets of its own, and the environments."""

    variables: dict[str, str]
    secrets: dict[str, str]
    environments: Mapping[str, Place]

    def every_secret(self) -> set[str]:
        """The values of all secrets, which the runner hides wherever they come up."""
        given = [self.secrets, *(each.secrets for each in self.environments.values())]
        return {value for secrets in given for value in secrets.values() if value}


@dataclass
class StepRun:
    """A step that ran: its name, how it ended, and all that it printed."""

    name: str
    result: str
    log: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass
class JobRun:
    """A job as it ran; one that calls a workflow has jobs of its own."""

    result: str
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    steps: Sequence[StepRun] = ()
    jobs: Mapping[str, "JobRun"] = field(default_factory=dict[str, "JobRun"])

    def log(self) -> str:
        """What its steps printed, and those of the jobs that it called."""
        return "".join([*(step.log for step in self.steps), *(job.log() for job in self.jobs.values())])


Action = Callable[["Job", Mapping[str, str]], Mapping[str, str] | None]
"""Plays an action of others: gets the job and the inputs, gives the outputs, raises StepError."""


class StepError(Exception):
    """A step ended with a failure: what it said, and the outputs that it gave all the same."""

    def __init__(self, said: str = "", outputs: Mapping[str, str] | None = None) -> None:
        super().__init__(said)
        self.outputs = outputs or {}


@dataclass
class Run:
    """One run: the workflows of a checkout, where their jobs find what they need, and what came of it."""

    source: Path
    scratch: Path
    event: Event
    settings: Settings
    repository: str
    sha: str
    actor: str
    programs: Path
    system_path: Sequence[str]
    actions: Mapping[str, Action]
    variables: Mapping[str, str]
    artifacts: dict[str, bytes] = field(default_factory=dict[str, bytes])
    summaries: list[str] = field(default_factory=list[str])
    workflow: str = ""
    attempt: int = 1
    triggering_actor: str = ""
    """Who started it again; empty where nobody did."""
    earlier: Mapping[str, "JobRun"] = field(default_factory=dict[str, "JobRun"])
    """Jobs of the attempt before that are not run again: GitHub keeps how they ended and what they gave."""
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def github(self) -> dict[str, Any]:
        """The context of that name."""
        return {
            "actor": self.actor,
            "event": self.event.payload,
            "event_name": self.event.name,
            "ref": self.event.ref,
            "ref_name": self.event.ref.removeprefix("refs/heads/"),
            "repository": self.repository,
            "run_attempt": str(self.attempt),
            "run_id": "4711",
            "server_url": "https://github.com",
            "sha": self.sha,
            "token": "an-invented-token",
            "triggering_actor": self.triggering_actor or self.actor,
            "workflow": self.workflow,
        }


def mapping(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A mapping in a definition; an empty one where there is none, or nothing in it."""
    return item.get(key) or {}


def status_functions(results: Sequence[str]) -> dict[str, Callable[[], bool]]:
    """The status functions, for the results of what came before."""
    return {
        "always": lambda: True,
        "cancelled": lambda: "cancelled" in results,
        "failure": lambda: "failure" in results,
        "success": lambda: all(each == "success" for each in results),
    }
