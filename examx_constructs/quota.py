"""How much a namespace may use."""

from collections.abc import Iterable

from cdk8s_plus_27 import k8s
from constructs import Construct

from examx_constructs._objects import metadata, quantity
from examx_constructs._strict import strict
from examx_constructs.pods import requirements
from examx_constructs.settings import Application, NamespaceLimits, PodGroup
from examx_constructs.settings.application import EXAMX
from examx_constructs.settings.scratch import LOG_ROOM


class NamespaceQuota(Construct):
    """A ResourceQuota that fits `pods` in the middle of a rollout, and a LimitRange for containers without figures.

    A namespace whose quota counts CPU and memory refuses pods that say nothing of them: the LimitRange speaks for them.
    """

    @strict
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        limits: NamespaceLimits,
        pods: Iterable[PodGroup],
        application: Application = EXAMX,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id)
        name = name or application.name
        hard = {what: quantity(amount) for what, amount in limits.hard(pods).items()}
        self.resource_quota = k8s.KubeResourceQuota(
            self, "quota", metadata=metadata(name), spec=k8s.ResourceQuotaSpec(hard=hard)
        )
        container = requirements(limits.container, disk=LOG_ROOM)
        self.limit_range = k8s.KubeLimitRange(
            self,
            "limits",
            metadata=metadata(name),
            spec=k8s.LimitRangeSpec(
                limits=[
                    k8s.LimitRangeItem(type="Container", default=container.limits, default_request=container.requests)
                ]
            ),
        )
