"""Pods come and go under load, and nobody notices. The same without one part of the sequence: somebody does."""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from copy import deepcopy

import pytest

from examx_constructs.settings import Duration, Rollout
from tests.runtime.conftest import MakeNode
from tests.runtime.pods.pod import Node, Pod
from tests.runtime.rollout.conftest import Render
from tests.runtime.rollout.deployment import NAME, End, remove, replace, start
from tests.runtime.rollout.load import Client, Load, load, quick, sleeping, uploading, writing
from tests.runtime.rollout.load_balancer import LoadBalancer
from tests.support import Manifest, one

# Seconds lie between any two moments whose order matters: a busy machine is late by one or two.
SHORT = Rollout(
    deregistration_delay=Duration("6s"),
    pre_stop_pause=Duration("8s"),
    graceful_timeout=Duration("6s"),
    margin=Duration("30s"),
)
SHORTEST = Rollout(
    deregistration_delay=Duration("0s"),
    pre_stop_pause=Duration("2s"),
    graceful_timeout=Duration("6s"),
    margin=Duration("30s"),
)
PROPAGATION = 0.3


def test_what_is_under_way_ends_first_and_each_pre_stop_command_is_needed_for_it(
    make_node: MakeNode, render: Render
) -> None:
    rendered = render(SHORTEST)
    variants = [rendered, without(rendered, "nginx"), without(rendered, "backend")]
    with ExitStack() as stack, ThreadPoolExecutor(len(variants)) as pool:
        balancers = [stack.enter_context(balance(make_node(manifests))) for manifests in variants]
        whole, without_quit, without_order = pool.map(lost, balancers, start(*balancers))
    assert whole == {"outlasts it all"}
    assert without_quit == {"outlasts it all", "takes long", "arrives slowly"}
    assert without_order == {"outlasts it all", "arrives slowly"}


def test_a_load_balancer_that_outlasts_the_pause_is_refused_and_nothing_worse(
    make_node: MakeNode, render: Render
) -> None:
    with balance(make_node(render(SHORTEST))) as balancer:
        old = start(balancer, balancer)
        with load(balancer.send, clients(longest=0.5), pause=0.03) as seen:
            end = remove(balancer, old[0], after=lambda: balancer.node.eventually(lambda: refused(seen)))
    tell(seen, [end])
    # Whatever nginx accepts, gunicorn is there for it.
    assert not any("status" in str(each.problem) for each in seen.failed)
    assert end.statuses == {"backend": 0, "nginx": 0}


def test_a_rollout_fails_no_request(make_node: MakeNode, render: Render) -> None:
    node = make_node(render(SHORT))
    seen, ends = roll(node, late=5.5, longest=3, pause=0.03, propagation=PROPAGATION, requests=300)
    assert_nothing_is_lost(node, seen, ends)


@pytest.mark.long
def test_a_rollout_of_production_fails_no_request(make_node: MakeNode, rendered: dict[str, list[Manifest]]) -> None:
    node = make_node(rendered["prod"])
    seen, ends = roll(node, late=118, longest=25, pause=0.1, propagation=10, requests=5000)
    assert_nothing_is_lost(node, seen, ends)


def roll(
    node: Node, *, late: float, longest: float, pause: float, propagation: float, requests: int
) -> tuple[Load, list[End]]:
    """Replace two pods under load, which goes on until there were so many requests.

    The load balancer is told of the first at once. It is told of the second so `late` that it sends until just before
    the pre-stop pause ends. With what is under way then, nginx quits.
    """
    with balance(node, propagation=propagation) as balancer:
        old = start(balancer, balancer)
        with load(balancer.send, clients(longest=longest), pause=pause) as seen:
            ends = replace(balancer, old, late={old[1].name: late})
            node.eventually(lambda: len(seen.outcomes) > requests)
    return seen, ends


def assert_nothing_is_lost(node: Node, seen: Load, ends: list[End]) -> None:
    tell(seen, ends)
    assert seen.failed == []
    grace_period = _pod(node.manifests)["terminationGracePeriodSeconds"]
    for end in ends:
        assert end.statuses == {"backend": 0, "nginx": 0}
        assert end.seconds < grace_period


def refused(seen: Load) -> bool:
    return any("ConnectionRefused" in str(each.problem) for each in seen.failed)


def tell(seen: Load, ends: list[End]) -> None:
    """The figures of docs/reliability.md; `pytest -rP` shows them."""
    seconds = ", ".join(f"{end.seconds:.1f}" for end in ends)
    counts = f"{len(seen.outcomes)} requests, {len(seen.failed)} failed, longest answer {seen.longest:.1f} s"
    sys.stdout.write(f"{counts}; the pods took {seconds} s to end\n")


def lost(balancer: LoadBalancer, pod: Pod) -> set[str]:
    """Which requests fail that a pod has when it goes."""
    # A busy machine ends a pod later than it should, never earlier.
    nearly_all = (SHORTEST.pre_stop_pause + SHORTEST.graceful_timeout).seconds - 2
    slow = {
        "outlasts it all": sleeping(60),
        "takes long": sleeping(nearly_all),
        "arrives slowly": uploading(nearly_all),
    }
    seen = Load()
    with ThreadPoolExecutor(len(slow) + 1) as pool:
        asked = {name: pool.submit(seen.ask, balancer.send, next(client)) for name, client in slow.items()}
        balancer.node.eventually(lambda: balancer.under_way == len(slow))
        asked["is quick"] = pool.submit(seen.ask, balancer.send, next(quick()))
        assert pod.delete() == {"backend": 0, "nginx": 0}
        return {name for name, outcome in asked.items() if outcome.result().problem}


def without(manifests: Sequence[Manifest], container: str) -> Sequence[Manifest]:
    """The pre-stop command of a container does no more than wait for the pause to end."""
    changed = deepcopy(manifests)
    pause = str(SHORTEST.pre_stop_pause.seconds)
    _container(changed, container)["lifecycle"]["preStop"]["exec"]["command"] = ["sleep", pause]
    return changed


def clients(*, longest: float) -> list[Client]:
    """Who asks. Those who wait are fewer than the threads of one process of gunicorn: none is ever full of them."""
    waiting = [sleeping(longest), sleeping(longest * 0.9), sleeping(longest / 3)]
    sending = [uploading(longest * share) for share in (0.2, 0.6, 0.8, 1.0)]
    return [*(quick() for _ in range(4)), *(writing() for _ in range(3)), *waiting, *sending]


def balance(node: Node, *, propagation: float = PROPAGATION) -> LoadBalancer:
    """A load balancer in front of the port that nginx opens."""
    port = _container(node.manifests, "nginx")["ports"][0]["containerPort"]
    return LoadBalancer(node, port=port, propagation=propagation)


def _container(manifests: Sequence[Manifest], name: str) -> Manifest:
    return next(each for each in _pod(manifests)["containers"] if each["name"] == name)


def _pod(manifests: Sequence[Manifest]) -> Manifest:
    return one(manifests, "Deployment", NAME)["spec"]["template"]["spec"]
