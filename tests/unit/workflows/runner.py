"""A small model of GitHub Actions: it reads the workflows, walks their jobs, and runs their scripts with bash.

It is meant to break where GitHub would, and a little earlier. An undeclared input, a missing permission, an output that
nobody gave, an action that is not known here are all errors. What it leaves out, it refuses.

Sources: "Workflow syntax", "Reusing workflow configurations", "Contexts reference", "Workflow commands" and "Variables
reference" of GitHub's documentation.
"""

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from tests.unit.workflows.expressions import Declared, as_text, condition, interpolate
from tests.unit.workflows.job import LEVELS, Job
from tests.unit.workflows.model import JobRun, Place, Run, StepRun, WorkflowError, mapping, status_functions

# fmt: off
_JOB_KEYS = frozenset((
    "environment", "if", "name", "needs", "outputs", "permissions", "runs-on", "secrets", "steps", "strategy",
    "timeout-minutes", "uses", "with",
))
# fmt: on


def start(run: Run, file: str) -> JobRun:
    """Run a workflow for the event, and return it as the job that means all of its jobs."""
    definition = read_workflow(run.source / ".github/workflows" / file)
    run.workflow = definition["name"]
    if run.event.name == "workflow_dispatch":
        inputs = _inputs(file, mapping(definition["on"], run.event.name), mapping(run.event.payload, "inputs"))
    else:
        # What a form would ask for is empty where nobody was asked.
        form = mapping(mapping(definition["on"], "workflow_dispatch"), "inputs")
        inputs = Declared("inputs", dict.fromkeys(form))
    return _Workflow(run, file, definition, inputs, None).run()


def read_workflow(file: Path) -> dict[str, Any]:
    """The YAML of a workflow. PyYAML takes its key `on` for true."""
    definition = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in definition.items()}


