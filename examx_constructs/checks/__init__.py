"""Rules that span the objects of rendered Kubernetes manifests.

Plain manifests go in, findings come out: the same rules run inside synth, over dist/, and over any folder of manifests
(`python -m examx_constructs.checks PATH`). Nothing here starts Node or talks to a cluster.
"""

from examx_constructs._in_two import worked
from examx_constructs.checks import (
    alb,
    autoscaling,
    celery,
    keda,
    monitoring,
    network,
    objects,
    pods,
    reading,
    redis,
    secrets,
    storage,
    workloads,
)
from examx_constructs.checks.completion import due
from examx_constructs.checks.finding import Finding, ObjectId, Rule, Severity
from examx_constructs.checks.objects.collisions import Collisions, collisions
from examx_constructs.checks.waivers import Waiver, WaiverError
from examx_constructs.manifests.loader import LoadError, load
from examx_constructs.manifests.resources import Manifests

__all__ = [
    "RULES",
    "Collisions",
    "Finding",
    "LoadError",
    "Manifests",
    "ObjectId",
    "Rule",
    "Severity",
    "Waiver",
    "WaiverError",
    "check",
    "collisions",
    "load",
]

RULES: tuple[Rule, ...] = (
    reading.file_is_readable,
    reading.keys_are_unique,
    reading.name_is_quoted,
    *autoscaling.RULES,
    *keda.RULES,
    *celery.RULES,
    *pods.RULES,
    *redis.RULES,
    *network.RULES,
    *monitoring.RULES,
    *workloads.RULES,
    *objects.RULES,
    *alb.RULES,
    *secrets.RULES,
    *storage.RULES,
)
"""Every rule, in the order of its topic."""


_MANY = 1000
"""Objects for which a second process is worth its start."""


def check(manifests: Manifests) -> list[Finding]:
    """Return all findings of all rules, by file, object and field."""
    if len(manifests) < _MANY:
        findings = [finding for rule in RULES for finding in rule(manifests)]
    else:
        findings = worked(RULES, lambda rule: list(rule(manifests)))
    return sorted(
        due(findings, manifests),
        key=lambda found: (found.file or "", found.object.qualified, found.field, found.rule, str(found)),
    )
