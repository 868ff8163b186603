"""Names and labels, in one place: what objects are called, what pods carry, and what selectors match.

Selectors are a small set apart from the labels: a Deployment's selector is immutable once deployed, while labels
may grow. A workload is selected by `app: <its name>`, as people type it and as what ran before this project did.
Limits: RFC 1123 labels (63 characters) and the Kubernetes label syntax.
"""

from collections.abc import Mapping

from examx_constructs.settings.refusal import Check, SettingError, pattern

LABEL_LIMIT = 63
KEDA_HPA_PREFIX = "keda-hpa-"
SCALED_OBJECT_LIMIT = LABEL_LIMIT - len(KEDA_HPA_PREFIX)

CLUSTER_ANNOTATION = "examx.ai/cluster"
"""On a Namespace: the cluster that the environment lives in, for the check of cluster-scoped collisions."""
KUBERNETES_VERSION_ANNOTATION = "examx.ai/kubernetes-version"
KEDA_VERSION_ANNOTATION = "examx.ai/keda-version"
"""On a Namespace: the minor versions of its cluster's Kubernetes and KEDA, by which rules judge what is in it."""
LONGEST_TASK_ANNOTATION = "examx.ai/longest-task-seconds"
"""On a worker's Deployment: the longest task of its queue, for the check of the grace period."""
BEFORE_ROLLOUT_ANNOTATION = "examx.ai/before-rollout"
"""On a Job: "true" where `examx apply` runs it, and waits for its end, before any workload changes."""

FOREIGN_SERVICES_ANNOTATION = "examx.ai/foreign-services"
"""On an Ingress: the Services, separated by commas, that somebody else renders, for the check of its backends."""

FOREIGN_SECRETS_ANNOTATION = "examx.ai/foreign-secrets"
"""On a Namespace: the Secrets, separated by commas, that somebody else makes, for the check of references."""

FOREIGN_CONFIG_MAPS_ANNOTATION = "examx.ai/foreign-config-maps"
FOREIGN_CLAIMS_ANNOTATION = "examx.ai/foreign-claims"
"""On a Namespace: the ConfigMaps and the PersistentVolumeClaims that somebody else makes, in the same way."""

FOREIGN_AUTHENTICATIONS_ANNOTATION = "examx.ai/foreign-trigger-authentications"
"""On a Namespace: the TriggerAuthentications, separated by commas, that somebody else makes, for the same check."""

MADE_SECRET_ANNOTATION = "examx.ai/made-secret"  # noqa: S105 - the name of an annotation, not a password
"""On what mounts it: a Secret that no manifest holds, which `examx apply` makes once, with random values."""
REDIS_USERS_ANNOTATION = "examx.ai/redis-users"
"""Beside it: the users of Redis, separated by commas, where there are more than the four that each Redis has."""

GUESTS_ANNOTATION = "examx.ai/guests"
"""On a Namespace: the labels `app`, separated by commas, of pods that somebody else runs in it. For their sake it
enforces the Pod Security Standard `baseline` only."""
ABOUT_ANNOTATION = "examx.ai/about"
"""On an object: why it is as it is, for those who read it in a cluster."""

SLUG_KEY = "examx.ai/slug"
"""On every object of a feature environment, as a label: the slug of its branch."""
OWNER_KEY = "examx.ai/owner"
"""Of a feature environment: a label of every object, in a form that fits; an annotation of its Namespace, in full."""
BRANCH_KEY = "examx.ai/branch"
"""Of a feature environment: the branch, as label and annotation like the owner."""
EXPIRES_ANNOTATION = "examx.ai/expires"
"""On the Namespace of a feature environment: when it may be removed, as RFC 3339 in UTC."""

TEMPORARY_ANNOTATION = "examx.ai/temporary"
"""On a StorageClass: "true" where what it provisions is deleted with its claim on purpose, for the check of EFS."""

