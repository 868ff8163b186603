"""One job of a workflow: its steps, run with bash, on a machine of its own."""

import itertools
import json
import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tests.unit.workflows.actions import ACTIONS
from tests.unit.workflows.expressions import Declared, as_text, condition, interpolate
from tests.unit.workflows.model import JobRun, Run, StepError, StepRun, WorkflowError, mapping, status_functions

SCRIPT_SECONDS = 300
LEVELS = {"none": 0, "read": 1, "write": 2}
_STEP_KEYS = frozenset(("env", "id", "if", "name", "run", "shell", "uses", "with"))
_MASK = re.compile(r"^::add-mask::(.*)$\n?", re.MULTILINE)


class Job:
    """One job on a machine of its own: an empty workspace, its steps in their order."""

    def __init__(
        self,
        run: Run,
        where: str,
        job: Mapping[str, Any],
        contexts: Mapping[str, Any],
        permissions: Mapping[str, str],
        *,
        file: str,
        subject: str,
        shell: str | None,
    ) -> None:
        self.of = run
        self.where = where
        self.definition = job
        self.contexts = contexts
        self.permissions = permissions
        self.file = file
        """The workflow that it stands in, which signs for it."""
        self.subject = subject
        """Who it is to others, by OpenID Connect."""
        self.shell = shell
        self.home = run.scratch / f"job-{next(run.numbers)}"
        self.workspace = self.home / "workspace"
        self.workspace.mkdir(parents=True)
        (self.home / "temp").mkdir()
        self.path: list[str] = []
        self.variables: dict[str, str] = {}
        """What actions exported for the steps that follow."""
        self.masks = run.settings.every_secret()
        self.steps: list[StepRun] = []

    def may(self, scope: str, level: str) -> bool:
        """Whether the token of the job has a permission."""
        return LEVELS[self.permissions.get(scope, "none")] >= LEVELS[level]

    def run(self) -> JobRun:
        results = self._run_steps(self.definition["steps"], self.contexts, self.shell)
        contexts = {**self.contexts, "steps": results.steps}
        declared = mapping(self.definition, "outputs")
        outputs = {name: as_text(interpolate(value, contexts)) for name, value in declared.items()}
        # GitHub drops an output that holds a secret, and says so in a warning only.
        shown = {name: "" if any(mask in value for mask in self.masks) else value for name, value in outputs.items()}
        return JobRun(results.result, shown, self.steps)

    def _run_steps(
        self, steps: Sequence[Mapping[str, Any]], contexts: Mapping[str, Any], shell: str | None
    ) -> "_StepResults":
        results = _StepResults()
        for step in steps:
            if unknown := step.keys() - _STEP_KEYS:
                raise WorkflowError(f"{self.where} has {', '.join(sorted(unknown))}, which is not known here")
            known = {**contexts, "steps": results.steps, "runner": {"temp": str(self.home / "temp"), "os": "Linux"}}
            if not condition(step.get("if", "success()"), {**known, **status_functions([results.result])}):
                results.add(step, {}, "skipped")
                continue
            try:
                outputs = self._step(step, known, shell)
            except StepError as failure:
                self.steps.append(StepRun(_name(step), "failure", str(failure)))
                results.add(step, failure.outputs, "failure")
            else:
                results.add(step, outputs, "success")
        return results

    def _step(self, step: Mapping[str, Any], contexts: Mapping[str, Any], shell: str | None) -> Mapping[str, str]:
        variables = {name: as_text(interpolate(value, contexts)) for name, value in mapping(step, "env").items()}
        if "run" in step:
            # GitHub would put expressions into the script; the static tests see to it that there are none.
            return self._script(_name(step), step["run"], step.get("shell") or shell, variables)
        given = {name: interpolate(value, contexts) for name, value in mapping(step, "with").items()}
        if step["uses"].startswith("./"):
            return self._composite(step["uses"], given)
        return self._foreign(_name(step), step["uses"], given)

    def _composite(self, uses: str, given: Mapping[str, Any]) -> Mapping[str, str]:
        """Follow an action of this repository, as the checkout in the workspace has it."""
        file = self.workspace / uses / "action.yaml"
        if not file.is_file():
            raise WorkflowError(f"{self.where} uses {uses}, but its checkout has no such action")
        action = yaml.safe_load(file.read_text(encoding="utf-8"))
        declared = mapping(action, "inputs")
        if wrong := given.keys() ^ {name for name, each in declared.items() if each["required"] or name in given}:
            raise WorkflowError(f"{self.where} gives {uses} the wrong inputs: {', '.join(sorted(wrong))}")
        contexts = {
            "github": self.of.github,
            "inputs": Declared(f"{uses}'s inputs", {name: as_text(value) for name, value in given.items()}),
        }
        results = self._run_steps(action["runs"]["steps"], contexts, None)
        if results.result != "success":
            raise StepError
        contexts = {"steps": results.steps}
        return {name: interpolate(each["value"], contexts) for name, each in mapping(action, "outputs").items()}

    def _foreign(self, name: str, uses: str, given: Mapping[str, Any]) -> Mapping[str, str]:
        action, _, commit = uses.partition("@")
        known = ACTIONS.get(action)
        if not known or commit != known.commit or action not in self.of.actions:
            raise WorkflowError(f"{self.where} uses {uses}, which is not known here")
        if not known.required <= given.keys() <= known.inputs:
            raise WorkflowError(f"{self.where} gives {action} the wrong inputs: {', '.join(given.keys())}")
        outputs = self.of.actions[action](self, {each: as_text(value) for each, value in given.items()})
        self.steps.append(StepRun(name, "success", outputs=outputs or {}))
        return outputs or {}

    def _script(self, name: str, script: str, shell: str | None, variables: Mapping[str, str]) -> Mapping[str, str]:
        if not shell or "{0}" not in shell:
            raise WorkflowError(f"{self.where}: {name} has no shell, or one that is not known here")
        number = len(self.steps)
        files = {each: self.home / f"{each}-{number}" for each in ("OUTPUT", "PATH", "STEP_SUMMARY")}
        for file in files.values():
            file.touch()
        (self.home / f"script-{number}.sh").write_text(script, encoding="utf-8")
        done = subprocess.run(
            shlex.split(shell.format(self.home / f"script-{number}.sh")),
            cwd=self.workspace,
            env={**self._environment(), **{f"GITHUB_{each}": str(file) for each, file in files.items()}, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SCRIPT_SECONDS,
            check=False,
        )
        self.masks |= {mask for mask in _MASK.findall(done.stdout) if mask}
        self.path += files["PATH"].read_text(encoding="utf-8").split()
        self.of.summaries.append(files["STEP_SUMMARY"].read_text(encoding="utf-8"))
        log = _MASK.sub("", done.stdout)
        outputs = _read_outputs(files["OUTPUT"].read_text(encoding="utf-8"))
        if done.returncode:
            raise StepError(log, outputs)
        self.steps.append(StepRun(name, "success", log, outputs))
        return outputs

    def _environment(self) -> dict[str, str]:
        event = self.home / "event.json"
        event.write_text(json.dumps(self.of.event.payload), encoding="utf-8")
        github = {
            f"GITHUB_{name.upper()}": value for name, value in self.of.github.items() if name not in ("event", "token")
        }
        return {
            **github,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_WORKSPACE": str(self.workspace),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PATH": os.pathsep.join([*reversed(self.path), str(self.of.programs), *self.of.system_path]),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.home / "temp"),
            **self.of.variables,
            **self.variables,
        }


class _StepResults:
    """How the steps so far ended."""

    def __init__(self) -> None:
        self.result = "success"
        self.steps = Declared("steps", {})

    def add(self, step: Mapping[str, Any], outputs: Mapping[str, str], result: str) -> None:
        if result == "failure":
            self.result = "failure"
        if "id" in step:
            # A step that did not run gives nothing, which GitHub reads as empty; one that ran must give what is read.
            given = Declared(f"{step['id']}'s outputs", outputs) if result == "success" else outputs
            self.steps[step["id"]] = {"outputs": given, "outcome": result}


def _name(step: Mapping[str, Any]) -> str:
    return step.get("name") or step.get("uses") or step["run"]


def _read_outputs(content: str) -> dict[str, str]:
    """What a step wrote to GITHUB_OUTPUT: `name=value`, or `name<<END` and lines up to END."""
    outputs: dict[str, str] = {}
    lines = iter(content.splitlines())
    for line in lines:
        name, sign, rest = re.split(r"(=|<<)", line, maxsplit=1)
        outputs[name] = rest if sign == "=" else "\n".join(itertools.takewhile(lambda each: each != rest, lines))  # noqa: B023
    return outputs
