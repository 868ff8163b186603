"""Rules on how manifests are written: that they can be read, and mean what they say."""

from collections.abc import Iterator
from dataclasses import replace

from examx_constructs.checks.finding import NO_OBJECT, Finding, Severity, finding, rule
from examx_constructs.manifests import Manifests, Node


@rule("kubectl 1.34, k8s.io/cli-runtime; sigs.k8s.io/yaml 1.6")
def file_is_readable(manifests: Manifests) -> Iterator[Finding]:
    """A file of manifests is YAML or JSON that kubectl reads.

    A template is told in a warning: a program makes manifests of it, and those can be checked. What is clearly no
    manifest, such as the values of a chart, is passed over.
    """
    for unread in manifests.unread:
        yield Finding(
            NO_OBJECT,
            unread.file,
            f"line {unread.line}" if unread.line else "the file",
            unread.reason.removeprefix("is "),
            "YAML or JSON that kubectl reads",
            "nothing in it is checked" if unread.template else "kubectl refuses it, or reads something else",
            Severity.WARNING if unread.template else Severity.ERROR,
            line=unread.line or None,
            column=unread.column or None,
        )


@rule("YAML 1.1, Mapping; kubectl 1.34, go.yaml.in/yaml/v2 2.4, decode.go; kustomize 5.7")
def keys_are_unique(manifests: Manifests) -> Iterator[Finding]:
    """A mapping has each of its keys once.

    kubectl takes the last one and says nothing, so what is at the first is not applied; kustomize refuses the file.
    """
    for resource in manifests:
        for twice in resource.document.twice:
            node = _node(resource.root, twice.path)
            lines = list(dict.fromkeys(str(place.line) for place in twice.places))
            places = f", in lines {', '.join(lines[:-1])} and {lines[-1]}" if len(lines) > 1 else ""
            if len(lines) == 1:
                places = f", in line {lines[0]}"
            found = finding(
                node,
                "each key once",
                "kubectl takes the last one and says nothing, kustomize refuses the file",
                value=f"there more than once{places}",
            )
            last = twice.places[-1] if twice.places else None
            yield replace(found, line=last.line, column=last.column) if last else found


@rule("kubectl 1.34, go.yaml.in/yaml/v2 2.4, resolve.go", severity=Severity.WARNING)
def name_is_quoted(manifests: Manifests) -> Iterator[Finding]:
    """A name of one letter that YAML takes for a truth value is in quotation marks.

    Other readers take it for the letter, and so do the other rules, which judge what was meant.
    """
    for resource in manifests:
        for path in resource.document.switches:
            node = resource.root.at(*path.split("."))
            yield finding(node, f'"{node.text}" in quotation marks', "kubectl reads a truth value, and refuses it")


def _node(root: Node, path: tuple[str | int, ...]) -> Node:
    node = root
    for step in path:
        node = node[step] if isinstance(step, str) else next(each for at, each in enumerate(node) if at == step)
    return node
