"""Rules on `actions.<name>`: what an Ingress does where a backend asks for `use-annotation`."""

import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import (
    API,
    CONTROLLER,
    LAST_PORT,
    REFUSED,
    REFUSED_BY_AWS,
    said,
)
from examx_constructs.checks.alb.classes import Member, members
from examx_constructs.checks.alb.documents import Document, document
from examx_constructs.checks.alb.shapes import ACTION
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

USE_ANNOTATION = "use-annotation"
_ACTIONS = "actions."
_TYPES = {"fixed-response": "fixedResponseConfig", "redirect": "redirectConfig", "forward": "forwardConfig"}
_CONTENT_TYPES = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
_STATUS = regex(r"[245]\d\d")
_LONGEST_BODY, _LONGEST_PART = 1024, 128
_HEAVIEST, _MOST_TARGET_GROUPS = 999, 5
_LONGEST_STICKINESS = 604800


def actions(member: Member) -> Iterator[tuple[str, Node, Document]]:
    """Yield the actions of an Ingress that are finished: name, annotation and content."""
    for suffix, value in said(member.ingress):
        if suffix.startswith(_ACTIONS) and not is_placeholder(value.text):
            yield suffix.removeprefix(_ACTIONS), value, document(value, ACTION)


def used_actions(member: Member) -> set[str]:
    """Return the names that backends with the port `use-annotation` ask for."""
    services = [each["service"] for each in member.backends]
    return {each["name"].text for each in services if each.at("port", "name").text == USE_ANNOTATION}


@rule(f"{CONTROLLER}, pkg/ingress/config_types.go; {API}, Action")
def alb_action_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """An annotation `actions.<name>` is the JSON of one redirect, fixed response or forward, complete and allowed.

    Statuses and ports of a redirect are texts, weights are numbers. An action that no backend asks for stops nothing.
    """
    for member in members(manifests):
        used = used_actions(member)
        for name, annotation, found in actions(member):
            severity = Severity.ERROR if name in used else Severity.WARNING
            for place, allowed, why in _faults(annotation, found):
                yield finding(place, allowed, why, severity=severity)
            for each in found.unread:
                yield finding(each, "a field of an action", "nobody reads this one", severity=Severity.WARNING)


def _faults(annotation: Node, found: Document) -> Iterator[tuple[Node, str, str]]:
    if found.misfit:
        yield found.misfit, found.wanted, REFUSED
        return
    action = found.content
    kind = action["type"].text
    config = action[_TYPES.get(kind, "")]
    if kind not in _TYPES:
        yield (action["type"] if action.present else annotation), ", ".join(_TYPES), REFUSED
    elif kind == "forward" and (action["targetGroupARN"].present or action["targetGroupName"].present):
        if config.present:
            yield config, "forwardConfig, or a target group beside the type, not both", REFUSED
    elif not config.present:
        yield config, f"the settings of type {kind}", REFUSED
    elif kind == "fixed-response":
        yield from _fixed_response(config)
    elif kind == "redirect":
        yield from _redirect(config)
    else:
        yield from _forward(config)


def _fixed_response(config: Node) -> Iterator[tuple[Node, str, str]]:
    if not config["statusCode"].text:
        yield config["statusCode"], "a status such as 404, in quotes", REFUSED
    elif not _STATUS.fullmatch(config["statusCode"].text):
        yield config["statusCode"], "a status of 2xx, 4xx or 5xx", REFUSED_BY_AWS
    if config["contentType"].present and config["contentType"].text not in _CONTENT_TYPES:
        yield config["contentType"], ", ".join(_CONTENT_TYPES), REFUSED_BY_AWS
    if len(config["messageBody"].text) > _LONGEST_BODY:
        yield config["messageBody"], f"at most {_LONGEST_BODY} characters", REFUSED_BY_AWS


def _redirect(config: Node) -> Iterator[tuple[Node, str, str]]:
    if not config["statusCode"].text:
        yield config["statusCode"], "HTTP_301 or HTTP_302", REFUSED
    elif config["statusCode"].text not in ("HTTP_301", "HTTP_302"):
        yield config["statusCode"], "HTTP_301 or HTTP_302", REFUSED_BY_AWS
    protocol, port, path = config["protocol"], config["port"], config["path"]
    if protocol.present and protocol.text not in ("HTTP", "HTTPS", "#{protocol}"):
        yield protocol, "HTTP, HTTPS or #{protocol}", REFUSED_BY_AWS
    if port.present and port.text != "#{port}" and not _is_port(port.text):
        yield port, f"a port from 1 to {LAST_PORT} or #{{port}}, in quotes", REFUSED_BY_AWS
    if path.present and not path.text.startswith("/"):
        yield path, "a path that begins with /", REFUSED_BY_AWS
    for part in ("host", "path", "query"):
        if len(config[part].text) > _LONGEST_PART:
            yield config[part], f"at most {_LONGEST_PART} characters", REFUSED_BY_AWS
    if all(not config[part].present or config[part].text == same for part, same in _SAME.items()):
        why = "it redirects to itself, and the controller leaves the rule out"
        yield config, "another protocol, host, port, path or query than that of the request", why


_SAME = {"protocol": "#{protocol}", "host": "#{host}", "port": "#{port}", "path": "/#{path}", "query": "#{query}"}


def _is_port(text: str) -> bool:
    return re.fullmatch(r"\d{1,5}", text) is not None and 1 <= int(text) <= LAST_PORT


def _forward(config: Node) -> Iterator[tuple[Node, str, str]]:
    groups = list(config["targetGroups"])
    if not 1 <= len(groups) <= _MOST_TARGET_GROUPS:
        yield config["targetGroups"], f"1 to {_MOST_TARGET_GROUPS} target groups", REFUSED_BY_AWS
    for group in groups:
        yield from _target_group(group, alone=len(groups) == 1)
    stickiness = config["targetGroupStickinessConfig"]
    seconds = stickiness["durationSeconds"]
    if seconds.number is not None and not 1 <= seconds.number <= _LONGEST_STICKINESS:
        yield seconds, f"1 to {_LONGEST_STICKINESS} seconds", REFUSED_BY_AWS
    if stickiness["enabled"].value is True and not seconds.present:
        yield seconds, f"1 to {_LONGEST_STICKINESS} seconds", REFUSED_BY_AWS


def _target_group(group: Node, *, alone: bool) -> Iterator[tuple[Node, str, str]]:
    by_name = group["targetGroupARN"].present or group["targetGroupName"].present
    service, port, weight = group["serviceName"], group["servicePort"], group["weight"]
    if by_name == service.present:
        yield group, "either serviceName, or targetGroupARN or targetGroupName", REFUSED
    elif service.present and not port.present:
        yield port, "a port of the Service", REFUSED
    if not alone and not weight.present:
        yield weight, "a weight for each of several target groups", REFUSED
    if weight.number is not None and not 0 <= weight.number <= _HEAVIEST:
        yield weight, f"a weight from 0 to {_HEAVIEST}", REFUSED_BY_AWS
