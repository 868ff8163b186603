"""Rules on `conditions.<service>` and `transforms.<service>`, and on the paths and hosts that they go with."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import (
    API,
    CONTROLLER,
    REFUSED,
    REFUSED_BY_AWS,
    network,
    said,
    truth,
)
from examx_constructs.checks.alb.classes import Member, members
from examx_constructs.checks.alb.documents import Document, Shape, document
from examx_constructs.checks.alb.shapes import CONDITIONS, TRANSFORMS
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

CONFIGS = {
    "host-header": "hostHeaderConfig",
    "http-header": "httpHeaderConfig",
    "http-request-method": "httpRequestMethodConfig",
    "path-pattern": "pathPatternConfig",
    "query-string": "queryStringConfig",
    "source-ip": "sourceIPConfig",
}
_PATTERNS = ("host-header", "http-header", "path-pattern")
_TRANSFORMS = {"host-header-rewrite": "hostHeaderRewriteConfig", "url-rewrite": "urlRewriteConfig"}
_METHOD = regex(r"[A-Z_-]{1,40}")
_LONGEST_HEADER, _LONGEST_VALUE = 40, 128


def of_service(member: Member, family: str, shape: Shape) -> Iterator[tuple[str, Node, Document]]:
    """Yield the annotations of a family that are finished.

    Each is the name that it is for, the annotation and its content.
    """
    for suffix, value in said(member.ingress):
        if suffix.startswith(f"{family}.") and not is_placeholder(value.text):
            yield suffix.removeprefix(f"{family}."), value, document(value, shape)


@rule(f"{CONTROLLER}, pkg/ingress/config_types.go; {API}, RuleCondition")
def alb_condition_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """An annotation `conditions.<service>` is a JSON list of conditions, each with the settings of its field.

    The controller passes over a field that it does not know, and the rule then matches more than it should.
    """
    for member in members(manifests):
        for _, annotation, found in of_service(member, "conditions", CONDITIONS):
            if found.misfit:
                yield finding(found.misfit, found.wanted, REFUSED)
            for condition in found.content:
                yield from _condition(condition)
            yield from _unread(found, "a field of a condition")
            yield from _unused(member, annotation, "conditions")


def _condition(condition: Node) -> Iterator[Finding]:
    name = condition["field"].text
    if name not in CONFIGS:
        why = "the controller passes over it, and the rule matches without it"
        yield finding(condition["field"], ", ".join(CONFIGS), why)
        return
    config = condition[CONFIGS[name]]
    values, patterns = list(config["values"]), list(config["regexValues"])
    if not config.present:
        yield finding(config, f"the settings of field {name}", REFUSED)
    elif not values and not patterns:
        yield finding(config["values"], "at least one value", REFUSED)
    elif values and patterns:
        yield finding(config["regexValues"], "values or regexValues, not both", REFUSED)
    yield from _values(name, config, [*values, *patterns])


def _values(name: str, config: Node, values: list[Node]) -> Iterator[Finding]:
    if name == "http-header" and not 0 < len(config["httpHeaderName"].text) <= _LONGEST_HEADER:
        yield finding(config["httpHeaderName"], f"a name of 1 to {_LONGEST_HEADER} characters", REFUSED_BY_AWS)
    for value in values:
        if name == "query-string" and not value["value"].text:
            yield finding(value["value"], "a value", REFUSED)
        elif name == "http-request-method" and not _METHOD.fullmatch(value.text):
            yield finding(value, "a method in capitals, such as GET", REFUSED_BY_AWS)
        elif name == "source-ip" and network(value.text) is None:
            yield finding(value, "a CIDR such as 192.0.2.0/24", REFUSED_BY_AWS)
        elif len(value.text) > _LONGEST_VALUE:
            yield finding(value, f"at most {_LONGEST_VALUE} characters", REFUSED_BY_AWS)


@rule(f"{CONTROLLER}, pkg/ingress/config_types.go; {API}, RewriteConfig")
def alb_transform_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """An annotation `transforms.<service>` is a JSON list of rewrites, each with the settings of its type."""
    for member in members(manifests):
        for _, annotation, found in of_service(member, "transforms", TRANSFORMS):
            if found.misfit:
                yield finding(found.misfit, found.wanted, REFUSED)
            for transform in found.content:
                config = transform[_TRANSFORMS.get(transform["type"].text, "")]
                if transform["type"].text not in _TRANSFORMS:
                    yield finding(transform["type"], ", ".join(_TRANSFORMS), REFUSED)
                elif not list(config["rewrites"]):
                    yield finding(config["rewrites"], "at least one rewrite", REFUSED)
            yield from _unread(found, "a field of a transform")
            yield from _unused(member, annotation, "transforms")


def _unread(found: Document, allowed: str) -> Iterator[Finding]:
    for each in found.unread:
        yield finding(each, allowed, "nobody reads this one", severity=Severity.WARNING)


def _unused(member: Member, annotation: Node, family: str) -> Iterator[Finding]:
    """Yield conditions of a service that no rule sends to restrict nothing."""
    names = {backend.at("service", "name").text for backend in member.backends}
    named = annotation.path.partition(f"/{family}.")[2].removesuffix("]")
    if names and named not in names:
        why = "the controller reads it for a backend of that name alone"
        known = ", ".join(sorted(names - {""}))
        yield finding(annotation, f"the name of a backend: {known}", why, value=named, severity=Severity.WARNING)


def has_regex_paths(member: Member) -> bool:
    """Return whether paths of type ImplementationSpecific are regular expressions."""
    return truth(member.said("use-regex-path-match").text) is True
