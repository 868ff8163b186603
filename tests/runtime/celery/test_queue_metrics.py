"""The exporter of queue metrics, as it is rendered, beside real Redis and Celery: right within one scrape."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from attrs import evolve
from cdk8s import App

from examx_cli.status.exporter import read
from examx_cli.status.values import Unread
from examx_constructs.chart import ExamxChart
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.settings import Environment, ImageReference, Monitoring
from examx_constructs.settings.queue_exporter import QUEUE_EXPORTER_NAME, QUEUE_EXPORTER_PORT
from tests.runtime.celery.conftest import PRIMARY, StartSystem
from tests.runtime.celery.failover import primary_is_elsewhere
from tests.runtime.celery.system import Served, System
from tests.runtime.pods.pod import Container
from tests.runtime.redis.passwords import PASSWORDS
from tests.support import Manifest, synth

_LINE = re.compile(r'(?P<name>\w+)\{(?:queue="(?P<queue>[^"]*)",)?namespace="(?P<namespace>[^"]*)"\} (?P<value>\S+)')


def watched(environment: Environment) -> list[Manifest]:
    """The manifests of an environment with the exporter. Redis' own needs a program that is not here."""
    backend = evolve(environment.backend, metrics_path=None)
    monitoring = Monitoring(redis=None, nginx=None, application_path=None)
    return synth(ExamxChart(App(), evolve(environment, backend=backend, monitoring=monitoring)))


@dataclass(frozen=True)
class Scrape:
    """What the exporter answers to a scrape: as it is, or called, the figures by name and queue."""

    exporter: Served

    def text(self) -> str:
        with self.exporter.dial() as connection:
            connection.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        head, _, body = answer.partition("\r\n\r\n")
        assert "200 OK" in head
        return body

    def __call__(self) -> dict[str, float]:
        body = self.text()
        found = [_LINE.fullmatch(line) for line in body.splitlines() if not line.startswith("#")]
        assert all(found), body
        return {f"{each['name']} {each['queue'] or ''}".strip(): float(each["value"]) for each in found if each}


def start_exporter(system: System) -> tuple[Container, Scrape]:
    """Its pod, and what it answers."""
    exporter = system.serving(QUEUE_EXPORTER_NAME, QUEUE_EXPORTER_PORT)
    system.eventually(lambda: exporter.container.passes("readiness"))
    return exporter.container, Scrape(exporter)


def figures(scrape: Scrape, queue: str, *names: str) -> tuple[float | None, ...]:
    """Some figures of a queue at one scrape; None for what is not told."""
    told = scrape()
    return tuple(told.get(f"examx_{name} {queue}") for name in names)


@pytest.fixture
def dev(image: ImageReference) -> Environment:
    return ENVIRONMENTS["dev"](image)


def test_the_figures_follow_the_tasks(start_system: StartSystem, dev: Environment) -> None:
    system = start_system(watched(dev))
    container, scrape = start_exporter(system)
    assert figures(scrape, "default", "queue_messages", "queue_unacked", "queue_oldest_message_age_seconds") == (
        0,
        0,
        0,
    )
    sent: list[Any] = [system.send("sleep", 4, queue="bulk_upload") for _ in range(5)]
    ids = [each.id for each in sent]
    system.send("sleep", 0)
    # A look serves the scrapes of a second.
    system.eventually(lambda: figures(scrape, "bulk_upload", "queue_messages", "celery_queue_pending") == (5, 5))
    system.eventually(lambda: figures(scrape, "default", "queue_messages", "queue_unacked") == (1, 0))

    # One slot: one task runs, and what waits is older at each look.
    worker = system.node.pod("celery-bulk-upload-worker", name="celery-bulk-upload-worker-5d4f8c7b9d-x2x4z").start()
    system.eventually(lambda: system.count("started", ids) == 1)
    names = ("queue_messages", "queue_unacked", "celery_queue_active")
    system.eventually(lambda: figures(scrape, "bulk_upload", *names) == (4, 1, 1))
    system.eventually(lambda: figures(scrape, "bulk_upload", "queue_workers", "queue_active_tasks") == (1, 1))
    before, after = (figures(scrape, "default", "queue_oldest_message_age_seconds")[0] for _ in range(2))
    assert before is not None
    assert after is not None
    assert 0 < before <= after
    # One task within the minute, as `examx status` reads it off the same page.
    system.eventually(lambda: figures(scrape, "default", "queue_growth_per_minute")[0] is not None)
    told = read(scrape.text())
    assert not isinstance(told, Unread)
    assert told.ages["default"] >= before
    assert 0 < told.rates["default"] < 60
    assert told.rates["question_enrichment"] == 0

    # A worker that dies is gone within the time that heartbeats have; its task stays until it is given back.
    worker.kill()
    system.eventually(lambda: figures(scrape, "bulk_upload", "queue_workers", "queue_active_tasks") == (0, 0))
    assert figures(scrape, "bulk_upload", "queue_unacked") == (1,)
    assert PASSWORDS["application"] not in container.log


def test_without_redis_no_figure_is_told_and_with_it_all_are_again(start_system: StartSystem, dev: Environment) -> None:
    system = start_system(watched(dev))
    container, scrape = start_exporter(system)
    system.redis.crash("redis-0")
    system.eventually(lambda: scrape() == {"examx_queue_exporter_up": 0})
    assert container.passes("liveness")
    system.redis.start("redis-0")
    system.eventually(lambda: scrape().get("examx_queue_exporter_up") == 1)
    system.eventually(lambda: figures(scrape, "default", "queue_messages", "queue_workers") == (0, 0))


def test_after_a_failover_the_new_leader_is_read(start_system: StartSystem, image: ImageReference) -> None:
    system = start_system(watched(ENVIRONMENTS["prod"](image)))
    _, scrape = start_exporter(system)
    for _ in range(3):
        system.send("sleep", 0, queue="question_enrichment")
    system.eventually(lambda: figures(scrape, "question_enrichment", "queue_messages") == (3,))
    system.redis.crash(PRIMARY)
    system.redis.eventually(lambda: primary_is_elsewhere(system))
    system.eventually(lambda: figures(scrape, "question_enrichment", "queue_messages") == (3,))
    assert system.backlog("question_enrichment") == 3
