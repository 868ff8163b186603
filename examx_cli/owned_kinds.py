"""The kinds of objects that an environment leaves behind when it no longer renders them."""

NAMESPACED = (
    # What sends traffic or starts pods goes first, what pods need goes last.
    "cronjobs.batch",
    "jobs.batch",
    "ingresses.networking.k8s.io",
    "scaledobjects.keda.sh",
    "horizontalpodautoscalers.autoscaling",
    "services",
    "deployments.apps",
    "statefulsets.apps",
    "poddisruptionbudgets.policy",
    "triggerauthentications.keda.sh",
    "secretproviderclasses.secrets-store.csi.x-k8s.io",
    "configmaps",
    "networkpolicies.networking.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "roles.rbac.authorization.k8s.io",
    "serviceaccounts",
)
"""The kinds whose leftovers of an environment are removed, in that order. None of them holds data."""

JOBS = ("cronjobs.batch", "jobs.batch")
"""Those of them that an environment need not have, nor those who deploy it any rights to."""

STORAGE = ("persistentvolumeclaims",)
"""Kinds that hold data: removed only when told to."""
