"""A rule on Ingresses of any controller: what the API server refuses."""

import ipaddress
import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_API = "networking.k8s.io/v1"
_REFUSED = "the API server refuses the Ingress"
_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_HOST = regex(rf"(\*\.)?{_LABEL}(\.{_LABEL})*")
_LONGEST_HOST = 253
_TYPES = ("Exact", "Prefix", "ImplementationSpecific")
_NOT_NORMAL = regex(r"//|/\.\.?(/|$)|%2f", re.IGNORECASE)
_PORT_NAME = regex(r"(?!.*--)(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")
_LAST_PORT = 65535


@rule("Kubernetes v1.34, pkg/apis/networking/validation, ValidateIngress")
def ingress_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """An Ingress says what the API server asks for: a type for each path, hosts that are names, one port of a Service.

    Paths begin with a slash and are normal: without `//`, `/../` and an escaped slash, where their type is Exact or
    Prefix. Hosts are in small letters, without a port, with one star at most, in front.
    """
    for ingress in manifests.kind("Ingress"):
        if ingress.root["apiVersion"].text == _API:
            yield from _spec(ingress)


def _spec(ingress: Resource) -> Iterator[Finding]:
    spec = ingress.spec
    if spec.present and ingress.complete and not list(spec["rules"]) and not spec["defaultBackend"].present:
        yield finding(spec["rules"], "at least one rule, or a defaultBackend", _REFUSED)
    if spec["defaultBackend"].present:
        yield from _backend(spec["defaultBackend"])
    for each in spec["rules"]:
        yield from _host(each["host"])
        if each["http"].present and not list(each["http"]["paths"]):
            yield finding(each["http"]["paths"], "at least one path", _REFUSED)
        for path in each["http"]["paths"]:
            yield from _path(path)
            yield from _backend(path["backend"])
    for tls in spec["tls"]:
        for host in tls["hosts"]:
            yield from _host(host, may_be_address=True)


def _host(host: Node, *, may_be_address: bool = False) -> Iterator[Finding]:
    text = host.text
    # No host has a dollar sign, so one is that of a variable.
    if not text or is_placeholder(text) or "$" in text:
        return
    if _is_address(text):
        if not may_be_address:
            yield finding(host, "a name, not an address", _REFUSED)
    elif not _HOST.fullmatch(text) or len(text) > _LONGEST_HOST:
        allowed = "a name in small letters without a port, such as www.example.com or *.example.com"
        yield finding(host, allowed, _REFUSED)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _path(path: Node) -> Iterator[Finding]:
    kind, text = path["pathType"], path["path"].text
    if is_placeholder(text) or is_placeholder(kind.text):
        return
    if kind.text not in _TYPES:
        yield finding(kind, ", ".join(_TYPES), _REFUSED)
    elif not text.startswith("/") and (text or kind.text != "ImplementationSpecific"):
        yield finding(path["path"], "a path that begins with /", _REFUSED)
    elif kind.text != "ImplementationSpecific" and (found := _NOT_NORMAL.search(text)):
        yield finding(path["path"], f"a path without {found[0]}", _REFUSED)


def _backend(backend: Node) -> Iterator[Finding]:
    service, resource = backend["service"], backend["resource"]
    port = service["port"]
    name, number = port["name"], port["number"]
    if service.present == resource.present:
        yield finding(backend, "either a service, or a resource", _REFUSED)
    elif service.present and not service["name"].text:
        yield finding(service["name"], "the name of a Service", _REFUSED)
    elif service.present and bool(name.text) == bool(number.value):
        yield finding(port, "either the name of a port, or its number", _REFUSED)
    elif number.present and not is_placeholder(number.text):
        if number.number is None or not 1 <= number.number <= _LAST_PORT:
            yield finding(number, f"a number from 1 to {_LAST_PORT}; a name goes into port.name", _REFUSED)
    elif name.text and not is_placeholder(name.text) and not _PORT_NAME.fullmatch(name.text):
        allowed = "small letters, digits and - between them, with a letter, at most 15 characters"
        yield finding(name, f"{allowed}; a number goes into port.number", _REFUSED)
