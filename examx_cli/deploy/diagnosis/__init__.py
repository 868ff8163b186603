"""Why a workload does not get ready: what the cluster says about it, about its pods and about its autoscalers.

The most telling comes first. What keeps pods from being created, then from being ready, then what keeps their number
from being changed. What is a consequence of something that is said already is left out.
"""

from collections.abc import Iterator

from examx_cli.cluster import Cluster
from examx_cli.deploy.diagnosis import autoscalers, creation, pods
from examx_cli.deploy.diagnosis.events import Events
from examx_cli.deploy.diagnosis.family import Family
from examx_cli.deploy.diagnosis.reader import Reader
from examx_constructs.manifests import ObjectId, at, text


def explain(cluster: Cluster, workload: ObjectId, *, logs: bool = True) -> Iterator[str]:
    """Yield lines that say what keeps a workload from being ready. What may not be read is said once, at the end.

    `logs`: whether the last lines of failing containers are shown, and what their probes print.
    """
    reader = Reader(cluster)
    family = Family.of(reader, workload)
    if family is None:
        yield "it is not there, or cannot be read"
    else:
        events = Events(reader.read("events"))
        reasons = [
            *_controller(family),
            *creation.reasons(reader, family, events),
            *pods.reasons(reader, family, events, logs=logs),
        ]
        yield from reasons or _without_reason(family)
        yield from autoscalers.reasons(reader, workload, events)
    yield from reader.refusals()


def _controller(family: Family) -> Iterator[str]:
    """Yield what the workload's own status says, beside what rollouts and pods say."""
    item = family.workload
    if at(item, "spec", "paused") is True:
        yield f"its rollout is paused: kubectl rollout resume {family.key.resource} goes on with it"
    generation, seen = at(item, "metadata", "generation"), at(item, "status", "observedGeneration")
    if isinstance(generation, int) and isinstance(seen, int) and seen < generation:
        yield "the cluster's controllers have not looked at it since it was applied"
    progress = family.condition("Progressing")
    # That it takes too long is what the rollout says already.
    if text(progress, "status") == "False" and text(progress, "reason") != "ProgressDeadlineExceeded":
        yield f"it does not go on: {text(progress, 'reason')}: {text(progress, 'message')}"


def _without_reason(family: Family) -> Iterator[str]:
    wanted = at(family.workload, "spec", "replicas")
    if wanted == 0:
        yield "it is scaled to no pods"
    elif not family.pods:
        yield "it has no pods, and nothing says why"
    elif family.stopping:
        yield f"all of its new pods are ready; still stopping: {', '.join(family.stopping)}"
    else:
        yield "all of its pods are ready"
