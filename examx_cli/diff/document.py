"""The report for a machine. Its shape is a contract: fields are only ever added.

    {"changed": true, "impact": "restart", "environments": [{
        "environment": "dev", "against": "HEAD (0123456789)", "impact": "restart",
        "summary": "1 object changes: restarts celery-beat",
        "changes": [{
            "object": {"group": "apps", "kind": "Deployment", "namespace": "dev-examxv2", "name": "celery-beat"},
            "action": "changed", "impact": "restart",
            "effects": [{"impact": "restart", "subject": "celery-beat", "reason": "restarts 1 pod, ..."}],
            "fields": [{"path": "spec.template...image", "impact": "restart", "before": "a", "after": "b"}]}],
        "forecast": [{"queue": "default", "workload": "burst of 500", "keeps_level": false,
            "said": "p95 wait 41 s -> 95 s, 0.80 -> 0.50 pod hours over 16.0 min; over its service level, 60 s"}],
        "not_foretold": ["bulk_upload is not simulated: ..."],
        "requests": {"before": {"at_rest": {"cpu": 6.5, "memory": 25769803776}, "at_most": {...}}, "after": {...}},
        "not_compared": [{"what": "StorageClass efs", "reason": "this identity may not read it"}],
        "not_ours": [{"object": {...}, "path": "spec.template.spec.containers[istio-proxy]", "manager": "injector",
            "stays": true, "why": ""}]}]}

`action` is added, removed, changed or replaced, and then `replaces` is the object that makes room. `impact` is none,
live, scaling, restart, stop, refused or data, the lightest first. A field that is new has no `before`, one that goes
has no `after`. The values of Secrets are hidden. `requests` are those of all pods, `memory` in bytes, with `per_month`
and `currency` where there are prices; null where their sums stay.
"""

from collections.abc import Sequence
from dataclasses import asdict

from examx_cli.comparison.difference import FieldChange, NotOurs, ObjectChange
from examx_cli.comparison.fields import ABSENT, shown
from examx_cli.comparison.forecast import Outcome
from examx_cli.comparison.impact import Effect, Impact
from examx_cli.diff.sources import Comparison

JsonObject = dict[str, object]


def report(comparisons: Sequence[Comparison]) -> JsonObject:
    """Return all environments."""
    heaviest = max((each.difference.impact for each in comparisons), default=Impact.NONE)
    return {
        "changed": any(each.difference for each in comparisons),
        "impact": heaviest.key,
        "environments": [_environment(each) for each in comparisons],
    }


def _environment(comparison: Comparison) -> JsonObject:
    difference = comparison.difference
    return {
        "environment": comparison.environment,
        "against": comparison.against,
        "impact": difference.impact.key,
        "summary": difference.summary(),
        "changes": [_change(each) for each in difference.changes],
        "forecast": [_outcome(each) for each in comparison.forecast.outcomes],
        "not_foretold": [*comparison.forecast.not_foretold],
        "requests": comparison.asked.as_json() if comparison.asked else None,
        "not_compared": [asdict(each) for each in difference.not_compared],
        "not_ours": [_not_ours(each) for each in difference.not_ours],
    }


def _outcome(each: Outcome) -> JsonObject:
    return {"queue": each.queue, "workload": each.workload, "said": each.said, "keeps_level": each.keeps_level}


def _not_ours(each: NotOurs) -> JsonObject:
    whose = {"path": each.path, "manager": each.manager, "stays": each.stays, "why": each.why}
    return {"object": each.key._asdict(), **whose}


def _change(change: ObjectChange) -> JsonObject:
    replaces = {"replaces": change.replaces._asdict()} if change.replaces else {}
    return {
        "object": change.key._asdict(),
        "action": change.action.value,
        **replaces,
        "impact": change.impact.key,
        "effects": [_effect(each) for each in change.effects],
        "fields": [_field(each) for each in change.fields],
    }


def _effect(effect: Effect) -> JsonObject:
    return {"impact": effect.impact.key, "subject": effect.subject, "reason": effect.reason}


def _field(field: FieldChange) -> JsonObject:
    values = {"before": field.before, "after": field.after}
    return {
        "path": shown(field.path),
        "impact": field.effect.impact.key,
        **{name: value for name, value in values.items() if value is not ABSENT},
    }
