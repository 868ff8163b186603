"""What all settings share: frozen, keyword-only, compared by value, strict in names and types."""

import inspect
from collections.abc import Mapping

import attrs
import pytest

from examx_constructs import settings
from examx_constructs.settings import BackendSettings, Environment, Fallback, Queue, Replicas, SettingError
from tests.unit.settings.samples import BACKEND, ENVIRONMENT, QUEUE, SAMPLES
from tests.unit.settings.support import refusal


def fields(sample: object) -> dict[str, object]:
    """What a value was made from."""
    return {field.name: getattr(sample, field.name) for field in attrs.fields(type(sample))}


each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: type(sample).__name__)
each_field = pytest.mark.parametrize(
    ("sample", "field"),
    [pytest.param(each, field, id=f"{type(each).__name__}.{field}") for each in SAMPLES for field in fields(each)],
)


def test_every_kind_of_setting_has_a_sample() -> None:
    public = [getattr(settings, name) for name in settings.__all__]
    assert {each for each in public if inspect.isclass(each) and attrs.has(each)} == {type(each) for each in SAMPLES}


@each_field
def test_is_frozen(sample: object, field: str) -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(sample, field, getattr(sample, field))


@each_sample
def test_is_compared_by_value(sample: object) -> None:
    assert type(sample)(**fields(sample)) == sample


@pytest.mark.parametrize(
    "sample",
    [each for each in SAMPLES if not any(isinstance(part, Mapping) for part in fields(each).values())],
    ids=lambda sample: type(sample).__name__,
)
def test_has_a_hash_unless_it_holds_a_mapping(sample: object) -> None:
    assert {sample, type(sample)(**fields(sample))} == {sample}


@each_sample
def test_takes_no_positional_values(sample: object) -> None:
    message = refusal(lambda: type(sample)(*fields(sample).values()))
    assert message.startswith(f"{type(sample).__name__} argument is ")
    assert "it must be named, as one of " in message


@each_sample
def test_an_unknown_setting_is_refused(sample: object) -> None:
    kind = type(sample)
    message = refusal(lambda: kind(**fields(sample), replica_count=3))
    assert message == (
        f"{kind.__name__}.replica_count is 3; there is no such setting: it must be one of {', '.join(fields(sample))}"
    )


def test_of_several_unknown_settings_always_the_same_is_named() -> None:
    message = refusal(lambda: Replicas(zebra=1, ape=2, minimum=1, maximum=2))
    assert message.startswith("Replicas.ape is 2;")


@each_field
def test_a_missing_setting_is_refused_unless_it_has_a_default(sample: object, field: str) -> None:
    kind = type(sample)
    others = {name: each for name, each in fields(sample).items() if name != field}
    if getattr(attrs.fields(kind), field).default is attrs.NOTHING:
        message = refusal(lambda: kind(**others))
        assert message == f"{kind.__name__}.{field} is missing; it has no default and must be given"
    else:
        kind(**others)


@each_field
def test_a_value_of_another_type_is_refused(sample: object, field: str) -> None:
    message = refusal(lambda: attrs.evolve(sample, **{field: 1.5j}))
    assert message.startswith(f"{type(sample).__name__}.{field} is 1.5j; it must be ")


@pytest.mark.parametrize(
    ("sample", "field", "given", "message"),
    [
        (QUEUE, "concurrency", "10", 'Queue.concurrency is "10"; it must be int'),
        (QUEUE, "concurrency", True, "Queue.concurrency is True; it must be int"),
        (QUEUE, "concurrency", None, "Queue.concurrency is None; it must be int"),
        (QUEUE, "cooldown", 60, "Queue.cooldown is 60; it must be Duration"),
        (QUEUE, "cooldown", "60s", 'Queue.cooldown is "60s"; it must be Duration'),
        (QUEUE, "pool", "threads", 'Queue.pool is "threads"; it must be one of "gevent", "prefork"'),
        (ENVIRONMENT, "queues", [QUEUE], "it must be a tuple of Queue"),
        (ENVIRONMENT, "queues", ("default",), "Environment.queues is ('default',); it must be a tuple of Queue"),
        (ENVIRONMENT, "labels", {"tier": 1}, "it must be a mapping of str to str"),
        (ENVIRONMENT, "redis", "redis://cache", 'Environment.redis is "redis://cache"; it must be StandaloneRedis or '),
        (
            ENVIRONMENT.ingress,
            "frontend",
            "web",
            'IngressSettings.frontend is "web"; it must be Frontend or None',
        ),
    ],
)
def test_the_refusal_of_a_type_names_what_is_allowed(sample: object, field: str, given: object, message: str) -> None:
    assert message in refusal(lambda: attrs.evolve(sample, **{field: given}))


@pytest.mark.parametrize("given", [2**31, -(2**31) - 1, 10**30])
def test_numbers_fit_into_the_32_bits_of_kubernetes(given: int) -> None:
    message = refusal(lambda: Replicas(minimum=1, maximum=given))
    assert message == f"Replicas.maximum is {given}; it must fit into 32 bits: so Kubernetes keeps numbers"


def test_a_mapping_can_not_be_changed_afterwards() -> None:
    labels = {"environment": "sample"}
    environment = attrs.evolve(ENVIRONMENT, labels=labels)
    labels["tier"] = "late"
    assert environment.labels == {"environment": "sample"}
    with pytest.raises(TypeError, match="does not support item assignment"):
        environment.labels["tier"] = "late"  # pyright: ignore[reportIndexIssue]
    with pytest.raises(TypeError, match="does not support item assignment"):
        Environment(**fields(ENVIRONMENT)).variables["DEBUG"] = "1"  # pyright: ignore[reportIndexIssue]


@pytest.mark.parametrize(
    ("field", "given", "message"),
    [
        ("failure_threshold", 0, "Fallback.failure_threshold is 0; the least is 1: 0 would fall back at once"),
        ("replicas", -1, "Fallback.replicas is -1; the least is 0: replicas cannot be negative"),
        ("behavior", "last", 'Fallback.behavior is "last"; it must be one of "static", "currentReplicas", '),
    ],
)
def test_rules_of_one_field_say_what_is_allowed_and_why(field: str, given: object, message: str) -> None:
    sample = Fallback(failure_threshold=3, replicas=1)
    assert refusal(lambda: attrs.evolve(sample, **{field: given})).startswith(message)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("a", '"a"'), ("two\nlines", r'"two\nlines"'), ('say "x"', r'"say \"x\""'), (3, "3"), (None, "None")],
)
def test_an_error_stays_on_one_line_and_tells_texts_from_numbers(value: object, shown: str) -> None:
    assert str(SettingError("Some.setting", value, "why")) == f"Some.setting is {shown}; why"


def test_an_error_is_a_value_error() -> None:
    assert issubclass(SettingError, ValueError)


def test_a_nested_value_is_checked_where_it_is_made() -> None:
    message = refusal(lambda: attrs.evolve(BACKEND, replicas=Replicas.between(5, 2)))
    assert message.startswith("Replicas.minimum is 5; the most is the maximum, 2")


def test_kinds_with_the_same_figures_differ() -> None:
    assert Replicas(minimum=1, maximum=2) != (1, 2)
    assert Queue is not BackendSettings
    assert QUEUE != BACKEND
