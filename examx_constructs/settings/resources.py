"""What a container may use."""

from typing import Self

from examx_constructs.settings._value import setting, value
from examx_constructs.settings.quantity import Quantity, byte_size, cpu_share
from examx_constructs.settings.refusal import SettingError


@value
class Resources:
    """CPU and memory, requested and at most, of one container.

    Both are always set: utilization targets are shares of the request, and a limit keeps one pod from starving a node.
    """

    cpu_request: Quantity = setting(cpu_share)
    """What the node keeps free for it."""
    memory_request: Quantity = setting(byte_size)
    """What the node keeps free for it. Whatever it takes above that may cost it its place."""
    cpu_limit: Quantity = setting(cpu_share)
    """Where it is slowed down."""
    memory_limit: Quantity = setting(byte_size)
    """Where it is ended (OOMKilled)."""

    @classmethod
    def of(cls, cpu_request: str, memory_request: str, cpu_limit: str, memory_limit: str) -> Self:
        """Read as the environments' table writes it: `Resources.of("1", "4Gi", "2", "8Gi")`."""
        return cls(
            cpu_request=Quantity(cpu_request, setting="Resources.cpu_request"),
            memory_request=Quantity(memory_request, setting="Resources.memory_request"),
            cpu_limit=Quantity(cpu_limit, setting="Resources.cpu_limit"),
            memory_limit=Quantity(memory_limit, setting="Resources.memory_limit"),
        )

    def __attrs_post_init__(self) -> None:
        for what, request, limit in (
            ("cpu", self.cpu_request, self.cpu_limit),
            ("memory", self.memory_request, self.memory_limit),
        ):
            if request > limit:
                raise SettingError(
                    f"Resources.{what}_request", request, f"the most is the limit, {limit}: Kubernetes refuses the pod"
                )
