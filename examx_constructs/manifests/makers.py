"""What makes objects that no manifest shows: operators, package managers, programs with the right to, controllers.

A reference to such an object is sound, though nothing in the set has that name. Nothing here knows what an operator
makes; it is enough that there is one. Sources: the operators' own documents (CloudNativePG: Secret `<cluster>-app`;
RabbitMQ: `<cluster>-default-user`; Strimzi, ECK, Zalando's and Crunchy's alike; Vault, 1Password, Doppler and Infisical
operators: a Secret of the resource's choice). Flux 2, Argo CD 2 and 3, Helm Controller: all objects of a chart.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import cast

from examx_constructs._regex import regex
from examx_constructs.manifests.fields import text
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import Pod, arguments
from examx_constructs.manifests.resources import Manifests, Resource, Scope

_SECRET_AND_CONFIG = words("Secret ConfigMap")
_OPERATED = words("Secret ConfigMap Service ServiceAccount PersistentVolumeClaim Role")
"""What operators make for the resources that they are given."""
_OF_THE_CLUSTER = ("kube-", "openshift-", "amazon-")
"""How namespaces begin in which a cluster, or its provider, has objects of its own."""
_BY_THE_CLUSTER: Mapping[str, frozenset[str]] = {
    "ConfigMap": words("kube-root-ca.crt openshift-service-ca.crt istio-ca-root-cert linkerd-identity-trust-roots"),
    "ServiceAccount": words("default builder deployer"),
}
# Bootstrap policy of Kubernetes 1.34, plugin/pkg/auth/authorizer/rbac/bootstrappolicy, and kubeadm.
_BOOTSTRAP_ROLE = regex(r"(system:|kubeadm:).+|extension-apiserver-authentication-reader")

_PACKAGES = words(
    """HelmRelease HelmChart HelmChartConfig Application ApplicationSet Kustomization App PackageInstall Subscription
    ClusterServiceVersion Bundle GitRepo ResourceGraphDefinition Terraform Workspace ManifestWork PipelineRun"""
)
_PLACES = words("targetNamespace storageNamespace destinationNamespace defaultNamespace")
_EVERYWHERE = words("ClusterExternalSecret ClusterPolicy ClusterGenerator Bundle ClusterSopsSecret")
# These groups have controllers, and none of them makes what pods mount: other things, or what is read elsewhere.
_MAKE_NOTHING = words(
    """keda.sh secrets-store.csi.x-k8s.io cert-manager.io external-secrets.io bitnami.com elbv2.k8s.aws
    eks.amazonaws.com karpenter.sh karpenter.k8s.aws crd.k8s.amazonaws.com vpcresources.k8s.aws networking.istio.io
    security.istio.io telemetry.istio.io traefik.io traefik.containo.us cilium.io crd.projectcalico.org
    configuration.konghq.com"""
)
_NO_MAKERS = words(
    """ServiceMonitor PodMonitor PrometheusRule Probe ScrapeConfig Rollout AnalysisTemplate AppProject HelmRepository
    GitRepository OCIRepository Bucket VerticalPodAutoscaler"""
)
_COPIED = regex(r"reflect|replicat|kubed|sync|copy|copied|clone|mirror|propagat", re.IGNORECASE)
_MAKING = regex(r"kubectl|\boc\b|\bcreate\b|secret-name|secretName")
_WORD = regex(r"[a-z0-9][a-z0-9.-]*[a-z0-9]")
_RESOURCES: Mapping[str, str] = {
    "Secret": "secrets",
    "ConfigMap": "configmaps",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "ServiceAccount": "serviceaccounts",
}
_LARGEST_WALK = 10_000


class Makers:
    """What of a set of manifests may make further objects, read once for all that is asked of it."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._words: dict[Scope, frozenset[str]] = {}

    def may_make(self, kind: str, name: str, scope: Scope) -> bool:
        """Return whether an object of that kind and name may be there, though the set does not show it."""
        return (
            self.by_the_cluster(kind, name, scope)
            or self._operated(kind, scope.everywhere)
            or self._is_copied(kind, name)
            or (kind == "PersistentVolumeClaim" and self._is_claim_of_a_set(name, scope))
            or (kind in _SECRET_AND_CONFIG and name in self._words_of(scope))
            or (_RESOURCES.get(kind, ""), scope.everywhere) in self._rights
        )

    @staticmethod
    def by_the_cluster(kind: str, name: str, scope: Scope) -> bool:
        """Return whether Kubernetes itself, or what comes with a cluster, makes it."""
        bootstrap = kind == "Role" and _BOOTSTRAP_ROLE.fullmatch(name) is not None
        return bootstrap or name in _BY_THE_CLUSTER.get(kind, ()) or scope.namespace.startswith(_OF_THE_CLUSTER)

    def _operated(self, kind: str, scope: Scope) -> bool:
        if kind in _SECRET_AND_CONFIG and scope.cluster in self._clusters_with_copiers:
            return True
        if scope in self._with_packages or Scope(scope.cluster, "", "") in self._with_packages:
            return True
        return kind in _OPERATED and (scope in self._with_operators or self._has_unplaced_operators)

    def _is_copied(self, kind: str, name: str) -> bool:
        """Return whether an object of that name asks a controller for copies in other namespaces."""
        return any(
            _COPIED.search(key)
            for each in self._by_name.get((kind, name), ())
            for key in (*each.annotations.labels, *each.metadata["labels"].labels)
        )

    def _is_claim_of_a_set(self, name: str, scope: Scope) -> bool:
        """Return whether a StatefulSet makes the claim, `<template>-<pod>`."""
        for each in self._manifests.in_scope("StatefulSet", scope):
            for template in each.spec["volumeClaimTemplates"]:
                begin = f"{template.at('metadata', 'name').text}-{each.name}-"
                if name.startswith(begin) and name.removeprefix(begin).isdigit():
                    return True
        return False

    def _words_of(self, scope: Scope) -> frozenset[str]:
        """Return the words of the commands and scripts that make objects: `kubectl create secret generic NAME`."""
        if scope not in self._words:
            configs = self._manifests.in_scope("ConfigMap", scope)
            scripts = (text for each in configs for text in each.root["data"].labels.values())
            making = [
                text for text in (*_command_lines(self._manifests.pods_in(scope)), *scripts) if _MAKING.search(text)
            ]
            self._words[scope] = frozenset(_WORD.findall(" ".join(making)))
        return self._words[scope]

    @cached_property
    def _by_name(self) -> dict[tuple[str, str], list[Resource]]:
        index: defaultdict[tuple[str, str], list[Resource]] = defaultdict(list)
        for each in self._manifests.kind("Secret", "ConfigMap"):
            index[each.kind, each.name].append(each)
        return index

    @cached_property
    def _custom(self) -> list[Resource]:
        """The custom resources that nobody here knows the products of."""
        return [
            each
            for each in self._manifests
            if "." in each.group
            and not each.group.endswith(".k8s.io")
            and each.group not in _MAKE_NOTHING
            and each.kind not in _NO_MAKERS
        ]

    @cached_property
    def _with_operators(self) -> set[Scope]:
        return {each.scope.everywhere for each in self._custom}

    @cached_property
    def _has_unplaced_operators(self) -> bool:
        """Whether there is one that names no namespace, and so may go into any."""
        return any(not each.scope.namespace and not each.id.cluster_scoped for each in self._custom)

    @cached_property
    def _with_packages(self) -> set[Scope]:
        """The scopes in which a package manager installs; one without a namespace installs into any."""
        found: set[Scope] = set()
        for each in self._custom:
            if each.kind in _PACKAGES:
                places = set(_places(each.spec.value))
                found |= {each.scope.everywhere} | {Scope(each.scope.cluster, "", place) for place in places}
                if not places and each.kind == "Kustomization":
                    found.add(Scope(each.scope.cluster, "", ""))
        return found

    @cached_property
    def _clusters_with_copiers(self) -> set[str]:
        return {each.scope.cluster for each in self._manifests.kind(*_EVERYWHERE) if _copies(each)}

    @cached_property
    def _rights(self) -> set[tuple[str, Scope]]:
        """The resources that a ServiceAccount used by a pod of a scope may create there."""
        roles = {(each.kind, each.name, each.scope.namespace): each for each in self._manifests.kind("Role")}
        roles |= {(each.kind, each.name, ""): each for each in self._manifests.kind("ClusterRole")}
        found: set[tuple[str, Scope]] = set()
        for binding in self._manifests.kind("RoleBinding", "ClusterRoleBinding"):
            reference = binding.root["roleRef"]
            place = binding.scope.namespace if reference["kind"].text == "Role" else ""
            role = roles.get((reference["kind"].text, reference["name"].text, place))
            created = _created(role) if role is not None else set[str]()
            for subject in binding.root["subjects"] if created else ():
                account = (subject["namespace"].text or binding.scope.namespace, subject["name"].text)
                scopes = self._scopes_by_account.get(account, ()) if subject["kind"].text == "ServiceAccount" else ()
                found |= {(resource, scope) for resource in created for scope in scopes}
        return found

    @cached_property
    def _scopes_by_account(self) -> dict[tuple[str, str], set[Scope]]:
        """Where the pods that the set shows run with an account, by its namespace and name."""
        index: defaultdict[tuple[str, str], set[Scope]] = defaultdict(set)
        for pod in self._manifests.pods:
            scope = self._manifests.scope_of(pod.template).everywhere
            index[scope.namespace, _account(pod)].add(scope)
        return index


