"""Rules on names, labels and annotations: what the API server accepts, and what is left after controllers add to it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, cast

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_name_to_be, is_placeholder
from examx_constructs.manifests.resources import Manifests, Resource

_SOURCE = "Kubernetes documentation, Object Names and IDs"
_LABEL = regex(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SERVICE = regex(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = regex(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_PATH_SEGMENT = regex(r"(?!\.\.?$)[^/%]+")
_QUALIFIED = regex(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?")
_LONGEST_LABEL = 63
_LONGEST_SUBDOMAIN = 253
_LONGEST_PORT_NAME = 15


class _Shape(NamedTuple):
    pattern: re.Pattern[str]
    longest: int
    allowed: str
    why: str = "the API server refuses it"


_ANY = _Shape(_SUBDOMAIN, _LONGEST_SUBDOMAIN, "lower case letters, digits, - and ., at most 253 characters")
_NAMESPACE = _Shape(_LABEL, 63, "lower case letters, digits and -, at most 63 characters")
_RBAC = _Shape(_PATH_SEGMENT, _LONGEST_SUBDOMAIN, "a name without / and %")
_FREE = _Shape(regex(r".+"), _LONGEST_SUBDOMAIN, "at most 253 characters")
_SHAPES = {
    "Namespace": _NAMESPACE,
    "Service": _Shape(_SERVICE, 63, "a letter, then lower case letters, digits and -, at most 63 characters"),
    "Deployment": _Shape(_SUBDOMAIN, 63, "at most 63 characters", "it does not fit into a label, where tools put it"),
    "Job": _Shape(_SUBDOMAIN, 63, "at most 63 characters", "its pods carry it as a label"),
    "StatefulSet": _Shape(
        _SUBDOMAIN, 52, "at most 52 characters", "its pods carry it, with a revision hash, as a label of at most 63"
    ),
    "CronJob": _Shape(_SUBDOMAIN, 52, "at most 52 characters", "its jobs add 11 characters and end at 63"),
    **dict.fromkeys(("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"), _RBAC),
    **dict.fromkeys(("CertificateSigningRequest", "IPAddress"), _FREE),
}


@rule(_SOURCE)
def name_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """An object's name has the characters and the length that its kind allows.

    A name that is filled in later, such as `${APP}`, is left alone, and so is the `_` of a Namespace that a
    kustomization names. Without a name, a custom kind gets a warning: programs read such files as well, and need none.
    """
    for resource in manifests:
        name = resource.metadata["name"]
        shape = _SHAPES.get(resource.kind, _ANY)
        generated = resource.metadata["generateName"].text and not name.present
        if generated or (len(name.text) <= shape.longest and shape.pattern.fullmatch(name.text)):
            continue
        if is_name_to_be(name.text) or _is_named_by_kustomize(resource):
            continue
        read_by_a_program = not name.present and _is_of_a_custom_kind(resource)
        weight = Severity.WARNING if read_by_a_program else Severity.ERROR
        bad = _ANY if shape.pattern is _SUBDOMAIN and not _SUBDOMAIN.fullmatch(name.text) else shape
        yield finding(name, bad.allowed, _too_long(name.text, bad.longest) or bad.why, severity=weight)


def _is_named_by_kustomize(resource: Resource) -> bool:
    """Return whether it is the Namespace that `namespace:` of a kustomization gives its name: `_` says so."""
    return resource.kind == "Namespace" and resource.name == "_" and not resource.complete


def _is_of_a_custom_kind(resource: Resource) -> bool:
    """Return whether its kind is none of Kubernetes' own: those have no domain, or one of k8s.io."""
    return "." in resource.group and not resource.group.endswith(".k8s.io")


def _too_long(text: str, longest: int) -> str:
    return f"it has {len(text)} characters" if len(text) > longest and longest == _LONGEST_SUBDOMAIN else ""


