"""What is scaled, and what every autoscaler may look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from cdk8s_plus_27 import k8s

from examx_constructs._strict import strict_value
from examx_constructs.settings import Utilization

API_VERSION = "apps/v1"
"""Of every workload that can be scaled."""


@strict_value
@dataclass(frozen=True, kw_only=True)
class ScaleTarget:
    """A workload that may be scaled, and its labels, which its autoscaler shares."""

    workload: k8s.KubeDeployment | k8s.KubeStatefulSet
    """The Deployment or StatefulSet."""
    labels: Mapping[str, str]
    """Those of the workload's own object, not of its pods."""
    name: str = ""
    """The workload's name. Left out, the workload is asked, which takes a message to Node."""

    def __post_init__(self) -> None:
        if not self.name:
            object.__setattr__(self, "name", self.workload.name)

    @property
    def kind(self) -> str:
        """The workload's kind. Its API version is apps/v1 either way."""
        return "Deployment" if isinstance(self.workload, k8s.KubeDeployment) else "StatefulSet"


def shares(utilization: Utilization) -> dict[str, int]:
    """Return the use of pods that is aimed at, in percent of their requests, by the name of the resource."""
    shares = {"cpu": utilization.cpu, "memory": utilization.memory}
    return {name: share for name, share in shares.items() if share is not None}
