"""Rules on names that must lead somewhere.

Manifests are rarely all there is: Secrets are made by hand, a ServiceAccount by Terraform, the Secret of a database by
its operator. So a missing object is a finding of its own only where these manifests claim to define its kind in that
namespace. They define another of the kind there, or the Namespace object itself. A Namespace object says nothing of
Secrets, which belong outside of files. Those count as defined here once one with values is, or what gets them from a
store (a SecretProviderClass's secretObjects, an ExternalSecret, a SealedSecret). They do too where the set says that it
is whole. Where it claims nothing, one warning for each kind and file tells all the names, "not in these manifests".

Where it does, it is a warning, "it may be made elsewhere", and becomes an error

- where a name that is there differs by a slip of the hand alone (`checks/slips.py`), or
- where the set is whole. Its Namespace object says so, by an annotation `examx.ai/cluster` or `examx.ai/foreign-…`, or
  it is there and beside it another object of the kind. Secrets and ServiceAccounts are made outside too often for the
  latter.

Nothing is said where something may make it unseen (`manifests/makers.py`). That is a package manager or an operator of
that namespace, a program with the right to create it, a controller that copies it. Nor of any name that is still to be
filled in, or of the input of a Kustomize overlay, whose generator may add it. The annotations
`examx.ai/foreign-secrets`, `…-config-maps`, `…-claims` and `…-trigger-authentications` of a Namespace name those made
elsewhere.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.objects.shown import Absence, shown_by
from examx_constructs.checks.slips import slip_of
from examx_constructs.manifests.contents import keys_of
from examx_constructs.manifests.keda_references import keda_references
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.references import Reference, pod_references
from examx_constructs.manifests.resources import Manifests, Resource, Scope

_MOST_LISTED = 6


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

    A pod that names a missing one never starts. Without the Secret of a registry its image is not pulled, and without
    that of a certificate an Ingress serves another one, or none. What counts as missing, and as an error, is said at
    the top of this module; `optional: true` is taken at its word.
    """
    shown = shown_by(manifests)
    for scope, reference in _references(manifests):
        absence = shown.absence(scope, reference)
        if absence in (Absence.CERTAIN, Absence.UNLIKELY_SOUND):
            names = shown.names(reference.kind, scope)
            slip = slip_of(reference.name.text, names)
            meant = f": {slip}" if slip else _listed(names)
            elsewhere = "" if absence is Absence.CERTAIN else "; it may be made elsewhere"
            yield finding(
                reference.name,
                f"a {reference.kind} of the namespace{meant}",
                f"nothing in these manifests has that name{elsewhere}",
                severity=Severity.ERROR if absence is Absence.CERTAIN else Severity.WARNING,
            )


def _others(names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return f"; nor are these that the file names: {', '.join(names[:_MOST_LISTED])}{more}"


def _listed(names: frozenset[str] | set[str]) -> str:
    return f": {', '.join(sorted(names))}" if 0 < len(names) <= _MOST_LISTED else ""


@rule("Kubernetes API core/v1", severity=Severity.WARNING)
def reference_is_in_these_manifests(manifests: Manifests) -> Iterator[Finding]:
    """What is named is in the manifests that are given, where these define nothing of its kind: they may be a part.

    One warning for each kind and file, at the first of its references, tells all the names. Give the other parts as
    well, or name what is made outside in the Namespace's annotation, and each name is checked.
    """
    shown = shown_by(manifests)
    unseen: defaultdict[tuple[str | None, str], dict[str, Node]] = defaultdict(dict)
    for scope, reference in _references(manifests):
        if shown.absence(scope, reference) is Absence.OF_ANOTHER_PART:
            named = unseen[reference.name.file, reference.kind]
            named.setdefault(reference.name.text, reference.name)
    for (_, kind), named in unseen.items():
        first = min(named.values(), key=lambda name: name.origin)
        others = sorted(named.keys() - {first.text})
        yield finding(
            first,
            f"a {kind} that the namespace has",
            f"not in these manifests, which define no {kind} there{_others(others)}",
        )


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
