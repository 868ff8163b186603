"""How a run ended that deploys, takes back or removes, and in which state that leaves the environment."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from examx_cli.errors import CommandError
from examx_constructs.manifests import mapping, text

REFUSED = (
    "The deployment password was wrong or could not be checked, or the run is not one of `main`; the run says which. "
    "Ask who started it: if they did not, somebody else uses their account."
)
_NOT_MAIN = "The run is not one of `main`, or that could not be checked; the run says which."
LOOK_FOR_DRIFT = "look for drift"
"""What changes nothing, and may be done again."""
WATCH = "watch of the deployment"
"""What says, some time later, what the deployment did."""


class Status(StrEnum):
    """How a run ended."""

    SUCCESS = "success"
    REFUSED = "refused"
    FAILURE = "failure"
    CANCELLED = "cancelled"


class Result(StrEnum):
    """How a job ended, in the words of GitHub."""

    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended; `text` says in which state the environment is. What is unknown is empty.

    `title` is said instead of what kind of run it was and how it ended.
    `half_way` says that the cluster may hold a part of the change. `summary` is what changes, or what was found, and
    `scaling` what becomes of waits and pod hours: plain lines.
    """

    status: Status
    kind: str = "deployment"
    title: str = ""
    text: str = ""
    half_way: bool = False
    url: str = ""
    image: str = ""
    commit: str = ""
    summary: str = ""
    scaling: str = ""


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs of a run: how each ended, and what it gave.

    A deployment is authorize, build, release (commits to main), deploy (applies that). A rollback is authorize,
    rollback (applies what was before), release (commits that). A feature environment is brought up by authorize, build
    and up; such environments are removed by authorize and down, the expired ones by reap. `drift` only looks. Further
    jobs may be between them, such as one that asks for a confirmation.
    """

    results: Mapping[str, Result]
    outputs: Mapping[str, Mapping[str, object]]

    @property
    def last(self) -> str:
        """The job that touches the cluster; empty where there is none."""
        return next((name for name in _KINDS if name in self.results), "")

    @property
    def kind(self) -> str:
        """What the run was to do."""
        return _KINDS[self.last]

    @property
    def is_of_feature(self) -> bool:
        """Whether it is about feature environments, which `main` does not name."""
        return self.last in _OF_FEATURES

    def result(self, name: str) -> Result:
        """Return how a job ended; skipped for one that the run does not have."""
        return self.results.get(name, Result.SKIPPED)

    def ended(self, result: Result, among: Collection[str] | None = None) -> str:
        """Return the jobs that ended so, for people; empty where there are none."""
        jobs = self.results if among is None else {name: self.result(name) for name in among if name in self.results}
        return ", ".join(f"`{name}`" for name, each in jobs.items() if each is result)

    def output(self, name: str) -> str:
        """Return what the run says of what it did: image, commit, summary, address; empty where it got to none.

        What is known of the cluster comes first: `release` compares with the commit before, which may never have run.
        """
        jobs = ("rollback", "deploy", "release", "drift", "watch", *_OF_FEATURES)
        return next(filter(None, (text(self.outputs.get(job), name) for job in jobs)), "")


_OF_FEATURES = ("up", "down", "reap")
_KINDS = {
    "rollback": "rollback",
    "deploy": "deployment",
    "up": "deployment",
    "down": "removal",
    "reap": "clean-up of what has expired",
    "drift": LOOK_FOR_DRIFT,
    "watch": WATCH,
}


def read_jobs(content: str) -> Jobs:
    """Return the jobs out of `toJSON(needs)` of a workflow. Raises CommandError for anything else."""
    try:
        needs: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"the results of the jobs must be JSON, from `toJSON(needs)`: {error}") from error
    jobs = mapping(needs)
    if not jobs.keys() & _KINDS.keys():
        raise CommandError(
            f"the results of the jobs, from `toJSON(needs)`, name none of {', '.join(_KINDS)}: "
            "the job that notifies must need one of them"
        )
    return Jobs(
        results={name: _result(name, job) for name, job in jobs.items()},
        outputs={name: mapping(job, "outputs") for name, job in jobs.items()},
    )


def _result(name: str, job: object) -> Result:
    given = text(job, "result")
    if given not in set(Result):
        raise CommandError(f'the result of the job {name} is "{given}"; it must be one of {", ".join(Result)}')
    return Result(given)


def outcome_of(jobs: Jobs, environment: str) -> Outcome:
    """Return what the results of all jobs come to."""
    status, what = _status(jobs)
    state = _STATES[jobs.last]
    return Outcome(
        status=status,
        kind=jobs.kind,
        title=jobs.output("title"),
        text=f"{what} {state(jobs, environment)}".strip(),
        half_way=_half_way(jobs),
        url=jobs.output("url"),
        image=jobs.output("image"),
        commit=jobs.output("commit"),
        summary=jobs.output("summary") or jobs.output("report"),
        scaling=jobs.output("scaling"),
    )


def started_again(attempt: int) -> str:
    """Return what is said of a second attempt, which every job that could change something refuses."""
    return (
        f"Attempt {attempt} of a run that was started before, by the one named here: it did nothing, for nobody was "
        "asked for the password. Start the workflow anew. What the first attempt left, its own message says."
    )


def _status(jobs: Jobs) -> tuple[Status, str]:
    if jobs.last == "watch":
        return _VERDICTS.get(jobs.output("verdict"), Status.CANCELLED), ""
    if jobs.result("authorize") is Result.FAILURE:
        return Status.REFUSED, _NOT_MAIN if jobs.is_of_feature else REFUSED
    if failed := jobs.ended(Result.FAILURE):
        return Status.FAILURE, f"It failed at {failed}."
    if cancelled := jobs.ended(Result.CANCELLED):
        return Status.CANCELLED, f"It was cancelled at {cancelled}."
    # A build may be left out; these may not.
    if skipped := jobs.ended(Result.SKIPPED, among=("release", *_KINDS)):
        return Status.CANCELLED, f"It left out {skipped}."
    return Status.SUCCESS, ""


def _half_way(jobs: Jobs) -> bool:
    return jobs.last != "watch" and jobs.result(jobs.last) in (Result.FAILURE, Result.CANCELLED)


def _state_of_deployment(jobs: Jobs, environment: str) -> str:
    """Return where the environment is: by the last job that touched anything."""
    if jobs.result("deploy") is Result.SUCCESS:
        return "The rollout is complete."
    if _half_way(jobs):
        return (
            "Unless it ended before the apply, as without an approval, the cluster may be half-way: see the run; "
            f"`examx rollback {environment}` takes it back."
        )
    if jobs.result("release") is Result.SUCCESS:
        return (
            "`main` names the image, the cluster was not touched: deploy again, "
            f"or put the old one back (`examx release {environment} --image OLD`)."
        )
    if jobs.result("release") is not Result.SKIPPED:
        return "The cluster was not touched; the run says whether `main` names the image."
    return "Nothing was changed."


def _state_of_rollback(jobs: Jobs, environment: str) -> str:
    """Return the same for a rollback: the cluster first, then main."""
    if _half_way(jobs):
        return "Unless it ended before the apply, as without an approval, the cluster may be half-way: roll back again."
    if jobs.result("rollback") is not Result.SUCCESS:
        return "Nothing was changed."
    if jobs.result("release") is Result.SUCCESS:
        return "The rollout is complete, and `main` names the image again."
    return (
        "The cluster was taken back, `main` was not: the next deployment without a new image would undo it. "
        f"`examx release {environment} --image {jobs.output('image') or 'IMAGE'}` sets that right."
    )


def _state_of_feature(jobs: Jobs, _environment: str) -> str:
    """Return the same for one feature environment."""
    if jobs.result("up") is Result.SUCCESS:
        return f"It runs until {jobs.output('expires')}; `examx feature extend` gives it more time."
    if _half_way(jobs):
        return "It may be incomplete: start `cd-feat` again, or remove it with `cleanup-feat`."
    return "Nothing was changed."


def _state_of_removal(jobs: Jobs, _environment: str) -> str:
    """Return the same for feature environments that were to go."""
    if jobs.result(jobs.last) is Result.SUCCESS:
        return ""
    if _half_way(jobs):
        return "Some may be gone and others still there: see below, or the run; then start it again."
    return "Nothing was removed."


def _state_of_drift(jobs: Jobs, environment: str) -> str:
    """Return the same where nothing was to change."""
    if jobs.output("report"):
        return (
            "What runs is not what was deployed, see below. Bring the change into git, or take it back: "
            f"`examx apply {environment}`. Pods with an older value of a secret: `examx restart {environment}`."
        )
    return "" if jobs.result("drift") is Result.SUCCESS else "It is not known whether anything runs otherwise."


def _state_after_deployment(jobs: Jobs, _environment: str) -> str:
    """Return what a watch says itself, and whether the job came to its end, which prepares a rollback."""
    said = jobs.output("text")
    if not said:
        return "It could not be found out what the deployment did: the run says why."
    if jobs.result("watch") is Result.SUCCESS:
        return said
    return f"{said} But what to go back to could not be shown, or not be verified: see the run."


_VERDICTS = {"quiet": Status.SUCCESS, "moved": Status.FAILURE}
"""How a watch ended, by what it says; whatever else it says, nothing is known."""
_STATES = {
    "deploy": _state_of_deployment,
    "rollback": _state_of_rollback,
    "up": _state_of_feature,
    "down": _state_of_removal,
    "reap": _state_of_removal,
    "drift": _state_of_drift,
    "watch": _state_after_deployment,
}
