"""What KEDA_CONFIGURATION.md says of scaling, on real controllers, with real KEDA and a real Redis.

One play of some three minutes, in which several workers are scaled at once, each by a ScaledObject as dist/ has it.
What they do is recorded twice a second. Windows and cooldowns that would take longer are shortened, and nothing else.
"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from attrs import evolve

from examx_constructs.environments import load, read_images
from examx_constructs.settings import Duration, Queue, Replicas
from tests.guides import rendered
from tests.runtime.redis import programs, wire
from tests.runtime.waiting import eventually
from tests.support import Manifest, one
from tools import modelled, spans

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane
    from tests.cluster.processes import Program

pytestmark = pytest.mark.e2e

NAMESPACE = "scaling-facts"
REDIS, LOST_REDIS = 6390, 6391
OPERATOR_METRICS = "http://127.0.0.1:19080/metrics"
# Busy machines miss a look.
MISSED = spans.LOOK
# From a look of the HPA controller to our own, and to the next of the metrics.
SEEN = 2
METRICS_BACK = 30

STEADY, GROWING, HELD, SLEEPER = "steady", "growing", "held", "sleeper"
LOST, FALLBACK = "lost", "fallback"


def _queue() -> Queue:
    return next(each for each in load(read_images()) if each.name == "prod").queues[0]


def _up() -> list[spans.Span]:
    """When the steps up of a long list come."""
    return spans.steps_up("prod", _queue().name, 250)


def _sleeping() -> Queue:
    """The default queue as in a feature environment, but quicker."""
    return evolve(
        _queue(),
        replicas=Replicas.between(0, 1),
        longest_task=Duration("10s"),
        polling_interval=Duration("5s"),
        cooldown=Duration("20s"),
    )


def _falling_back() -> Manifest:
    made = _scaler(FALLBACK, port=LOST_REDIS)
    made["spec"]["fallback"] = {"failureThreshold": 3, "replicas": 8}
    return made


def _worker(name: str) -> Manifest:
    requests = {"cpu": "100m", "memory": "100Mi"}
    container = {"name": "worker", "image": "example.com/worker:1", "resources": {"requests": requests}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "selector": {"matchLabels": {"app": name}},
            "template": {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}},
        },
    }


def _scaler(name: str, *, window: int | None = None, queue: Queue | None = None, port: int = REDIS) -> Manifest:
    """The default queue's of production, for this worker and its list."""
    made = one(rendered("prod"), "ScaledObject", "celery-worker-default-scaler")
    spec = made["spec"]
    spec["scaleTargetRef"]["name"] = name
    figures = {"listName": name, "listLength": spec["triggers"][0]["metadata"]["listLength"], "databaseIndex": "0"}
    address = {"address": f"127.0.0.1:{port}", **figures}
    spec["triggers"][0] = {"type": "redis", "metricType": "AverageValue", "metadata": address}
    if window is not None:
        spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] = (
            window
        )
    if queue:
        spec["minReplicaCount"], spec["maxReplicaCount"] = queue.replicas.minimum, queue.replicas.maximum
        spec["pollingInterval"], spec["cooldownPeriod"] = queue.polling_interval.seconds, queue.cooldown.seconds
    return {
        "apiVersion": made["apiVersion"],
        "kind": made["kind"],
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


SCALERS = {
    STEADY: lambda: _scaler(STEADY),
    GROWING: lambda: _scaler(GROWING, window=0),
    HELD: lambda: _scaler(HELD, window=30),
    SLEEPER: lambda: _scaler(SLEEPER, queue=_sleeping()),
    LOST: lambda: _scaler(LOST, port=LOST_REDIS, queue=evolve(_queue(), polling_interval=Duration("30s"))),
    FALLBACK: _falling_back,
}


@dataclass
class Play:
    """What is done to the lists, and what becomes of the replicas. Moments are seconds since its start."""

    plane: "ControlPlane"
    start: float = field(default_factory=time.monotonic)
    replicas: dict[str, list[tuple[float, int]]] = field(default_factory=dict[str, list[tuple[float, int]]])
    marks: dict[str, float] = field(default_factory=dict[str, float])
    seen: dict[str, Any] = field(default_factory=dict[str, Any])
    _done: threading.Event = field(default_factory=threading.Event)

    def now(self) -> float:
        return time.monotonic() - self.start

    def mark(self, name: str) -> None:
        self.marks[name] = self.now()

    def until(self, name: str, seconds: float) -> None:
        """Wait until so many seconds after a mark."""
        time.sleep(max(0.0, self.marks[name] + seconds - self.now()))

    def push(self, name: str, length: int, *, port: int = REDIS) -> None:
        wire.call("127.0.0.1", port, "RPUSH", name, *["task"] * length)
        self.mark(f"{name} {length}")

    def empty(self, name: str) -> None:
        wire.call("127.0.0.1", REDIS, "DEL", name)
        self.mark(f"{name} empty")

    def record(self) -> Iterator[None]:
        thread = threading.Thread(target=self._record, daemon=True)
        thread.start()
        yield
        self._done.set()
        thread.join(10)

    def _record(self) -> None:
        while not self._done.wait(0.5):
            listed = self.plane.client.get(f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments")["items"]
            for each in listed:
                steps = self.replicas.setdefault(each["metadata"]["name"], [])
                size = each["spec"]["replicas"]
                if not steps or steps[-1][1] != size:
                    steps.append((self.now(), size))

    def steps(self, name: str, since: str, until: str | None = None) -> list[tuple[float, int]]:
        """The steps of a worker between two marks, counted from the first."""
        start, end = self.marks[since], self.marks[until] if until else self.now()
        return [(at - start, size) for at, size in self.replicas[name] if start < at <= end]

    def size(self, name: str, at: float) -> int:
        return next(size for moment, size in reversed(self.replicas[name]) if moment <= at)

    def hpa(self, name: str) -> Manifest:
        return self.plane.client.get(
            f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers/keda-hpa-{name}"
        )

    def scaled_object(self, name: str) -> Manifest:
        return self.plane.client.get(f"/apis/keda.sh/v1alpha1/namespaces/{NAMESPACE}/scaledobjects/{name}")

    def ready(self, name: str) -> str:
        return _condition(self.scaled_object(name), "Ready")["status"]

    def events(self, name: str) -> set[str]:
        listed = self.plane.client.get(
            f"/api/v1/namespaces/{NAMESPACE}/events", fieldSelector=f"involvedObject.name=keda-hpa-{name}"
        )
        return {each["reason"] for each in listed["items"]}


def _condition(item: Manifest, kind: str) -> Manifest:
    found = [each for each in item.get("status", {}).get("conditions", []) if each["type"] == kind]
    return found[0] if found else {"status": None, "reason": None}


def _values(hpa: Manifest) -> dict[str, str]:
    """What the controller saw last: the share of each replica in the list, and CPU and memory in percent."""
    found: dict[str, str] = {}
    for each in hpa.get("status", {}).get("currentMetrics") or []:
        if each["type"] == "External":
            found["list"] = each["external"]["current"]["averageValue"]
        elif each["type"] == "Resource":
            found[each["resource"]["name"]] = str(each["resource"]["current"].get("averageUtilization"))
    return found


def _errors(name: str) -> float:
    """How often KEDA's operator counted that it could not build the scalers of a ScaledObject, or read its list."""
    counted = 0.0
    with urlopen(OPERATOR_METRICS) as answer:
        for line in answer.read().decode().splitlines():
            counters = ("keda_scaled_object_errors_total{", "keda_scaler_detail_errors_total{")
            if line.startswith(counters) and f'"{name}"' in line and f'"{NAMESPACE}"' in line:
                counted += float(line.rpartition(" ")[2])
    return counted


def _redis(plane: "ControlPlane", port: int) -> "Program":
    command = [
        str(programs.binary()),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(plane.folder),
    ]
    started = plane.servers.start(f"redis-{port}", command)
    _wait_for_redis(plane, port)
    return started


def _wait_for_redis(plane: "ControlPlane", port: int) -> None:
    plane.servers.wait(lambda: wire.call("127.0.0.1", port, "PING") == "PONG", f"Redis on {port} does not answer")


@pytest.fixture(scope="module")
def redis(control_plane: "ControlPlane") -> Iterator["Program"]:
    """Two servers; the second one is lost later."""
    servers = [_redis(control_plane, port) for port in (REDIS, LOST_REDIS)]
    yield servers[1]
    for port in (REDIS, LOST_REDIS):
        # What is no longer in the list is no longer expected to live.
        control_plane.servers.all.pop(f"redis-{port}").kill()


@pytest.fixture(scope="module")
def play(control_plane: "ControlPlane", redis: "Program") -> Iterator[Play]:
    """The whole of it."""
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    control_plane.apply([namespace, *map(_worker, SCALERS)])
    for name in SCALERS:
        control_plane.metrics.use(NAMESPACE, name, cpu=0.95 if name == SLEEPER else 0.1, memory=0.1)
    scalers = [make() for make in SCALERS.values()]
    # The webhook may not have seen the Deployments yet. The last try says what it has against them.
    eventually(
        lambda: control_plane.apply(scalers),
        because=lambda: control_plane.apply(scalers),
        ignoring=(AssertionError,),
    )
    made = Play(control_plane)
    try:
        for _ in made.record():
            _wait_until_all_is_calm(made)
            _play(made, redis)
        yield made
    finally:
        control_plane.metrics.is_on = True
        control_plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def _wait_until_all_is_calm(made: Play) -> None:
    measured = set(SCALERS) - {SLEEPER}

    def calm() -> bool:
        return all(set(_values(made.hpa(each))) == {"list", "cpu", "memory"} for each in measured) and all(
            made.ready(each) == "True" for each in SCALERS
        )

    eventually(
        calm,
        because=lambda: str({each: made.hpa(each)["status"] for each in measured}),
        seconds=120,
        ignoring=(Exception,),
    )
    eventually(lambda: made.size(SLEEPER, made.now()) == 0, because=lambda: "the worker does not sleep at first")


def _play(made: Play, redis: "Program") -> None:
    made.mark("begin")
    made.push(STEADY, 22)
    made.push(GROWING, 250)
    made.push(SLEEPER, 1)
    made.push(LOST, 1, port=LOST_REDIS)
    losing = threading.Thread(target=_lose, args=(made, redis))
    losing.start()
    # Long enough for the HPA to measure the worker's CPU.
    eventually(lambda: _values(made.hpa(SLEEPER)).get("cpu") == "95", because=lambda: str(made.hpa(SLEEPER)["status"]))
    made.empty(SLEEPER)
    eventually(lambda: _values(made.hpa(STEADY)).get("list") == "11", because=lambda: str(made.hpa(STEADY)["status"]))
    made.until("begin", 2 * spans.LOOK + SEEN)
    made.seen["steady"] = (_values(made.hpa(STEADY)), made.size(STEADY, made.now()))
    made.plane.metrics.is_on = False
    made.mark("metrics off")
    made.push(STEADY, 1)
    made.push(HELD, 60)
    made.until(f"{HELD} 60", _up()[0].last + MISSED + SEEN)
    made.mark("steady seen")
    made.empty(HELD)
    made.until(f"{GROWING} 250", _up()[-1].last + MISSED + SEEN)
    made.empty(GROWING)
    # Its window of 30 s, and the looks around it.
    made.until(f"{HELD} empty", 60)
    made.seen["held"] = _condition(made.hpa(HELD), "ScalingActive")
    made.plane.metrics.is_on = True
    made.mark("metrics on")
    least = _queue().replicas.minimum
    eventually(
        lambda: {made.size(each, made.now()) for each in (GROWING, HELD)} == {least},
        because=lambda: f"nothing falls: {made.replicas}",
        seconds=METRICS_BACK + 4 * spans.LOOK,
    )
    losing.join(60)
    made.mark("end")


def _lose(made: Play, redis: "Program") -> None:
    """Take Redis away right after KEDA has looked: the HPA's looks then come before KEDA's next one."""
    before = made.scaled_object(LOST)["status"].get("lastActiveTime")
    eventually(
        lambda: made.scaled_object(LOST)["status"].get("lastActiveTime") != before,
        because=lambda: "KEDA does not look",
        seconds=90,
    )
    made.seen["errors before"] = _errors(LOST)
    # It is expected to be away, and no server of the plane is missed meanwhile.
    made.plane.servers.all.pop(f"redis-{LOST_REDIS}")
    redis.kill()
    made.mark("redis lost")
    # More looks of the HPA controller than the threshold of the fallback, and several of KEDA.
    made.until("redis lost", 6 * spans.LOOK)
    made.seen["ready"] = made.ready(LOST)
    made.seen["fallback"] = [_condition(made.scaled_object(each), "Fallback")["status"] for each in (LOST, FALLBACK)]
    made.seen["lost hpa"] = _condition(made.hpa(LOST), "ScalingActive")
    made.seen["errors"] = _errors(LOST)
    made.seen["events"] = made.events(LOST)
    redis.start()
    made.plane.servers.all[f"redis-{LOST_REDIS}"] = redis
    _wait_for_redis(made.plane, LOST_REDIS)
    made.mark("redis back")


def test_the_tolerance_includes_its_edge(play: Play):
    values, size = play.seen["steady"]
    assert values["list"] == "11", "22 tasks, 11 for each of 2 replicas of 10"
    assert size == 2
    assert play.steps(STEADY, f"{STEADY} 22", f"{STEADY} 1") == []


def test_one_task_more_brings_a_replica(play: Play):
    ((moment, size),) = play.steps(STEADY, f"{STEADY} 1", "steady seen")
    assert size == 3
    assert moment <= _up()[0].last + MISSED + SEEN


def test_steps_up_are_those_of_the_table(play: Play):
    steps = play.steps(GROWING, f"{GROWING} 250", f"{GROWING} empty")
    assert [size for _, size in steps] == modelled.growth("prod", _queue().name, 250)[1:]
    for (first, last), (moment, _) in zip(_up(), steps, strict=True):
        # What comes before its look has been recorded wrongly; a late look makes those behind it late too.
        assert first - SEEN <= moment <= last + MISSED + SEEN


def test_steps_down_are_those_of_the_table(play: Play):
    """With a window of nothing, each look is the end of one."""
    steps = play.steps(GROWING, "metrics on", "end")
    sizes = modelled.shrinking("prod", _queue().name, (10, 10))
    assert sizes == [20, 3, 2]
    assert [size for _, size in steps] == sizes[1:]


def test_cpu_does_not_keep_a_worker_awake(play: Play):
    queue = _sleeping()
    ((woken, one),) = play.steps(SLEEPER, f"{SLEEPER} 1", f"{SLEEPER} empty")
    ((asleep, none),) = play.steps(SLEEPER, f"{SLEEPER} empty", "end")
    assert (one, none) == (1, 0)
    assert woken <= spans.wakes(queue).last + SEEN
    first, last = spans.sleeps(queue)
    # A busy KEDA looks late.
    assert first - SEEN <= asleep <= last + queue.polling_interval.seconds + SEEN


def test_a_metric_that_fails_holds_back_nothing_but_steps_down(play: Play):
    ((_, size),) = play.steps(HELD, f"{HELD} 60", f"{HELD} empty")
    assert size == 6
    assert play.steps(HELD, f"{HELD} empty", "metrics on") == [], "CPU and memory cannot be read"
    assert play.seen["held"]["status"] == "False"
    assert play.seen["held"]["reason"] == "FailedGetResourceMetric"
    assert play.steps(GROWING, f"{GROWING} empty", "metrics on") == []


def test_what_the_window_held_back_comes_at_once_after_an_outage(play: Play):
    """The window of 30 s aged while nothing could be read."""
    ((moment, size),) = play.steps(HELD, "metrics on", "end")
    assert size == 2
    assert moment <= METRICS_BACK + spans.LOOK + SEEN


def test_ready_stays_true_while_redis_is_away(play: Play):
    assert play.seen["ready"] == "True"


def test_a_fallback_does_not_act(play: Play):
    assert play.seen["fallback"] == ["False", "False"]
    assert play.steps(FALLBACK, "redis lost", "redis back") == []


def test_errors_and_events_tell_what_ready_does_not(play: Play):
    assert play.seen["errors"] > play.seen["errors before"]
    assert "FailedGetExternalMetric" in play.seen["events"]


def test_the_webhook_refuses_a_scaled_object_whose_deployment_it_has_not_seen(
    control_plane: "ControlPlane", play: Play
):
    listed = _scaler("nobody")
    apply = ("apply", "--server-side", "--field-manager=tests", "-f", "-")
    tried = control_plane.kubectl_done(*apply, "--dry-run=server", stdin=json.dumps(listed))
    assert tried.returncode == 0, "a dry run does not look for it"
    done = control_plane.kubectl_done(*apply, stdin=json.dumps(listed))
    assert done.returncode != 0
    assert 'Deployment.apps "nobody" not found' in done.stderr
    assert play
