"""What an API server refuses to change.

Kubernetes' own validation (`ValidateXUpdate` in pkg/apis of kubernetes/kubernetes); every line was tried on an API
server of version 1.34. What is not named here can be changed: all of Ingress, NetworkPolicy, ServiceAccount, Namespace,
PodDisruptionBudget, HorizontalPodAutoscaler, CronJob, Role, and KEDA's and the Secrets Store's kinds.
"""

from collections.abc import Callable, Mapping
from typing import cast

from examx_cli import once
from examx_cli.comparison.fields import ABSENT, Field, amount, shown
from examx_cli.comparison.rules.case import Case
from examx_constructs.manifests import Object, at, mapping, text

_NEW_NAME = "give the new version another name"
_DELETE_FIRST = "it must be deleted first"


def refusal(case: Case, field: Field) -> str | None:
    """Return why the API server would refuse this change; None where it would not."""
    if once.is_once(case.before) and once.is_once(case.after):
        # It is deleted, and made anew.
        return None
    kind = (case.key.group, case.key.kind)
    path = shown(field.path)
    for fixed, way_out in _FIXED.get(kind, {}).items():
        if path == fixed or path.startswith((f"{fixed}.", f"{fixed}[", f"{fixed} ")):
            return f"{fixed} cannot be changed: {way_out}"
    judge = _CONDITIONAL.get(kind)
    return judge(case, field) if judge else None


_SELECTOR = {"spec.selector": f"{_DELETE_FIRST}, which stops its pods"}
_ROLE_REF = {"roleRef": f"{_DELETE_FIRST}, then its subjects have no rights until it is back"}

_FIXED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "ReplicaSet"): _SELECTOR,
    ("batch", "Job"): dict.fromkeys(
        (
            "spec.backoffLimitPerIndex",
            "spec.completionMode",
            "spec.managedBy",
            "spec.podFailurePolicy",
            "spec.selector",
            "spec.successPolicy",
        ),
        _NEW_NAME,
    ),
    ("", "Secret"): {"type": _DELETE_FIRST},
    ("networking.k8s.io", "IngressClass"): {"spec.controller": _NEW_NAME},
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): _ROLE_REF,
    ("rbac.authorization.k8s.io", "RoleBinding"): _ROLE_REF,
    ("scheduling.k8s.io", "PriorityClass"): dict.fromkeys(("value", "preemptionPolicy"), _NEW_NAME),
    ("storage.k8s.io", "CSIDriver"): dict.fromkeys(("spec.attachRequired", "spec.volumeLifecycleModes"), _DELETE_FIRST),
    ("storage.k8s.io", "StorageClass"): dict.fromkeys(
        ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"), _NEW_NAME
    ),
}


def _stateful_set(_: Case, field: Field) -> str | None:
    mutable = {
        "minReadySeconds",
        "ordinals",
        "persistentVolumeClaimRetentionPolicy",
        "replicas",
        "revisionHistoryLimit",
        "template",
        "updateStrategy",
    }
    if field.path[0] != "spec" or field.part in mutable:
        return None
    own_way = "; claims that exist are changed by hand" if field.part == "volumeClaimTemplates" else ""
    return (
        f"spec.{field.part} of a StatefulSet cannot be changed: delete it with --cascade=orphan, which leaves its "
        f"pods, and apply again{own_way}"
    )


def _job(case: Case, field: Field) -> str | None:
    way_out = f"cannot be changed: {_NEW_NAME}"
    if field.path[:2] == ("spec", "template") and not _can_still_be_placed(case, field):
        return f"spec.template of a Job {way_out}"
    # Completions and parallelism of an indexed Job may change together.
    indexed = text(case.after, "spec", "completionMode") == "Indexed"
    together = at(case.after, "spec", "completions") == at(case.after, "spec", "parallelism")
    if field.path[:2] == ("spec", "completions") and not (indexed and together):
        return f"spec.completions {way_out}"
    return None


