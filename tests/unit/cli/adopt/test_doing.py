"""Doing an adoption and taking it back, on a played cluster: killed before any call, never without a pod."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from examx_cli import processes
from examx_cli.adopt import hands
from examx_cli.adopt.adoption import Pace
from examx_cli.adopt.draining import Looks
from examx_cli.adopt.running import Run
from examx_cli.cluster import Cluster, Target
from examx_cli.deploy import rollouts
from examx_cli.deploy.checkout import Version
from examx_cli.errors import Refusal
from examx_cli.kubectl import Kubectl
from examx_constructs.settings.naming import MADE_SECRET_ANNOTATION
from examx_constructs.settings.redis import REDIS_USERS
from tests.unit.cli.adopt.played import NAMESPACE, Json, Killed, Played
from tests.unit.cli.adopt.support import autoscaler, changed, deployment, item, service, worker

REDIS = "redis://redis.example.com:6379/0"
INSIDE = "redis://application:$(REDIS_PASSWORD)@redis.shop.svc.cluster.local:6379/0"
STOPS = {"preStop": {"exec": {"command": ["sleep", "10"]}}}
BEAT = ["celery", "-A", "shop", "beat"]

TODAY = [
    item("Namespace", NAMESPACE, labels={"team": "shop"}),
    {**item("ConfigMap", "nginx"), "data": {}},
    deployment(
        "web",
        replicas=2,
        ports=[{"containerPort": 80}],
        pod={"volumes": [{"name": "c", "configMap": {"name": "nginx"}}]},
        env=[{"name": "REDIS_URL", "value": REDIS}],
    ),
    service("web", "web", 80),
    autoscaler("old-autoscaler", "web"),
    worker("slow", "slow", redis=REDIS, replicas=2),
    worker("asleep", "asleep", redis=REDIS, replicas=0),
    deployment("beat", replicas=1, command=BEAT),
    deployment("guest", replicas=1),
    item("NetworkPolicy", "old", {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Ingress"]}),
]


def ours(redis: str = REDIS) -> list[Json]:
    """What the environment renders."""
    return [
        item(
            "Namespace",
            NAMESPACE,
            labels={"pod-security.kubernetes.io/enforce": "baseline"},
            annotations={"examx.ai/cluster": "testing"},
        ),
        item("NetworkPolicy", "default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}),
        item(
            "NetworkPolicy",
            "guests",
            {"podSelector": {"matchLabels": {"app": "guest"}}, "policyTypes": ["Egress"], "egress": [{}]},
        ),
        {**item("ConfigMap", "settings"), "data": {}},
        changed(
            deployment(
                "web",
                pod={"terminationGracePeriodSeconds": 210},
                ports=[{"name": "http", "containerPort": 8080}],
                lifecycle=STOPS,
                env=[{"name": "REDIS_URL", "value": redis}],
            ),
            {"metadata": {"labels": {"ours": "yes"}}},
        ),
        service("web", "web", "http"),
        autoscaler("web-pod-autoscaler", "web"),
        worker("slow", "slow", redis=redis, grace=150),
        worker("asleep", "asleep", redis=redis, grace=150),
        changed(
            deployment("beat", command=[*BEAT, "-l", "info"]),
            {"spec": {"replicas": 1, "strategy": {"type": "Recreate"}}},
        ),
        item("Ingress", "shop", {"rules": []}),
        item("PodDisruptionBudget", "web", {"selector": {"matchLabels": {"app": "web"}}}),
    ]


MADE = {MADE_SECRET_ANNOTATION: "redis-auth"}
MOVED = [
    *ours(INSIDE),
    service("redis", "redis", 6379),
    item("StatefulSet", "redis", {"serviceName": "redis"}, annotations=MADE),
]


class Watch:
    """Looks after every change: whether the Service leads to a pod that listens, and how many beats there are."""

    def __call__(self, cluster: Played) -> None:
        if cluster.get("Service", "web"):
            assert cluster.endpoints("web"), "no pod serves"
            assert all(port for _, port in cluster.endpoints("web")), "it leads to a pod that does not listen"
        scaling = [
            each for each in cluster.of("HorizontalPodAutoscaler") if each["spec"]["scaleTargetRef"]["name"] == "web"
        ]
        assert len(scaling) <= 1, "two autoscalers"
        beats = [each for each in cluster.of("Pod") if each["metadata"]["labels"]["app"] == "beat"]
        assert len(beats) <= 1, "two beats"
        if cluster.get("StatefulSet", "redis"):
            assert cluster.get("Secret", "redis-auth"), "a server waits for passwords"
        for name in ("slow",):
            assert [each for each in cluster.of("Pod") if each["metadata"]["labels"]["app"] == name], "no worker"


Start = Callable[..., Played]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Start:
    """A cluster with what runs today."""
    monkeypatch.setattr(rollouts, "wait", lambda *_, **__: {})
    monkeypatch.setattr(hands, "_PAUSE", 0.01)

    def made(*today: Json, **settings: Any) -> Played:
        cluster = Played(**settings)
        monkeypatch.setattr(processes, "run", cluster.run)
        cluster.add(*(today or TODAY))
        cluster.watch = Watch()
        return cluster

    return made


def run(wanted: list[Json], *remove: str) -> Run:
    pace = Pace(timeout=1, drain_timeout=0.2, deregistration=0, settle=0, looks=Looks(1, 0))
    version = Version("abc", "image:1", tuple(wanted))
    return Run("dev", Cluster(Kubectl(), Target("testing", NAMESPACE)), version, remove, pace)


def content(cluster: Played) -> Json:
    """All objects, without identities and what controllers make."""
    made = {}
    for (kind, name), each in cluster.objects.items():
        if kind in ("Pod", "ReplicaSet", "Secret") or name == "examx-releases":
            continue
        plain = json.loads(json.dumps({key: value for key, value in each.items() if key != "status"}))
        for field in ("uid", "resourceVersion", "managedFields"):
            plain["metadata"].pop(field, None)
        made[f"{kind}/{name}"] = plain
    return made


def pods(cluster: Played) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in cluster.of("Pod"):
        name = each["metadata"]["labels"]["app"]
        found[name] = found.get(name, 0) + 1
    return found


@pytest.mark.parametrize("wanted", [ours(), MOVED], ids=["redis stays", "redis moves"])
def test_it_is_done_without_a_moment_in_which_nothing_serves(start: Start, wanted: list[Json]) -> None:
    cluster = start()
    before = content(cluster)
    old = {each["metadata"]["name"]: each["metadata"]["labels"]["app"] for each in cluster.of("Pod")}
    run(wanted).execute(None)
    after = content(cluster)
    long_enough = {"web": 210, "slow": 150}
    for name, app in old.items():
        if app in long_enough:
            assert cluster.ended[name] == long_enough[app], "a pod had not the time for what it had begun"
    for each in wanted:
        live = after[f"{each['kind']}/{each['metadata']['name']}"]
        live["spec"] = {**live.get("spec", {})}
        if each["kind"] == "Deployment" and "replicas" not in each["spec"]:
            live["spec"].pop("replicas")
        assert live["spec"] == each.get("spec", {})
    assert "HorizontalPodAutoscaler/old-autoscaler" not in after
    assert "ConfigMap/nginx" not in after
    assert "NetworkPolicy/examx-adoption-open" not in after
    assert not cluster.of("Job")
    assert pods(cluster)["web"] == pods(cluster)["slow"] == 2
    assert pods(cluster)["guest"] == pods(cluster)["beat"] == 1
    assert not any("examx.ai/adoption" in each["metadata"]["labels"] for each in cluster.of("Pod"))

    calls = cluster.calls
    run(wanted).execute(None)
    assert content(cluster) == {**after, **content(cluster)}
    assert cluster.calls > calls

    run(wanted).undo()
    assert content(cluster) == before
    assert cluster.get("Secret", "examx-adoption") is None


def test_the_passwords_of_redis_are_made_once_and_stay_with_its_claims(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    cluster = start()
    run(MOVED).execute("redis")
    made = cluster.get("Secret", "redis-auth")
    assert made is not None
    assert sorted(made["data"]) == sorted(REDIS_USERS)
    run(MOVED).execute(None)
    assert cluster.get("Secret", "redis-auth") == made
    run(MOVED).undo()
    assert cluster.get("Secret", "redis-auth") == made
    said = capsys.readouterr()
    assert "stays, because it holds data: Secret redis-auth" in said.out
    assert not any(value in said.out + said.err for value in made["data"].values())
    run(MOVED).execute(None)
    assert cluster.get("Secret", "redis-auth") == made


def _until_killed(job: Callable[[], None], cluster: Played, at: int) -> bool:
    """Run it until it is killed before a call. Returns whether it was."""
    cluster.kill_at = cluster.calls + at
    try:
        job()
    except Killed:
        return True
    finally:
        cluster.kill_at = None
    return False


SOME, EVERY = 29, 1
"""Every how manieth call the process is killed before; the places differ with the test."""
kills = pytest.mark.parametrize("step", [SOME, pytest.param(EVERY, marks=pytest.mark.long)])
brokers = pytest.mark.parametrize("wanted", [ours(), MOVED], ids=["redis stays", "redis moves"])


@kills
@brokers
def test_killed_before_any_call_the_next_run_comes_to_the_same_end(start: Start, wanted: list[Json], step: int) -> None:
    whole = start()
    run(wanted).execute(None)
    end, calls = content(whole), whole.calls
    for at in range(1, calls, step):
        cluster = start()
        assert _until_killed(lambda: run(wanted).execute(None), cluster, at)
        run(wanted).execute(None)
        assert content(cluster) == end, f"killed before call {at} of {calls}"
        assert pods(cluster) == pods(whole)


@kills
@brokers
def test_killed_before_any_call_it_can_be_taken_back(start: Start, wanted: list[Json], step: int) -> None:
    before, whole = content(start()), start()
    run(wanted).execute(None)
    calls = whole.calls
    for at in range(step // 2 + 1, calls, step):
        cluster = start()
        assert _until_killed(lambda: run(wanted).execute(None), cluster, at)
        if cluster.get("Secret", "examx-adoption") is None:
            continue
        run(wanted).undo()
        assert content(cluster) == before, f"killed before call {at} of {calls}"


@kills
def test_the_way_back_can_be_killed_too(start: Start, step: int) -> None:
    wanted = ours()
    before, cluster = content(start()), start()
    for at in range(1, 400, step):
        run(wanted).execute(None)
        killed = _until_killed(lambda: run(wanted).undo(), cluster, at)
        if killed:
            run(wanted).undo()
        assert content(cluster) == before, f"killed before call {at}"
        if not killed:
            return


def test_the_pods_that_go_on_are_taken_back(start: Start) -> None:
    wanted = ours()
    cluster = start()
    old = {each["metadata"]["name"] for each in cluster.of("Pod") if each["metadata"]["labels"]["app"] == "web"}
    # The first step that touches it, stopped when the new Deployment is there.
    for at in range(1, 200):
        cluster = start()
        _until_killed(lambda: run(wanted).execute(None), cluster, at)
        live = cluster.get("Deployment", "web")
        if live and live["metadata"].get("labels", {}).get("ours"):
            break
    now = {each["metadata"]["name"] for each in cluster.of("Pod") if each["metadata"]["labels"]["app"] == "web"}
    run(wanted).undo()
    assert {each["metadata"]["name"] for each in cluster.of("Pod") if each["metadata"]["labels"]["app"] == "web"} < now
    assert len(old) == 2


def test_a_step_can_be_the_last(start: Start) -> None:
    cluster = start()
    run(ours()).execute("workload/web")
    assert cluster.get("Deployment", "slow")["spec"] == {**TODAY[5]["spec"], "replicas": 2}  # type: ignore[index]
    plan, begun = run(ours()).plan()
    assert begun == ("record", "foundation", "workload/web")
    assert not plan.refusals


def test_what_stands_in_the_way_is_refused_and_nothing_is_touched(start: Start) -> None:
    cluster = start(pod_security=("guest-1: hostPath volumes",), denied=frozenset({"delete pods"}))
    before = content(cluster)
    with pytest.raises(Refusal) as caught:
        run([each for each in ours() if each["metadata"]["name"] != "guests"]).execute(None)
    said = str(caught.value)
    assert "Deployment guest: default-deny would cut its pods off" in said
    assert "the cluster says of its pod guest-1: hostPath volumes" in said
    assert "this identity may not delete pods in shop" in said
    assert content(cluster) == before
    assert cluster.get("Secret", "examx-adoption") is None


def test_a_kind_that_the_cluster_does_not_know_is_told(start: Start) -> None:
    start(missing=frozenset({"Ingress"}))
    with pytest.raises(Refusal, match=r"Ingress\.networking\.k8s\.io: the cluster does not know this kind"):
        run(ours()).execute(None)


def test_pods_that_would_be_refused_stop_it_before_the_level_is_set(start: Start) -> None:
    cluster = start()
    run(ours()).execute("ingress")
    cluster.pod_security = ("existing pods in namespace", "late-1: hostNetwork")
    with pytest.raises(Refusal, match="late-1: hostNetwork"):
        run(ours()).execute(None)
    assert cluster.get("Namespace", NAMESPACE)["metadata"]["labels"] == {"team": "shop"}  # type: ignore[index]


def test_a_queue_that_does_not_get_empty_stops_it_with_what_is_left(start: Start) -> None:
    cluster = start(jobs_end=False)
    with pytest.raises(Refusal, match=r"the old Redis still holds tasks .*left: slow: 3"):
        run(MOVED).execute(None)
    assert pods(cluster)["slow"] == 4, "old and new workers both go on"
    cluster.jobs_end = True
    for each in cluster.of("Job"):
        each["status"] = {"conditions": [{"type": "Complete", "status": "True"}]}
    run(MOVED).execute(None)
    assert pods(cluster)["slow"] == 2


def test_where_redis_moves_each_queue_keeps_a_worker_of_today_until_it_is_empty(start: Start) -> None:
    cluster = start()
    assert "asleep" not in pods(cluster)
    run(MOVED).execute("workload/beat")
    old = [each for each in cluster.of("ReplicaSet") if each["metadata"]["labels"].get("examx.ai/adoption") == "asleep"]
    assert [each["spec"]["replicas"] for each in old] == [1]
    assert pods(cluster)["asleep"] == 2, "one of today's, one of ours"


def test_a_job_that_fails_stops_it_as_well(start: Start) -> None:
    cluster = start(jobs_end=False)
    with pytest.raises(Refusal):
        run(MOVED).execute(None)
    for each in cluster.of("Job"):
        each["status"] = {"conditions": [{"type": "Failed", "status": "True"}]}
    with pytest.raises(Refusal, match="the old queues could not be looked at"):
        run(MOVED).execute(None)
    assert not cluster.of("Job")


def test_a_foreign_worker_can_be_removed_and_is_drained(start: Start) -> None:
    guest = worker("extra", "extra", redis=REDIS, replicas=1)
    cluster = start(*TODAY, guest, item("ScaledObject", "extra", {"scaleTargetRef": {"name": "extra"}}))
    with pytest.raises(Refusal, match="Deployment extra: it would go on reading extra"):
        run(MOVED).execute(None)
    run(MOVED, "Deployment/extra").execute(None)
    assert cluster.get("Deployment", "extra") is None
    assert cluster.get("ScaledObject", "extra") is None
    assert "extra" not in pods(cluster)
    run(MOVED).undo()
    assert pods(cluster)["extra"] == 1


def test_another_beat_goes_before_ours_comes(start: Start) -> None:
    other = deployment("scheduler", replicas=1, command=BEAT)
    cluster = start(*[each for each in TODAY if each["metadata"]["name"] != "beat"], other)
    schedulers = Watch()

    def watch(played: Played) -> None:
        schedulers(played)
        assert pods(played).get("beat", 0) + pods(played).get("scheduler", 0) <= 1

    cluster.watch = watch
    run(ours(), "Deployment/scheduler").execute(None)
    assert pods(cluster)["beat"] == 1
    run(ours()).undo()
    assert pods(cluster)["scheduler"] == 1


def test_other_selectors_are_replaced(start: Start) -> None:
    def relabelled(each: Json) -> Json:
        if each["metadata"]["name"] not in ("slow", "beat") or each["kind"] != "Deployment":
            return each
        labels = {"selector": {"matchLabels": {"tier": each["metadata"]["name"]}}}
        template = {"metadata": {"labels": {"tier": each["metadata"]["name"], "app": each["metadata"]["name"]}}}
        return changed(each, {"spec": {**labels, "template": template}})

    cluster = start(*map(relabelled, TODAY))
    before = content(cluster)
    run(ours()).execute(None)
    assert cluster.get("Deployment", "slow")["spec"]["selector"] == {"matchLabels": {"app": "slow"}}  # type: ignore[index]
    run(ours()).undo()
    assert content(cluster) == before


def test_finish_forgets_how_it_was(start: Start) -> None:
    cluster = start()
    with pytest.raises(Refusal, match="no adoption was begun"):
        run(ours()).finish()
    run(ours()).execute("ingress")
    with pytest.raises(Refusal, match="this adoption is not done"):
        run(ours()).finish()
    run(ours()).execute(None)
    run(ours()).finish()
    assert cluster.get("Secret", "examx-adoption") is None
    with pytest.raises(Refusal, match="no adoption was begun"):
        run(ours()).undo()


def test_one_that_is_taken_back_is_not_gone_on_with(start: Start) -> None:
    cluster = start()
    run(ours()).execute("ingress")
    assert _until_killed(lambda: run(ours()).undo(), cluster, 20)
    with pytest.raises(Refusal, match="is being taken back: finish that with --undo first"):
        run(ours()).execute(None)


def test_an_adoption_of_another_environment_is_refused(start: Start) -> None:
    start()
    run(ours()).execute("foundation")
    with pytest.raises(Exception, match="is of dev, not of stg"):
        replace(run(ours()), environment="stg").execute(None)
