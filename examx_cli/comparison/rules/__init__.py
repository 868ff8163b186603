"""What a change does to a running system, by the kind of what changes."""

from collections.abc import Mapping
from typing import Final

from examx_cli.comparison.fields import Field
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.comparison.rules import access, configuration, scaling, storage, traffic, workloads
from examx_cli.comparison.rules.case import Case, Rules, always, any_field
from examx_cli.comparison.rules.immutable import refusal
from examx_constructs.manifests import ObjectId

_RULES: Final[Mapping[tuple[str, str], Rules]] = {
    ("", "ConfigMap"): configuration.CONFIG_MAP,
    ("", "Namespace"): access.NAMESPACE,
    ("", "PersistentVolume"): storage.VOLUME,
    ("", "PersistentVolumeClaim"): storage.CLAIM,
    ("", "Secret"): configuration.SECRET,
    ("", "Service"): traffic.SERVICE,
    ("", "ServiceAccount"): configuration.SERVICE_ACCOUNT,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"): access.ADMISSION_POLICY,
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"): access.ADMISSION_POLICY,
    ("apps", "DaemonSet"): workloads.WORKLOAD,
    ("apps", "Deployment"): workloads.WORKLOAD,
    ("apps", "StatefulSet"): workloads.WORKLOAD,
    ("autoscaling", "HorizontalPodAutoscaler"): scaling.AUTOSCALER,
    ("batch", "CronJob"): workloads.CRON_JOB,
    ("batch", "Job"): workloads.JOB,
    ("keda.sh", "ScaledObject"): scaling.AUTOSCALER,
    ("keda.sh", "TriggerAuthentication"): scaling.TRIGGER_AUTHENTICATION,
    ("networking.k8s.io", "Ingress"): traffic.INGRESS,
    ("networking.k8s.io", "IngressClass"): traffic.INGRESS_CLASS,
    ("networking.k8s.io", "NetworkPolicy"): traffic.NETWORK_POLICY,
    ("policy", "PodDisruptionBudget"): scaling.DISRUPTION_BUDGET,
    ("rbac.authorization.k8s.io", "ClusterRole"): access.ROLE,
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): access.ROLE_BINDING,
    ("rbac.authorization.k8s.io", "Role"): access.ROLE,
    ("rbac.authorization.k8s.io", "RoleBinding"): access.ROLE_BINDING,
    ("secrets-store.csi.x-k8s.io", "SecretProviderClass"): configuration.SECRET_PROVIDER,
    ("storage.k8s.io", "StorageClass"): storage.STORAGE_CLASS,
}

# What looks after a kind that is not known here may do anything about a change.
_OTHER = Rules(
    changed=any_field(Impact.LIVE, "its controller acts on it; what that does is not known here"),
    removed=always(Impact.STOP, "its controller stops what it did for it; what that is, is not known here"),
    added=always(Impact.LIVE, "its controller acts on it; what that does is not known here"),
)


def _rules(key: ObjectId) -> Rules:
    return _RULES.get((key.group, key.kind), _OTHER)


def of_field(case: Case, field: Field) -> Effect:
    """Return what the change of one field does."""
    if (reason := refusal(case, field)) is not None:
        return case.effect(Impact.REFUSED, reason)
    rules = _rules(case.key)
    judge = rules.annotated if field.path[0] in ("apiVersion", "metadata") else rules.changed
    return judge(case, field)


def of_object(case: Case) -> list[Effect]:
    """Return what the change of an object does beyond what each of its fields does."""
    return list(_rules(case.key).also(case))


def of_removal(case: Case) -> Effect:
    """Return what the removal of an object does."""
    return _rules(case.key).removed(case)


def of_addition(case: Case) -> Effect:
    """Return what a new object does."""
    return _rules(case.key).added(case)
