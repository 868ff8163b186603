"""What the Deployment's controller and the kubelet do to the pods of the backend."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from tests.runtime.pods.pod import Node, Pod
from tests.runtime.rollout.load_balancer import LoadBalancer
from tests.support import one

NAME = "examxv2-backend"


@dataclass(frozen=True)
class End:
    """How a pod ended: the statuses of its containers, and the seconds that it took."""

    statuses: dict[str, int]
    seconds: float


def start(*balancers: LoadBalancer) -> list[Pod]:
    """A new pod behind each, as soon as it is ready. For the main thread: pods end with the thread that starts them."""
    pods = [balancer.node.pod(NAME, own_network=True).start() for balancer in balancers]
    for balancer, pod in zip(balancers, pods, strict=True):
        balancer.node.eventually(pod.is_ready)
        balancer.register(pod)
    return pods


def remove(balancer: LoadBalancer, pod: Pod, *, after: Callable[[], object] = lambda: None) -> End:
    """At the same moment the kubelet ends a pod, and the load balancer is told: `after` something that it waits for."""

    def deregister() -> None:
        after()
        balancer.deregister(pod)

    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        deregistered = pool.submit(deregister)
        end = End(pod.delete(), time.monotonic() - began)
        deregistered.result()
        return end


def replace(balancer: LoadBalancer, old: Sequence[Pod], *, late: Mapping[str, float]) -> list[End]:
    """Another pod for each, as the strategy says: first the new ones, then as many of the old ones may go."""
    surge = _surge(balancer.node, len(old))
    with ThreadPoolExecutor(len(old)) as pool:
        ends = []
        for first in range(0, len(old), surge):
            leaving = old[first : first + surge]
            start(*[balancer] * len(leaving))
            ends += [
                pool.submit(remove, balancer, pod, after=partial(time.sleep, late.get(pod.name, 0))) for pod in leaving
            ]
        return [end.result() for end in ends]


def _surge(node: Node, replicas: int) -> int:
    strategy = one(node.manifests, "Deployment", NAME)["spec"]["strategy"]["rollingUpdate"]
    assert strategy["maxUnavailable"] == 0
    return math.ceil(replicas * int(strategy["maxSurge"].removesuffix("%")) / 100)
