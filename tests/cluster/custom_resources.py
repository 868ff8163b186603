"""The kinds of others that manifests use, and whose controllers no test needs."""

from tests.cluster.client import Object

_GROUP = "secrets-store.csi.x-k8s.io"


def secret_provider_class() -> Object:
    """The kind SecretProviderClass of the Secrets Store CSI driver, with its fields; some contents are not checked."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    spec = {
        "type": "object",
        "properties": {
            "provider": {"type": "string"},
            "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
            "secretObjects": {"type": "array", "items": anything},
        },
    }
    schema = {
        "type": "object",
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": spec,
            "status": anything,
        },
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"secretproviderclasses.{_GROUP}"},
        "spec": {
            "group": _GROUP,
            "names": {
                "kind": "SecretProviderClass",
                "listKind": "SecretProviderClassList",
                "plural": "secretproviderclasses",
                "singular": "secretproviderclass",
            },
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
