"""The kinds of others that manifests use, and whose controllers no test needs."""

from tests.cluster.client import Object

_GROUP = "secrets-store.csi.x-k8s.io"
_ANYTHING: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def secret_provider_class() -> Object:
    """The kind SecretProviderClass of the Secrets Store CSI driver, with its fields; some contents are not checked."""
    spec = {
        "type": "object",
        "properties": {
            "provider": {"type": "string"},
            "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
            "secretObjects": {"type": "array", "items": _ANYTHING},
        },
    }
    return _definition("SecretProviderClass", "secretproviderclasses", {"spec": spec, "status": _ANYTHING})


def mount_status() -> Object:
    """The kind SecretProviderClassPodStatus, in which the driver writes down what it mounts.

    Its status is no part of its own, as in the driver's definition (v1.6.0): a write of it writes the whole object.
    """
    version = {"type": "object", "properties": {"id": {"type": "string"}, "version": {"type": "string"}}}
    status = {
        "type": "object",
        "properties": {
            **{name: {"type": "string"} for name in ("podName", "secretProviderClassName", "targetPath")},
            "mounted": {"type": "boolean"},
            "objects": {"type": "array", "items": version},
        },
    }
    return _definition("SecretProviderClassPodStatus", "secretproviderclasspodstatuses", {"status": status})


def _definition(kind: str, plural: str, fields: Object) -> Object:
    own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
    schema = {"type": "object", "properties": {**own, **fields}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{_GROUP}"},
        "spec": {
            "group": _GROUP,
            "names": {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()},
            "scope": "Namespaced",
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }
