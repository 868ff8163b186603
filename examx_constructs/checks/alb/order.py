"""A rule on the order of a listener's rules: the first that matches answers."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from examx_constructs.checks.alb.actions import USE_ANNOTATION
from examx_constructs.checks.alb.annotations import CONTROLLER
from examx_constructs.checks.alb.classes import Member
from examx_constructs.checks.alb.conditions import has_regex_paths
from examx_constructs.checks.alb.groups import Group, groups
from examx_constructs.checks.alb.sharing import meet
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_LONGEST = 128
_RANKS = {"Exact": 0, "Prefix": 1}


class _Rule(NamedTuple):
    """What one path of an Ingress becomes on a listener."""

    member: Member
    host: str
    path: Node
    text: str
    prefix: bool
    backend: object
    takes_all: bool
    """Whether it answers all that it matches: without conditions, and by a Service."""


@rule(f"{CONTROLLER}, pkg/ingress/model_build_listener_rules.go", severity=Severity.WARNING)
def alb_rule_is_reached(manifests: Manifests) -> Iterator[Finding]:
    """No rule is behind one that takes all of its requests: members of a group by their order, hosts as written.

    Within one rule of an Ingress long prefixes go first; between two of them, and between Ingresses, the order counts.
    """
    for group in groups(manifests):
        reported: set[int] = set()
        for those in group.on_port.values():
            for each, other in _shadowed(manifests, group, those):
                if id(each.path) not in reported:
                    reported.add(id(each.path))
                    owner = other.member.ingress.id.qualified
                    host = other.host or "all hosts"
                    allowed = (
                        f"a place before {owner} {other.path.path}, which takes {other.path['path'].text} of {host}"
                    )
                    why = "no request gets to this rule"
                    yield finding(each.path["path"], allowed, why, value=f"{each.text} of {each.host or 'all hosts'}")


def _shadowed(manifests: Manifests, group: Group, those: list[Member]) -> Iterator[tuple[_Rule, _Rule]]:
    """Yield the rules that come too late on one listener, each with the one that takes its requests."""
    before: defaultdict[str, dict[str, _Rule]] = defaultdict(dict)
    for member in those:
        for each in _rules(member):
            other = next(_that_cover(before, each), None)
            if other and other.backend != each.backend and _may_meet(manifests, group, other, each):
                yield each, other
            elif each.takes_all and each.prefix:
                before[each.host].setdefault(each.text, each)
            elif each.takes_all:
                before[each.host].setdefault(f"={each.text}", each)


def _may_meet(manifests: Manifests, group: Group, other: _Rule, each: _Rule) -> bool:
    return other.member is each.member or bool(group.name and meet(manifests, other.member, each.member))


def _that_cover(before: defaultdict[str, dict[str, _Rule]], each: _Rule) -> Iterator[_Rule]:
    """Yield the rules before that match whatever this one matches."""
    parent = f"*.{each.host.partition('.')[2]}"
    for host in {each.host: 0, parent: 0, "": 0}:
        known = before.get(host)
        if known is None:
            continue
        if not each.prefix and (same := known.get(f"={each.text}")):
            yield same
        steps = each.text.rstrip("/").split("/")
        for length in range(len(steps), 0, -1):
            if found := known.get("/".join(steps[:length]) or "/"):
                yield found


def _rules(member: Member) -> Iterator[_Rule]:
    for each in member.ingress.spec["rules"]:
        paths = sorted(each.at("http", "paths"), key=_rank)
        for path in paths:
            text, kind, service = path["path"].text, path["pathType"].text, path["backend"]["service"]
            host = each["host"].text
            if is_placeholder(text) or is_placeholder(host) or len(text) > _LONGEST:
                continue
            if has_regex_paths(member) and kind not in _RANKS:
                continue
            is_action = service.at("port", "name").text == USE_ANNOTATION
            has_conditions = member.has(f"conditions.{service['name'].text}")
            plain, prefix = _normal(text, kind)
            takes_all = plain and not is_action and not has_conditions
            backend = (member.ingress.scope, service["name"].text, service["port"].value)
            yield _Rule(member, host, path, prefix, _is_prefix(text, kind), backend, takes_all)


def _rank(path: Node) -> tuple[int, int]:
    kind = path["pathType"].text
    return _RANKS.get(kind, 2), -len(path["path"].text) if kind == "Prefix" else 0


def _is_prefix(text: str, kind: str) -> bool:
    return kind == "Prefix" or text in ("", "/*")


def _normal(text: str, kind: str) -> tuple[bool, str]:
    """Return whether a path says plainly what it matches, and the path without the slash at its end."""
    if _is_prefix(text, kind):
        return True, text.removesuffix("*").rstrip("/") or "/"
    return not set(text) & set("*?^$()[]|+\\"), text
