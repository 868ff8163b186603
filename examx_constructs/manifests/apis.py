"""Which versions of Kubernetes serve which kinds of objects.

Made from kubernetes/api v0.37, zz_generated.prerelease-lifecycle.go of each group (APILifecycleIntroduced and
APILifecycleRemoved), and for `apiextensions`, `apiregistration` and batch/v2alpha1 from the Deprecated API Migration
Guide. What was introduced before 1.30 has a dash there: every version that rules know serves it.
"""

from collections import defaultdict
from functools import cache
from typing import NamedTuple

from examx_constructs.manifests.versions import Versions

_SERVED = """
    v1 - - Binding ConfigMap Endpoints Event LimitRange Namespace Node PersistentVolume PersistentVolumeClaim Pod
        PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount
    admissionregistration.k8s.io/v1 - - MutatingWebhookConfiguration ValidatingWebhookConfiguration
    admissionregistration.k8s.io/v1 1.30 - ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    admissionregistration.k8s.io/v1 1.36 - MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
    admissionregistration.k8s.io/v1alpha1 - 1.32 ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    admissionregistration.k8s.io/v1alpha1 1.32 1.38 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
    admissionregistration.k8s.io/v1beta1 - 1.22 MutatingWebhookConfiguration ValidatingWebhookConfiguration
    admissionregistration.k8s.io/v1beta1 - 1.34 ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
    admissionregistration.k8s.io/v1beta1 1.34 1.40 MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
    apiextensions.k8s.io/v1 - - CustomResourceDefinition
    apiextensions.k8s.io/v1beta1 - 1.22 CustomResourceDefinition
    apiregistration.k8s.io/v1 - - APIService
    apiregistration.k8s.io/v1beta1 - 1.22 APIService
    apps/v1 - - ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
    apps/v1beta1 - 1.16 ControllerRevision Deployment StatefulSet
    apps/v1beta2 - 1.16 ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
    authentication.k8s.io/v1 - - SelfSubjectReview TokenRequest TokenReview
    authentication.k8s.io/v1alpha1 - 1.32 SelfSubjectReview
    authentication.k8s.io/v1beta1 - 1.22 TokenReview
    authentication.k8s.io/v1beta1 - 1.33 SelfSubjectReview
    authorization.k8s.io/v1 - - LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview
        SubjectAccessReview
    authorization.k8s.io/v1beta1 - 1.22 LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview
        SubjectAccessReview
    autoscaling/v1 - - HorizontalPodAutoscaler
    autoscaling/v2 - - HorizontalPodAutoscaler
    autoscaling/v2beta1 - 1.25 HorizontalPodAutoscaler
    autoscaling/v2beta2 - 1.26 HorizontalPodAutoscaler
    batch/v1 - - CronJob Job
    batch/v1beta1 - 1.25 CronJob
    batch/v2alpha1 - 1.21 CronJob
    certificates.k8s.io/v1 - - CertificateSigningRequest
    certificates.k8s.io/v1 1.37 - ClusterTrustBundle PodCertificateRequest
    certificates.k8s.io/v1alpha1 - 1.37 ClusterTrustBundle
    certificates.k8s.io/v1alpha1 1.34 1.40 PodCertificateRequest
    certificates.k8s.io/v1beta1 - 1.22 CertificateSigningRequest
    certificates.k8s.io/v1beta1 1.33 1.40 ClusterTrustBundle
    certificates.k8s.io/v1beta1 1.35 1.40 PodCertificateRequest
    coordination.k8s.io/v1 - - Lease
    coordination.k8s.io/v1alpha1 1.31 1.37 LeaseCandidate
    coordination.k8s.io/v1alpha2 1.32 1.38 LeaseCandidate
    coordination.k8s.io/v1beta1 - 1.22 Lease
    coordination.k8s.io/v1beta1 1.33 1.39 LeaseCandidate
    discovery.k8s.io/v1 - - EndpointSlice
    discovery.k8s.io/v1beta1 - 1.25 EndpointSlice
    events.k8s.io/v1 - - Event
    events.k8s.io/v1beta1 - 1.25 Event
    extensions/v1beta1 - 1.16 DaemonSet Deployment NetworkPolicy PodSecurityPolicy ReplicaSet
    extensions/v1beta1 - 1.22 Ingress
    flowcontrol.apiserver.k8s.io/v1 - - FlowSchema PriorityLevelConfiguration
    flowcontrol.apiserver.k8s.io/v1alpha1 - 1.21 FlowSchema PriorityLevelConfiguration
    flowcontrol.apiserver.k8s.io/v1beta1 - 1.26 FlowSchema PriorityLevelConfiguration
    flowcontrol.apiserver.k8s.io/v1beta2 - 1.29 FlowSchema PriorityLevelConfiguration
    flowcontrol.apiserver.k8s.io/v1beta3 - 1.32 FlowSchema PriorityLevelConfiguration
    lifecycle.k8s.io/v1alpha1 1.37 1.43 Eviction EvictionRequest
    networking.k8s.io/v1 - - Ingress IngressClass NetworkPolicy
    networking.k8s.io/v1 1.33 - IPAddress ServiceCIDR
    networking.k8s.io/v1alpha1 - 1.31 ClusterCIDR
    networking.k8s.io/v1alpha1 - 1.33 IPAddress ServiceCIDR
    networking.k8s.io/v1beta1 - 1.22 Ingress IngressClass
    networking.k8s.io/v1beta1 1.31 1.37 IPAddress ServiceCIDR
    node.k8s.io/v1 - - RuntimeClass
    node.k8s.io/v1beta1 - 1.25 RuntimeClass
    policy/v1 - - Eviction PodDisruptionBudget
    policy/v1beta1 - 1.25 Eviction PodDisruptionBudget PodSecurityPolicy
    rbac.authorization.k8s.io/v1 - - ClusterRole ClusterRoleBinding Role RoleBinding
    rbac.authorization.k8s.io/v1beta1 - 1.22 ClusterRole ClusterRoleBinding Role RoleBinding
    resource.k8s.io/v1 1.34 - DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
    resource.k8s.io/v1 1.37 - DeviceTaintRule
    resource.k8s.io/v1alpha3 1.33 1.39 DeviceTaintRule
    resource.k8s.io/v1alpha3 1.36 1.42 ResourcePoolStatusRequest
    resource.k8s.io/v1beta1 1.32 1.38 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
    resource.k8s.io/v1beta2 1.33 1.39 DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice
    resource.k8s.io/v1beta2 1.36 1.42 DeviceTaintRule
    scheduling.k8s.io/v1 - - PriorityClass
    scheduling.k8s.io/v1beta1 - 1.22 PriorityClass
    scheduling.k8s.io/v1beta1 1.37 1.43 PodGroup Workload
    storage.k8s.io/v1 - - CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment
    storage.k8s.io/v1 1.34 - VolumeAttributesClass
    storage.k8s.io/v1alpha1 - 1.24 CSIStorageCapacity VolumeAttachment
    storage.k8s.io/v1alpha1 - 1.35 VolumeAttributesClass
    storage.k8s.io/v1beta1 - 1.22 CSIDriver CSINode StorageClass VolumeAttachment
    storage.k8s.io/v1beta1 - 1.27 CSIStorageCapacity
    storage.k8s.io/v1beta1 1.31 1.37 VolumeAttributesClass
    storagemigration.k8s.io/v1 1.37 - StorageVersionMigration
    storagemigration.k8s.io/v1alpha1 1.30 1.36 StorageVersionMigration
    storagemigration.k8s.io/v1beta1 1.35 1.40 StorageVersionMigration
"""
_COLUMNS = 3


