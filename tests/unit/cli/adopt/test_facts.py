"""What pod templates tell."""

import pytest

from examx_cli.adopt import facts
from tests.unit.cli.adopt.support import deployment, service, worker


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("redis://:secret@redis.example.com/0", {"redis.example.com:6379"}),
        ("rediss://Redis.example.com:6380", {"redis.example.com:6380"}),
        ("redis://app:$(REDIS_PASSWORD)@redis.shop.svc:6379/1", {"redis.shop.svc:6379"}),
        ("sentinel://a:26379;sentinel://b:26379", {"a:26379", "b:26379"}),
    ],
)
def test_the_broker_is_told_apart_by_its_servers_alone(url: str, addresses: set[str]) -> None:
    assert facts.broker_of(worker("w", "q", redis=url)) == addresses


@pytest.mark.parametrize(
    ("command", "queues"),
    [
        (["celery", "-A", "examx", "worker", "-Q", "a,b"], ["a", "b"]),
        (["celery", "worker", "--queues=a"], ["a"]),
        (["/usr/bin/celery", "worker", "-Qa"], ["a"]),
        (["sh", "-c", "exec celery -A examx worker -Q 'a'"], ["a"]),
        (["celery", "worker"], ["celery"]),
        (["celery", "beat"], []),
        (["gunicorn", "worker"], []),
    ],
)
def test_the_queues_of_a_worker(command: list[str], queues: list[str]) -> None:
    assert facts.queues_of(deployment("w", command=command)) == queues


def test_the_time_limit_of_a_worker() -> None:
    for option in (["--time-limit=120"], ["--time-limit", "120"]):
        assert facts.time_limit_of(deployment("w", command=["celery", "worker", *option])) == 120
    assert facts.time_limit_of(worker("w", "q")) is None


def test_where_a_service_leads() -> None:
    named = deployment("web", ports=[{"name": "http", "containerPort": 8080}])
    plain = deployment("web", ports=[{"containerPort": 80}])
    silent = deployment("web")
    assert facts.resolves(service("web", "web", "http"), named) == {"http": 8080}
    assert facts.resolves(service("web", "web", "http"), plain) == {"http": None}
    assert facts.resolves(service("web", "web", 80), plain) == {"http": 80}
    assert facts.resolves(service("web", "web", 80), named) == {"http": None}
    assert facts.resolves(service("web", "web", 80), silent) == {"http": 80}


def test_an_address_inside_of_the_namespace() -> None:
    assert facts.is_inside("redis:6379", "shop")
    assert facts.is_inside("redis-0.redis.shop.svc.cluster.local:6379", "shop")
    assert not facts.is_inside("redis.example.com:6379", "shop")
