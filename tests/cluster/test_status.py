"""`examx status`, `logs` and `shell` on a real API server with KEDA, with exactly the rights that they need."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from cdk8s import App
from typer.testing import CliRunner, Result

from examx_cli.app import app
from examx_constructs.chart import ExamxChart
from examx_constructs.environments import dev
from examx_constructs.settings import ImageReference
from tests.cluster.pod_status import Behaviour
from tests.cluster.real_pods import running_redis
from tests.cluster.test_environments import WORKER, deploy, remove
from tests.conftest import FIXED_IMAGE
from tests.process.cli.cluster.conftest import Checkout, TestCluster
from tests.runtime.redis import pods as redis
from tests.runtime.waiting import eventually
from tests.support import Manifest, one

if TYPE_CHECKING:
    from tests.cluster.control_plane import ControlPlane

pytestmark = [pytest.mark.e2e, pytest.mark.every_version]

ON_DUTY = "on-duty"
NAMESPACE = "dev-examxv2"
QUEUE = "default"
Status = dict[str, Any]


@dataclass
class Duty:
    """dev as it is deployed, with a group of people on duty, and its Redis running."""

    plane: "ControlPlane"
    manifests: list[Manifest]
    redis: redis.Pods

    def push(self, *tasks: str) -> None:
        self.redis["redis-0"].call("RPUSH", QUEUE, *tasks)

    def empty(self) -> None:
        self.redis["redis-0"].call("DEL", QUEUE)


@pytest.fixture(scope="module")
def deployed(control_plane: "ControlPlane") -> Iterator[Duty]:
    environment = dev(ImageReference.parse(FIXED_IMAGE))
    access = evolve(environment.access, duty_group=ON_DUTY)
    manifests = ExamxChart(App(), evolve(environment, access=access)).to_json()
    with running_redis(control_plane, manifests) as servers:
        deploy(control_plane, manifests)
        yield Duty(control_plane, manifests, servers)
        remove(control_plane, manifests)


@pytest.fixture
def duty(deployed: Duty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Duty:
    """A checkout of it; kubectl is somebody on duty, with exactly the rendered Role."""
    monkeypatch.chdir(tmp_path)
    cluster = TestCluster("testing", NAMESPACE, str(deployed.plane.kubectl_binary))
    monkeypatch.setenv("EXAMX_KUBECTL", cluster.binary)
    monkeypatch.setenv("KUBECONFIG", str(deployed.plane.kubeconfig_for("ada", ON_DUTY)))
    checkout = Checkout(tmp_path / "checkout", cluster)
    checkout.manifests = copy.deepcopy(deployed.manifests)
    checkout.one("Namespace")["metadata"]["annotations"]["examx.ai/cluster"] = "testing"
    checkout.commit("dev")
    monkeypatch.chdir(checkout.root)
    return deployed


def examx(*arguments: str) -> Result:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done


def status() -> Status:
    return json.loads(examx("status", "dev", "--json").stdout)


def named(told: Status, name: str) -> Status:
    """What is told of a workload."""
    return next(each for each in told["workloads"] if each.get("name") == name)


def asked(told: Status, name: str) -> dict[str, int | None]:
    """How many replicas each metric of a workload asks for."""
    return {each["metric"]: each["replicas"] for each in named(told, name)["asks"]}


def unread(value: object) -> list[str]:
    """Why anything of a status could not be read."""
    if isinstance(value, dict):
        return [value["unread"]] if "unread" in value else [why for each in value.values() for why in unread(each)]
    return [why for each in value for why in unread(each)] if isinstance(value, list) else []


def eventually_status(holds: Callable[[Status], bool]) -> Status:
    found: list[Status] = []

    def look() -> bool:
        found[:] = [status()]
        return holds(found[0])

    eventually(look, because=lambda: json.dumps(found, indent=1), seconds=120)
    return found[0]


def test_who_is_on_duty_reads_all_but_what_takes_more(duty: Duty) -> None:
    duty.empty()
    told = eventually_status(
        lambda told: (
            all(each["ready"] == each["wanted"] for each in told["workloads"])
            and asked(told, WORKER) == {"queue default": 0, "cpu": 1, "memory": 1}
        )
    )
    assert {each["name"]: each["length"] for each in told["queues"]} == dict.fromkeys(
        (QUEUE, "bulk_upload", "question_enrichment", "question_generator_ai"), 0
    )
    whys = set(unread(told))
    assert {why for why in whys if "may not" in why} == {
        "this identity may not ask the servers who leads (create pods/exec); that their pods are ready is said above",
        "passwords of redis-auth: there are none, or this identity may not read their Secret",
    }
    # What nobody could read here: no drivers, no load balancer, no network to the host, and no ages.
    assert all(
        any(sign in why for sign in ("targetgroupbindings", "cannot be reached", "no exporter of queue metrics"))
        for why in whys
        if "may not" not in why
    ), whys
    text = examx("status", "dev").stdout
    assert f"{WORKER}                1/1 ready  1..3" in text
    assert "    at its least, 1: queue default asks for 0 (0, target 10 a pod); cpu asks for 1" in text


def test_a_backlog_and_what_it_asks_for_are_told_as_the_autoscaler_has_them(duty: Duty) -> None:
    try:
        duty.push(*["task"] * 47)
        told = eventually_status(lambda told: named(told, WORKER)["ready"] == 3)
        assert next(each for each in told["queues"] if each["name"] == QUEUE)["length"] == 47
        worker = named(told, WORKER)
        assert asked(told, WORKER)["queue default"] == 5
        assert worker["why"].startswith(
            "at its most, 3, where 5 are asked for: queue default asks for 5 (47, target 10"
        )
        duty.push(*["task"] * 20)
        grown = json.loads(examx("status", "dev", "--over", "2s", "--json").stdout)
        (queue,) = (each for each in grown["queues"] if each["name"] == QUEUE)
        assert (queue["length"], queue["rate"]) == (67, 0)
    finally:
        duty.empty()


def test_use_asks_for_what_the_autoscaler_makes_of_it(duty: Duty) -> None:
    name = "examxv2-backend"
    try:
        duty.plane.metrics.use(NAMESPACE, name, cpu=1.2, memory=0.5)
        # Two pods at 120 % of a target of 70 % ask for four, and there may be two.
        told = eventually_status(lambda told: asked(told, name) == {"cpu": 4, "memory": 2})
        assert named(told, name)["wanted"] == 2

        def reasons() -> set[str]:
            hpa = duty.plane.get("hpa", "examxv2-backend-pod-autoscaler", NAMESPACE)
            assert hpa["status"]["desiredReplicas"] == 2
            return {each["reason"] for each in hpa["status"]["conditions"]}

        # The controller says in its own words that more were asked for than there may be.
        eventually(lambda: "TooManyReplicas" in reasons(), because=lambda: str(reasons()), seconds=60)
        assert "where 4 are asked for: cpu asks for 4 (120 %, target 70 %)" in named(told, name)["why"]
    finally:
        duty.plane.metrics.use(NAMESPACE, name, cpu=0.1, memory=0.3)


def test_metrics_that_cannot_be_had_are_told_with_what_the_autoscaler_says(duty: Duty) -> None:
    duty.plane.metrics.is_on = False
    try:
        told = eventually_status(lambda told: asked(told, WORKER)["cpu"] is None)
        assert asked(told, WORKER)["memory"] is None
        assert asked(told, WORKER)["queue default"] == 0
        name = "examxv2-backend"
        told = eventually_status(lambda told: any("FailedGet" in each for each in named(told, name)["trouble"]))
        assert named(told, name)["why"].startswith("no metric can be had, so it stays at")
    finally:
        duty.plane.metrics.is_on = True


def test_who_may_nothing_is_told_so_in_every_place(duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(duty.plane.kubeconfig_for("nobody-in-particular")))
    told = status()
    for section in ("release", "balancer", "warnings"):
        assert "this identity may not read" in told[section]["unread"], section
    for section in ("workloads", "queues", "redis"):
        assert all("this identity may not read" in each["unread"] for each in told[section]), section
    text = examx("status", "dev").stdout
    assert text.count("this identity may not read") >= 7


def test_logs_of_a_part_are_those_of_all_its_pods(duty: Duty) -> None:
    (pod,) = pods(duty, "examxv2-backend")[:1]
    assert f"nginx of {pod} is played\n" in examx("logs", "dev", "nginx").stdout
    assert f"celery-worker of {WORKER}" in examx("logs", "dev", "worker", "default").stdout
    every = examx("logs", "dev", "worker", "--since", "1h").stdout.splitlines()
    assert {line.partition("/")[0].rsplit("-", 2)[0] for line in every} == {
        WORKER,
        "celery-bulk-upload-worker",
        "celery-enrichment-worker",
        "celery-question-generator-ai-worker",
    }
    assert all("/celery-worker celery-worker of " in line for line in every)


def test_what_crashed_is_told_with_its_log_first(duty: Duty) -> None:
    duty.plane.nodes.behave(NAMESPACE, "celery-beat", Behaviour.CRASHES)
    try:
        duty.plane.kubectl("delete", "pods", "--selector=app=celery-beat", f"--namespace={NAMESPACE}")
        # Before it crashed it was merely not ready, which is told too.
        eventually_status(
            lambda told: any("CrashLoopBackOff after Error" in each for each in named(told, "celery-beat")["trouble"])
        )
        done = examx("logs", "dev", "beat")
        assert "it ended before (Error, exit code 1, at " in done.stderr
        assert done.stdout.count("celery-beat of celery-beat-") == 2
        refused = CliRunner().invoke(app, ["shell", "dev", "--part", "beat"])
        assert refused.exit_code == 1
        assert "no pod is ready for a shell: Deployment celery-beat: not ready: celery-beat-" in refused.stderr
    finally:
        duty.plane.nodes.behave(NAMESPACE, "celery-beat", Behaviour.READY)
        duty.plane.kubectl("delete", "pods", "--selector=app=celery-beat", f"--namespace={NAMESPACE}")


def test_who_may_not_is_told_what_right_it_takes(duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: str) -> str:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 2, done.output
        (line,) = done.stderr.splitlines()
        return line

    assert "this identity may not run anything in examxv2-backend-" in refused("shell", "dev")
    monkeypatch.setenv("KUBECONFIG", str(duty.plane.kubeconfig_for("nobody-in-particular")))
    assert refused("logs", "dev") == f"error: this identity may not read pods of {NAMESPACE} (list pods)"
    assert "no pod can be chosen: this identity may not read deployment.apps/examxv2-backend" in refused("shell", "dev")
    monkeypatch.setenv("KUBECONFIG", str(duty.plane.kubeconfig_for("half", "half")))
    role = one(duty.manifests, "Role", "examxv2-observer")["metadata"]["name"]
    arguments = (f"--role={role}", "--group=half", f"--namespace={NAMESPACE}")
    duty.plane.kubectl("create", "rolebinding", "half", *arguments)
    try:
        said = refused("logs", "dev")
        assert said == f"error: this identity may not read logs of {NAMESPACE} (get pods/log): DutyAccess gives that"
    finally:
        duty.plane.kubectl("delete", "rolebinding", "half", f"--namespace={NAMESPACE}")


def test_a_shell_is_in_a_ready_pod_of_the_newest_release(duty: Duty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(duty.plane.kubeconfig))
    before = pods(duty, "examxv2-backend")
    duty.plane.nodes.behave_from_now_on(NAMESPACE, "examxv2-backend", Behaviour.NEVER_READY)
    where = f"--namespace={NAMESPACE}"
    try:
        # Of the newer release no pod gets ready, so that of the one before is taken; then that of the newer one.
        duty.plane.kubectl("rollout", "restart", "deployment/examxv2-backend", where)
        eventually(lambda: len(pods(duty, "examxv2-backend")) > len(before), because=lambda: str(before), seconds=60)
        assert chosen() in before
        duty.plane.nodes.behave(NAMESPACE, "examxv2-backend", Behaviour.READY)
        duty.plane.kubectl("rollout", "restart", "deployment/examxv2-backend", where)
        duty.plane.kubectl("rollout", "status", "deployment/examxv2-backend", where, "--timeout=120s")
        assert chosen() not in before
    finally:
        duty.plane.nodes.behave(NAMESPACE, "examxv2-backend", Behaviour.READY)


def chosen() -> str:
    """The pod that a shell is opened in. The kubelet here runs nothing in pods, so the command ends with a failure."""
    done = CliRunner().invoke(app, ["shell", "dev", "--", "true"])
    assert done.exit_code == 1, done.output
    return next(line for line in done.stderr.splitlines() if f" of {NAMESPACE}" in line).partition("/")[0]


def pods(duty: Duty, workload: str) -> list[str]:
    """The pods of a workload that are not on their way out."""
    printed = duty.plane.kubectl("get", "pods", f"--selector=app={workload}", f"--namespace={NAMESPACE}", "-o", "json")
    found = json.loads(printed)["items"]
    return [each["metadata"]["name"] for each in found if "deletionTimestamp" not in each["metadata"]]
