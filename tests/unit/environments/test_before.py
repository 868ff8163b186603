"""What the fixed environments keep of what ran before this project, and what one needs that takes over more of it."""

from pathlib import Path
from typing import Any

import attrs
import pytest
from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.checks import Manifests, check
from examx_constructs.environments.dev import dev
from examx_constructs.environments.prod import prod
from examx_constructs.environments.shared import secret_arn
from examx_constructs.settings import (
    Backlog,
    Duration,
    Environment,
    ExternalRedis,
    Guest,
    ImageReference,
    Queue,
    Replicas,
    SecretsManagerSecret,
)
from tests.conftest import FIXED_IMAGE
from tests.support import Manifest, containers, of_kind, one, pod_templates, read_documents, read_yaml, variables

IMAGE = ImageReference.parse(FIXED_IMAGE)
FOLDER = Path(__file__).parents[4] / "shared" / "legacy"
"""The manifests that ran before. They are no part of the project: where there are none, their tests are skipped."""

IMMUTABLE = {
    "Deployment": (("spec", "selector"),),
    "PersistentVolume": (("spec", "csi"), ("spec", "storageClassName"), ("spec", "accessModes"), ("spec", "capacity")),
    "PersistentVolumeClaim": (("spec", "accessModes"), ("spec", "resources"), ("spec", "storageClassName")),
    "Service": (("spec", "type"), ("spec", "selector")),
    "Ingress": (("spec", "ingressClassName"),),
}
DROPPED = {
    "HOSTNAME": "the runtime sets it",
    "OPIK_API_KEY": "a secret, for .env",
    "OPIK_PROJECT_NAME": "belongs to the key",
    "OPIK_URL_OVERRIDE": "belongs to the key",
    "OPIK_WORKSPACE": "belongs to the key",
    "PYROSCOPE_APPLICATION_NAME": "where nothing is profiled it says nothing",
    "PYROSCOPE_SERVER_ADDRESS": "where nothing is profiled it says nothing",
}
CHANGED = {
    "NAMESPACE": "known when it is rendered",
    "OTEL_RESOURCE_ATTRIBUTES": "all of them name the cluster now",
    "REDIS_URL": "Environment.redis",
    "WORKERS": "the specification's figure",
}


@pytest.fixture(params=["dev", "prod"])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def before(name: str) -> list[Manifest]:
    file = FOLDER / f"{name}.yaml"
    if not file.is_file():
        pytest.skip("needs the manifests that ran before, beside the project")
    return read_documents(file.read_text(encoding="utf-8"))


@pytest.fixture
def now(name: str, rendered: dict[str, list[Manifest]]) -> dict[tuple[str, str], Manifest]:
    return {(each["kind"], each["metadata"]["name"]): each for each in rendered[name]}


def _at(manifest: Manifest, path: tuple[str, ...]) -> Any:
    for key in path:
        manifest = manifest.get(key, {})
    return manifest


def _taken_over(before: list[Manifest], now: dict[tuple[str, str], Manifest]) -> list[tuple[Manifest, Manifest]]:
    pairs = [(each, now.get((each["kind"], each["metadata"]["name"]))) for each in before]
    return [(old, new) for old, new in pairs if new is not None]


def test_no_field_differs_that_cannot_change(before: list[Manifest], now: dict[tuple[str, str], Manifest]) -> None:
    found = [
        (old["kind"], old["metadata"]["name"], path)
        for old, new in _taken_over(before, now)
        for path in IMMUTABLE.get(old["kind"], ())
        if _at(old, path) != _at(new, path)
    ]
    assert found == []


def test_what_is_left_over_is_known(name: str, before: list[Manifest], now: dict[tuple[str, str], Manifest]) -> None:
    left = {(each["kind"], each["metadata"]["name"]) for each in before} - now.keys()
    assert left == {
        ("ConfigMap", "nginx-config"),
        ("Deployment", "celery-exam-submission-worker"),
        ("ScaledObject", "celery-exam-submission-worker-scaler"),
        ("Service", "celery-flower-service"),
    }, name


def test_every_variable_is_kept_or_has_a_reason(before: list[Manifest], now: dict[tuple[str, str], Manifest]) -> None:
    for old, new in _taken_over(of_kind(before, "Deployment"), now):
        ran = variables(old["spec"]["template"]["spec"]["containers"][0])
        runs = variables(new["spec"]["template"]["spec"]["containers"][0])
        for variable in ran.keys() - DROPPED.keys() - CHANGED.keys():
            assert runs[variable] == ran[variable], (old["metadata"]["name"], variable)
        assert ran.keys() - runs.keys() <= DROPPED.keys()


def test_secrets_are_those_that_were_mounted(before: list[Manifest], now: dict[tuple[str, str], Manifest]) -> None:
    def mounted(template: Manifest) -> set[tuple[str, str | None]]:
        main = next(containers(template))
        return {(each["mountPath"], each.get("subPath")) for each in main["volumeMounts"]}

    for old, new in _taken_over(of_kind(before, "SecretProviderClass"), now):
        assert [each["objectName"] for each in read_yaml(old["spec"]["parameters"]["objects"])] == [
            each["objectName"] for each in read_yaml(new["spec"]["parameters"]["objects"])
        ]
    file = ("/app/google-credentials.json", "google-credentials.json")
    for old, new in _taken_over(of_kind(before, "Deployment"), now):
        assert file in mounted(old["spec"]["template"]) & mounted(new["spec"]["template"])