def _command_lines(pods: Iterable[Pod]) -> Iterator[str]:
    return (" ".join(arguments(container)) for pod in pods for container in pod.all_containers)


def _places(spec: object) -> Iterator[str]:
    """Yield the namespaces that a package manager's resource names as those it installs into."""
    waiting, seen = [spec], 0
    while waiting and seen < _LARGEST_WALK:
        item, seen = waiting.pop(), seen + 1
        if isinstance(item, list):
            waiting += cast("list[object]", item)
        elif isinstance(item, Mapping):
            for key, value in cast("Mapping[object, object]", item).items():
                if key in _PLACES and isinstance(value, str):
                    yield value
                elif key == "destination":
                    yield from filter(None, [text(value, "namespace")])
                waiting.append(value)


def _copies(resource: Resource) -> bool:
    """Return whether it makes objects in other namespaces; of Kyverno's policies those that generate do."""
    return resource.kind != "ClusterPolicy" or any(each["generate"].present for each in resource.spec["rules"])


def _account(pod: Pod) -> str:
    return pod.spec["serviceAccountName"].text or pod.spec["serviceAccount"].text or "default"


def _created(role: Resource) -> set[str]:
    """Return the resources that a role lets its bearer create, by any name."""
    found: set[str] = set()
    for each in role.root["rules"]:
        if {"create", "*"} & set(each["verbs"].texts):
            named = set(each["resources"].texts)
            found |= set(_RESOURCES.values()) if "*" in named else named
    return found
