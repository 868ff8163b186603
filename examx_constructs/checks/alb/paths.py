"""Rules on the paths and hosts of an Ingress, as they become conditions of a listener's rules."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.alb.annotations import API, CONTROLLER, REFUSED, REFUSED_BY_AWS
from examx_constructs.checks.alb.classes import Member, members
from examx_constructs.checks.alb.conditions import CONFIGS, has_regex_paths, of_service
from examx_constructs.checks.alb.shapes import CONDITIONS
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_WILDCARD = regex(r"[*?]")
# Quoted in the API: letters, digits, _ - . $ / ~ " ' @ : + & and the wildcards * and ?.
_PATTERN = regex(r"[A-Za-z0-9_\-.$/~\"'@:+&*?]*")
_LONGEST = 128
_MOST_VALUES = 5
_TYPES = ("Exact", "Prefix", "ImplementationSpecific")


@rule(f"{CONTROLLER}, pkg/ingress/model_build_listener_rules.go; {API}, RuleCondition")
def alb_path_is_possible(manifests: Manifests) -> Iterator[Finding]:
    """A path fits its type: Prefix and Exact take no wildcard, and another type only what a load balancer can match.

    Regular expressions need the annotation `use-regex-path-match`.
    """
    for member in members(manifests):
        for _, path in member.paths:
            text, kind = path["path"].text, path["pathType"].text
            if is_placeholder(text):
                continue
            if kind in ("Exact", "Prefix") and _WILDCARD.search(text):
                allowed = f"no * and ? in a path of type {kind}"
                yield finding(path["path"], f"{allowed}; {_instead(kind, text)}", REFUSED)
            elif kind not in _TYPES and path["pathType"].present:
                yield finding(path["pathType"], ", ".join(_TYPES), REFUSED)
            elif len(text) > _LONGEST:
                yield finding(path["path"], f"at most {_LONGEST} characters", REFUSED_BY_AWS)
            elif not has_regex_paths(member) and not _PATTERN.fullmatch(text):
                allowed = "letters, digits, wildcards and _ - . $ / ~ \" ' @ : + &"
                regex = 'or use-regex-path-match: "true" and the type ImplementationSpecific'
                yield finding(path["path"], f"{allowed}, {regex}", REFUSED_BY_AWS)


def _instead(kind: str, text: str) -> str:
    plain = text.rstrip("*").rstrip("/") or "/"
    if kind == "Prefix" and not _WILDCARD.search(plain):
        return f"{plain} has it in"
    return "the type ImplementationSpecific takes wildcards"


@rule(f"{CONTROLLER}, pkg/ingress/model_build_listener_rules.go; quotas of ELB, condition values per rule")
def alb_rule_fits_its_conditions(manifests: Manifests) -> Iterator[Finding]:
    """The path and the conditions of a backend fit into one rule: five values, of wildcards or regular expressions.

    A host or a path of the rule itself counts with the values; a path of type Prefix counts twice.
    """
    for member in members(manifests):
        conditions = {name: found.content for name, _, found in of_service(member, "conditions", CONDITIONS)}
        for rule_node, path in member.paths if conditions else ():
            content = conditions.get(path["backend"].at("service", "name").text)
            if content is not None:
                yield from _mixed(member, rule_node, path, content)


def _mixed(member: Member, rule_node: Node, path: Node, content: Node) -> Iterator[Finding]:
    regex_path = has_regex_paths(member) and path["pathType"].text not in ("Exact", "Prefix")
    for field, place, is_regex in (
        ("host-header", rule_node["host"], False),
        ("path-pattern", path["path"], regex_path),
    ):
        configs = [each[CONFIGS[field]] for each in content if each["field"].text == field]
        plain = [value for config in configs for value in config["values"]]
        regex = [value for config in configs for value in config["regexValues"]]
        own = f" beside {place.path} {place.text}" if place.text else ""
        if own and is_regex and plain:
            yield finding(plain[0], f"regexValues{own}", REFUSED)
        elif regex and (plain or (own and not is_regex)):
            yield finding(regex[0], f"values{own}, or regexValues alone", REFUSED)
    more = [value for each in content for config in CONFIGS.values() for key in _KEYS for value in each[config][key]]
    own_values = bool(rule_node["host"].text) + (_size(path) if path["path"].text else 0)
    if own_values + len(more) > _MOST_VALUES:
        allowed = f"at most {_MOST_VALUES} values in one rule, with {own_values} of the host and the path"
        yield finding(content, allowed, REFUSED_BY_AWS, value=f"conditions with {len(more)}")


_KEYS = ("values", "regexValues")


def _size(path: Node) -> int:
    return 2 if path["pathType"].text == "Prefix" and path["path"].text != "/" else 1