@rule(_SOURCE)
def container_name_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """Container names are DNS labels, port names at most 15 characters: the API server refuses others."""
    for pod in manifests.pods:
        for container in pod.all_containers:
            name = container["name"]
            if not (_is_short_label(name.text) or is_name_to_be(name.text)):
                yield finding(name, _NAMESPACE.allowed, _NAMESPACE.why)
            for port in container["ports"]:
                if port["name"].present and not (_is_port_name(port["name"].text) or is_placeholder(port["name"].text)):
                    yield finding(port["name"], "letters, digits and -, at most 15 characters", _NAMESPACE.why)


def _is_short_label(name: str) -> bool:
    return len(name) <= _LONGEST_LABEL and _LABEL.fullmatch(name) is not None


def _is_port_name(name: str) -> bool:
    return (
        len(name) <= _LONGEST_PORT_NAME and _LABEL.fullmatch(name) is not None and re.search("[a-z]", name) is not None
    )


@rule("Kubernetes documentation, Labels and Selectors, Syntax and character set")
def label_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """A label's key and value have the characters and lengths that Kubernetes allows, and the value is a string.

    A null is the empty string to the API server, and what is filled in later is left alone.
    """
    for labels in _all_labels(manifests):
        if _are_sound(labels.value):
            continue
        for key, value in labels.entries():
            yield from _key_findings(key, value)
            if value.present and not isinstance(value.value, str):
                yield finding(value, "a string: put it in quotes", "labels map strings to strings")
            elif not (_is_label_value(value.text) or is_placeholder(value.text)):
                yield finding(
                    value,
                    "at most 63 characters: letters, digits, -, _ and . between letters or digits",
                    f"it has {len(value.text)} characters" if len(value.text) > _LONGEST_LABEL else _NAMESPACE.why,
                )


def _are_sound(labels: object) -> bool:
    """Return whether labels are what the API server takes, as nearly all are.

    Nodes are for those who tell what is not.
    """
    given = cast("dict[object, object]", labels).items() if isinstance(labels, dict) else ()
    return bool(given) and all(
        key.__class__ is value.__class__ is str
        and _is_qualified(cast("str", key))
        and _is_label_value(cast("str", value))
        for key, value in given
    )


@lru_cache(maxsize=16384)
def _is_label_value(text: str) -> bool:
    return not text or (len(text) <= _LONGEST_LABEL and _QUALIFIED.fullmatch(text) is not None)


@rule("Kubernetes documentation, Annotations, Syntax and character set")
def annotation_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """An annotation's key is a qualified name and its value a string: numbers and booleans need quotes.

    A null is the empty string to the API server.
    """
    for annotations in _all_metadata(manifests, "annotations"):
        for key, value in annotations.entries():
            yield from _key_findings(key, value)
            if value.present and not isinstance(value.value, str):
                yield finding(value, "a string: put it in quotes", "annotations map strings to strings")


def _key_findings(key: str, value: Node) -> Iterator[Finding]:
    if not (_is_qualified(key) or is_placeholder(key)):
        yield finding(
            value,
            "a key of at most 63 characters, letters, digits, -, _ and ., after an optional domain/",
            _NAMESPACE.why,
        )


def _all_metadata(manifests: Manifests, field: str) -> Iterator[Node]:
    for resource in manifests:
        yield resource.metadata[field]
    for pod in manifests.pods:
        if pod.template.path:
            yield pod.template.at("metadata", field)


def _all_labels(manifests: Manifests) -> Iterator[Node]:
    yield from _all_metadata(manifests, "labels")
    for workload in manifests.kind("Deployment", "StatefulSet", "DaemonSet", "PodDisruptionBudget"):
        yield workload.spec.at("selector", "matchLabels")
    for service in manifests.kind("Service"):
        yield service.spec["selector"]


@lru_cache(maxsize=1024)
def _is_qualified(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    domain = not slash or (len(prefix) <= _LONGEST_SUBDOMAIN and _SUBDOMAIN.fullmatch(prefix.lower()))
    return bool(domain) and len(name) <= _LONGEST_LABEL and _QUALIFIED.fullmatch(name) is not None
