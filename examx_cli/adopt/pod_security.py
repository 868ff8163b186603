"""What keeps a pod from a Pod Security level (Kubernetes, "Pod Security Standards"). Pure.

The API server itself is asked as well, about the pods that run. This judges templates whose pods do not run yet, and
manifests without a cluster.
"""

from examx_constructs.checks.pods import baseline, restricted
from examx_constructs.checks.pods.breach import Breach
from examx_constructs.manifests import Object, Pod, Versions, shown

ENFORCE_LABEL = "pod-security.kubernetes.io/enforce"
_LEVELS = {"baseline": baseline.breaches, "restricted": restricted.breaches}


def reasons(workload: Object, level: str, versions: Versions) -> list[str]:
    """Return why a cluster of these versions that enforces a level would refuse the pods; empty where it would not."""
    pod, breaches = Pod.of(workload), _LEVELS.get(level)
    if pod is None or breaches is None:
        return []
    return [_said(each, pod) for each in breaches(pod, versions)]


def _said(breach: Breach, pod: Pod) -> str:
    place = breach.node.path.removeprefix(f"{pod.spec.path}.")
    return f"{place} is {shown(breach.node.value) if breach.value is None else breach.value}"
