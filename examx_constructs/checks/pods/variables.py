"""Rules on variables that make a command mean something else, from the one table that settings refuse by."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.commands import REFERENCE, base_name, celery_commands, commands
from examx_constructs.manifests.node import Node, shown
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.remembered import remembered_in_last
from examx_constructs.manifests.resources import Manifests

if TYPE_CHECKING:
    from examx_constructs.settings.program_variables import Program, ProgramVariable

_ASSIGNMENT = regex(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_PYTHON = regex(r"(python|pypy)[\d.]*|celery|gunicorn|django-admin|manage\.py")


class Assignment(NamedTuple):
    """A variable's literal value, and the place in the workload that gives it."""

    node: Node
    name: str
    text: str

    def finding(self, row: "ProgramVariable") -> Finding:
        """Return what is wrong with it."""
        allowed = f"{row.allowed}, or no {self.name}" if row.allowed else f"no {self.name}"
        return finding(self.node, allowed, row.does, value=shown(f"{self.name}={self.text}"))


@rule("examx_constructs/settings/program_variables.py, which names the source of each")
def command_means_what_it_says(manifests: Manifests) -> Iterator[Finding]:
    """No variable makes a container's program end, forget its tasks or do something else than its command says.

    What runs decides which variables count: celery's do nothing to gunicorn. Read are literal values, those of
    ConfigMaps beside them, and what a shell or `env` sets in the command. REMAP_SIGTERM is for
    celery-receives-sigterm.
    """
    for pod in manifests.pods:
        for container in pod.all_containers:
            for row, assignment in broken(manifests, pod, container):
                if assignment.name != "REMAP_SIGTERM":
                    yield assignment.finding(row)


@remembered_in_last
def broken(manifests: Manifests, pod: Pod, container: Node) -> tuple[tuple["ProgramVariable", Assignment], ...]:
    """Return the variables of a container that break what it runs."""
    return tuple(_broken(manifests, pod, container))


def _broken(manifests: Manifests, pod: Pod, container: Node) -> Iterator[tuple["ProgramVariable", Assignment]]:
    running = _programs(container)
    if not running:
        return
    # It loads attrs with it, which manifests without such a program do not need.
    from examx_constructs.settings.program_variables import program_variable  # noqa: PLC0415

    for assignment in _assignments(manifests, pod, container):
        row = program_variable(assignment.name)
        if row is not None and running.intersection(row.programs) and row.breaks(assignment.text):
            yield row, assignment


def _programs(container: Node) -> "frozenset[Program]":
    found: set[Program] = set()
    for celery in celery_commands(container):
        found.add("celery worker" if celery.command == "worker" else "celery beat")
    names = {base_name(word) for words in commands(container) for word in words}
    if "gunicorn" in names:
        found.add("gunicorn")
    if found or any(_PYTHON.fullmatch(name) for name in names):
        found.add("any")
    return frozenset(found)


def _assignments(manifests: Manifests, pod: Pod, container: Node) -> Iterator[Assignment]:
    """Yield what counts in the end.

    `env` over `envFrom`, the later over the earlier, and the command's own over all.
    """
    literal: dict[str, Assignment] = {}
    for each in container["envFrom"]:
        prefix = each["prefix"].text
        for key, text in _config_map(manifests, pod, each["configMapRef"]["name"].text).items():
            literal[prefix + key] = Assignment(each, prefix + key, text)
    for each in container["env"]:
        name = each["name"].text
        literal.pop(name, None)
        text = _text(manifests, pod, each, literal)
        if text is not None:
            literal[name] = Assignment(each, name, text)
    command = container["command"] if container["command"].present else container["args"]
    for words in commands(container):
        if words[:1] == ["unset"]:
            literal = {name: each for name, each in literal.items() if name not in words}
        for word in words:
            if given := _ASSIGNMENT.fullmatch(word):
                literal[given[1]] = Assignment(command, given[1], given[2])
    yield from literal.values()


def _text(manifests: Manifests, pod: Pod, variable: Node, before: Mapping[str, Assignment]) -> str | None:
    """Return the value of an item of `env` as the kubelet fills it in, or None where the manifests do not tell it."""
    reference = variable["valueFrom"]["configMapKeyRef"]
    if reference.present:
        return _config_map(manifests, pod, reference["name"].text).get(reference["key"].text)
    text = variable["value"].value
    if not isinstance(text, str):
        return None
    named = [found[1] for found in REFERENCE.finditer(text) if found[1]]
    if any(name not in before for name in named):
        return None
    return REFERENCE.sub(lambda found: before[found[1]].text if found[1] else found[0], text)


def _config_map(manifests: Manifests, pod: Pod, name: str) -> dict[str, str]:
    config = manifests.find("ConfigMap", name, manifests.scope_of(pod.template)) if name else None
    return config.root["data"].labels if config else {}
