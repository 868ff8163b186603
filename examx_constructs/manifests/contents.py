"""What ConfigMaps and Secrets hold, and which objects make Secrets."""

from collections.abc import Iterator

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Resource, Scope


def keys_of(manifests: Manifests, kind: str, name: str, scope: Scope) -> set[str] | None:
    """The keys of a ConfigMap or Secret, or None where these manifests do not show them."""
    found = manifests.find(kind, name, scope)
    if found is not None:
        parts = (found.root[part] for part in ("data", "binaryData", "stringData"))
        return {key for part in parts for key, _ in part.entries()} if found.complete else None
    if kind == "Secret":
        for _, secret in synced_secrets(manifests, scope):
            if secret["secretName"].text == name:
                return {each["key"].text for each in secret["data"]}
    return None


def synced_secrets(manifests: Manifests, scope: Scope) -> Iterator[tuple[Resource, Node]]:
    """The Secrets that the Secrets Store CSI driver makes, each with its SecretProviderClass."""
    for provider in manifests.in_scope("SecretProviderClass", scope):
        for secret in provider.spec["secretObjects"]:
            yield provider, secret


def secret_names(manifests: Manifests, scope: Scope) -> set[str]:
    """The Secrets that the objects of a scope are, or make."""
    issued = {each.spec["secretName"].text for each in manifests.in_scope("Certificate", scope)}
    return manifests.names("Secret", scope) | _made(manifests, scope) | issued


def makes_secrets(manifests: Manifests, scope: Scope) -> bool:
    """Whether the set claims to define the Secrets of a scope: one with values, or what gets values from a store.

    An empty one (a token that Kubernetes fills) and a certificate say nothing of where passwords come from.
    """
    filled = (each.root[part] for each in manifests.in_scope("Secret", scope) for part in ("data", "stringData"))
    return bool(_made(manifests, scope)) or any(list(part.entries()) for part in filled)


def _made(manifests: Manifests, scope: Scope) -> set[str]:
    synced = {secret["secretName"].text for _, secret in synced_secrets(manifests, scope)}
    external = {
        each.spec.at("target", "name").text or each.name for each in manifests.in_scope("ExternalSecret", scope)
    }
    sealed = {each.name for each in manifests.in_scope("SealedSecret", scope)}
    return synced | external | sealed
