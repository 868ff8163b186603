"""Texts that `App.synth` of cdk8s writes so that they are read as something else."""

from collections.abc import Iterator

from examx_constructs import _yaml
from examx_constructs.checks.finding import Finding, Rule, finding
from examx_constructs.manifests import Manifests, Node

RULE = Rule.of(
    "text-stays-text",
    "A text is written so that every reader of YAML takes it for that text.",
    "cdk8s-core 2.70, src/yaml.ts; go.yaml.in/yaml/v2 2.4, resolve.go",
)


def misread(manifests: Manifests) -> Iterator[Finding]:
    """Yield what cdk8s leaves without quotation marks, and kubectl or another reader takes for a number and the like.

    `synthesize` of this library quotes it; here cdk8s writes the file.
    """
    texts = [each for resource in manifests for each in _texts(resource.root)]
    bare = _yaml.left_bare(text for _, text in texts)
    for node, text in texts:
        if text in bare:
            yield RULE.named(
                finding(
                    node,
                    "another text",
                    "cdk8s leaves it without quotation marks, and some reader takes it for something else",
                    value=f'"{text}"',
                )
            )


def _texts(node: Node) -> Iterator[tuple[Node, str]]:
    """Yield every text in a value, and every key."""
    if isinstance(node.value, str):
        yield node, node.value
    for key, child in node.entries():
        yield child, key
        yield from _texts(child)
    for child in node:
        yield from _texts(child)
