"""What KEDA's objects name of their namespace: authentications, and what these read.

A ClusterTriggerAuthentication reads the namespace of KEDA's operator, which no manifest of an application shows.
"""

from collections.abc import Iterator

from examx_constructs.manifests.keda import all_triggers
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.references import Reference
from examx_constructs.manifests.resources import Manifests

_CLUSTER_WIDE = "ClusterTriggerAuthentication"
_CREDENTIALS = (
    ("azureKeyVault", "credentials", "clientSecret"),
    ("gcpSecretManager", "credentials", "clientSecret"),
    ("awsSecretManager", "credentials", "accessKey"),
    ("awsSecretManager", "credentials", "accessSecretKey"),
    ("awsSecretManager", "credentials", "accessToken"),
    ("oauth2", "clientSecret"),
    ("azureServicePrincipal", "clientSecret"),
    ("azureServicePrincipal", "clientCertificate"),
    ("azureServicePrincipal", "clientCertificatePassword"),
)
"""Where an authentication holds `valueFrom.secretKeyRef`: KEDA 2.21, triggerauthentication_types.go."""


def keda_references(manifests: Manifests) -> Iterator[Reference]:
    """Yield the references of triggers, and of TriggerAuthentications."""
    for authentication in manifests.kind("TriggerAuthentication"):
        yield from _sources(authentication.spec)
    for _, trigger in all_triggers(manifests):
        reference = trigger["authenticationRef"]
        if reference["kind"].text != _CLUSTER_WIDE:
            yield Reference("TriggerAuthentication", reference["name"])


def _sources(spec: Node) -> Iterator[Reference]:
    for kind, source in (("Secret", "secretTargetRef"), ("ConfigMap", "configMapTargetRef")):
        for each in spec[source]:
            yield Reference(kind, each["name"], (each["key"],))
    for path in _CREDENTIALS:
        secret = spec.at(*path, "valueFrom", "secretKeyRef")
        yield Reference("Secret", secret["name"], (secret["key"],))
    for each in spec["boundServiceAccountToken"]:
        yield Reference("ServiceAccount", each["serviceAccountName"])
    yield Reference("ServiceAccount", spec.at("hashiCorpVault", "credential", "serviceAccountName"))
