"""Rules on the listeners of an application load balancer: ports, redirects and client certificates."""

import json
from collections.abc import Iterator
from typing import cast

from examx_constructs.checks.alb import PREFIX
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests, Resource

_SOURCE = "AWS Load Balancer Controller, Ingress annotations"
_MODES = ("off", "passthrough", "verify")
_VERIFY_ONLY = ("trustStore", "ignoreClientCertificateExpiry", "advertiseTrustStoreCaNames")
_MOST_TRUST_STORES = 2
_LAST_PORT = 65535
_LISTEN_PORTS = '[{"HTTP": 80}, {"HTTPS": 443}]'
_REFUSED = "the controller refuses it, and the whole IngressGroup with it"


def _annotation(ingress: Resource, suffix: str) -> Node:
    return ingress.annotations[f"{PREFIX}{suffix}"]


def _parsed(annotation: Node) -> Node:
    """The JSON inside an annotation, at the annotation's own place; absent where it is no JSON."""
    try:
        value: object = json.loads(annotation.text)
    except (ValueError, RecursionError):
        value = None
    return Node(annotation.object_id, annotation.file, annotation.path, value)


def _listeners(ingress: Resource) -> list[tuple[str, object]] | None:
    """The protocols and ports of an Ingress, defaults applied; None where the annotation makes no sense."""
    given = _annotation(ingress, "listen-ports")
    if not given.present:
        return [("HTTPS", 443)] if _annotation(ingress, "certificate-arn").present else [("HTTP", 80)]
    entries = [pair for entry in _parsed(given) for pair in entry.entries()]
    sound = entries and all(protocol in ("HTTP", "HTTPS") and _is_port(port) for protocol, port in entries)
    return [(protocol, port.value) for protocol, port in entries] if sound else None


def _https_ports(ingress: Resource) -> list[object] | None:
    listeners = _listeners(ingress)
    return None if listeners is None else [port for protocol, port in listeners if protocol == "HTTPS"]


def _is_port(node: Node) -> bool:
    return node.number is not None and 1 <= node.number <= _LAST_PORT


def _listed(ports: list[object]) -> str:
    return ", ".join(map(str, ports)) or "none"


@rule(_SOURCE)
def alb_listen_ports_are_valid(manifests: Manifests) -> Iterator[Finding]:
    """`listen-ports` is a JSON list of protocols, HTTP or HTTPS, with their ports."""
    for ingress in manifests.kind("Ingress"):
        if _listeners(ingress) is None:
            yield finding(_annotation(ingress, "listen-ports"), f"JSON such as {_LISTEN_PORTS}", _REFUSED)


@rule(_SOURCE)
def alb_redirect_has_listener(manifests: Manifests) -> Iterator[Finding]:
    """`ssl-redirect` names an HTTPS port of `listen-ports`.

    A member of an IngressGroup may leave that listener to another member.
    """
    for ingress in manifests.kind("Ingress"):
        redirect = _annotation(ingress, "ssl-redirect")
        ports = _https_ports(ingress)
        if ports is None or not redirect.text or _annotation(ingress, "group.name").present:
            continue
        if redirect.text not in map(str, ports):
            yield finding(
                redirect, f"an HTTPS port of listen-ports: {_listed(ports)}", "there is no listener to redirect to"
            )


@rule(_SOURCE)
def alb_mutual_authentication_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """`mutual-authentication` is a JSON list of ports and modes.

    A trust store and the settings of its verification go with `verify`, and with it alone.
    """
    for ingress in manifests.kind("Ingress"):
        annotation = _annotation(ingress, "mutual-authentication")
        entries = list(_parsed(annotation))
        if annotation.present and not entries:
            yield finding(annotation, 'a JSON list such as [{"port": 443, "mode": "passthrough"}]', _REFUSED)
        for entry in entries:
            yield from _entry_findings(entry)
        stores = {entry["trustStore"].text for entry in entries} - {""}
        if len(stores) > _MOST_TRUST_STORES:
            yield finding(annotation, "at most two trust stores", "the controller looks up no more")


def _entry_findings(entry: Node) -> Iterator[Finding]:
    mode = entry["mode"]
    if not _is_port(entry["port"]):
        yield finding(entry["port"], "a port number", _REFUSED)
    if mode.text not in _MODES:
        yield finding(mode, ", ".join(_MODES), _REFUSED)
    elif mode.text == "verify":
        if not entry["trustStore"].text:
            yield finding(
                entry["trustStore"], "the ARN or name of a trust store", "mode verify has nothing to verify against"
            )
        return
    for field in _VERIFY_ONLY if mode.text in _MODES else ():
        if entry[field].present:
            yield finding(entry[field], f"nothing in mode {mode.text}", _REFUSED)


@rule(_SOURCE)
def alb_mutual_authentication_has_listener(manifests: Manifests) -> Iterator[Finding]:
    """`mutual-authentication` is for HTTPS ports of `listen-ports`: the controller ignores an entry for another port.

    Silently: whoever wrote it believes that clients are verified.
    """
    for ingress in manifests.kind("Ingress"):
        ports = _https_ports(ingress)
        for entry in _parsed(_annotation(ingress, "mutual-authentication")) if ports is not None else ():
            port = entry["port"]
            if _is_port(port) and port.value not in cast("list[object]", ports):
                yield finding(
                    port,
                    f"an HTTPS port of listen-ports: {_listed(cast('list[object]', ports))}",
                    "the controller ignores the entry silently, and no client is asked for a certificate",
                )
