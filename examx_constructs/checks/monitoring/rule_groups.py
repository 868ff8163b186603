"""A rule on PrometheusRules, which Prometheus refuses as a whole for one mistake."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests

_DURATION = regex(r"(?:0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)")
_METRIC = regex(r"[A-Za-z_:][A-Za-z0-9_:]*")
_LABEL = regex(r"[A-Za-z_][A-Za-z0-9_]*")
_ALERTS_ONLY = ("for", "keep_firing_for", "annotations")
_WHY = "Prometheus would load none of the rules beside it"


@rule("Prometheus v3.5, model/rulefmt/rulefmt.go, RuleGroups.Validate and Rule.Validate")
def prometheus_rule_is_valid(manifests: Manifests) -> Iterator[Finding]:
    """The groups of a PrometheusRule have names of their own, and each rule is an alert or a record with a query."""
    for each in manifests.kind("PrometheusRule"):
        if not each.complete:
            continue
        seen: set[str] = set()
        for group in each.spec["groups"]:
            name = group["name"]
            if not name.text:
                yield finding(name, "a name", _WHY)
            elif name.text in seen:
                yield finding(name, "a name that no other group of the object has", _WHY)
            seen.add(name.text)
            yield from _duration(group["interval"])
            for one in group["rules"]:
                yield from _rule(one)


def _rule(one: Node) -> Iterator[Finding]:
    yield from _kind(one["alert"], one["record"])
    expression = one["expr"]
    # The API server takes a number too.
    if not (expression.text.strip() or isinstance(expression.value, int | float)):
        yield finding(expression, "a query", _WHY)
    if one["record"].text and not one["alert"].present:
        for key in _ALERTS_ONLY:
            if one[key].present:
                yield finding(one[key], "nothing beside `record`", f"only an alert has it: {_WHY}")
    for key in ("for", "keep_firing_for"):
        yield from _duration(one[key])
    for part in ("labels", "annotations"):
        for key, text in one[part].entries():
            if not _LABEL.fullmatch(key) or key == "__name__":
                yield finding(text, "a label whose name is letters, digits and `_`, no digit first", _WHY)


def _kind(alert: Node, record: Node) -> Iterator[Finding]:
    if alert.present and record.present:
        yield finding(record, "nothing beside `alert`", f"a rule is an alert or a record: {_WHY}")
    elif not alert.text and not record.text:
        yield finding(alert, "a name, or `record` with one", f"a rule is an alert or a record: {_WHY}")
    if record.text and not is_placeholder(record.text) and not _METRIC.fullmatch(record.text):
        yield finding(record, "the name of a metric: letters, digits, `_` and `:`, no digit first", _WHY)


def _duration(given: Node) -> Iterator[Finding]:
    if not given.present or is_placeholder(given.text):
        return
    if not isinstance(given.value, str) or not given.text or not _DURATION.fullmatch(given.text):
        yield finding(given, "a duration such as 10m or 1h30m", _WHY)
