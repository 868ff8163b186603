"""What an Ingress listens on: ports, protocols and client certificates."""

from collections.abc import Iterator

from examx_constructs.checks.alb.annotations import CONTROLLER, LAST_PORT, REFUSED, listed, pairs, truth
from examx_constructs.checks.alb.annotations import said as annotations_of
from examx_constructs.checks.alb.attributes import listener_of
from examx_constructs.checks.alb.classes import Member, members
from examx_constructs.checks.alb.documents import document
from examx_constructs.checks.alb.remembered import remembered
from examx_constructs.checks.alb.shapes import LISTEN_PORTS, MUTUAL_AUTHENTICATION
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_SOURCE = f"{CONTROLLER}, pkg/ingress/model_build_listener.go"
_PROTOCOLS = ("HTTP", "HTTPS")
_MODES = ("off", "passthrough", "verify")
_VERIFY_ONLY = ("trustStore", "ignoreClientCertificateExpiry", "advertiseTrustStoreCaNames")
_MOST_TRUST_STORES = 2
_LISTEN_PORTS = '[{"HTTP": 80}, {"HTTPS": 443}]'


@remembered
def listeners(member: Member) -> dict[int, str] | None:
    """Return the protocols of an Ingress by port, defaults applied.

    None where the annotation makes no sense, or none yet.
    """
    if not member.has("listen-ports"):
        return {443: "HTTPS"} if certificates(member) else {80: "HTTP"}
    given = document(member.said("listen-ports"), LISTEN_PORTS)
    entries = [pair for entry in given.content for pair in entry.entries()]
    sound = entries and all(protocol in _PROTOCOLS and _is_port(port) for protocol, port in entries)
    return {port.number or 0: protocol for protocol, port in entries} if sound else None


def https_ports(member: Member) -> list[int] | None:
    """Return the ports on which it speaks TLS; None where its listeners make no sense."""
    found = listeners(member)
    return None if found is None else [port for port, protocol in found.items() if protocol == "HTTPS"]


def certificates(member: Member) -> bool:
    """Return whether an Ingress, or its class, names certificates, or lets the controller make one."""
    named = [*member.param("certificateArn"), *member.param("certificateARNs")] or listed(
        member.said("certificate-arn").text
    )
    return bool(named) or truth(member.said("create-acm-cert").text) is True


def _is_port(node: Node) -> bool:
    return node.number is not None and 1 <= node.number <= LAST_PORT


def told(ports: list[int]) -> str:
    """Write ports as people write them."""
    return ", ".join(map(str, ports)) or "none"


@rule(_SOURCE)
def alb_listen_ports_are_valid(manifests: Manifests) -> Iterator[Finding]:
    """`listen-ports` is a JSON list of protocols, HTTP or HTTPS, with their ports; no port twice with two protocols."""
    for member in members(manifests):
        annotation = member.said("listen-ports")
        if is_placeholder(annotation.text):
            continue
        found = listeners(member)
        if found is None:
            yield finding(annotation, f"JSON such as {_LISTEN_PORTS}", REFUSED)
            continue
        for entry in document(annotation, LISTEN_PORTS).content:
            for protocol, port in entry.entries():
                if found[port.number or 0] != protocol:
                    why = "the controller takes one of the two"
                    yield finding(port, f"a port that has one protocol: {found[port.number or 0]}", why)


@rule(_SOURCE)
def alb_mutual_authentication_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """`mutual-authentication` is a JSON list of ports and modes.

    A trust store and the settings of its verification go with `verify`, and with it alone.
    """
    for member in members(manifests):
        annotation = member.said("mutual-authentication")
        if not member.has("mutual-authentication") or is_placeholder(annotation.text):
            continue
        found = document(annotation, MUTUAL_AUTHENTICATION)
        entries = list(found.content)
        if found.misfit and found.misfit.path != annotation.path:
            wanted = "a port number" if found.misfit.path.endswith(".port") else found.wanted
            yield finding(found.misfit, wanted, REFUSED)
        elif not entries:
            yield finding(annotation, 'a JSON list such as [{"port": 443, "mode": "passthrough"}]', REFUSED)
        for entry in entries:
            yield from _entry_findings(entry)
        for each in found.unread:
            yield finding(each, "a field of mutual authentication", "nobody reads this one", severity=Severity.WARNING)
        stores = {entry["trustStore"].text for entry in entries} - {""}
        if len(stores) > _MOST_TRUST_STORES:
            yield finding(annotation, "at most two trust stores", "the controller looks up no more")


def _entry_findings(entry: Node) -> Iterator[Finding]:
    mode = entry["mode"]
    if not _is_port(entry["port"]):
        yield finding(entry["port"], "a port number", REFUSED)
    if mode.text not in _MODES:
        yield finding(mode, ", ".join(_MODES), REFUSED)
    elif mode.text == "verify":
        if not entry["trustStore"].text:
            yield finding(
                entry["trustStore"], "the ARN or name of a trust store", "mode verify has nothing to verify against"
            )
        names = entry["advertiseTrustStoreCaNames"]
        if names.present and names.text not in ("on", "off"):
            yield finding(names, "on or off", REFUSED)
        return
    for field in _VERIFY_ONLY if mode.text in _MODES else ():
        if entry[field].present and entry[field].value != "":
            yield finding(entry[field], f"nothing in mode {mode.text}", REFUSED)


@rule(_SOURCE)
def alb_mutual_authentication_has_listener(manifests: Manifests) -> Iterator[Finding]:
    """`mutual-authentication` is for HTTPS ports of `listen-ports`: the controller ignores an entry for another port.

    Silently: its author believes that clients are verified.
    """
    for member in members(manifests):
        ports = https_ports(member)
        for entry in (
            document(member.said("mutual-authentication"), MUTUAL_AUTHENTICATION).content if ports is not None else ()
        ):
            port = entry["port"]
            if ports is not None and _is_port(port) and port.number not in ports:
                yield finding(
                    port,
                    f"an HTTPS port of listen-ports: {told(ports)}",
                    "the controller ignores the entry silently, and no client is asked for a certificate",
                )


@rule(_SOURCE, severity=Severity.WARNING)
def alb_tls_settings_have_listener(manifests: Manifests) -> Iterator[Finding]:
    """`ssl-policy` and `certificate-arn` go with an HTTPS listener of the same Ingress: without one they do nothing.

    What one member of an IngressGroup says of TLS counts for the ports that it listens on itself.
    """
    for member in members(manifests):
        ports = https_ports(member)
        for suffix in ("ssl-policy", "certificate-arn") if ports == [] else ():
            place = member.said(suffix)
            if place.text and not is_placeholder(place.text):
                yield finding(place, "this with an HTTPS listener in listen-ports", "the controller does not read it")


@rule(_SOURCE)
def alb_listener_attributes_have_listener(manifests: Manifests) -> Iterator[Finding]:
    """`listener-attributes.<protocol>-<port>` is for a port of `listen-ports`: the controller does not read others.

    Silently: headers for the browser's safety, for instance, are not sent.
    """
    for member in members(manifests):
        found = listeners(member)
        for suffix, annotation in annotations_of(member.ingress) if found is not None else ():
            listener = listener_of(suffix)
            if found is not None and listener and found.get(listener[1]) != listener[0] and pairs(annotation.text):
                known = ", ".join(f"{protocol}-{port}" for port, protocol in found.items())
                why = "the controller ignores the attributes silently"
                yield finding(
                    annotation, f"a listener of this Ingress: {known}", why, value=f"{listener[0]}-{listener[1]}"
                )