class Served(NamedTuple):
    """A version of an API group that serves a kind, and since and until which Kubernetes."""

    group: str
    version: str
    since: str
    """The first minor version that serves it; empty for one before 1.30."""
    until: str
    """The first minor version that serves it no more; empty where none is known."""

    @property
    def api_version(self) -> str:
        """As a manifest writes it: `apps/v1`, `v1`."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def is_served(self, versions: Versions) -> bool:
        """Return whether that Kubernetes serves it."""
        begun = not self.since or versions.kubernetes_has(self.since)
        return begun and not (self.until and versions.kubernetes_has(self.until))


@cache
def served_kinds() -> dict[str, list[Served]]:
    """Return the API versions of each kind of Kubernetes itself, the stable ones first."""
    found: defaultdict[str, list[Served]] = defaultdict(list)
    for row in _SERVED.replace("\n        ", " ").strip().splitlines():
        api_version, since, until, *kinds = row.split()
        group, _, version = api_version.rpartition("/")
        for kind in kinds:
            found[kind].append(Served(group, version, since.strip("-"), until.strip("-")))
    return {
        kind: sorted(each, key=lambda one: "alpha" in one.version or "beta" in one.version)
        for kind, each in found.items()
    }


@cache
def served_groups() -> frozenset[str]:
    """Return the API groups of Kubernetes itself."""
    return frozenset(each.group for served in served_kinds().values() for each in served)
