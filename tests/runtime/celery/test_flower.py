"""Flower as it is rendered, beside real Redis and Celery: whom it lets in, what it shows, what it refuses to do."""

import json
from base64 import b64encode
from http.client import HTTPResponse
from typing import Any

import pytest
from attrs import evolve
from cdk8s import App

from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import FlowerSettings, ImageReference, KubernetesSecret, Monitoring
from examx_constructs.settings.flower import FLOWER_LOGIN_KEY, FLOWER_NAME, FLOWER_PORT
from tests.runtime.celery.conftest import PRIMARY, StartSystem
from tests.runtime.celery.failover import primary_is_elsewhere
from tests.runtime.celery.system import Served, System
from tests.runtime.redis.passwords import PASSWORDS
from tests.support import Manifest, synth

pytest.importorskip("flower", reason="Flower itself is asked, and is not installed")

LOGIN = "duty:an-invented-word"


def manifests(environment: str, image: ImageReference, path: str | None = None) -> list[Manifest]:
    of = ENVIRONMENTS[environment](image)
    flower = FlowerSettings(login=KubernetesSecret(name="flower-login"), path=path)
    monitoring = Monitoring(redis=None, nginx=None, queues=None, application_path=None, alerts=None, flower=flower)
    return synth(ExamxChart(App(), evolve(of, monitoring=monitoring)))


def start_flower(system: System) -> Served:
    system.node.secrets["flower-login"] = {FLOWER_LOGIN_KEY: LOGIN}  # pyright: ignore[reportIndexIssue] - a dict
    flower = system.serving(FLOWER_NAME, FLOWER_PORT)
    system.eventually(lambda: flower.container.passes("startup"), seconds=120)
    return flower


def ask(flower: Served, path: str, *, method: str = "GET", login: str | None = LOGIN) -> tuple[int, bytes]:
    head = f"{method} {path} HTTP/1.1\r\nHost: flower\r\nConnection: close\r\nContent-Length: 0\r\n"
    if login is not None:
        head += f"Authorization: Basic {b64encode(login.encode()).decode()}\r\n"
    with flower.dial() as connection:
        connection.sendall(f"{head}\r\n".encode())
        answer = HTTPResponse(connection)
        answer.begin()
        return answer.status, answer.read()


def tasks(flower: Served, prefix: str = "") -> dict[str, Any]:
    status, body = ask(flower, f"{prefix}/api/tasks")
    assert status == 200, body
    return json.loads(body)


def test_who_logs_in_sees_what_workers_tell(start_system: StartSystem, image: ImageReference) -> None:
    system = start_system(manifests("dev", image))
    flower = start_flower(system)
    container = flower.container
    assert all(container.passes(probe) for probe in ("readiness", "liveness"))
    for path in ("/", "/workers", "/tasks", "/broker", "/api/tasks", "/api/workers"):
        for nobody in (None, "duty:", "duty:another", "operator:an-invented-word"):
            assert ask(flower, path, login=nobody)[0] == 401, (path, nobody)
        assert ask(flower, path)[0] == 200, path

    worker = system.worker("bulk_upload")
    sent = system.send("sleep", 0, queue="bulk_upload")
    shown = system.eventually(lambda: tasks(flower).get(sent.id))
    system.eventually(lambda: tasks(flower)[sent.id]["state"] == "SUCCESS")
    assert shown["name"] == "examx.tasks.sleep"
    # It only reads: no click ends a worker or a task.
    name = next(iter(json.loads(ask(flower, "/api/workers")[1])), "celery@any")
    for action in (f"worker/shutdown/{name}", f"worker/pool/restart/{name}", f"task/revoke/{sent.id}?terminate=true"):
        assert ask(flower, f"/api/{action}", method="POST")[0] in {401, 403}, action
    assert worker.is_running
    assert PASSWORDS["application"] not in container.log
    assert LOGIN not in container.log


def test_behind_a_path_of_the_load_balancer_its_pages_begin_so(
    start_system: StartSystem, image: ImageReference
) -> None:
    system = start_system(manifests("dev", image, "/flower"))
    flower = start_flower(system)
    status, body = ask(flower, "/flower/workers")
    assert status == 200
    assert b'href="/flower/' in body
    assert ask(flower, "/flower/workers", login=None)[0] == 401


def test_after_a_failover_it_listens_to_the_new_leader(start_system: StartSystem, image: ImageReference) -> None:
    system = start_system(manifests("prod", image))
    flower = start_flower(system)
    system.redis.crash(PRIMARY)
    system.redis.eventually(lambda: primary_is_elsewhere(system))
    system.worker("bulk_upload")

    def seen() -> bool:
        sent = system.send("sleep", 0, queue="bulk_upload")
        return sent.id in tasks(flower)

    system.eventually(seen, seconds=120)
