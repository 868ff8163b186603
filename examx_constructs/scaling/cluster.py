"""What a policy meets in a cluster: how often controllers look, and how long pods take."""

from dataclasses import dataclass, field

from examx_constructs.manifests import Versions
from examx_constructs.scaling.errors import at_least_zero, counted, positive


@dataclass(frozen=True, slots=True)
class Nodes:
    """Where new pods go. As it is there is always room.

    Pods that find none wait for a node, which is ordered when the first of them waits. Nodes that are empty again stay:
    what a consolidation does is not modelled.
    """

    room: int | None = None
    """Pods of this workload for which the nodes have room at the start; None: for any number."""
    per_node: int = 1
    """Pods of this workload on a new node."""
    delay: float = 60.0
    """Seconds until an ordered node takes pods."""
    pull: float = 0.0
    """Seconds to pull the image on a node that has not got it."""

    def __post_init__(self) -> None:
        counted("Nodes.room", 0 if self.room is None else self.room, "pods are counted")
        counted("Nodes.per_node", self.per_node, "a node without room for a pod would never help", low=1)
        at_least_zero("Nodes.delay", self.delay, "a node cannot come before it is ordered")
        at_least_zero("Nodes.pull", self.pull, "a pull takes time")


@dataclass(frozen=True, slots=True)
class ClusterModel:
    """The figures of a cluster; those that are left out are the defaults of Kubernetes 1.34 and metrics-server.

    Times are in seconds. `phase` is when the first look comes: it is not known of a real cluster, so what depends on it
    is seen by trying several.
    """

    sync: float = 15.0
    """From the end of a look of the HPA controller to the next (`--horizontal-pod-autoscaler-sync-period`)."""
    look: float = 0.07
    """How long a look takes; looks drift by it, because the period counts from their end (rate_limiters.go). Measured:
    27 looks of a cluster with some forty HPAs took 407 s."""
    tolerance: float = 0.1
    """`--horizontal-pod-autoscaler-tolerance`."""
    down_window: float = 300.0
    """`--horizontal-pod-autoscaler-downscale-stabilization`."""
    cpu_initialization: float = 300.0
    """`--horizontal-pod-autoscaler-cpu-initialization-period`."""
    initial_readiness: float = 30.0
    """`--horizontal-pod-autoscaler-initial-readiness-delay`."""
    start: float = 5.0
    """From the pod's place on a node to its running container, the image being there."""
    ready: float = 15.0
    """From the running container to a worker that takes tasks and is ready."""
    metrics_resolution: float = 15.0
    """From one look of metrics-server to the next (`--metric-resolution`)."""
    metrics_phase: float = 7.5
    """When metrics-server looks first."""
    phase: float = 0.0
    """When the HPA controller and KEDA look first."""
    nodes: Nodes = field(default_factory=Nodes)
    versions: Versions | None = None
    """Of its Kubernetes and KEDA; None for those that the manifests were read for."""

    def __post_init__(self) -> None:
        positive("ClusterModel.sync", self.sync, "the controller looks again after it")
        positive("ClusterModel.metrics_resolution", self.metrics_resolution, "metrics-server looks again after it")
        for name in ("look", "tolerance", "down_window", "cpu_initialization", "initial_readiness", "start", "ready"):
            at_least_zero(f"ClusterModel.{name}", getattr(self, name), "it is a time or a share")
        for name in ("metrics_phase", "phase"):
            at_least_zero(f"ClusterModel.{name}", getattr(self, name), "nothing is before the start")