def test_the_root_leads_where_it_led(before: list[Manifest], now: dict[tuple[str, str], Manifest]) -> None:
    def leads_to(ingress: Manifest) -> dict[str, str]:
        return {
            path["path"]: path["backend"]["service"]["name"]
            for rule in ingress["spec"]["rules"]
            for path in rule["http"]["paths"]
        }

    old, new = one(before, "Ingress"), now["Ingress", "examxv2-ingress"]
    assert leads_to(old).items() <= leads_to(new).items()
    annotations = [each["metadata"]["annotations"] for each in (old, new)]
    for annotation in ("ssl-policy", "scheme", "target-type", "healthcheck-path"):
        was, is_ = (each[f"alb.ingress.kubernetes.io/{annotation}"] for each in annotations)
        assert was == is_, annotation
    assert "alb.ingress.kubernetes.io/group.name" not in annotations[1]


def test_metrics_are_announced_where_they_were(before: list[Manifest], now: dict[tuple[str, str], Manifest]) -> None:
    old = one(before, "Service", "examxv2-backend-service")["metadata"]["annotations"]
    new = now["Service", "examxv2-backend-service"]["metadata"]["annotations"]
    # Beside them, where the load balancer asks how a pod is.
    health = {"alb.ingress.kubernetes.io/healthcheck-port": "8081"}
    assert {**old, "prometheus.io/port": "8080", **health} == new


# ---- An environment that takes over more of it

EXAM_SUBMISSIONS = Queue(
    name="exam_submissions",
    worker="celery-exam-submission-worker",
    pool="prefork",
    concurrency=16,
    longest_task=Duration("120s"),
    list_length=16,
    polling_interval=Duration("10s"),
    cooldown=Duration("180s"),
    replicas=Replicas.between(0, 20),
    backlog=Backlog(
        server="https://prometheus.example.com/api/prom",
        threshold=1,
        authentication="grafana-cloud-prometheus-auth",
        auth_modes=("basic",),
    ),
)


def _with_everything() -> Environment:
    production = prod(IMAGE)
    redis = ExternalRedis(
        host="master.redis.example.com",
        password=SecretsManagerSecret(arn=secret_arn("examxv2-redis-AbCdEf")),
        cidrs=("10.1.0.0/16",),
    )
    return attrs.evolve(production, redis=redis, queues=(*production.queues, EXAM_SUBMISSIONS))


def test_a_further_queue_and_a_redis_elsewhere_are_sound() -> None:
    manifests = ExamxChart(App(), _with_everything()).to_json()
    assert check(Manifests.of(manifests)) == []
    assert of_kind(manifests, "StatefulSet") == []
    scaler = one(manifests, "ScaledObject", "celery-exam-submission-worker-scaler")["spec"]
    assert [each["type"] for each in scaler["triggers"]] == ["prometheus", "cpu", "memory"]
    assert 'queue="exam_submissions",namespace="examxv2-production"' in scaler["triggers"][0]["metadata"]["query"]
    default = one(manifests, "ScaledObject", "celery-worker-default-scaler")["spec"]["triggers"][0]
    assert default["type"] == "redis"
    assert default["metadata"]["address"] == "master.redis.example.com:6379"
    assert default["metadata"]["enableTLS"] == "true"
    for template in pod_templates(manifests).values():
        url = variables(next(containers(template)))["REDIS_URL"]
        assert url.startswith("rediss://:$(REDIS_PASSWORD)@master.redis.example.com:6379/0")
    egress = one(manifests, "NetworkPolicy", "app-to-external")["spec"]["egress"]
    assert {"port": 6379, "protocol": "TCP"} in [port for rule in egress for port in rule["ports"]]
    annotations = one(manifests, "Namespace")["metadata"]["annotations"]
    assert annotations["examx.ai/foreign-trigger-authentications"] == "grafana-cloud-prometheus-auth"


def test_guests_are_let_in_and_everybody_else_stays_restricted() -> None:
    guests = (Guest(app="celery-exam-submission-worker"), Guest(app="celery-flower"))
    plain, hosting = dev(IMAGE), attrs.evolve(dev(IMAGE), guests=guests)
    before, after = ExamxChart(App(), plain).to_json(), ExamxChart(App(), hosting).to_json()
    assert check(Manifests.of(after)) == []
    labels = one(after, "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "baseline"
    policy = one(after, "NetworkPolicy", "guests")
    # Nothing that is rendered here is one of them, and all of it is as it was.
    for template in pod_templates(after).values():
        assert (
            template["metadata"]["labels"]["app"] not in policy["spec"]["podSelector"]["matchExpressions"][0]["values"]
        )
    names = [each["metadata"]["name"] for each in of_kind(after, "NetworkPolicy")]
    assert names.index("guests") < names.index("default-deny")
    rest = [each for each in after if each["kind"] != "Namespace" and each != policy]
    assert rest == [each for each in before if each["kind"] != "Namespace"]


def test_the_fixed_environments_have_no_guests(rendered: dict[str, list[Manifest]]) -> None:
    for manifests in rendered.values():
        assert "examx.ai/guests" not in one(manifests, "Namespace")["metadata"]["annotations"]
