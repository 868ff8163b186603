"""Rules on who may pass a load balancer: OpenID Connect, Cognito and JSON Web Tokens."""

from collections.abc import Iterator

from examx_constructs.checks.alb.annotations import (
    API,
    CONTROLLER,
    REFUSED,
    REFUSED_BY_AWS,
    annotation,
    has,
)
from examx_constructs.checks.alb.classes import Member, members
from examx_constructs.checks.alb.documents import Document, Shape, document
from examx_constructs.checks.alb.listeners import listeners
from examx_constructs.checks.alb.shapes import COGNITO, JWT, OIDC
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_PROVIDERS: dict[str, tuple[str, Shape]] = {"cognito": ("auth-idp-cognito", COGNITO), "oidc": ("auth-idp-oidc", OIDC)}
_NEEDED = {
    "auth-idp-cognito": ("userPoolARN", "userPoolClientID", "userPoolDomain"),
    "auth-idp-oidc": ("issuer", "authorizationEndpoint", "tokenEndpoint", "userInfoEndpoint", "secretName"),
}
_URLS = ("issuer", "authorizationEndpoint", "tokenEndpoint", "userInfoEndpoint")
_FORMATS = ("single-string", "string-array", "space-separated-values")
_CLIENT_IDS = ("clientID", "clientId")


@rule(f"{CONTROLLER}, pkg/ingress/auth_config_builder.go; {API}, AuthenticateOidcActionConfig")
def alb_identity_provider_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """`auth-idp-cognito` and `auth-idp-oidc` are JSON with all fields; the Secret holds the client's ID and secret."""
    ingresses = (each.ingress for each in members(manifests))
    for resource in (*ingresses, *manifests.kind("Service")):
        for suffix, shape in _PROVIDERS.values():
            place = annotation(resource, suffix)
            if has(resource, suffix) and not is_placeholder(place.text):
                yield from _provider(place, suffix, document(place, shape))
        if has(resource, _PROVIDERS["oidc"][0]):
            yield from _client(manifests, resource)


def _provider(place: Node, suffix: str, found: Document) -> Iterator[Finding]:
    if found.misfit:
        yield finding(found.misfit, found.wanted, REFUSED)
        return
    for field in _NEEDED[suffix]:
        if not found.content[field].text:
            yield finding(found.content[field], "a text", REFUSED_BY_AWS)
    for field in _URLS:
        url = found.content[field]
        if url.text and not is_placeholder(url.text) and not url.text.startswith("https://"):
            yield finding(url, "a URL with https://", REFUSED_BY_AWS)
    for each in found.unread:
        yield finding(each, "a field of an identity provider", "nobody reads this one", severity=Severity.WARNING)


def _client(manifests: Manifests, resource: Resource) -> Iterator[Finding]:
    name = document(annotation(resource, "auth-idp-oidc"), OIDC).content["secretName"]
    secret = manifests.find("Secret", name.text, resource.scope) if name.text else None
    if secret is None or not (
        keys := {key for part in ("data", "stringData") for key, _ in secret.root[part].entries()}
    ):
        return
    if keys.isdisjoint(_CLIENT_IDS) or "clientSecret" not in keys:
        allowed = "a Secret with the keys clientID and clientSecret"
        yield finding(name, allowed, REFUSED, value=f"{name.text}, with {', '.join(sorted(keys))}")


@rule(f"{CONTROLLER}, pkg/ingress/model_build_actions.go")
def alb_authentication_takes_place(manifests: Manifests) -> Iterator[Finding]:
    """An Ingress that asks who somebody is has an HTTPS listener and the provider of its type.

    The controller authenticates on HTTPS listeners alone: over HTTP everybody passes, without a word. Tokens and
    sessions exclude each other.
    """
    for member in members(manifests):
        kind, tokens = member.said("auth-type"), member.said("jwt-validation")
        asked = kind if kind.text in _PROVIDERS else tokens
        found = listeners(member)
        if not asked.present or is_placeholder(asked.text) or found is None:
            continue
        if "HTTPS" not in found.values():
            allowed = "this with an HTTPS listener in listen-ports"
            yield finding(asked, allowed, "the controller does not ask on HTTP, so everybody passes")
        elif (
            asked is kind and not has(member.ingress, _PROVIDERS[kind.text][0]) and not _of_services(manifests, member)
        ):
            yield finding(kind, f"this with the annotation {_PROVIDERS[kind.text][0]}", REFUSED)
        elif asked is kind and tokens.present:
            yield finding(tokens, f"either this, or auth-type: {kind.text}", REFUSED)


def _of_services(manifests: Manifests, member: Member) -> bool:
    """Return whether Services may bring the provider, or the manifests do not show all of them."""
    names = [backend.at("service", "name").text for backend in member.backends]
    services = [manifests.find("Service", name, member.ingress.scope) for name in names]
    return any(each is None or any(has(each, suffix) for suffix, _ in _PROVIDERS.values()) for each in services)


@rule(f"{CONTROLLER}, pkg/ingress/enhanced_backend_builder.go; {API}, JwtValidationActionConfig")
def alb_token_validation_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """`jwt-validation` is JSON with an issuer and the endpoint of its keys; a claim has a format, a name and values."""
    for member in members(manifests):
        place = member.said("jwt-validation")
        if not member.has("jwt-validation") or is_placeholder(place.text):
            continue
        found = document(place, JWT)
        if found.misfit:
            yield finding(found.misfit, found.wanted, REFUSED)
            continue
        for field in ("jwksEndpoint", "issuer"):
            if not found.content[field].text:
                yield finding(found.content[field], "a text", REFUSED)
        for claim in found.content["additionalClaims"]:
            yield from _claim(claim)


def _claim(claim: Node) -> Iterator[Finding]:
    for field in ("format", "name"):
        if not claim[field].text:
            yield finding(claim[field], "a text", REFUSED)
    if claim["format"].text and claim["format"].text not in _FORMATS:
        yield finding(claim["format"], ", ".join(_FORMATS), REFUSED_BY_AWS)
    if not list(claim["values"]):
        yield finding(claim["values"], "at least one value", REFUSED)
