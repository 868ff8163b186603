"""Rules on ScaledJobs: KEDA starts Jobs of its own, and scales nothing that is there."""

from collections.abc import Iterator, Mapping

from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.keda import all_triggers
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS

_CHOICES: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("scalingStrategy", "strategy"): ("default", "custom", "accurate", "eager"),
    ("scalingStrategy", "multipleScalersCalculation"): ("max", "min", "avg", "sum"),
    ("rollout", "strategy"): ("gradual", "immediate"),
    ("rollout", "propagationPolicy"): ("background", "foreground"),
    ("rolloutStrategy",): ("gradual", "immediate"),
}
"""The settings that take one of a few words; the CRD of 2.17 lets most of them through, and KEDA takes the first."""


@rule("KEDA 2.17 to 2.21, getScaledJobMetrics in pkg/scaling")
def scaled_job_counts_work(manifests: Manifests) -> Iterator[Finding]:
    """A ScaledJob has no cpu and memory triggers: nothing is measured before a Job runs, and KEDA skips them."""
    for scaled, trigger in all_triggers(manifests):
        if scaled.is_job and trigger["type"].text in RESOURCE_TRIGGERS:
            why = "KEDA skips it for Jobs, and starts none because of it"
            yield finding(trigger["type"], "a trigger that counts work, such as a queue's", why)


@rule("KEDA 2.17 to 2.21, the CRD of ScaledJob; NewScalingStrategy in pkg/scaling/executor")
def scaled_job_choice_is_known(manifests: Manifests) -> Iterator[Finding]:
    """The strategies of a ScaledJob are ones that KEDA has: it takes the default for any other, or refuses it."""
    for job in manifests.kind("ScaledJob"):
        for path, allowed in _CHOICES.items():
            choice = job.spec.at(*path)
            if choice.text not in ("", *allowed) and not is_placeholder(choice.text):
                yield finding(choice, f"one of {', '.join(allowed)}", f"KEDA knows no other, and takes {allowed[0]}")


@rule("KEDA 2.17 to 2.21, MaxReplicaCount and MinReplicaCount in scaledjob_types.go", severity=Severity.WARNING)
def scaled_job_range_is_possible(manifests: Manifests) -> Iterator[Finding]:
    """The fewest Jobs of a ScaledJob are below the most: KEDA starts as many as the difference for work that waits."""
    for job in manifests.kind("ScaledJob"):
        low, high = job.spec["minReplicaCount"], job.spec["maxReplicaCount"]
        if low.number is not None and high.number is not None and low.number >= high.number:
            why = "KEDA starts the difference for work that waits, which is none"
            yield finding(low, f"less than spec.maxReplicaCount, {high.number}", why)
