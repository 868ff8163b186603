"""Annotations of the AWS Load Balancer Controller, read as its own parser reads them.

pkg/annotations/parser.go of v3.5.0: who reads them otherwise accuses what works or misses what does not.
"""

import ipaddress
import re
from collections.abc import Iterator

from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Resource

PREFIX = "alb.ingress.kubernetes.io/"
CONTROLLER = "AWS Load Balancer Controller v3.5.0"
API = "Elastic Load Balancing API 2015-12-01"
"""Of AWS, which the controller calls: what it refuses keeps the group as it is too."""
REFUSED = "the controller refuses it, and the whole IngressGroup with it"
REFUSED_BY_AWS = "AWS refuses it, and the whole IngressGroup stays as it is"
LAST_PORT = 65535

_INT32 = 2**31
_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))


def annotation(resource: Resource, suffix: str) -> Node:
    """Return the annotation of that suffix; an absent node where there is none."""
    return resource.annotations[f"{PREFIX}{suffix}"]


def has(resource: Resource, suffix: str) -> bool:
    """Return whether the annotation is there; an empty one, or a null, is."""
    return resource.annotations.has(f"{PREFIX}{suffix}")


def said(resource: Resource) -> Iterator[tuple[str, Node]]:
    """Yield all annotations of the controller that an object has, by suffix."""
    for key, value in resource.annotations.entries():
        if key.startswith(PREFIX):
            yield key.removeprefix(PREFIX), value


def listed(text: str) -> list[str]:
    """Return a list of texts: parted by commas, blanks and empty ones left out."""
    return [part for part in (each.strip() for each in text.split(",")) if part]


def whole(text: str, limit: int = _INT32) -> int | None:
    """Return a whole number below the limit, as strconv.ParseInt reads one; None where it refuses."""
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", text):
        return None
    number = int(text)
    return number if -limit <= number < limit else None


def truth(text: str) -> bool | None:
    """Return a boolean, as strconv.ParseBool reads one; None where it refuses."""
    return True if text in _TRUE else False if text in _FALSE else None


def pairs(text: str) -> dict[str, str] | None:
    """Return a map of texts, `key=value,key=value`; None where the controller refuses it.

    A comma parts two pairs only where an equals sign follows somewhere behind it, and a backslash escapes one.
    """
    found: dict[str, str] = {}
    for part in _parts(text):
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            return None
        found[key.strip()] = value.strip()
    return found


def _parts(text: str) -> Iterator[str]:
    last_equals, end = text.rfind("="), len(text.rstrip())
    current: list[str] = []
    letters = iter(enumerate(text))
    for position, letter in letters:
        if letter == "\\" and position + 1 < len(text):
            current.append(next(letters)[1])
        elif letter == "," and last_equals > position:
            yield "".join(current).strip()
            current = []
        elif letter == "," and end > position + 1:
            yield "".join(current).strip()
            yield text[position + 1 :].strip()
            return
        else:
            current.append(letter)
    if current:
        yield "".join(current).strip()


def network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """Return a CIDR, as net.ParseCIDR reads one: with the length of its prefix; None where it refuses."""
    if not re.fullmatch(r"[0-9A-Fa-f.:]+/[0-9]{1,3}", text):
        return None
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
