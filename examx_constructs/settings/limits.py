"""How much a namespace may use: the pods that an environment runs at most, and what may be beside them."""

from collections.abc import Iterable, Mapping
from fractions import Fraction

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.quantity import Quantity
from examx_constructs.settings.refusal import at_least
from examx_constructs.settings.resources import Resources
from examx_constructs.settings.scratch import LOG_ROOM

SURGE_PERCENT = 25
"""The pods that a rolling update adds, of those that run."""

_COUNT = at_least(0, "a number of pods")


@value
class ContainerSize:
    """What one container requests: its `resources`, and what it may fill of its node's disk beside its logs."""

    resources: Resources
    scratch: Quantity = Quantity("0")
    """That part of the disk, in bytes. None of it by default."""

    def amount(self, field: str) -> Fraction:
        """Return one figure: a field of Resources, or `disk`."""
        if field == "disk":
            return (self.scratch + LOG_ROOM).amount
        amount: Quantity = getattr(self.resources, field)
        return amount.amount


@value
class PodGroup:
    """Pods of one size: the resources of their `containers`, and the most that run.

    `rolling`: a rollout starts new ones beside the old. `claims`: the volumes that each pod has for itself. `scratch`:
    what each may fill of its node's disk, beside its logs. `sidecars`, `native_sidecars` and `first`, which are init
    containers, are what a PodExtras adds.
    """

    containers: tuple[Resources, ...]
    most: int = setting(_COUNT)
    """The number at full scale."""
    rolling: bool = False
    claims: int = setting(_COUNT, default=0)
    scratch: Quantity = Quantity("0")
    sidecars: tuple[ContainerSize, ...] = ()
    native_sidecars: tuple[ContainerSize, ...] = ()
    first: tuple[ContainerSize, ...] = ()

    def amount(self, field: str) -> Fraction:
        """Return what one pod counts for to schedulers and quotas: a field of Resources, or `disk`.

        Containers that run together add up. Of those that run before, one after the other, the largest counts where it
        is more. Native sidecars run all the time (Kubernetes v1.34, component-helpers/resource, PodRequests).
        """
        own = self.scratch.amount if field == "disk" else Fraction()
        running = [ContainerSize(resources=each) for each in self.containers]
        together = own + sum((each.amount(field) for each in (*running, *self.sidecars)), Fraction())
        before = max((each.amount(field) for each in self.first), default=Fraction())
        return max(together, before) + sum((each.amount(field) for each in self.native_sidecars), Fraction())

    @property
    def disk(self) -> Quantity:
        """What one pod requests of its node's disk."""
        return Quantity.of(self.amount("disk"))

    @property
    def at_once(self) -> int:
        """The most that there are at one moment.

        A rollout adds a quarter, rounded up, and as many of the one before it may still end. A worker first finishes
        the tasks that it has.
        """
        surge = -(-self.most * SURGE_PERCENT // 100) if self.rolling else 0
        return self.most + 2 * surge


@value
class NamespaceLimits:
    """Bounds for a namespace of an environment: a ResourceQuota that its own pods fit into, and a LimitRange.

    `container`: what a container gets that says nothing of its own, and room for its logs. `spare_pods`: how many pods
    of one such container fit in beside the environment's, for looking into it.
    """

    container: Resources
    spare_pods: int = setting(_COUNT, default=2)

    def hard(self, groups: Iterable[PodGroup]) -> Mapping[str, Quantity]:
        """Return the ResourceQuota's figures: room for these pods, all at the same time, in the middle of a rollout."""
        spare = PodGroup(containers=(self.container,), most=self.spare_pods)
        every = [*groups, spare]

        def total(field: str) -> Quantity:
            return Quantity.of(sum((each.amount(field) * each.at_once for each in every), Fraction()))

        return {
            "pods": Quantity(str(sum(each.at_once for each in every))),
            "requests.cpu": total("cpu_request"),
            "requests.memory": total("memory_request"),
            "requests.ephemeral-storage": total("disk"),
            "limits.cpu": total("cpu_limit"),
            "limits.memory": total("memory_limit"),
            "persistentvolumeclaims": Quantity(str(1 + sum(each.at_once * each.claims for each in every))),
            # Either would cost money, or open a port of every node.
            "services.loadbalancers": Quantity("0"),
            "services.nodeports": Quantity("0"),
        }
