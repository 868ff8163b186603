"""Rules on names that must lead somewhere.

Manifests are rarely all there is: Secrets are made by hand, a ServiceAccount by Terraform. So a missing object is a
finding only where these manifests claim to define its kind in that namespace: they define another of the kind there, or
the Namespace object itself. A Namespace object says nothing of Secrets, which belong outside of files: those count as
defined here once one with values is, or what gets them from a store (a SecretProviderClass's secretObjects, an
ExternalSecret, a SealedSecret). The annotations `examx.ai/foreign-secrets` and
`examx.ai/foreign-trigger-authentications` of a Namespace name those made elsewhere.
The input of a Kustomize overlay, where a generator may add the object, is never complete.
"""

from collections.abc import Iterator

from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.contents import keys_of, makes_secrets, secret_names
from examx_constructs.manifests.references import Reference, pod_references
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.settings.naming import FOREIGN_AUTHENTICATIONS_ANNOTATION, FOREIGN_SECRETS_ANNOTATION

_MOST_LISTED = 6
_FOREIGN = {"Secret": FOREIGN_SECRETS_ANNOTATION, "TriggerAuthentication": FOREIGN_AUTHENTICATIONS_ANNOTATION}
_MADE_BY_KUBERNETES = {
    "ConfigMap": {"kube-root-ca.crt", "openshift-service-ca.crt"},
    "ServiceAccount": {"default"},
}


def _other_references(manifests: Manifests) -> Iterator[Reference]:
    for workload in manifests.kind("StatefulSet"):
        yield Reference("Service", workload.spec["serviceName"])
    for authentication in manifests.kind("TriggerAuthentication"):
        for each in authentication.spec["secretTargetRef"]:
            yield Reference("Secret", each["name"], (each["key"],))
    for scaler in manifests.kind("ScaledObject"):
        for trigger in scaler.spec["triggers"]:
            if trigger.at("authenticationRef", "kind").text != "ClusterTriggerAuthentication":
                yield Reference("TriggerAuthentication", trigger.at("authenticationRef", "name"))


def _references(manifests: Manifests) -> Iterator[tuple[Scope, Reference]]:
    """Every reference that names something, with the scope in which to look."""
    everything = [each for pod in manifests.pods for each in pod_references(pod)]
    for reference in [*everything, *_other_references(manifests)]:
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

    A pod that names a missing one never starts. What counts as missing is said at the top of this module;
    `optional: true` is taken at its word.
    """
    for scope, reference in _references(manifests):
        names = _names(manifests, reference.kind, scope)
        if reference.name.text not in names and not reference.optional and _defines(manifests, reference, scope):
            yield finding(
                reference.name,
                f"a {reference.kind} of the namespace{_listed(names)}",
                "nothing in these manifests has that name",
            )


def _names(manifests: Manifests, kind: str, scope: Scope) -> set[str]:
    names = secret_names(manifests, scope) if kind == "Secret" else manifests.names(kind, scope)
    foreign = manifests.listed_on_namespace(_FOREIGN[kind], scope) if kind in _FOREIGN else set[str]()
    return names | foreign | _MADE_BY_KUBERNETES.get(kind, set())


def _defines(manifests: Manifests, reference: Reference, scope: Scope) -> bool:
    """Whether the set claims to define this kind in the scope."""
    origin = manifests.resource_of(reference.name)
    if not origin.complete:
        return False
    if reference.kind == "Secret":
        return makes_secrets(manifests, scope)
    return bool(manifests.in_scope(reference.kind, scope)) or manifests.namespace_of(origin) is not None


def _listed(names: set[str]) -> str:
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
