"""A rule on fields whose values the API names."""

from collections.abc import Iterator, Mapping
from functools import cache

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.paths import Tree, all_fit, places, tree
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_PROTOCOLS = "TCP UDP SCTP"
_OPERATORS = "In NotIn Exists DoesNotExist"
_ACCESS = "ReadWriteOnce ReadOnlyMany ReadWriteMany ReadWriteOncePod"
_SCHEMES = {f"{probe}.httpGet.scheme": "HTTP HTTPS" for probe in ("livenessProbe", "readinessProbe", "startupProbe")}
_CONTAINER = {
    "imagePullPolicy": "Always IfNotPresent Never",
    "terminationMessagePolicy": "File FallbackToLogsOnError",
    "ports[*].protocol": _PROTOCOLS,
    "securityContext.seccompProfile.type": "RuntimeDefault Localhost Unconfined",
    **_SCHEMES,
}
_POD = {
    "dnsPolicy": "ClusterFirst ClusterFirstWithHostNet Default None",
    "topologySpreadConstraints[*].whenUnsatisfiable": "DoNotSchedule ScheduleAnyway",
    "topologySpreadConstraints[*].labelSelector.matchExpressions[*].operator": _OPERATORS,
    "tolerations[*].operator": "Exists Equal Lt Gt",
    "tolerations[*].effect": "NoSchedule PreferNoSchedule NoExecute",
    "securityContext.seccompProfile.type": "RuntimeDefault Localhost Unconfined",
    "securityContext.fsGroupChangePolicy": "OnRootMismatch Always",
    "preemptionPolicy": "PreemptLowerPriority Never",
}
_SELECTOR = {"spec.selector.matchExpressions[*].operator": _OPERATORS}
_STRATEGY = {"spec.updateStrategy.type": "RollingUpdate OnDelete", **_SELECTOR}
_RESTARTS_ALWAYS = {"spec.template.spec.restartPolicy": "Always"}
_KINDS: Mapping[str, Mapping[str, str]] = {
    "Deployment": {"spec.strategy.type": "Recreate RollingUpdate", **_SELECTOR, **_RESTARTS_ALWAYS},
    "StatefulSet": {"spec.podManagementPolicy": "OrderedReady Parallel", **_STRATEGY, **_RESTARTS_ALWAYS},
    "DaemonSet": {**_STRATEGY, **_RESTARTS_ALWAYS},
    "ReplicaSet": {**_SELECTOR, **_RESTARTS_ALWAYS},
    "Pod": {"spec.restartPolicy": "Always OnFailure Never"},
    "CronJob": {"spec.concurrencyPolicy": "Allow Forbid Replace"},
    "PodDisruptionBudget": {"spec.unhealthyPodEvictionPolicy": "IfHealthyBudget AlwaysAllow", **_SELECTOR},
    "Service": {
        "spec.type": "ClusterIP NodePort LoadBalancer ExternalName",
        "spec.ports[*].protocol": _PROTOCOLS,
        "spec.sessionAffinity": "None ClientIP",
        "spec.externalTrafficPolicy": "Cluster Local",
        "spec.internalTrafficPolicy": "Cluster Local",
        "spec.ipFamilyPolicy": "SingleStack PreferDualStack RequireDualStack",
    },
    "NetworkPolicy": {"spec.podSelector.matchExpressions[*].operator": _OPERATORS},
    "PersistentVolumeClaim": {"spec.accessModes[*]": _ACCESS, "spec.volumeMode": "Filesystem Block"},
    "PersistentVolume": {
        "spec.accessModes[*]": _ACCESS,
        "spec.volumeMode": "Filesystem Block",
        "spec.persistentVolumeReclaimPolicy": "Retain Delete Recycle",
    },
    "StorageClass": {"reclaimPolicy": "Retain Delete", "volumeBindingMode": "Immediate WaitForFirstConsumer"},
    "RoleBinding": {"roleRef.kind": "Role ClusterRole", "subjects[*].kind": "User Group ServiceAccount"},
    "ClusterRoleBinding": {"roleRef.kind": "ClusterRole", "subjects[*].kind": "User Group ServiceAccount"},
}
_OF_KINDS = {kind: tree(fields) for kind, fields in _KINDS.items()}
_OF_POD, _OF_CONTAINER = tree(_POD), tree(_CONTAINER)
_ONCE = "OnFailure Never"
_RUN_ONCE = ("Job", "CronJob", "ScaledJob")
_REFUSED = "the API server refuses it"


@rule("Kubernetes v1.34 API reference and pkg/apis validation")
def choice_is_known(manifests: Manifests) -> Iterator[Finding]:
    """A field whose values the API names has one of them, in its letters: `IfNotPresent`, not `ifnotpresent`.

    What runs once says so: a Job's pods have the restartPolicy OnFailure or Never, and no default.
    """
    for kind, fields in _OF_KINDS.items():
        for resource in manifests.kind(kind):
            yield from _checked(resource.root, fields)
    for pod in manifests.pods:
        yield from _checked(pod.spec, _OF_POD)
        for container in pod.all_containers:
            yield from _checked(container, _OF_CONTAINER)
        restart = pod.spec["restartPolicy"]
        known = restart.text in _ONCE.split() or is_placeholder(restart.text)
        if pod.workload.kind in _RUN_ONCE and not known and manifests.resource_of(restart).complete:
            yield finding(restart, " or ".join(_ONCE.split()), f"pods that run once have no default: {_REFUSED}")


def _checked(node: Node, fields: Tree) -> Iterator[Finding]:
    if all_fit(node.value, fields, _is_among):
        return
    for place, choices in places(node, fields):
        if not _is_among(place.value, choices) and not is_placeholder(place.text):
            yield finding(place, " or ".join(choices.split()), _REFUSED)


def _is_among(value: object, choices: str) -> bool:
    """Return whether a value is one of the choices. An empty text is an absent one, and has the default."""
    return value in _choices(choices)


@cache
def _choices(choices: str) -> tuple[str, ...]:
    return ("", *choices.split())
