"""Rules on names that must lead somewhere.

Manifests are rarely all there is: Secrets are made by hand, a ServiceAccount by Terraform, the Secret of a database by
its operator. So a missing object is a finding only where these manifests claim to define its kind in that namespace:
they define another of the kind there, or the Namespace object itself. A Namespace object says nothing of Secrets, which
belong outside of files: those count as defined here once one with values is, or what gets them from a store (a
SecretProviderClass's secretObjects, an ExternalSecret, a SealedSecret), and where the set says that it is whole.

Even then it is a warning, "it may be made elsewhere", and becomes an error

- where a name that is there differs by a slip of the hand alone (`checks/slips.py`), or
- where the set is whole: its Namespace object says so, by an annotation `examx.ai/cluster` or `examx.ai/foreign-…`, or
  it is there and beside it another object of the kind. Secrets and ServiceAccounts are made outside too often for the
  latter.

Nothing is said where something may make it unseen (`manifests/makers.py`): a package manager or an operator of that
namespace, a program with the right to create it, a controller that copies it. Nor of a name that is still to be filled
in, nor of the input of a Kustomize overlay, where a generator may add the object. The annotations
`examx.ai/foreign-secrets`, `…-config-maps`, `…-claims` and `…-trigger-authentications` of a Namespace name those made
elsewhere.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.slips import slip_of
from examx_constructs.manifests.contents import keys_of, makes_secrets, secret_names
from examx_constructs.manifests.keda_references import keda_references
from examx_constructs.manifests.makers import Makers
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.references import Reference, pod_references
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.settings.naming import (
    CLUSTER_ANNOTATION,
    FOREIGN_AUTHENTICATIONS_ANNOTATION,
    FOREIGN_CLAIMS_ANNOTATION,
    FOREIGN_CONFIG_MAPS_ANNOTATION,
    FOREIGN_SECRETS_ANNOTATION,
)

_MOST_LISTED = 6
_FOREIGN = {
    "ConfigMap": FOREIGN_CONFIG_MAPS_ANNOTATION,
    "PersistentVolumeClaim": FOREIGN_CLAIMS_ANNOTATION,
    "Secret": FOREIGN_SECRETS_ANNOTATION,
    "TriggerAuthentication": FOREIGN_AUTHENTICATIONS_ANNOTATION,
}
_OWN = (CLUSTER_ANNOTATION, *_FOREIGN.values())
_MADE_OUTSIDE = frozenset({"Secret", "ServiceAccount"})


def _other_references(manifests: Manifests) -> Iterator[Reference]:
    for workload in manifests.kind("StatefulSet"):
        yield Reference("Service", workload.spec["serviceName"])
    for binding in manifests.kind("TargetGroupBinding"):
        yield Reference("Service", binding.spec.at("serviceRef", "name"))
    yield from keda_references(manifests)
    yield from _registry_logins(manifests)
    yield from _certificates(manifests)


def _registry_logins(manifests: Manifests) -> Iterator[Reference]:
    """Yield the Secrets that images are pulled with, of pods and of their ServiceAccounts."""
    accounts = (account.root for account in manifests.kind("ServiceAccount"))
    for node in chain((pod.spec for pod in manifests.pods), accounts):
        yield from (Reference("Secret", each["name"]) for each in node["imagePullSecrets"])


def _certificates(manifests: Manifests) -> Iterator[Reference]:
    """Yield the Secrets of Ingresses. A load balancer of AWS has its certificates from ACM, and reads none."""
    for ingress in manifests.kind("Ingress"):
        if not _is_of_alb(ingress):
            yield from (Reference("Secret", each["secretName"]) for each in ingress.spec["tls"])


def _is_of_alb(ingress: Resource) -> bool:
    older = ingress.annotations["kubernetes.io/ingress.class"].text
    return "alb" in (ingress.spec["ingressClassName"].text, older) or any(
        key.startswith("alb.ingress.kubernetes.io/") for key, _ in ingress.annotations.entries()
    )


def _references(manifests: Manifests) -> Iterator[tuple[Scope, Reference]]:
    """Yield every reference that names something, with the scope in which to look."""
    of_pods = (each for pod in manifests.pods for each in pod_references(pod))
    for reference in chain(of_pods, _other_references(manifests)):
        if reference.name.text:
            yield manifests.scope_of(reference.name), reference
    for binding in manifests.kind("RoleBinding"):
        yield from _binding_references(binding)


def _binding_references(binding: Resource) -> Iterator[tuple[Scope, Reference]]:
    if binding.root.at("roleRef", "kind").text == "Role":
        yield binding.scope, Reference("Role", binding.root.at("roleRef", "name"))
    for subject in binding.root["subjects"]:
        if subject["kind"].text == "ServiceAccount" and subject["namespace"].text in ("", binding.scope.namespace):
            yield binding.scope, Reference("ServiceAccount", subject["name"])


@rule("Kubernetes API core/v1")
def reference_leads_somewhere(manifests: Manifests) -> Iterator[Finding]:
    """What is named exists: ConfigMap, Secret, claim, ServiceAccount, SecretProviderClass, Role, TriggerAuthentication.

    A pod that names a missing one never starts; without the Secret of a registry its image is not pulled, and without
    that of a certificate an Ingress serves another one, or none. What counts as missing, and as an error, is said at
    the top of this module; `optional: true` is taken at its word.
    """
    shown = _Shown(manifests)
    for scope, reference in _references(manifests):
        weight = None if reference.optional else shown.weight_of_absence(scope, reference)
        if weight is not None:
            names = shown.names(reference.kind, scope)
            slip = slip_of(reference.name.text, names)
            meant = f": {slip}" if slip else _listed(names)
            elsewhere = "" if weight is Severity.ERROR else "; it may be made elsewhere"
            yield finding(
                reference.name,
                f"a {reference.kind} of the namespace{meant}",
                f"nothing in these manifests has that name{elsewhere}",
                severity=weight,
            )


class _Shown:
    """What a set shows of each scope, looked up once for all the references into it."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._makers = Makers(manifests)
        self.names = lru_cache(maxsize=None)(self._names)
        self._claims = lru_cache(maxsize=None)(self._defines)

    def weight_of_absence(self, scope: Scope, reference: Reference) -> Severity | None:
        """Return how much it weighs that a reference leads nowhere; None where it does, or where nobody can tell."""
        kind, name = reference.kind, reference.name.text
        names = self.names(kind, scope)
        if name in names or is_placeholder(name) or is_placeholder(scope.namespace):
            return None
        if not self._manifests.resource_of(reference.name).complete or any(map(is_placeholder, names)):
            return None
        if not self._claims(kind, scope) or self._makers.may_make(kind, name, scope):
            return None
        whole = self._is_whole(kind, scope) or slip_of(name, names)
        return Severity.ERROR if whole else Severity.WARNING

    def _names(self, kind: str, scope: Scope) -> frozenset[str]:
        names = secret_names(self._manifests, scope) if kind == "Secret" else self._manifests.names(kind, scope)
        foreign = self._manifests.listed_on_namespace(_FOREIGN[kind], scope) if kind in _FOREIGN else set[str]()
        return frozenset(names | foreign)

    def _defines(self, kind: str, scope: Scope) -> bool:
        """Return whether the set claims to define this kind in the scope."""
        if kind == "Secret":
            return makes_secrets(self._manifests, scope) or self._is_whole(kind, scope)
        return bool(self._manifests.in_scope(kind, scope)) or self._namespace(scope) is not None

    def _is_whole(self, kind: str, scope: Scope) -> bool:
        """Return whether the set is all that there is of the kind, and not a part."""
        namespace = self._namespace(scope)
        if namespace is None:
            return False
        own = any(namespace.annotations[key].present for key in _OWN)
        return own or (kind not in _MADE_OUTSIDE and bool(self._manifests.in_scope(kind, scope)))

    def _namespace(self, scope: Scope) -> Resource | None:
        cluster = Scope(scope.cluster, "", "", scope.unit)
        return self._manifests.find("Namespace", scope.namespace, cluster) if scope.namespace else None


