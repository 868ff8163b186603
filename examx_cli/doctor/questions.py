"""What a cluster is asked: each a call of `kubectl get`, made once and only where a precondition needs it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """A list of objects, or one object as `kind/name`; the name `.` is that of the environment's namespace."""

    resource: str
    scope: str = ""
    """`*` for every namespace, a name for one, `.` for the environment's; empty for what belongs to the cluster."""

    def arguments(self, namespace: str) -> list[str]:
        """Return what kubectl is told, for an environment of that namespace."""
        resource = self.resource.replace("/.", f"/{namespace}")
        if self.scope == "*":
            return ["get", resource, "--ignore-not-found", "--all-namespaces"]
        chosen = namespace if self.scope == "." else self.scope
        return ["get", resource, "--ignore-not-found", *([f"--namespace={chosen}"] if chosen else [])]

    def __str__(self) -> str:
        """Return it as people say it."""
        where = {"": "", "*": " of all namespaces", ".": " of the environment's namespace"}
        return self.resource.removesuffix("/.") + where.get(self.scope, f" of the namespace {self.scope}")


SYSTEM = "kube-system"

ADMISSION_POLICIES = Question("validatingadmissionpolicybindings.admissionregistration.k8s.io")
ADMISSION_RULES = Question("validatingadmissionpolicies.admissionregistration.k8s.io")
API_SERVICES = Question("apiservices.apiregistration.k8s.io")
DAEMON_SETS = Question("daemonsets.apps", "*")
DEPLOYMENTS = Question("deployments.apps", "*")
DRIVERS = Question("csidrivers.storage.k8s.io")
INGRESS_CLASSES = Question("ingressclasses.networking.k8s.io")
INGRESS_CLASS_PARAMS = Question("ingressclassparams.elbv2.k8s.aws")
MUTATING_WEBHOOKS = Question("mutatingwebhookconfigurations.admissionregistration.k8s.io")
NODES = Question("nodes")
OWN_INGRESSES = Question("ingresses.networking.k8s.io", ".")
OWN_NAMESPACE = Question("namespace/.")
OWN_PODS = Question("pods", ".")
OWN_SERVICE_ACCOUNTS = Question("serviceaccounts", ".")
SERVICE_ACCOUNTS = Question("serviceaccounts", "*")
STORAGE_CLASSES = Question("storageclasses.storage.k8s.io")
SYNCING_ROLE = Question("clusterrole.rbac.authorization.k8s.io/secretprovidersyncing-role")
"""By which the Secrets Store driver may write Secrets."""

SYSTEM_CONFIG_MAPS = Question("configmaps", SYSTEM)
SYSTEM_SERVICES = Question("services", SYSTEM)
