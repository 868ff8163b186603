"""What a container runs, read from its command line: enough of a shell and of Celery's options to tell."""

import re
import shlex
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from examx_constructs._regex import regex
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import arguments, environment
from examx_constructs.manifests.remembered import remembered

DEFAULT_QUEUE = "celery"

_SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
_SEPARATOR = regex(r"&&|\|\||[;&|\n]")
_CONTINUED = regex(r"\\\n")
_SUBCOMMAND = regex(r"worker|beat")
_OTHER_SUBCOMMANDS = words("call control events flower graph inspect list multi purge report shell status")
REFERENCE = regex(r"\$(?:\((\w+)\)|\{(\w+)\}|(\w+))")
"""$(NAME), which the kubelet fills in; ${NAME} and $NAME, which a shell does."""
_ON = words("1 on t true y yes")
_EMBEDDED_BEAT = regex(r"--beat|-E?BE?")


class Celery(NamedTuple):
    """A celery command that a container runs."""

    command: str
    """`worker` or `beat`."""
    app: str
    queues: frozenset[str]
    """What a worker drains; empty where a variable hides it."""
    names_queues: bool
    """Whether the command names them. Else they are what the application says, and `celery` where it says nothing."""
    embeds_beat: bool
    shell: str
    """The shell between the kubelet's SIGTERM and celery; empty where none does."""


def base_name(word: str) -> str:
    """Return the last part of a path."""
    return word.rsplit("/", 1)[-1]


@remembered
def celery_commands(container: Node) -> tuple[Celery, ...]:
    """Return the celery workers and schedulers that a container starts."""
    argv = arguments(container)
    # Most containers run something else, and many rules ask.
    if not any("celery" in word for word in argv):
        return ()
    return _celery_commands(tuple(argv), tuple(environment(container).items()))


@lru_cache(maxsize=1024)
def _celery_commands(argv: tuple[str, ...], variables: tuple[tuple[str, str], ...]) -> tuple[Celery, ...]:
    found = (_celery(shell, command, dict(variables)) for shell, command in _processes(list(argv)))
    return tuple(each for each in found if each is not None)


def worker_option(container: Node, short: str, long: str) -> str | None:
    """Return an option's value of a container's Celery worker, from its command or CELERY_WORKER_<OPTION>.

    None where neither says it, empty where a variable hides it.
    """
    variables = environment(container)
    for shell, command in _processes(arguments(container)):
        celery = _celery(shell, command, variables)
        if celery and celery.command == "worker":
            given = option(command, short, long)
            given = (
                variables.get(f"CELERY_WORKER_{long.strip('-').replace('-', '_').upper()}") if given is None else given
            )
            return None if given is None else _resolved(given, variables) or ""
    return None


def commands(container: Node) -> Iterator[list[str]]:
    """Return the words of each command that a container starts."""
    return command_lines(arguments(container))


def command_lines(argv: list[str]) -> Iterator[list[str]]:
    """Yield the words of each command in a command line: those of a shell's text, or the line itself."""
    for _, command in _processes(argv):
        yield command


def _processes(argv: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the commands of a command line, each with the shell that runs it and will not be replaced by it."""
    shell = next((index for index, word in enumerate(argv) if base_name(word) in _SHELLS), None)
    if shell is None:
        yield "", argv
        return
    script = next((index for index in range(shell + 1, len(argv)) if _is_script_option(argv[index])), None)
    if script is None:
        yield "", argv
        return
    for command in _SEPARATOR.split(_CONTINUED.sub(" ", "".join(argv[script + 1 : script + 2]))):
        words = _split(command)
        yield ("" if "exec" in words else base_name(argv[shell])), words


def _is_script_option(word: str) -> bool:
    return re.fullmatch(r"-[a-z]*c", word) is not None


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command, comments=True)
    except ValueError:
        return command.split()


def _celery(shell: str, words: list[str], variables: Mapping[str, str]) -> Celery | None:
    start = next((index for index, word in enumerate(words) if base_name(word) == "celery"), None)
    if start is None:
        return None
    rest = words[start + 1 :]
    command = next((word for word in rest if _SUBCOMMAND.fullmatch(word) or word in _OTHER_SUBCOMMANDS), "")
    if not _SUBCOMMAND.fullmatch(command):
        return None
    # An option that the command leaves out comes from CELERY_WORKER_<OPTION>: click's auto_envvar_prefix.
    queues = option(rest, "-Q", "--queues") or variables.get("CELERY_WORKER_QUEUES")
    named = _resolved(DEFAULT_QUEUE if queues is None else queues, variables)
    return Celery(
        command=command,
        app=option(rest, "-A", "--app") or "",
        queues=frozenset(filter(None, named.split(","))) if named is not None else frozenset(),
        names_queues=queues is not None,
        embeds_beat=any(_EMBEDDED_BEAT.fullmatch(word) for word in rest) or _is_on(variables, "CELERY_WORKER_BEAT"),
        shell=shell,
    )


def _is_on(variables: Mapping[str, str], name: str) -> bool:
    return variables.get(name, "").lower() in _ON


def option(words: list[str], short: str, long: str) -> str | None:
    """Return the value of an option in any of the ways to write it: `-Q a`, `-Qa`, `--queues a`, `--queues=a`."""
    for index, word in enumerate(words):
        if word in (short, long):
            return "".join(words[index + 1 : index + 2])
        if word.startswith(f"{long}="):
            return word.removeprefix(f"{long}=")
        if word.startswith(short):
            return word.removeprefix(short)
    return None


def _resolved(text: str, variables: Mapping[str, str]) -> str | None:
    """Return the text with its variables filled in, or None where one of them has no literal value."""
    names = {name for groups in REFERENCE.findall(text) for name in groups if name}
    if not names <= variables.keys():
        return None
    return REFERENCE.sub(lambda found: variables[next(filter(None, found.groups()))], text)
