"""What makes an object the same object, wherever it was read."""

import re
from collections.abc import Mapping
from typing import NamedTuple, Self

from examx_constructs.manifests.fields import Object, text


def words(text: str) -> frozenset[str]:
    """Return a set of names that is easier to read as one text."""
    return frozenset(text.split())


CLUSTER_SCOPED = words(
    """APIService CSIDriver CSINode CertificateSigningRequest ClusterIssuer ClusterPolicy ClusterRole ClusterRoleBinding
    ClusterSecretStore ClusterTriggerAuthentication CustomResourceDefinition EC2NodeClass GatewayClass IngressClass
    IngressClassParams MutatingWebhookConfiguration Namespace Node NodeClass NodePool PersistentVolume PriorityClass
    RuntimeClass StorageClass ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration
    VolumeAttachment VolumeSnapshotClass"""
)
"""The kinds that belong to the cluster and to no namespace."""


class ObjectId(NamedTuple):
    """API group (not its version), kind, namespace and name. A cluster-scoped object has an empty namespace.

    Manifests that leave the namespace to who applies them have an empty one too.
    """

    group: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, item: Object) -> Self:
        """Return the identity of an object; what it lacks is an empty text."""
        kind = text(item, "kind")
        return cls(
            group=text(item, "apiVersion").rpartition("/")[0],
            kind=kind,
            namespace="" if kind in CLUSTER_SCOPED else text(item, "metadata", "namespace"),
            name=text(item, "metadata", "name"),
        )

    @property
    def cluster_scoped(self) -> bool:
        """Whether it belongs to the cluster and to no namespace."""
        return self.kind in CLUSTER_SCOPED

    @property
    def resource(self) -> str:
        """As kubectl takes it: `deployment.apps/celery-beat`, `service/redis`."""
        kind = self.kind.lower()
        return f"{kind}.{self.group}/{self.name}" if self.group else f"{kind}/{self.name}"

    @property
    def qualified(self) -> str:
        """As people say it among objects of many namespaces: `Deployment dev-examxv2/celery-beat`."""
        name = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return _on_one_line(f"{self.kind} {name}")

    def __str__(self) -> str:
        """Return it as people say it within a namespace: `Deployment celery-beat`."""
        return _on_one_line(f"{self.kind} {self.name}")

    def as_dict(self) -> Mapping[str, str]:
        """Return the identity as plain data, for JSON."""
        return self._asdict()


def name_of(item: Object) -> Object:
    """Return as much of an object as names it."""
    key = ObjectId.of(item)
    namespace = {"namespace": key.namespace} if key.namespace else {}
    return {"apiVersion": item["apiVersion"], "kind": key.kind, "metadata": {"name": key.name, **namespace}}


def _on_one_line(said: str) -> str:
    """Return a text from a manifest, whatever is in it."""
    return re.sub(r"\s", " ", said)
