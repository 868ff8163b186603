"""What keeps a workload up while nodes come and go."""

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import match, metadata, number


class DisruptionBudget(Construct):
    """A PodDisruptionBudget that lets one pod at a time be evicted, whatever the number of replicas.

    `maxUnavailable: 1` never blocks a node drain, as a `minAvailable` of the least replicas would; pods that are not
    ready may always be evicted, for they keep nothing up (Kubernetes, unhealthyPodEvictionPolicy).
    """

    def __init__(
        self, scope: Construct, id: str, *, name: str, selector: Mapping[str, str], labels: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id)
        self.disruption_budget = k8s.KubePodDisruptionBudget(
            self,
            "pdb",
            metadata=metadata(name, labels=labels),
            spec=k8s.PodDisruptionBudgetSpec(
                selector=match(selector),
                max_unavailable=number(1),
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
        )
