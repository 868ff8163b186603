"""What an environment calls for, as its manifests say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from examx_cli.cluster import Target
from examx_cli.schemas.kubernetes import is_built_in
from examx_constructs.manifests import (
    TEMPLATES,
    Manifests,
    Object,
    Versions,
    items,
    mapping,
    pod_labels,
    selects,
    template_of,
    text,
)

SECRETS_DRIVER = "secrets-store.csi.k8s.io"
EFS_DRIVER = "efs.csi.aws.com"
EBS_DRIVER = "ebs.csi.aws.com"
EBS_PROVISIONERS = (EBS_DRIVER, "kubernetes.io/aws-ebs")
"""Who makes volumes of EBS; claims of the second, the plugin of old, go to the driver since Kubernetes 1.23."""
ALB = "alb"
_SECRET = re.compile(r"arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+")
_CLIENT_TLS = "alb.ingress.kubernetes.io/mutual-authentication"
_TRUST_STORE = re.compile(r'"trustStore": *"([^"]+)"')
_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([\w./-]+)")
FEATURE = "feature"
"""What means all environments of branches, in the place of an environment's name."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The manifests of an environment, where they go, and what they call for."""

    environment: str
    cluster: str
    namespace: str
    manifests: Sequence[Object]

    @classmethod
    def of(cls, environment: str, manifests: Sequence[Object]) -> "Needs":
        """Return what these manifests call for. Raises CommandError unless they bring one Namespace."""
        target = Target.of(manifests)
        return cls(environment, target.cluster, target.namespace, manifests)

    def of_kind(self, *kinds: str) -> list[Object]:
        """Return the manifests of these kinds."""
        return [each for each in self.manifests if text(each, "kind") in kinds]

    def templates(self) -> Iterator[Object]:
        """Yield the pod template of each workload."""
        for each in self.of_kind(*TEMPLATES):
            yield template_of(each)

    @property
    def versions(self) -> Versions:
        """The versions of Kubernetes and KEDA that the environment names for its cluster, by which it is judged."""
        return Manifests.of(self.manifests).versions

    @property
    def registry(self) -> tuple[str, str, str]:
        """The account, the region and the repository of ECR that the pods' image comes from; empty where none does."""
        for template in self.templates():
            for container in items(template, "spec", "containers"):
                if found := _ECR.match(text(container, "image")):
                    return found[1], found[2], found[3]
        return "", "", ""

    @property
    def region(self) -> str:
        """The region of AWS: that of the image's registry."""
        return self.registry[1] or "REGION"

    @property
    def custom_kinds(self) -> dict[str, set[str]]:
        """The kinds that a CRD must bring, by API version."""
        found: dict[str, set[str]] = {}
        for each in self.manifests:
            version = text(each, "apiVersion")
            if not is_built_in(each):
                found.setdefault(version, set()).add(text(each, "kind"))
        return found

    @property
    def secret_classes(self) -> list[Object]:
        """The SecretProviderClasses that AWS's provider serves."""
        return [each for each in self.of_kind("SecretProviderClass") if text(each, "spec", "provider") == "aws"]

    @property
    def secret_arns(self) -> list[str]:
        """The secrets of Secrets Manager that the SecretProviderClasses name, by ARN."""
        written = (text(each, "spec", "parameters", "objects") for each in self.secret_classes)
        return sorted({arn for each in written for arn in _SECRET.findall(each)})

    @property
    def trust_stores(self) -> set[str]:
        """The trust stores that client certificates are verified against, by name or ARN."""
        written = (text(each, "metadata", "annotations", _CLIENT_TLS) for each in self.ingresses)
        return {name for each in written for name in _TRUST_STORE.findall(each)}

    @property
    def secret_accounts(self) -> list[str]:
        """The ServiceAccounts of pods that mount secrets of Secrets Manager."""
        ours = {text(each, "metadata", "name") for each in self.secret_classes}
        found = {
            text(template, "spec", "serviceAccountName") or "default"
            for template in self.templates()
            for volume in items(template, "spec", "volumes")
            if text(volume, "csi", "volumeAttributes", "secretProviderClass") in ours
        }
        return sorted(found)

    @property
    def pod_identity(self) -> bool:
        """Whether a SecretProviderClass asks for EKS Pod Identity, not for a role of the ServiceAccount."""
        return any(_uses_pod_identity(each) for each in self.secret_classes)

    @property
    def roles(self) -> bool:
        """Whether a SecretProviderClass asks for a role of the ServiceAccount (IRSA): the provider's default."""
        return any(not _uses_pod_identity(each) for each in self.secret_classes)

    @property
    def synced_secrets(self) -> bool:
        """Whether a mounted secret is also kept as a Kubernetes Secret."""
        return any(items(each, "spec", "secretObjects") for each in self.secret_classes)

    @property
    def scaled(self) -> bool:
        """Whether KEDA scales anything."""
        return bool(self.of_kind("ScaledObject"))

    @property
    def trigger_types(self) -> set[str]:
        """The types of the triggers that KEDA looks at."""
        return {
            text(trigger, "type")
            for each in self.of_kind("ScaledObject")
            for trigger in items(each, "spec", "triggers")
        }

    @property
    def resource_metrics(self) -> bool:
        """Whether something scales on CPU or memory."""
        kinds = {
            text(metric, "type")
            for each in self.of_kind("HorizontalPodAutoscaler")
            for metric in items(each, "spec", "metrics")
        }
        return bool(kinds & {"Resource", "ContainerResource"}) or bool(self.trigger_types & {"cpu", "memory"})

    @property
    def keda_namespaces(self) -> set[str]:
        """The namespaces that a NetworkPolicy admits to Redis: KEDA's operator must run in one of them."""
        redis = [each for each in self.of_kind("StatefulSet", "Deployment") if _is_redis(each)]
        return {
            name
            for policy in self.of_kind("NetworkPolicy")
            if any(selects(mapping(policy, "spec", "podSelector"), pod_labels(each)) for each in redis)
            for rule in items(policy, "spec", "ingress")
            for peer in items(rule, "from")
            if (name := text(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name"))
        }

    @property
    def tolerated(self) -> set[tuple[str, str]]:
        """The taints of nodes that pods of the environment tolerate, by key and value."""
        return {
            (text(toleration, "key"), text(toleration, "value"))
            for template in self.templates()
            for toleration in items(template, "spec", "tolerations")
            if text(toleration, "key")
        }

    @property
    def ingresses(self) -> list[Object]:
        """The Ingresses that AWS's controller serves."""
        return [each for each in self.of_kind("Ingress") if text(each, "spec", "ingressClassName") == ALB]

    @property
    def gated(self) -> bool:
        """Whether the Namespace asks for readiness gates."""
        label = "elbv2.k8s.aws/pod-readiness-gate-inject"
        return any(text(each, "metadata", "labels", label) == "enabled" for each in self.of_kind("Namespace"))

    @property
    def policies(self) -> bool:
        """Whether NetworkPolicies are meant to be enforced."""
        return bool(self.of_kind("NetworkPolicy"))

    @property
    def claimed_classes(self) -> set[str]:
        """The StorageClasses that claims are provisioned from: those of claims that name no volume."""
        claims = [*self.of_kind("PersistentVolumeClaim"), *self._claim_templates()]
        return {
            text(each, "spec", "storageClassName")
            for each in claims
            if not text(each, "spec", "volumeName") and text(each, "spec", "storageClassName")
        }

    def _claim_templates(self) -> Iterator[Object]:
        for each in self.of_kind("StatefulSet"):
            for claim in items(each, "spec", "volumeClaimTemplates"):
                yield mapping(claim)

    @property
    def efs_volumes(self) -> bool:
        """Whether a volume of the manifests is the EFS driver's, or a StorageClass of theirs is."""
        volumes = [text(each, "spec", "csi", "driver") for each in self.of_kind("PersistentVolume")]
        classes = [text(each, "provisioner") for each in self.of_kind("StorageClass")]
        return EFS_DRIVER in (*volumes, *classes)

    @property
    def rendered_classes(self) -> dict[str, Object]:
        """The StorageClasses that the manifests bring themselves."""
        return {text(each, "metadata", "name"): each for each in self.of_kind("StorageClass")}


def _uses_pod_identity(provider: Object) -> bool:
    # Go's ParseBool, in the provider's server.go (3.1.1).
    return text(provider, "spec", "parameters", "usePodIdentity") in ("1", "t", "T", "true", "TRUE", "True")


def _is_redis(workload: Object) -> bool:
    ports = {
        port.get("containerPort")
        for container in items(workload, "spec", "template", "spec", "containers")
        for port in map(mapping, items(container, "ports"))
    }
    return bool(ports & {6379, 26379})
