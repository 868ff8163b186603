"""Rules on how a workload replaces its pods: what the API server refuses of it."""

import re
from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_GROUP = "apps"
_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_REFUSED = "the API server refuses it"
_DEFAULT_DEADLINE = 600
_SHARES = {
    "Deployment": ("spec.strategy.rollingUpdate.maxSurge", "spec.strategy.rollingUpdate.maxUnavailable"),
    "DaemonSet": ("spec.updateStrategy.rollingUpdate.maxSurge", "spec.updateStrategy.rollingUpdate.maxUnavailable"),
    "StatefulSet": ("spec.updateStrategy.rollingUpdate.maxUnavailable",),
    "PodDisruptionBudget": ("spec.minAvailable", "spec.maxUnavailable"),
}


@rule("Kubernetes v1.34 pkg/apis/apps/validation/validation.go")
def rollout_is_possible(manifests: Manifests) -> Iterator[Finding]:
    """A workload selects its pods, and its ways to replace them do not exclude each other.

    `Recreate` has no figures of a rolling update, and pods need not be ready for longer than a rollout may take.
    """
    for workload in manifests.kind(*_KINDS):
        selector = workload.spec["selector"]
        whole = workload.complete and workload.spec["template"].present
        if workload.group == _GROUP and whole and not selector.present:
            yield finding(selector, "the labels of spec.template", _REFUSED)
    for workload in manifests.kind("Deployment"):
        rolling = workload.spec.at("strategy", "rollingUpdate")
        if workload.spec.at("strategy", "type").text == "Recreate" and rolling.present:
            yield finding(rolling, "nothing beside the strategy Recreate", _REFUSED)
        ready, deadline = workload.spec["minReadySeconds"], workload.spec["progressDeadlineSeconds"]
        longest = _DEFAULT_DEADLINE if deadline.number is None else deadline.number
        if ready.number is not None and ready.number >= longest:
            allowed = f"less than progressDeadlineSeconds, {longest}"
            yield finding(ready, allowed, f"no rollout would be done in its time, and {_REFUSED}")


@rule("Kubernetes v1.34 pkg/apis/apps/validation and pkg/apis/policy/validation (IsValidPercent)")
def share_is_number_or_percentage(manifests: Manifests) -> Iterator[Finding]:
    """What may be missing or come on top is a number, or a percentage with its sign: `25%`."""
    for kind, paths in _SHARES.items():
        for resource in manifests.kind(kind):
            for path in paths:
                node = resource.root.at(*path.split("."))
                share = re.fullmatch(r"\d+%", node.text) or is_placeholder(node.text)
                if node.present and not share and (node.number is None or node.number < 0):
                    yield finding(node, "a number without quotes, or a percentage such as 25%", _REFUSED)
