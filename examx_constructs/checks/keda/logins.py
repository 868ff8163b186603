"""Rules on how triggers log in at what they ask: what a mode of authentication cannot do without."""

from collections.abc import Iterator, Mapping

from examx_constructs._keda.scalers import FROM_ENV, scaler
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.keda import Triggered, all_triggers, supplied_parameters
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests

_MODES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "bearer": (("bearerToken", "token"),),
    "basic": (("username",),),
    "tls": (("cert",), ("key",)),
    "oauth": (("oauthTokenURI",), ("clientID",)),
    "custom": (("customAuthHeader",), ("customAuthValue",)),
    "apiKey": (("apiKey",),),
}
"""What each mode needs: of each group one parameter."""
_PASSWORD = (("username",), ("password",))
_SASL: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "plaintext": _PASSWORD,
    "scram_sha256": _PASSWORD,
    "scram_sha512": _PASSWORD,
    "gssapi": (("username",), ("password", "keytab"), ("realm",), ("kerberosConfig",)),
    "oauthbearer": (*_PASSWORD, ("oauthTokenEndpointUri",)),
}
_NEVER = "and the trigger never works"


def given_parameters(manifests: Manifests, scaled: Triggered, trigger: Node) -> frozenset[str] | None:
    """Return the parameters that a trigger has, from anywhere.

    None where its authentication is not in these manifests.
    """
    supplied = supplied_parameters(manifests, scaled, trigger)
    if supplied is None:
        return None
    stated = {key.removesuffix(FROM_ENV) for key, value in trigger["metadata"].entries() if value.text.strip()}
    return supplied | stated


@rule("KEDA 2.17 to 2.21, Config.Validate in pkg/scalers/authentication")
def http_login_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """A trigger whose authModes name a way to log in has the parameters of it: a token, a user, a certificate."""
    for scaled, trigger in all_triggers(manifests):
        modes = trigger.at("metadata", "authModes")
        known = scaler(trigger["type"].text, scaled.resource.versions.keda) if modes.text else None
        given = given_parameters(manifests, scaled, trigger) if known and "authModes" in known.by_name else None
        for mode in (part.strip() for part in modes.text.split(",")) if given is not None else ():
            yield from _missing(modes, mode, _MODES.get(mode, ()), given)


@rule("KEDA 2.17 to 2.21 Kafka scalers, SASL and TLS")
def kafka_login_is_complete(manifests: Manifests) -> Iterator[Finding]:
    """A Kafka trigger has what its `sasl` needs from an authentication, and a certificate together with its key."""
    for scaled, trigger in all_triggers(manifests):
        if trigger["type"].text not in ("kafka", "apache-kafka"):
            continue
        given = given_parameters(manifests, scaled, trigger)
        if given is None:
            continue
        sasl, tls = trigger.at("metadata", "sasl"), trigger.at("metadata", "tls")
        of_cloud = trigger.at("metadata", "saslTokenProvider").text == "aws_msk_iam" or "saslTokenProvider" in given
        if not (sasl.text == "oauthbearer" and of_cloud):
            yield from _missing(sasl, sasl.text, _SASL.get(sasl.text, ()), given)
        if tls.text == "enable" and ("cert" in given) != ("key" in given):
            absent = "key" if "cert" in given else "cert"
            yield finding(tls, f"{absent} beside it, from a TriggerAuthentication", f"one is of no use alone, {_NEVER}")


def _missing(
    place: Node, mode: str, groups: tuple[tuple[str, ...], ...], given: frozenset[str] | None
) -> Iterator[Finding]:
    for names in groups:
        if given is not None and not given & set(names):
            allowed = f"{' or '.join(names)} from a TriggerAuthentication, beside it"
            yield finding(place, allowed, f"{mode} cannot do without it, {_NEVER}")
