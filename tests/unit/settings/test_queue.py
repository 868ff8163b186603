"""A queue and its worker."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.settings import Duration, Queue, QueueList, Replicas, Trigger
from tests.unit.settings import strategies as own
from tests.unit.settings.samples import BACKLOG, QUEUE
from tests.unit.settings.support import attempt, refusal, reproducible

EVENING = Trigger(
    type="cron",
    name="evening",
    metadata={"timezone": "Asia/Kolkata", "start": "0 18 * * *", "end": "0 22 * * *", "desiredReplicas": "4"},
)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "question_generator_ai"},
        {"name": "Exams.v2-high"},
        {"name": "q" * 100},
        {"worker": "w" * 47},
        {"pool": "prefork"},
        {"concurrency": 1},
        {"longest_task": Duration("1s")},
        {"cooldown": Duration("0s")},
        {"replicas": Replicas.between(0, 3), "cooldown": Duration("121s")},
        # A backlog counts what runs, so its worker is not idle; these figures run today.
        {"backlog": BACKLOG, "replicas": Replicas.between(0, 3), "cooldown": Duration("30s")},
        {"more_lists": (QueueList(name="low", list_length=50),), "triggers": (EVENING,)},
        {"backlog": BACKLOG, "variables": {"DJANGO_ALLOW_ASYNC_UNSAFE": "true"}},
    ],
)
def test_accepts(changes: dict[str, object]) -> None:
    made = attrs.evolve(QUEUE, **changes)
    assert {name: getattr(made, name) for name in changes} == changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "Queue.name is \"\"; it must be letters, digits, '.', '-' or '_': it is a Redis key and a -Q"),
        ({"name": "a,b"}, 'Queue.name is "a,b"; it must be letters'),
        ({"name": "-Q"}, 'Queue.name is "-Q"; it must be letters'),
        ({"name": "prüfung"}, 'Queue.name is "prüfung"; it must be letters'),
        ({"name": "q" * 101}, "; it must be letters"),
        (
            {"worker": "Celery"},
            'Queue.worker is "Celery"; it must be a DNS label: lower-case letters, digits and hyphens',
        ),
        ({"worker": "w" * 64}, "; it must be a DNS label"),
        (
            {"worker": "w" * 48},
            "it has 55 characters, the most is 54: KEDA names its HPA keda-hpa-<name>, which must fit into 63",
        ),
        ({"worker": "w" * 48}, f'ScaledObject name is "{"w" * 48}-scaler"; '),
        ({"concurrency": 0}, "Queue.concurrency is 0; the least is 1: a worker needs a slot to run tasks in"),
        ({"list_length": 0}, "Queue.list_length is 0; the least is 1: the tasks in the list that one replica is worth"),
        ({"longest_task": Duration("0s")}, "Queue.longest_task is 0s; the least is 1s"),
        (
            {"longest_task": Duration("1h")},
            "Queue.longest_task is 3600s; it must be shorter than 3600s: Celery gives a task",
        ),
        ({"polling_interval": Duration("0s")}, "Queue.polling_interval is 0s; the least is 1s"),
        (
            {"replicas": Replicas.between(0, 3), "cooldown": Duration("60s")},
            (
                "Queue.cooldown is 60s; with a minimum of 0 replicas it must exceed the longest task, 120s. KEDA "
                "counts from an empty list and would stop the worker in the middle of its last task"
            ),
        ),
        ({"replicas": Replicas.between(0, 3), "cooldown": Duration("120s")}, "Queue.cooldown is 120s; with a minimum"),
        ({"more_lists": (QueueList(name=QUEUE.name, list_length=1),)}, "it is there twice: a list is drained once"),
        ({"more_lists": ("low",)}, "Queue.more_lists is ('low',); it must be a tuple of QueueList"),
        ({"triggers": (EVENING, EVENING)}, 'Queue.triggers is "evening"; the name is there twice'),
        ({"triggers": ({"type": "cron"},)}, "it must be a tuple of Trigger or CronTrigger or "),
        ({"variables": {"MY-VAR": "a"}}, 'Queue.variables key is "MY-VAR"; it must be the name of a variable'),
        (
            {"variables": {"REDIS_URL": "a"}},
            'Queue.variables key is "REDIS_URL"; it is taken: its value comes from Environment.redis',
        ),
    ],
)
def test_refuses(changes: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(QUEUE, **changes))


@reproducible
@given(own.queues())
def test_what_is_accepted_obeys_every_limit(queue: Queue) -> None:
    assert len(f"keda-hpa-{queue.worker}-scaler") <= 63
    assert queue.replicas.minimum > 0 or queue.backlog or queue.cooldown > queue.longest_task
    assert queue.longest_task.seconds >= 1


@reproducible
@given(st.fixed_dictionaries({}, optional={"name": st.text(), "worker": st.text(), "concurrency": st.integers()}))
def test_any_text_and_number_is_accepted_or_refused_by_name(changes: dict[str, object]) -> None:
    made = attempt(lambda: attrs.evolve(QUEUE, **changes))
    if isinstance(made, str):
        assert made.startswith(("Queue.", "ScaledObject name is "))
    else:
        assert made.name.isascii()
        assert made.concurrency >= 1


def test_a_backlog_is_asked_for_by_queue_and_namespace() -> None:
    assert BACKLOG.asked(("bulk_upload",), "dev-examxv2") == (
        'sum(examx_celery_queue_pending{queue="bulk_upload",namespace="dev-examxv2"}'
        ' + examx_celery_queue_active{queue="bulk_upload",namespace="dev-examxv2"})'
    )
    assert attrs.evolve(BACKLOG, metrics=("a:b",)).asked(("q",), "n") == 'sum(a:b{queue="q",namespace="n"})'


def test_the_backlog_of_several_lists_is_one_figure() -> None:
    assert attrs.evolve(BACKLOG, metrics=("m",)).asked(("a.b", "c"), "n") == (
        'sum(m{queue=~"a\\\\.b|c",namespace="n"})'
    )
    assert attrs.evolve(BACKLOG, query="sum(mine)").asked(("a", "b"), "n") == "sum(mine)"


@pytest.mark.parametrize(
    "changes",
    [
        {"server": "https://prometheus.example.com/api/prom"},
        {"server": "http://prometheus:9090"},
        {"authentication": "prometheus-auth", "auth_modes": ("tls", "basic")},
        {"authentication": "prometheus-auth", "auth_modes": ("bearer",)},
    ],
)
def test_accepts_a_backlog(changes: dict[str, object]) -> None:
    made = attrs.evolve(BACKLOG, **changes)
    assert {name: getattr(made, name) for name in changes} == changes


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"server": "prometheus:9090"},
            'Backlog.server is "prometheus:9090"; it must be the URL of a Prometheus server, without a user',
        ),
        (
            {"server": "http://user:word@prometheus"},
            'Backlog.server is "http://user:word@prometheus"; it must be the URL',
        ),
        ({"server": "http://prometheus/?a=b"}, "; it must be the URL of a Prometheus server"),
        ({"metrics": ()}, "Backlog.metrics is (); it must name a metric, or nothing would be counted"),
        ({"metrics": ("pending-tasks",)}, 'Backlog.metrics is "pending-tasks"; it must be the name of a metric'),
        ({"metrics": ("a",), "query": "sum(a)"}, 'Backlog.query is "sum(a)"; it must be left out where metrics are'),
        ({"query": " "}, 'Backlog.query is " "; it must be a query of Prometheus in one line'),
        ({"threshold": 0}, "Backlog.threshold is 0; the least is 1: the tasks that one replica is worth"),
        (
            {"authentication": "Auth", "auth_modes": ("basic",)},
            'Backlog.authentication is "Auth"; it must be a DNS label',
        ),
        (
            {"authentication": "auth", "auth_modes": ("basic", "bearer")},
            "Backlog.auth_modes is ('basic', 'bearer'); each may be there once, and basic not with bearer: KEDA",
        ),
        (
            {"authentication": "auth", "auth_modes": ("tls", "tls")},
            "Backlog.auth_modes is ('tls', 'tls'); each may be there",
        ),
        (
            {"authentication": "auth"},
            "Backlog.auth_modes is (); it goes with authentication, which is auth: KEDA uses neither without the other",
        ),
        ({"auth_modes": ("basic",)}, "Backlog.auth_modes is ('basic',); it goes with authentication, which is None"),
        ({"auth_modes": ("digest",)}, "Backlog.auth_modes is ('digest',); it must be a tuple of one of"),
    ],
)
def test_refuses_a_backlog(changes: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(BACKLOG, **changes))
