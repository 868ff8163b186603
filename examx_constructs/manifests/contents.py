"""What ConfigMaps and Secrets hold, and which objects make Secrets."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION

# Annotations and labels of what adds keys to an object that is there: cert-manager's and OpenShift's injectors,
# Reflector, kubernetes-replicator, kubernetes-secret-generator.
_FILLED = re.compile(r"inject|reflect|replicat|generat|serving-cert", re.IGNORECASE)
_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - the name of a type
_SERVING_CERTIFICATES = (
    "service.beta.openshift.io/serving-cert-secret-name",
    "service.alpha.openshift.io/serving-cert-secret-name",
)
_CERTIFICATE = frozenset({"tls.crt", "tls.key", "ca.crt"})
_KEYSTORES = {"jks": ("keystore.jks", "truststore.jks"), "pkcs12": ("keystore.p12", "truststore.p12")}
_FORMATS = {"CombinedPEM": "tls-combined.pem", "DER": "key.der"}


def keys_of(manifests: Manifests, kind: str, name: str, scope: Scope) -> set[str] | None:
    """Return the keys of a ConfigMap or Secret, or None where these manifests do not show them.

    One without any is filled by somebody else, so its keys are unknown, not none. Of several, each may be meant.
    """
    found = manifests.named(kind, name, scope)
    makers = list(_keys_by_makers(manifests, name, scope)) if kind == "Secret" else []
    keys = [*map(_own_keys, found), *makers]
    shown = {key for each in keys for key in each or ()}
    return shown if keys and all(each is not None for each in keys) else None


def data_of(resource: Resource) -> Iterator[tuple[str, Node]]:
    """Yield the keys of a ConfigMap or Secret and what is under them."""
    for part in ("data", "binaryData", "stringData"):
        yield from resource.root[part].entries()


def _own_keys(resource: Resource) -> set[str] | None:
    keys = {key for key, _ in data_of(resource)}
    marks = (*resource.annotations.entries(), *resource.metadata["labels"].entries())
    filled = resource.root["type"].text == _TOKEN or any(_FILLED.search(key) for key, _ in marks)
    return None if filled or not keys or not resource.complete or any(map(is_placeholder, keys)) else keys


def _keys_by_makers(manifests: Manifests, name: str, scope: Scope) -> Iterator[set[str] | None]:
    """Yield what each maker of a Secret puts into it; None where it does not say."""
    for maker, keys in _made_secrets(manifests).get((name, scope.everywhere), ()):
        if maker.scope == scope or manifests.find(maker.kind, maker.name, scope) is maker:
            yield keys


_Made = Mapping[tuple[str, Scope], list[tuple[Resource, set[str] | None]]]
_by_manifests: WeakKeyDictionary[Manifests, _Made] = WeakKeyDictionary()


def _made_secrets(manifests: Manifests) -> _Made:
    """Return the Secrets that are made, by name and scope, each with its maker and keys.

    Read once for all references.
    """
    if manifests not in _by_manifests:
        index: defaultdict[tuple[str, Scope], list[tuple[Resource, set[str] | None]]] = defaultdict(list)
        for name, maker, keys in _all_made(manifests):
            index[name, maker.scope.everywhere].append((maker, keys))
        _by_manifests[manifests] = index
    return _by_manifests[manifests]


def _all_made(manifests: Manifests) -> Iterator[tuple[str, Resource, set[str] | None]]:
    for each in manifests.kind("SecretProviderClass"):
        for secret in each.spec["secretObjects"]:
            yield secret["secretName"].text, each, {data["key"].text for data in secret["data"]}
    for each in manifests.kind("ExternalSecret"):
        yield _external_name(each), each, _external_keys(each)
    for each in manifests.kind("SealedSecret"):
        parts = (each.spec["encryptedData"], each.spec.at("template", "data"))
        yield each.name, each, {key for part in parts for key, _ in part.entries()} or None
    for each in manifests.kind("Certificate"):
        yield each.spec["secretName"].text, each, _certificate_keys(each)


def _external_name(external: Resource) -> str:
    return external.spec.at("target", "name").text or external.name


def _external_keys(external: Resource) -> set[str] | None:
    """Read it as the External Secrets Operator has it: a template replaces what was fetched, unless it says Merge."""
    template = external.spec.at("target", "template")
    templated = {key for key, _ in template["data"].entries()}
    fetched = {each["secretKey"].text for each in external.spec["data"]}
    if template["templateFrom"].present or (external.spec["dataFrom"].present and not templated):
        return None
    if templated and template["mergePolicy"].text != "Merge":
        return templated
    return None if external.spec["dataFrom"].present else fetched | templated


def _certificate_keys(certificate: Resource) -> set[str]:
    stores = (names for store, names in _KEYSTORES.items() if certificate.spec.at("keystores", store).present)
    formats = (_FORMATS.get(each["type"].text, "") for each in certificate.spec["additionalOutputFormats"])
    return {*_CERTIFICATE, *(name for names in stores for name in names), *formats}


def classes_of(manifests: Manifests, secret: str, scope: Scope) -> list[Resource]:
    """Return the SecretProviderClasses of a scope that a Secret is synced from."""
    made = _made_secrets(manifests).get((secret, scope.everywhere), ())
    return [
        maker
        for maker, _ in made
        if maker.kind == "SecretProviderClass" and manifests.find(maker.kind, maker.name, scope) is maker
    ]


def synced_secrets(manifests: Manifests, scope: Scope) -> Iterator[tuple[Resource, Node]]:
    """Yield the Secrets that the Secrets Store CSI driver makes, each with its SecretProviderClass."""
    for provider in manifests.in_scope("SecretProviderClass", scope):
        for secret in provider.spec["secretObjects"]:
            yield provider, secret


def secret_names(manifests: Manifests, scope: Scope, *, synced: bool = True) -> set[str]:
    """Return the Secrets that the objects of a scope are, or make.

    `synced`: with those of the Secrets Store CSI driver.
    """
    issued = {each.spec["secretName"].text for each in manifests.in_scope("Certificate", scope)}
    accounts = {
        each.spec.at("acme", "privateKeySecretRef", "name").text for each in manifests.in_scope("Issuer", scope)
    }
    by_annotation = {
        each.annotations[key].text
        for kind, keys in (("Service", _SERVING_CERTIFICATES), ("Deployment", _MADE), ("StatefulSet", _MADE))
        for each in manifests.in_scope(kind, scope)
        for key in keys
    }
    named = manifests.names("Secret", scope) | issued | accounts | by_annotation | _stored(manifests, scope)
    named |= {secret["secretName"].text for _, secret in synced_secrets(manifests, scope)} if synced else set[str]()
    return (named | _of_ingresses(manifests, scope)) - {""}


_MADE = (MADE_SECRET_ANNOTATION,)


def _of_ingresses(manifests: Manifests, scope: Scope) -> set[str]:
    """Return the certificates that cert-manager makes for the Ingresses that ask it to."""
    return {
        tls["secretName"].text
        for each in manifests.in_scope("Ingress", scope)
        if any(_asks_for_certificate(key) for key, _ in each.annotations.entries())
        for tls in each.spec["tls"]
    }


def _asks_for_certificate(annotation: str) -> bool:
    """Read annotations as cert-manager's ingress-shim reads annotations, those of its first versions included."""
    return annotation.startswith(("cert-manager.io/", "certmanager.k8s.io/")) or annotation == "kubernetes.io/tls-acme"


def makes_secrets(manifests: Manifests, scope: Scope) -> bool:
    """Return whether the set claims to define the Secrets of a scope.

    One with values, or what gets values from a store.

    An empty one (a token that Kubernetes fills) and a certificate say nothing of where passwords come from.
    """
    filled = (each.root[part] for each in manifests.in_scope("Secret", scope) for part in ("data", "stringData"))
    return bool(_made(manifests, scope)) or any(list(part.entries()) for part in filled)


def _made(manifests: Manifests, scope: Scope) -> set[str]:
    return {secret["secretName"].text for _, secret in synced_secrets(manifests, scope)} | _stored(manifests, scope)


def _stored(manifests: Manifests, scope: Scope) -> set[str]:
    external = {_external_name(each) for each in manifests.in_scope("ExternalSecret", scope)}
    return external | {each.name for each in manifests.in_scope("SealedSecret", scope)}
