"""Triggers of KEDA as values: what its scalers would not take never gets into a manifest."""

from collections.abc import Callable
from functools import partial
from typing import get_args

import pytest

from examx_constructs._keda.scalers import KEDA, scaler, types
from examx_constructs.settings import (
    AnyTrigger,
    CronTrigger,
    KafkaTrigger,
    PrometheusTrigger,
    RabbitMqTrigger,
    SqsTrigger,
    Trigger,
)
from tests.unit.settings.samples import SAMPLES
from tests.unit.settings.support import attempt, refusal

_PROMETHEUS = {"serverAddress": "http://p:9090", "query": "sum(a)", "threshold": "5"}
_QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"


def _prometheus(**changes: str) -> dict[str, str]:
    return {**_PROMETHEUS, **changes}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"type": "sqs", "metadata": {}},
            'Trigger.type is "sqs"; it must be a type of KEDA 2.17 to 2.21: aws-',
        ),
        ({"type": "promethues", "metadata": {}}, "prometheus, most likely"),
        ({"type": "", "metadata": {}}, 'Trigger.type is ""; it must be a type of KEDA'),
        ({"type": "no\nsuch", "metadata": {}}, "Trigger.type is "),
        (
            {"type": "prometheus", "metadata": _prometheus(treshold="5")},
            'Trigger.metadata key is "treshold"; it must be threshold, most likely',
        ),
        (
            {"type": "prometheus", "metadata": {"serverAddress": "a", "query": "b"}},
            "Trigger.metadata[threshold] is None; it must be given as threshold",
        ),
        (
            {"type": "prometheus", "metadata": _prometheus(threshold="many")},
            'Trigger.metadata[threshold] is "many"; it must be a number, such as 5 or 0.5',
        ),
        ({"type": "prometheus", "metadata": _prometheus(threshold="0")}, "it must be a number above 0"),
        ({"type": "prometheus", "metadata": _prometheus(ignoreNullValues="no")}, 'it must be "true" or "false"'),
        (
            {"type": "prometheus", "metadata": _prometheus(password="x")},
            'Trigger.metadata key is "password"; it must be in a TriggerAuthentication',
        ),
        ({"type": "prometheus", "metadata": {**_PROMETHEUS, "threshold": 5}}, "it must be a mapping of str to str"),
        ({"type": "kafka", "metadata": {"bootstrapServers": "k:9092"}}, "consumerGroup or consumerGroupFromEnv"),
        ({"type": "rabbitmq", "metadata": {"queueName": "a"}}, "Trigger.metadata[host] is None; it must be given as"),
        ({"type": "cpu", "metadata": {"value": "50"}}, "Trigger.metric_type is None; it must be Utilization or"),
        (
            {"type": "prometheus", "metadata": _PROMETHEUS, "metric_type": "Utilization"},
            'Trigger.metric_type is "Utilization"; it must be AverageValue or Value or None',
        ),
        ({"type": "prometheus", "metadata": _PROMETHEUS, "name": "a-b"}, 'Trigger.name is "a-b"; it must be letters'),
    ],
)
def test_refuses(given: dict[str, object], message: str) -> None:
    assert message in refusal(lambda: Trigger(**given))  # pyright: ignore[reportArgumentType]


def test_what_is_wrong_in_the_place_of_a_credential_is_not_shown() -> None:
    message = refusal(lambda: Trigger(type="prometheus", metadata=_prometheus(bearerToken="word")))
    assert "word" not in message


@pytest.mark.parametrize("version", KEDA)
def test_what_one_version_of_keda_takes_is_taken(version: str) -> None:
    """Each type of each version, with what it requires; the rules on manifests say which version it is for."""
    for name in types(version):
        known = scaler(name, version)
        assert known is not None
        required = {
            each.names[0]: min(each.enum, default="1")
            for each in known.parameters
            if each.required and "m" in each.places
        }
        made = attempt(partial(Trigger, type=name, metadata=required, authentication="a", metric_type="AverageValue"))
        assert isinstance(made, Trigger), made


@pytest.mark.parametrize(
    "sample", [each for each in SAMPLES if isinstance(each, get_args(AnyTrigger))], ids=lambda each: type(each).__name__
)
def test_every_typed_trigger_is_one_of_keda(sample: AnyTrigger) -> None:
    assert sample.trigger.type in types(KEDA[0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: CronTrigger(timezone="IST", start="0 8 * * *", end="0 9 * * *", replicas=1),
            'CronTrigger.timezone is "IST"; it must be a name of the Time Zone Database, such as Asia/Kolkata',
        ),
        (
            lambda: CronTrigger(timezone="Asia/Kolkatta", start="0 8 * * *", end="0 9 * * *", replicas=1),
            "such as Asia/Kolkata",
        ),
        (
            lambda: CronTrigger(timezone="UTC", start="@daily", end="0 9 * * *", replicas=1),
            'CronTrigger.start is "@daily"; it must be five fields: minute, hour',
        ),
        (
            lambda: CronTrigger(timezone="UTC", start="0 8 * * 7", end="0 9 * * *", replicas=1),
            "it must be 0 to 6 for the day of the week",
        ),
        (
            lambda: CronTrigger(timezone="UTC", start="0 8 * * *", end="0  8 * * *", replicas=1),
            "it must differ from start",
        ),
        (
            lambda: CronTrigger(timezone="UTC", start="0 8 * * *", end="0 9 * * *", replicas=0),
            "CronTrigger.replicas is 0; the least is 1",
        ),
        (
            lambda: PrometheusTrigger(server="http://p:9090", query="a", threshold=float("nan")),
            "PrometheusTrigger.threshold is nan; it must be a finite number",
        ),
        (lambda: PrometheusTrigger(server="http://p:9090", query="a", threshold=float("inf")), "is inf; it must be a"),
        (lambda: PrometheusTrigger(server="http://p:9090", query="a", threshold=0), "the least is 0.001"),
        (lambda: PrometheusTrigger(server="p:9090", query="a", threshold=1), "it must be the URL of a Prometheus"),
        (lambda: SqsTrigger(queue_url="orders", queue_length=5), "it must be the URL of a queue: https://sqs.REGION"),
        (
            lambda: SqsTrigger(queue_url=_QUEUE, queue_length=2.5),  # pyright: ignore[reportArgumentType]
            "SqsTrigger.queue_length is 2.5; it must be int",
        ),
        (
            lambda: KafkaTrigger(bootstrap_servers=(), consumer_group="g", topic="t", lag=1),
            "KafkaTrigger.bootstrap_servers is (); it must name a server",
        ),
        (
            lambda: KafkaTrigger(bootstrap_servers=("k:9092",), consumer_group="g", topic="t", lag=1, sasl="plaintext"),
            "KafkaTrigger.authentication is None; it must be given: it holds what KEDA logs in with by plaintext",
        ),
        (
            lambda: RabbitMqTrigger(queue="q", target=5, authentication="a", mode="MessageRate"),
            'RabbitMqTrigger.protocol is "amqp"; it must be http: amqp has no mode MessageRate',
        ),
    ],
)
def test_a_typed_trigger_refuses(make: Callable[[], object], message: str) -> None:
    assert message in refusal(make)