def _can_still_be_placed(case: Case, field: Field) -> bool:
    """Return a Job that is suspended, and was, may still be told where its pods go."""
    suspended = at(case.before, "spec", "suspend") is True
    inside = field.path[2:4]
    return suspended and (
        inside[:1] == ("metadata",)
        or inside
        in {("spec", "nodeSelector"), ("spec", "tolerations"), ("spec", "affinity"), ("spec", "schedulingGates")}
    )


def _service(case: Case, field: Field) -> str | None:
    before, after = mapping(case.before, "spec"), mapping(case.after, "spec")
    types = (before.get("type", "ClusterIP"), after.get("type", "ClusterIP"))
    name = ".".join(step for step in field.path[:2] if isinstance(step, str))
    if name in ("spec.clusterIP", "spec.clusterIPs") and "ExternalName" not in types:
        if field.after is not ABSENT and _first(field.before) != _first(field.after):
            return f"{name} cannot be changed, and what was given none got one: {_DELETE_FIRST}"
    elif name == "spec.ipFamilies" and ABSENT not in (field.before, field.after):
        if _first(field.before) != _first(field.after):
            return f"the first of {name} cannot be changed: {_DELETE_FIRST}"
    elif (name == "spec.loadBalancerClass" and types == ("LoadBalancer", "LoadBalancer")) or (
        name == "spec.healthCheckNodePort" and _keeps_source(before) and _keeps_source(after)
    ):
        return f"{name} cannot be changed: {_DELETE_FIRST}, which takes its load balancer along"
    return None


def _first(value: object) -> object:
    return next(iter(cast("list[object]", value)), None) if isinstance(value, list) else value


def _keeps_source(spec: Object) -> bool:
    return (spec.get("type"), spec.get("externalTrafficPolicy")) == ("LoadBalancer", "Local")


def _claim(case: Case, field: Field) -> str | None:
    if field.path[0] != "spec":
        return None
    name = shown(field.path)
    if name == "spec.resources.requests.storage":
        return _resize(case, field)
    if name in ("spec.volumeName", "spec.storageClassName") and field.before is ABSENT:
        return None
    if name == "spec.volumeAttributesClassName" and field.after is not ABSENT:
        return None
    return f"{name} of a claim cannot be changed: {_NEW_NAME}, and move the data"


def _resize(case: Case, field: Field) -> str | None:
    before, after = amount(field.before), amount(field.after)
    if before is not None and (after is None or after < before):
        return "a claim cannot shrink"
    name = at(case.before, "spec", "storageClassName")
    if name == "":
        return "a claim without a storage class cannot grow: its volume was made by hand"
    storage_class = case.will_be.find("StorageClass", str(name)) if name is not None else None
    if storage_class is not None and at(storage_class, "allowVolumeExpansion") is not True:
        return f"a claim of the storage class {name} cannot grow: allowVolumeExpansion is not set"
    return None


_VOLUME_MUTABLE = frozenset(
    {
        "accessModes",
        "capacity",
        "claimRef",
        "mountOptions",
        "persistentVolumeReclaimPolicy",
        "storageClassName",
    }
)


def _volume(_: Case, field: Field) -> str | None:
    if field.path[0] != "spec" or field.part in _VOLUME_MUTABLE:
        return None
    if field.part == "nodeAffinity" and field.before is ABSENT:
        return None
    if field.part == "volumeAttributesClassName" and field.after is not ABSENT:
        return None
    return f"spec.{field.part} of a volume cannot be changed: {_NEW_NAME}"


def _content(case: Case, field: Field) -> str | None:
    if at(case.before, "immutable") is True and field.path[0] in ("binaryData", "data", "immutable", "stringData"):
        return f"it is immutable: {_NEW_NAME}"
    return None


_CONDITIONAL: Mapping[tuple[str, str], Callable[[Case, Field], str | None]] = {
    ("", "ConfigMap"): _content,
    ("", "PersistentVolume"): _volume,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "Secret"): _content,
    ("", "Service"): _service,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
}
