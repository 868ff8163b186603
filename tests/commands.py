"""Commands as people type them into a shell: in words, and whether what they name is there."""

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib.util import find_spec
from itertools import groupby, pairwise
from pathlib import Path, PurePosixPath

import yaml

from tests.guides import PROJECT, assert_containers_exist, assert_examx_knows, find, named_objects, objects_in, option

Words = list[str]

_BETWEEN = {"|", "||", "&&", ";", "&"}
_REDIRECTIONS = {"<", ">", ">>", "<<<", ">&", "&>"}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")

# What is there besides dist/: of KEDA 2.17.2, and of Kubernetes.
_INSTALLED = {
    "keda": {
        ("deployment", "keda-operator"),
        ("deployment", "keda-operator-metrics-apiserver"),
        ("deployment", "keda-admission-webhooks"),
    },
}
_OF_THE_CLUSTER = {("apiservice", "v1beta1.external.metrics.k8s.io")}
_KUBECTL = {
    "annotate",
    "apply",
    "auth",
    "config",
    "debug",
    "delete",
    "describe",
    "edit",
    "exec",
    "get",
    "logs",
    "rollout",
    "scale",
    "top",
}
_HELM = {
    "upgrade": {"--install", "--repo", "--version", "--kube-context", "--namespace", "--create-namespace", "--set"},
}
_AWS = {
    "ec2 create-launch-template-version": {"--launch-template-id", "--source-version", "--launch-template-data"},
    "ec2 modify-instance-metadata-options": {"--instance-id", "--http-tokens", "--http-put-response-hop-limit"},
    "eks create-addon": {"--cluster-name", "--addon-name", "--configuration-values"},
    "eks describe-cluster": {"--name", "--query", "--output"},
    "eks update-addon": {"--cluster-name", "--addon-name", "--resolve-conflicts", "--configuration-values"},
    "eks update-nodegroup-version": {"--cluster-name", "--nodegroup-name", "--launch-template"},
    "eks update-kubeconfig": {"--name", "--region", "--alias"},
    "iam create-open-id-connect-provider": {"--url", "--client-id-list"},
}
_GIT = {"add", "clone", "commit", "config", "diff", "fetch", "log", "pull", "push", "status", "switch", "tag"}


def commands(script: str) -> Iterator[Words]:
    """The commands of a script, one by one: without comments, assignments before them, and redirections."""
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
        lexer.whitespace_split = True
        for between, words in groupby(lexer, key=_BETWEEN.__contains__):
            if not between and (command := list(_without_surroundings(list(words)))):
                yield command


def _without_surroundings(words: Words) -> Iterator[str]:
    started = False
    for before, word in zip([None, *words], words, strict=False):
        if word in _REDIRECTIONS or before in _REDIRECTIONS:
            continue
        started = started or not _ASSIGNMENT.match(word)
        if started:
            yield word


def assert_there(command: Words) -> None:
    """What a command names is there: the program is one of those known here, and what it is told exists."""
    program = PurePosixPath(command[0]).name
    assert program in PROGRAMS, f"no test knows the program {program}: add it to tests/commands.py"
    PROGRAMS[program](command)


def _make(command: Words) -> None:
    text = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = {target for line in re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE) for target in line.split()}
    for word in command[1:]:
        assert "=" in word or word in targets, f"make has no target {word}"


def _python(command: Words) -> None:
    words = [word for word in command[1:] if word not in ("-O", "-m")]
    if "-m" in command:
        assert find_spec(words[0]), f"there is no module {words[0]}"
        words = words[1:]
    for word in words:
        if "/" in word or word.endswith(".py"):
            assert (PROJECT / word.partition("::")[0]).exists(), f"there is no file {word}"


def _kubectl(command: Words) -> None:
    assert command[1] in _KUBECTL, f"kubectl {command[1]}"
    namespace = option(command, "--namespace") or option(command, "-n")
    named = [each for each in named_objects(command) if each not in _OF_THE_CLUSTER]
    if namespace in _INSTALLED:
        for each in named:
            assert each in _INSTALLED[namespace], f"{namespace} has no {'/'.join(each)}"
        return
    assert namespace or not named, "a namespaced object is named without its namespace"
    objects = objects_in(namespace) if namespace else []
    for kind, name in named:
        if kind == "hpa" and name.startswith("keda-hpa-"):
            find(objects, "scaledobject", name.removeprefix("keda-hpa-"))
        else:
            assert_containers_exist(command, find(objects, {"hpa": "horizontalpodautoscaler"}.get(kind, kind), name))


def _of_tool(known: Mapping[str, set[str]], depth: int) -> Callable[[Words], None]:
    """A program that is not at hand: its commands and options, as its manual has them."""

    def check(command: Words) -> None:
        name = " ".join(command[1 : depth + 1])
        assert name in known, f"{command[0]} {name}"
        for word in command:
            assert not word.startswith("-") or word.partition("=")[0] in known[name], f"{command[0]} {name} {word}"

    return check


def _git(command: Words) -> None:
    assert command[1] in _GIT, f"git {command[1]}"


def _gh(command: Words) -> None:
    workflows = PROJECT / ".github" / "workflows"
    match command[1:]:
        case ["workflow", "run", name, *_]:
            assert (workflows / name).exists(), f"there is no workflow {name}"
            # YAML 1.1 reads `on` as true.
            inputs = yaml.safe_load((workflows / name).read_text(encoding="utf-8"))[True]["workflow_dispatch"]["inputs"]
            for before, word in pairwise(command[3:]):
                if before in ("-f", "--raw-field", "-F", "--field"):
                    assert word.partition("=")[0] in inputs, f"{name} has no input {word}"
        case ["secret", "set", name, *_]:
            used = any(f"secrets.{name} " in each.read_text(encoding="utf-8") for each in workflows.iterdir())
            assert used, f"no workflow uses the secret {name}"
        case _:
            raise AssertionError(f"gh {' '.join(command[1:3])}")


def _installs(command: Words) -> None:
    """pip or uv: what they install is this project, with extras that it has."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert command[1] in ("install", "add"), f"{command[0]} {command[1]}"
    for word in command[2:]:
        name, extra = re.match(r"([\w-]+)(?:\[(\w+)\])?", word).groups()  # pyright: ignore[reportOptionalMemberAccess]
        assert name == project["name"], f"{command[0]} installs {name}"
        assert extra is None or extra in project["optional-dependencies"], f"there is no extra {extra}"


def _answers_help(command: Words) -> None:
    """A program of .venv: it has the command and its options."""
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run([program, command[1], "--help"], check=False, capture_output=True, text=True, timeout=60)
    assert not done.returncode, f"{command[0]} has no {command[1]}"
    for word in command[2:]:
        assert not word.startswith("-") or word.partition("=")[0] in done.stdout, f"{command[0]} {command[1]} {word}"


def _of_the_shell(_command: Words) -> None:
    """What the shell does itself, with names that are the reader's."""


PROGRAMS: Mapping[str, Callable[[Words], None]] = {
    "aws": _of_tool(_AWS, 2),
    "cd": _of_the_shell,
    "examx": assert_examx_knows,
    "export": _of_the_shell,
    "gh": _gh,
    "git": _git,
    "helm": _of_tool(_HELM, 1),
    "kubectl": _kubectl,
    "make": _make,
    "pip": _installs,
    "python": _python,
    "towncrier": _answers_help,
    "uv": _installs,
}
"""The programs that documents may name in their blocks, and what is known of them."""