REDIS_SECRETS = "redis-auth"
"""The SecretProviderClass, or the Secret, of the password of Redis."""
APP_LABEL = "app"
"""On a workload, its pods and its Service: the workload's name, by which its own pods are selected."""

_DNS_LABEL = r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
dns_label: Check = pattern(
    _DNS_LABEL,
    "it must be a DNS label: lower-case letters, digits and hyphens, at most 63, a letter or digit at both ends",
)
label_value: Check = pattern(
    r"(?:[A-Za-z0-9](?:[-\w.]{0,61}[A-Za-z0-9])?)?",
    "it must be a label value: letters, digits, '-', '_' and '.', at most 63, a letter or digit at both ends",
)
label_key: Check = pattern(
    rf"(?=(?:.{{1,253}}/)?[^/]+$)(?:{_DNS_LABEL}(?:\.{_DNS_LABEL})*/)?[A-Za-z0-9](?:[-\w.]{{0,61}}[A-Za-z0-9])?",
    "it must be a label key: letters, digits, '-', '_' and '.', at most 63, after an optional DNS name and a slash",
)
object_name: Check = pattern(
    rf"(?=.{{1,253}}$){_DNS_LABEL}(?:\.{_DNS_LABEL})*",
    "it must be the name of an object: lower-case letters, digits, '-' and '.', at most 253, a letter or digit at both "
    "ends",
)
host_name: Check = pattern(
    rf"(?=.{{1,253}}$){_DNS_LABEL}(?:\.{_DNS_LABEL})+",
    "it must be a fully qualified host name in lower case, such as app.example.com",
)


def checked_name(setting: str, name: str, *, limit: int = LABEL_LIMIT, why: str = "") -> str:
    """Return the name, if it is a DNS label within a limit; else SettingError, with the reason for the limit."""
    if allowed := dns_label(name):
        raise SettingError(setting, name, allowed)
    if len(name) > limit:
        raise SettingError(setting, name, f"it has {len(name)} characters, the most is {limit}: {why}")
    return name


def scaled_object_name(deployment: str) -> str:
    """Return the name of the ScaledObject of a Deployment, kept short enough for the HPA that KEDA makes of it."""
    return checked_name(
        "ScaledObject name",
        f"{deployment}-scaler",
        limit=SCALED_OBJECT_LIMIT,
        why=f"KEDA names its HPA {KEDA_HPA_PREFIX}<name>, which must fit into {LABEL_LIMIT}",
    )


def autoscaler_name(workload: str) -> str:
    """Return the name of the HorizontalPodAutoscaler of a workload.

    It is the one that ran before this project, which it replaces.

    Under another name it would be beside that one, and of two HPAs on one workload neither scales it.
    """
    return f"{workload}-pod-autoscaler"


def selector(workload: str) -> dict[str, str]:
    """Return the label by which a workload's own pods are selected. Never change or extend it: selectors are immutable.

    It names the workload alone, so within a namespace no two workloads, of whatever kind, may have the same name.
    """
    return {APP_LABEL: workload}


def application_selector(application: str) -> dict[str, str]:
    """Return the labels of every pod of an application."""
    return {"app.kubernetes.io/name": application}


def component_selector(*, application: str, component: str) -> dict[str, str]:
    """Return the labels of every pod of one component of an application, whichever workload it belongs to."""
    return {**application_selector(application), "app.kubernetes.io/component": component}


def labels(*, application: str, instance: str, component: str, part_of: str | None = None) -> dict[str, str]:
    """Return an object's and its pods' labels: the one that selects them, and those that Kubernetes recommends.

    `part_of`: of what the application is a part, of itself by default.
    """
    return {
        **selector(instance),
        **application_selector(application),
        "app.kubernetes.io/instance": instance,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": part_of or application,
    }


def merged(*parts: Mapping[str, str]) -> dict[str, str]:
    """Merge sets of labels or annotations, in a stable order; where two name a key, the later one has it."""
    return dict(sorted({key: text for part in parts for key, text in part.items()}.items()))
