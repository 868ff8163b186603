"""Rules on references such as $(NAME) in the value of a variable, which the kubelet fills in."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.contents import keys_of
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests

_SOURCE = "Kubernetes documentation, Define Dependent Environment Variables; kubelet v1.34, makeEnvironmentVariables"
# `$$(NAME)` is the escape: it means the text `$(NAME)`.
_REFERENCE = regex(r"\$\$|\$\(([^)]*)\)")
_NAME = regex(r"[A-Z_][A-Z0-9_]*")
# What the kubelet gives for each Service of the namespace, and for the API server's.
_OF_A_SERVICE = regex(r"\w+_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_\w+)?)?)")


@rule(_SOURCE)
def variable_is_defined_before_use(manifests: Manifests) -> Iterator[Finding]:
    """A value that names another variable, `$(NAME)`, is below it: a reference to a later one stays as it is.

    The kubelet goes through `env` from top to bottom, with all of `envFrom` before it. A broker's address then holds
    the text `$(REDIS_PASSWORD)`, and the container starts. What no line defines at all is a warning: kustomize and
    others fill in such names too. `$$(NAME)` is no reference.
    """
    for pod in manifests.pods:
        if manifests.resource_of(pod.template).complete:
            for container in pod.all_containers:
                yield from _findings(manifests, pod, container)


def _findings(manifests: Manifests, pod: Pod, container: Node) -> Iterator[Finding]:
    variables = list(container["env"])
    below = {each["name"].text for each in variables}
    defined: set[str] = set()
    for variable in variables:
        for name in _references(variable["value"].text):
            if name in defined or not (name in below or _NAME.fullmatch(name)) or _OF_A_SERVICE.fullmatch(name):
                continue
            given = _given_by_sources(manifests, pod, container, name)
            if given or (given is None and name not in below):
                continue
            yield _finding(variable, name, late=name in below, sure=given is False)
        defined.add(variable["name"].text)


def _references(text: str) -> Iterator[str]:
    """Yield the names that a value refers to, each once."""
    yield from dict.fromkeys(found[1] for found in _REFERENCE.finditer(text) if found[1])


def _given_by_sources(manifests: Manifests, pod: Pod, container: Node, name: str) -> bool | None:
    """Return whether `envFrom` gives a variable; None where a source is not in these manifests."""
    unseen = False
    for each in container["envFrom"]:
        for kind, source in (("ConfigMap", each["configMapRef"]), ("Secret", each["secretRef"])):
            if not source.present:
                continue
            keys = keys_of(manifests, kind, source["name"].text, manifests.scope_of(pod.template))
            unseen = unseen or keys is None
            if keys and name in {each["prefix"].text + key for key in keys}:
                return True
    return None if unseen else False


def _finding(variable: Node, name: str, *, late: bool, sure: bool) -> Finding:
    if not late:
        return finding(
            variable["value"],
            f"a value without $({name}), or {name} above it",
            f"nothing here defines {name}: the container gets the text $({name})",
            value=_shown(name),
            severity=Severity.WARNING,
        )
    itself = variable["name"].text == name
    return finding(
        variable["value"],
        f"the whole value: no variable can refer to {name} of the image" if itself else f"{name} above it",
        f"the kubelet knows only what is before: the container gets the text $({name})",
        value=_shown(name),
        severity=Severity.ERROR if sure else Severity.WARNING,
    )


def _shown(name: str) -> str:
    """Return what is said of a value, which may hold a password too."""
    return f"a text with $({name})"