def _listed(names: frozenset[str] | set[str]) -> str:
    return f": {', '.join(sorted(names))}" if 0 < len(names) <= _MOST_LISTED else ""


@rule("Kubernetes API core/v1, KeyToPath and KeySelector")
def referenced_key_exists(manifests: Manifests) -> Iterator[Finding]:
    """A key that is named of a ConfigMap or Secret of the set is in it; a pod that names a missing one never starts."""
    for scope, reference in _references(manifests):
        if reference.kind not in ("ConfigMap", "Secret") or reference.optional:
            continue
        keys = keys_of(manifests, reference.kind, reference.name.text, scope)
        for key in reference.keys:
            if keys is not None and key.text and key.text not in keys:
                yield finding(
                    key,
                    f"a key of {reference.kind} {reference.name.text}{_listed(keys)}",
                    "the object does not have it",
                )


@rule("Kubernetes API core/v1 VolumeMount")
def volume_mount_has_volume(manifests: Manifests) -> Iterator[Finding]:
    """A volume mount names a volume of its pod, or a volume claim template: the API server refuses any other."""
    for pod in manifests.pods:
        for container in pod.all_containers:
            for mount in [*container["volumeMounts"], *container["volumeDevices"]]:
                if mount["name"].text and mount["name"].text not in pod.volume_names:
                    yield finding(
                        mount["name"], f"a volume of the pod{_listed(pod.volume_names)}", "the pod has no such volume"
                    )
