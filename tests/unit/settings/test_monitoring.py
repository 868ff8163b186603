"""What an environment says of monitoring, and what is refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from examx_constructs.settings import (
    Duration,
    ExternalRedis,
    FlowerSettings,
    FromSecret,
    KubernetesSecret,
    Monitoring,
    NginxExporter,
    PodExtras,
    QueueExporter,
    Toleration,
)
from examx_constructs.settings.flower import FLOWER_IMAGE
from tests.unit.settings.samples import BACKEND, ENVIRONMENT, QUEUE
from tests.unit.settings.support import refusal

WATCHED = evolve(ENVIRONMENT, monitoring=Monitoring())
LOGIN = KubernetesSecret(name="flower-login")


def names(extras: PodExtras) -> list[str]:
    return [each.name for each in extras.sidecars]


def test_each_pod_gets_what_tells_of_it() -> None:
    application = WATCHED.application
    assert names(WATCHED.extras_of(application.backend)) == ["nginx-exporter"]
    for workload in WATCHED.redis.workloads:
        (exporter,) = WATCHED.extras_of(workload).sidecars
        port = 26379 if workload == "redis-sentinel" else 6379
        assert exporter.variables["REDIS_USER"] == "exporter"
        assert exporter.variables["REDIS_PASSWORD"] == FromSecret(secret="redis-auth", key="exporter", optional=True)
        assert exporter.variables["REDIS_ADDR"] == f"redis://127.0.0.1:{port}"
    assert names(WATCHED.extras_of(QUEUE.worker)) == []


def test_a_redis_elsewhere_has_no_sidecar() -> None:
    elsewhere = ExternalRedis(host="redis.example.com")
    assert Monitoring().redis_extras(elsewhere, "redis") == PodExtras()


def test_its_pods_are_counted_with_the_others() -> None:
    more = set(WATCHED.workloads) - set(ENVIRONMENT.workloads)
    assert more == {"celery-queue-metrics"}
    assert len(WATCHED.pods) == len(WATCHED.workloads) == len(ENVIRONMENT.pods) + 1
    backend, *_ = WATCHED.pods
    assert [each.resources for each in backend.sidecars] == [NginxExporter().resources]


def test_its_pods_stand_where_the_others_do_and_run_nothing_of_theirs() -> None:
    toleration = Toleration(key="dedicated", value="exams", effect="NoSchedule")
    given = PodExtras(variables={"A": "b"}, tolerations=(toleration,), image_pull_secrets=("registry",))
    extras = evolve(WATCHED, extras=given).extras_of("celery-queue-metrics")
    assert (extras.tolerations, extras.image_pull_secrets, extras.variables) == ((toleration,), ("registry",), {})


@pytest.mark.parametrize(
    ("make", "told"),
    [
        pytest.param(
            lambda: Monitoring(interval=Duration("3600s")),
            "Monitoring.interval is 3600s; it must be from 5s to 300s",
            id="rarely",
        ),
        pytest.param(
            lambda: Monitoring(labels={"release": "a b"}),
            "Monitoring.labels[release] is 'a b'; it must be a label",
            id="label",
        ),
        pytest.param(
            lambda: Monitoring(application_path="/metrics?all=1"), "Monitoring.application_path is", id="query"
        ),
        pytest.param(lambda: Monitoring(metrics_port=80), "Monitoring.metrics_port is 80; ", id="privileged"),
        pytest.param(
            lambda: Monitoring(metrics_port=9113),
            "NginxExporter.port is 9113; it must differ from metrics_port",
            id="both",
        ),
        pytest.param(
            lambda: evolve(WATCHED, monitoring=Monitoring(metrics_port=8081)),
            "Monitoring.metrics_port is 8081; it must differ from 8000, 8080, 8081: nginx and gunicorn have these",
            id="taken",
        ),
        pytest.param(
            lambda: evolve(WATCHED, backend=evolve(BACKEND, metrics_path="/metrics")),
            "BackendSettings.metrics_path is '/metrics'; it must be None beside Monitoring.application_path",
            id="twice",
        ),
        pytest.param(
            lambda: evolve(WATCHED, queues=(evolve(QUEUE, worker="celery-queue-metrics"),)),
            "Queue.worker is 'celery-queue-metrics'; it must be another name",
            id="a worker of the name",
        ),
        pytest.param(lambda: QueueExporter(interval=Duration("0s")), "QueueExporter.interval is 0s; ", id="no pause"),
        pytest.param(
            lambda: FlowerSettings(login=LOGIN, path="/api"),
            "FlowerSettings.path is '/api'; it must be another: the application has this one",
            id="the application's path",
        ),
        pytest.param(lambda: FlowerSettings(login=LOGIN, path="/a/b"), "FlowerSettings.path is ", id="deep"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(make: Callable[[], object], told: str) -> None:
    message = refusal(make)
    assert message.replace('"', "'").startswith(told)
    assert "\n" not in message


def test_the_flower_that_runs_is_the_one_that_is_tested() -> None:
    locked = (Path(__file__).parents[3] / "requirements" / "dev.txt").read_text(encoding="utf-8")
    assert re.findall(r"^flower==(\S+)", locked, re.MULTILINE) == [str(FLOWER_IMAGE).rpartition(":")[2]]
