"""Findings on what is not complete yet: bases, overlays and components that kustomize still adds to."""

from collections.abc import Iterable, Iterator
from itertools import chain

from examx_constructs.checks.finding import Finding
from examx_constructs.manifests import Manifests, Resource

_SELECTING = ("Deployment", "StatefulSet", "DaemonSet")
_ABSENT = ("missing", "no ", "an empty ")


def due(findings: Iterable[Finding], manifests: Manifests) -> Iterator[Finding]:
    """Yield the findings without those on what a patch, a generator or a transformer may still bring.

    What is there stays a finding. What is missing is none, nor is an image without a tag, which `images` sets.
    """
    patches = (each for each in manifests.kind(*_SELECTING) if _is_patch(each))
    unfinished = chain((each for each in manifests if not each.complete), patches)
    incomplete = {(each.id, each.root.file, each.root.origin) for each in unfinished}
    for found in findings:
        may_come = found.value.startswith(_ABSENT) or found.field.endswith(".image")
        if not (may_come and (found.object, found.file, found.origin) in incomplete):
            yield found


def _is_patch(workload: Resource) -> bool:
    """Return whether it is there to be merged into another: it has neither a selector nor a container with an image."""
    containers = workload.spec.at("template", "spec", "containers")
    return not workload.spec["selector"].present and not any(each["image"].present for each in containers)
