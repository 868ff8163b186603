"""Rules on the servers inside the cluster that triggers ask: that they are there, and let KEDA in."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

from examx_constructs._regex import regex
from examx_constructs.checks.absence import is_near, weight_of_absence
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.keda import Triggered, all_triggers, supplied_parameters
from examx_constructs.manifests.makers import Makers
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import environment
from examx_constructs.manifests.resources import Manifests, Resource, Scope
from examx_constructs.manifests.scaling import REDIS_TRIGGERS

_HOST_AND_PORT = regex(r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252}):(?P<port>[0-9]{1,5})")
_LOGIN = regex(r"rediss?://[^\s/@]*:[^\s/@]+@(?P<host>[A-Za-z0-9.-]{1,253})")
_SENTINEL_PORT = "26379"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_OWN_AND_NAMESPACE = 2
_PASSWORDS = ("password", "sentinelPassword")


class _Address(NamedTuple):
    """What a trigger asks: where that is written, the host, and the port."""

    node: Node
    host: str
    port: int


def _addresses(trigger: Node) -> Iterator[_Address]:
    metadata = trigger["metadata"]
    if trigger["type"].text in REDIS_TRIGGERS or trigger["type"].text.startswith("redis-"):
        for key in ("address", "addresses"):
            for text in metadata[key].text.split(","):
                found = _HOST_AND_PORT.fullmatch(text.strip())
                if found:
                    yield _Address(metadata[key], found["host"].lower(), int(found["port"]))
    if trigger["type"].text == "prometheus" and not is_placeholder(metadata["serverAddress"].text):
        yield from _of_url(metadata["serverAddress"])


def _of_url(node: Node) -> Iterator[_Address]:
    try:
        parts = urlsplit(node.text.strip())
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return
    if parts.hostname and port:
        yield _Address(node, parts.hostname, port)


def _service(manifests: Manifests, scaled: Triggered, address: _Address) -> tuple[str, Scope] | None:
    """Return the name and the scope of the Service that a host means; None for a host outside of these manifests."""
    labels = address.host.rstrip(".").split(".")
    named = labels[: labels.index("svc")] if "svc" in labels else labels
    if len(named) < _OWN_AND_NAMESPACE or ("svc" not in labels and len(named) > _OWN_AND_NAMESPACE):
        return None
    scope = Scope(scaled.scope.cluster, "", named[-1], scaled.scope.unit)
    return (named[-2], scope) if manifests.in_scope("Service", scope) else None


@rule("Kubernetes documentation, DNS for Services and Pods")
def trigger_server_exists(manifests: Manifests) -> Iterator[Finding]:
    """A server of the cluster that a trigger asks by a Service is there, and the Service has that port.

    Judged where these manifests define Services of the namespace that the address names.
    """
    makers = Makers(manifests)
    for scaled, trigger in all_triggers(manifests):
        for address in _addresses(trigger):
            meant = _service(manifests, scaled, address)
            if meant is None:
                continue
            name, scope = meant
            service = manifests.find("Service", name, scope)
            if service is not None:
                yield from _port(service, address)
                continue
            known = manifests.names("Service", scope)
            if not makers.may_make("Service", name, scope) and not any(map(is_placeholder, known)):
                yield finding(
                    address.node,
                    f"a Service of namespace {scope.namespace}: {', '.join(sorted(known)[:6])}",
                    "no Service in these manifests has that name, and KEDA would find no server",
                    severity=weight_of_absence(manifests, scope, slipped=is_near(name, known)),
                )


def _port(service: Resource, address: _Address) -> Iterator[Finding]:
    """Yield a headless Service has no ports of its own: its name leads to the pods themselves."""
    ports = [each["port"].number for each in service.spec["ports"]]
    plain = service.spec["clusterIP"].text != "None" and service.spec["type"].text != "ExternalName"
    if plain and service.complete and ports and address.port not in ports:
        listed = ", ".join(str(port) for port in ports)
        yield finding(address.node, f"a port of Service {service.name}: {listed}", "nothing answers at any other")


@rule("KEDA 2.17 Redis Lists (Sentinel) scaler; Redis documentation, Sentinel")
def sentinels_are_asked_as_such(manifests: Manifests) -> Iterator[Finding]:
    """A Redis trigger that asks at the port of Sentinels has the type that asks them for the leader."""
    for _, trigger in all_triggers(manifests):
        if trigger["type"].text in ("redis", "redis-streams"):
            metadata = trigger["metadata"]
            ports = [metadata["port"].text, metadata["ports"].text]
            ports += [
                text.rpartition(":")[2] for key in ("address", "addresses") for text in metadata[key].text.split(",")
            ]
            if _SENTINEL_PORT in (port.strip() for each in ports for port in each.split(",")):
                right = trigger["type"].text.replace("redis", "redis-sentinel")
                why = f"port {_SENTINEL_PORT} is that of Sentinels, which hold no lists"
                yield finding(trigger["type"], f"{right}, with sentinelMaster", why)


@rule("KEDA 2.17 Redis Lists scaler, authentication parameters")
def redis_trigger_logs_in(manifests: Manifests) -> Iterator[Finding]:
    """A Redis trigger has a password where others need one for the same server: KEDA connects without it in silence.

    The others: triggers of these manifests, and the target itself, whose variables hold a URL with a password.
    """
    triggers = [(scaled, each) for scaled, each in all_triggers(manifests) if each["type"].text in REDIS_TRIGGERS]
    with_password = {
        (scaled.scope, address.host)
        for scaled, trigger in triggers
        if _has_password(manifests, scaled, trigger)
        for address in _addresses(trigger)
    }
    for scaled, trigger in triggers:
        if _has_password(manifests, scaled, trigger) is not False:
            continue
        for address in _addresses(trigger):
            if (scaled.scope, address.host) in with_password or address.host in _hosts_with_login(manifests, scaled):
                place = trigger["authenticationRef"]
                why = f"others log in at {address.host}, and KEDA would be refused"
                yield finding(place, "a TriggerAuthentication that gives the password", why)
                break


def _has_password(manifests: Manifests, scaled: Triggered, trigger: Node) -> bool | None:
    """Return whether KEDA gets a password; None where these manifests do not tell."""
    metadata = trigger["metadata"]
    if any(metadata[key].text or metadata[f"{key}FromEnv"].text for key in _PASSWORDS):
        return True
    supplied = supplied_parameters(manifests, scaled, trigger)
    return None if supplied is None else bool(supplied & set(_PASSWORDS))


def _hosts_with_login(manifests: Manifests, scaled: Triggered) -> set[str]:
    pod = scaled.pod(manifests)
    texts = [text for container in (pod.containers if pod else ()) for text in environment(container).values()]
    return {found["host"].lower() for text in texts for found in _LOGIN.finditer(text)}
