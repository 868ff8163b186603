"""Rules on the pods that an HPA measures: those that the selector of its target selects, no matter who made them."""

from collections import defaultdict
from collections.abc import Iterator

from examx_constructs.checks.autoscaling.utilization import lacks_request, resources_measured
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Scope
from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS, Autoscaler, autoscalers, target_pod
from examx_constructs.manifests.selectors import is_empty, matches

_LASTING = ("Deployment", "StatefulSet", "DaemonSet")
"""Of these another rule says that their selectors match no pods of each other."""
_OF_PODS = ("Resource", "ContainerResource", "Pods")


@rule(
    "Kubernetes documentation, Horizontal Pod Autoscaling, How does a HorizontalPodAutoscaler work; kubernetes#124307"
)
def autoscaler_measures_own_pods(manifests: Manifests) -> Iterator[Finding]:
    """The selector of an autoscaler's target matches no pods of a Job, a CronJob or anything else.

    The HPA lists pods by that selector alone. The usage of others counts as that of the target. One of them without a
    request leaves a share of it undefined, so that nothing scales. Without that it is a warning.
    """
    others = _Others(manifests)
    for each in autoscalers(manifests):
        pod = target_pod(manifests, each) if _measures_pods(each) else None
        for other in others.selected_by(pod) if pod else ():
            lacking = [name for name in resources_measured(each) if lacks_request(other, name)]
            so = f"it requests no {lacking[0]}, so nothing scales" if lacking else "its usage counts as the target's"
            yield finding(
                each.target["name"],
                f"a target whose selector matches its own pods alone; {other.workload.qualified} has its labels too",
                f"the HPA lists pods by the selector of the target: {so}",
                severity=Severity.ERROR if lacking else Severity.WARNING,
            )


def _measures_pods(autoscaler: Autoscaler) -> bool:
    metrics = list(autoscaler.resource.spec["metrics"])
    of_keda = any(trigger["type"].text in RESOURCE_TRIGGERS for trigger in autoscaler.triggers)
    of_hpa = not autoscaler.is_keda and (not metrics or any(metric["type"].text in _OF_PODS for metric in metrics))
    return of_keda or of_hpa


class _Others:
    """The pods of what does not last, or is made by another controller, by each of their labels."""

    def __init__(self, manifests: Manifests) -> None:
        self._manifests = manifests
        self._by_label: defaultdict[tuple[Scope, str, str], list[Pod]] = defaultdict(list)
        self._by_scope: defaultdict[Scope, list[Pod]] = defaultdict(list)
        for pod in manifests.pods:
            if pod.workload.kind not in _LASTING:
                self._by_scope[manifests.scope_of(pod.template)].append(pod)
                for key, value in pod.labels.items():
                    self._by_label[manifests.scope_of(pod.template), key, value].append(pod)

    def selected_by(self, target: Pod) -> Iterator[Pod]:
        """Yield the pods of others that the selector of a workload matches."""
        selector = target.owner.at("spec", "selector")
        if not selector.present or is_empty(selector):
            return
        for pod in self._with_first_label(target, selector):
            if pod.workload != target.workload and matches(selector, pod.labels):
                yield pod

    def _with_first_label(self, target: Pod, selector: Node) -> list[Pod]:
        scope = self._manifests.scope_of(target.template)
        for key, value in selector["matchLabels"].entries():
            return self._by_label.get((scope, key, value.text), [])
        return self._by_scope.get(scope, [])