def _inputs(where: str, trigger: Mapping[str, Any], given: Mapping[str, Any]) -> Declared:
    """The inputs that a workflow declares, with what was given or their defaults."""
    declared = mapping(trigger, "inputs")
    if unknown := given.keys() - declared.keys():
        raise WorkflowError(f"{where} has no input {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {}
    for name, each in declared.items():
        if name not in given and each.get("required") and "default" not in each:
            raise WorkflowError(f"{where} needs the input {name}")
        values[name] = _typed(f"{where}: {name}", each["type"], given.get(name, each.get("default")))
        if each["type"] == "choice" and values[name] not in each["options"]:
            raise WorkflowError(f"{where}: {name} may not be {values[name]}")
    return Declared("inputs", values)


def _typed(where: str, kind: str, value: Any) -> Any:
    if kind == "boolean":
        if not isinstance(value, bool):
            raise WorkflowError(f"{where} must be a boolean, not {value!r}")
        return value
    return as_text(value)


class _Workflow:
    """The jobs of one workflow, called or started."""

    def __init__(
        self,
        run: Run,
        file: str,
        definition: Mapping[str, Any],
        inputs: Declared,
        secrets: Mapping[str, str] | None,
        *,
        ceiling: Mapping[str, str] | None = None,
        ancestors: Sequence[str] = (),
    ) -> None:
        self.of = run
        self.file = file
        self.definition = definition
        self.inputs = inputs
        self.secrets = secrets
        """What the caller gives; None for the workflow that was started, whose jobs see all that they may."""
        self.ceiling = ceiling
        """The permissions of the job that calls it; None for the workflow that was started."""
        self.ancestors = ancestors
        """How the jobs ended that the calling job came after."""
        self.jobs: dict[str, JobRun] = {}

    def run(self) -> JobRun:
        kept = self.of.earlier if self.ceiling is None else {}
        for name in self._order():
            self.jobs[name] = kept.get(name) or self._job(name, self.definition["jobs"][name])
        results = [job.result for job in self.jobs.values()]
        result = next((each for each in ("failure", "cancelled", "success") if each in results), "skipped")
        return JobRun(result, self._outputs(), jobs=self.jobs)

    def _order(self) -> list[str]:
        waiting, order = dict(self.definition["jobs"]), list[str]()
        while waiting:
            ready = [name for name, job in waiting.items() if set(_needs(job)) <= set(order)]
            if not ready:
                raise WorkflowError(f"{self.file}: nothing lets {', '.join(waiting)} begin")
            order += ready
            for name in ready:
                del waiting[name]
        return order

    def _outputs(self) -> dict[str, Any]:
        declared = mapping(mapping(self.definition["on"], "workflow_call"), "outputs")
        jobs = {name: {"result": job.result, "outputs": job.outputs} for name, job in self.jobs.items()}
        contexts = {"jobs": Declared("jobs", jobs), "inputs": self.inputs}
        return {name: as_text(interpolate(each["value"], contexts)) for name, each in declared.items()}

    def _job(self, name: str, job: Mapping[str, Any]) -> JobRun:
        where = f"{self.file}: {name}"
        if unknown := job.keys() - _JOB_KEYS:
            raise WorkflowError(f"{where} has {', '.join(sorted(unknown))}, which is not known here")
        # Whether it runs is asked before its environment is looked at.
        contexts = self._contexts(job, Place())
        # What runs in a called workflow asks for the callers' ancestors too: so a skipped job up there would skip it
        # (actions/runner#2205). GitHub documents it for one workflow only; this is the worse of the two.
        ancestors = [*self.ancestors, *(self.jobs[each].result for each in self._ancestors(name))]
        if not condition(job.get("if", "success()"), {**contexts, **status_functions(ancestors)}):
            return JobRun("skipped", dict.fromkeys(self._declared_outputs(job), ""))
        permissions = self._permissions(where, job)
        place = self._place(job)
        environment = self._named(place)
        if place and self.of.github["ref_name"] not in environment.branches:
            said = f"branch {self.of.github['ref_name']} may not deploy to {place}: the environment's rules"
            return JobRun("failure", dict.fromkeys(self._declared_outputs(job), ""), [StepRun(place, "failure", said)])
        if "uses" in job:
            return self._call(where, job, contexts, permissions, ancestors)
        return self._combinations(where, job, self._contexts(job, environment), permissions)

    def _contexts(self, job: Mapping[str, Any], environment: Place) -> dict[str, Any]:
        variables = {**self.of.settings.variables, **environment.variables}
        needs = {
            each: {"result": self.jobs[each].result, "outputs": Declared(f"{each}'s outputs", self.jobs[each].outputs)}
            for each in _needs(job)
        }
        return {
            "github": self.of.github,
            "inputs": self.inputs,
            "needs": Declared("needs", needs),
            "secrets": Declared("secrets", self._secrets(environment)),
            "vars": Declared("vars", variables),
        }

    def _place(self, job: Mapping[str, Any]) -> str:
        """The environment that a job names; empty for none."""
        place = job.get("environment", "")
        return as_text(interpolate(place["name"] if isinstance(place, Mapping) else place, {"inputs": self.inputs}))

    def _named(self, place: str) -> Place:
        # GitHub would make an environment of this name, with no rule.
        if place and place not in self.of.settings.environments:
            raise WorkflowError(f"there is no environment {place}")
        return self.of.settings.environments.get(place, Place())

    def _secrets(self, environment: Place) -> Mapping[str, str]:
        """The secrets that a job sees: the repository's and its environment's, which come first.

        In a called workflow only those that the caller names, though their values may be the environment's. What a
        caller passes of an environment's is empty, and its name lets the called job look ("Reusing workflow
        configurations"; actions/runner#1490, #4453).
        """
        if self.secrets is None:
            return {**self.of.settings.secrets, **environment.secrets}
        return {name: environment.secrets.get(name, value) for name, value in self.secrets.items()}

    def _ancestors(self, name: str) -> list[str]:
        parents = _needs(self.definition["jobs"][name])
        return [*parents, *(each for parent in parents for each in self._ancestors(parent))]

    def _declared_outputs(self, job: Mapping[str, Any]) -> list[str]:
        if "uses" in job:
            called = read_workflow(self.of.source / job["uses"])
            return list(mapping(called["on"]["workflow_call"], "outputs"))
        return list(mapping(job, "outputs"))

    def _permissions(self, where: str, job: Mapping[str, Any]) -> Mapping[str, str]:
        asked: Mapping[str, str] = job.get("permissions", self.definition.get("permissions", {}))
        for scope, level in asked.items():
            if self.ceiling is not None and LEVELS[level] > LEVELS[self.ceiling.get(scope, "none")]:
                raise WorkflowError(f"{where} asks for {scope}: {level}, but its caller gives it less")
        return asked

    def _call(
        self,
        where: str,
        job: Mapping[str, Any],
        contexts: Mapping[str, Any],
        permissions: Mapping[str, str],
        ancestors: Sequence[str],
    ) -> JobRun:
        file = Path(job["uses"]).name
        if job["uses"] != f"./.github/workflows/{file}":
            raise WorkflowError(f"{where} calls {job['uses']}, which is not of this repository")
        definition = read_workflow(self.of.source / ".github/workflows" / file)
        trigger = definition["on"]["workflow_call"]
        given = {name: interpolate(value, contexts) for name, value in mapping(job, "with").items()}
        # A secret of an environment is empty here: a job that calls has none.
        passed = {**dict.fromkeys(self._everywhere(), ""), **contexts["secrets"]}
        known = {**contexts, "secrets": Declared("secrets", passed)}
        secrets = {name: as_text(interpolate(value, known)) for name, value in mapping(job, "secrets").items()}
        return _Workflow(
            self.of,
            file,
            definition,
            _inputs(file, trigger, given),
            _secrets(file, trigger, secrets),
            ceiling=permissions,
            ancestors=ancestors,
        ).run()

    def _subject(self, job: Mapping[str, Any]) -> str:
        """Who a job is to others, by OpenID Connect: its environment's, or else its branch's."""
        place = self._place(job)
        return f"repo:{self.of.repository}:{f'environment:{place}' if place else 'ref:' + self.of.event.ref}"

    def _everywhere(self) -> set[str]:
        """The names of the secrets of all environments."""
        return {name for each in self.of.settings.environments.values() for name in each.secrets}

    def _combinations(
        self, where: str, job: Mapping[str, Any], contexts: Mapping[str, Any], permissions: Mapping[str, str]
    ) -> JobRun:
        """The job once for each combination of its matrix; without one, once."""
        matrix = mapping(mapping(job, "strategy"), "matrix")
        runs = [
            Job(
                self.of,
                where,
                job,
                {**contexts, "matrix": dict(zip(matrix, values, strict=True))},
                permissions,
                file=self.file,
                subject=self._subject(job),
                shell=mapping(mapping(self.definition, "defaults"), "run").get("shell"),
            ).run()
            for values in itertools.product(*matrix.values())
        ]
        if len(runs) == 1:
            return runs[0]
        failed = any(each.result == "failure" for each in runs)
        return JobRun("failure" if failed else "success", steps=[step for each in runs for step in each.steps])


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


def _secrets(file: str, trigger: Mapping[str, Any], given: Mapping[str, str]) -> Mapping[str, str]:
    declared = mapping(trigger, "secrets")
    required = {name for name, each in declared.items() if each.get("required")}
    if not required <= given.keys() <= declared.keys():
        raise WorkflowError(f"{file} gets the wrong secrets: {', '.join(given) or 'none'}")
    return {name: given.get(name, "") for name in declared}
