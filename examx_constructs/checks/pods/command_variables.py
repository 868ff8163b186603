"""A rule on variables that a command names, and that nobody fills in."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.commands import base_name
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests

_REFERENCE = regex(r"\$\$|\$\(([A-Z_][A-Z0-9_]*)\)")
_SHELL_REFERENCE = regex(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
# What the kubelet gives for each Service of the namespace, and for the API server's.
_OF_A_SERVICE = regex(r"\w+_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)")
_INTERPRETERS = regex(r"(ba|da|a|z|k|c|fi)?sh|env|envsubst|busybox|python[\d.]*|perl|node|ruby|pwsh|make|gomplate")


@rule(
    "Kubernetes API core/v1 Container, command; kubelet v1.34, ExpandContainerCommandOnlyStatic",
    severity=Severity.WARNING,
)
def command_variable_is_filled_in(manifests: Manifests) -> Iterator[Finding]:
    """A variable in a command is filled in: `$(NAME)` by the kubelet, where the container defines it.

    Without a shell nobody reads `${NAME}`, and a `$(NAME)` that no variable of the container defines stays as it is.
    What the image sets does not count. A warning: a tool may fill names in before the manifests are applied, and some
    programs read them themselves.
    """
    for pod in manifests.pods:
        if manifests.resource_of(pod.template).complete:
            for container in pod.all_containers:
                yield from _findings(container)


def _findings(container: Node) -> Iterator[Finding]:
    words = [*container["command"], *container["args"]]
    if not container["command"].present or any(_INTERPRETERS.fullmatch(base_name(word.text)) for word in words):
        return
    defined = {each["name"].text for each in container["env"]}
    for word in words:
        if "$" not in word.text:
            continue
        for found in _REFERENCE.finditer(word.text):
            name = found[1]
            # What all of a ConfigMap or Secret gives may be any name.
            if name and name not in defined and not container["envFrom"].present and not _OF_A_SERVICE.fullmatch(name):
                yield finding(
                    word, f"a variable of the container: {name} is none", f"the program gets the text $({name})"
                )
        for found in _SHELL_REFERENCE.finditer(word.text):
            name = found[1] or found[2]
            if name in defined:
                yield finding(
                    word, f"$({name}), which the kubelet fills in", f"no shell reads it: the program gets {found[0]}"
                )
