"""Settings made in all the ways that Python has, for test_provenance.py.

A comment `<- case.figure` marks the line that a figure of that function is written on.
"""

from functools import partial

import attrs

from examx_constructs.settings import (
    Duration,
    ExternalFlow,
    NetworkSettings,
    Queue,
    RedisPersistence,
    Replicas,
    Rollout,
)
from examx_constructs.settings import Quantity as Amount

LEAST = 3  # <- constant.minimum
MOST: int = 9  # <- annotated.maximum
TWICE = 1
TWICE = 2
FIXED = Replicas(
    minimum=1,  # <- on_import.replicas.minimum evolved_constant.minimum returned_constant.minimum
    maximum=2,  # <- on_import.replicas.maximum
)
SHORT = Replicas.between(1, 2)  # <- short_on_import.replicas.minimum short_on_import.replicas.maximum
FIGURES = {
    "minimum": 4,  # <- unpacked_on_import.replicas.minimum
    "maximum": 5,  # <- unpacked_on_import.replicas.maximum
}
UNPACKED = Replicas(**FIGURES)
FLOWS = (
    ExternalFlow(name="ldap", port=636),  # <- tuple_on_import.external_flows.ldap.name
    ExternalFlow(
        name="syslog",
        port=6514,  # <- tuple_on_import.external_flows.syslog.port
    ),
)
MORE_FLOWS = (*FLOWS, ExternalFlow(name="ntp", port=123))  # <- spread.external_flows.ntp.port


def keywords() -> Replicas:
    return Replicas(
        minimum=1,  # <- keywords.minimum
        maximum=2,  # <- keywords.maximum
    )


def classmethod_of_a_setting() -> Replicas:
    return Replicas.between(1, 2)  # <- classmethod_of_a_setting.minimum classmethod_of_a_setting.maximum


def constant() -> Replicas:
    return Replicas(minimum=LEAST, maximum=4)  # <- constant.maximum


def annotated() -> Replicas:
    return Replicas(minimum=1, maximum=MOST)  # <- annotated.minimum


def constant_given_twice() -> Replicas:
    return Replicas(minimum=1, maximum=TWICE)  # <- constant_given_twice.maximum


def returned_constant() -> Replicas:
    return FIXED


def queue(replicas: Replicas) -> Queue:
    return Queue(
        name="sample",
        worker="celery-sample",
        pool="prefork",
        concurrency=1,
        longest_task=Duration("30s"),
        list_length=1,
        polling_interval=Duration("15s"),
        cooldown=Duration("60s"),
        replicas=replicas,
    )


def on_import() -> Queue:
    return queue(FIXED)


def short_on_import() -> Queue:
    return queue(SHORT)


def unpacked_on_import() -> Queue:
    return queue(UNPACKED)


def tuple_on_import() -> NetworkSettings:
    return NetworkSettings(external_flows=FLOWS)


def spread() -> NetworkSettings:
    return NetworkSettings(external_flows=MORE_FLOWS)


def local() -> Replicas:
    most = 6  # <- local.maximum
    return Replicas(minimum=1, maximum=most)


def conditional() -> Replicas:
    most = 6
    if most > LEAST:
        most = 7
    return Replicas(minimum=1, maximum=most)  # <- conditional.maximum


def unpacked_local() -> Replicas:
    least, most = 1, 2
    return Replicas(minimum=least, maximum=most)  # <- unpacked_local.minimum unpacked_local.maximum


def computed() -> Replicas:
    return Replicas(minimum=1, maximum=LEAST * 2)  # <- computed.maximum


def sized(least: int, /, most: int = 8, *, name: str = "sized") -> Queue:  # <- parameter_default.replicas.maximum
    return Queue(
        name=name,
        worker=f"celery-{name}",  # <- parameter_keyword.worker
        pool="gevent",  # <- parameter_keyword.pool
        concurrency=1,
        longest_task=Duration("30s"),
        list_length=1,
        polling_interval=Duration("15s"),
        cooldown=Duration("60s"),
        replicas=Replicas(minimum=least, maximum=most),
    )


def parameter_keyword() -> Queue:
    return sized(
        1,  # <- parameter_keyword.replicas.minimum
        most=2,  # <- parameter_keyword.replicas.maximum
        name="named",  # <- parameter_keyword.name
    )


def parameter_position() -> Queue:
    return sized(
        1,  # <- parameter_position.replicas.minimum
        2,  # <- parameter_position.replicas.maximum
    )


def parameter_default() -> Queue:
    return sized(1)  # <- parameter_default.replicas.minimum


def parameter_unpacked() -> Queue:
    given = (1, 2)
    return sized(*given)  # <- parameter_unpacked.replicas.minimum parameter_unpacked.replicas.maximum


def parameter_named_unpacked() -> Queue:
    given = {"name": "given"}
    return sized(1, **given)  # <- parameter_named_unpacked.name


def passed_on(most: int) -> Queue:
    return sized(1, most)


def two_functions() -> Queue:
    return passed_on(
        5,  # <- two_functions.replicas.maximum
    )


def rebound(most: int) -> Replicas:
    most = most or 1
    return Replicas(minimum=1, maximum=most)  # <- rebound_parameter.maximum


def rebound_parameter() -> Replicas:
    return rebound(2)


def aliased() -> Replicas:
    other = range_of
    return other(2)


def range_of(most: int) -> Replicas:
    return Replicas(minimum=1, maximum=most)  # <- aliased.maximum called_from_c.maximum


def called_from_c() -> Replicas:
    return next(map(range_of, (2,)))


def in_a_partial() -> Replicas:
    return partial(Replicas, minimum=1)(maximum=2)  # <- in_a_partial.maximum in_a_partial.minimum


def in_a_lambda() -> Replicas:
    make = lambda most: Replicas(minimum=1, maximum=most)  # noqa: E731 # <- in_a_lambda.maximum
    return make(2)


class Sizes:
    @classmethod
    def small(cls, least: int, most: int) -> Replicas:
        return Replicas(minimum=least, maximum=most)  # <- in_a_method.minimum in_a_method.maximum


def in_a_method() -> Replicas:
    return Sizes.small(1, 2)


def flows(port: int, *names: str) -> tuple[ExternalFlow, ...]:
    return tuple(
        ExternalFlow(
            name=name,
            port=port,
        )
        for name in names
    )


def comprehension() -> NetworkSettings:
    return NetworkSettings(
        external_flows=flows(
            8443,  # <- comprehension.external_flows.a.port comprehension.external_flows.b.port
            "a",  # <- comprehension.external_flows.a.name
            "b",  # <- comprehension.external_flows.b.name
        )
    )


def evolved() -> Replicas:
    base = Replicas(
        minimum=1,  # <- evolved.minimum
        maximum=2,
    )
    return attrs.evolve(
        base,
        maximum=3,  # <- evolved.maximum
    )


def evolved_constant() -> Replicas:
    return attrs.evolve(FIXED, maximum=3)  # <- evolved_constant.maximum


def evolved_twice() -> Rollout:
    once = attrs.evolve(
        Rollout(),
        margin=Duration("20s"),  # <- evolved_twice.margin
    )
    return attrs.evolve(
        once,
        graceful_timeout=Duration("10s"),  # <- evolved_twice.graceful_timeout
    )


def evolved_unpacked() -> Replicas:
    base = Replicas(minimum=1, maximum=200_000)  # <- evolved_unpacked.minimum
    changes = {"maximum": 300_000}  # <- evolved_unpacked.maximum
    return attrs.evolve(base, **changes)


def alias_of_an_import() -> RedisPersistence:
    return RedisPersistence(
        size=Amount("1Gi"),  # <- alias_of_an_import.size
        storage_class="gp3",  # <- alias_of_an_import.storage_class
    )


def appended_in_a_loop() -> NetworkSettings:
    found = [ExternalFlow(name="first", port=1)]  # <- appended_in_a_loop.external_flows.first.port
    for name in ("a", "b"):
        found.append(  # noqa: PERF401 - as people write it
            ExternalFlow(
                name=name,  # <- appended_in_a_loop.external_flows.a.name
                port=8443,  # <- appended_in_a_loop.external_flows.b.port
            )
        )
    return NetworkSettings(external_flows=tuple(found))


def looped_over_pairs() -> NetworkSettings:
    pairs = (
        ("a", 1),  # <- looped_over_pairs.external_flows.a.port looped_over_pairs.external_flows.a.name
        ("b", 2),  # <- looped_over_pairs.external_flows.b.port
    )
    return NetworkSettings(external_flows=tuple(ExternalFlow(name=name, port=port) for name, port in pairs))


def filtered() -> NetworkSettings:
    return NetworkSettings(
        external_flows=tuple(
            ExternalFlow(name=name, port=port)  # <- filtered.external_flows.b.port
            for name, port in (("a", 1), ("b", 2))
            if port > 1
        )
    )


def one_of_two_literals() -> Replicas:
    return Replicas(
        minimum=1,
        maximum=(
            4 if LEAST > 5 else 7  # <- one_of_two_literals.maximum
        ),
    )


def one_of_two_settings() -> Queue:
    return queue(SHORT if LEAST > 5 else FIXED)  # <- one_of_two_settings.replicas.maximum


def changed_later() -> Rollout:
    lengths = {"margin": Duration("20s")}
    lengths["margin"] = Duration("25s")
    return Rollout(**lengths)  # <- changed_later.margin


def merged_mappings() -> Replicas:
    base = {"minimum": 1, "maximum": 2}  # <- merged_mappings.minimum
    return Replicas(
        **{
            **base,
            "maximum": 3,  # <- merged_mappings.maximum
        }
    )


def by_dict() -> Replicas:
    return Replicas(
        **dict(  # noqa: C408 - as people write it
            minimum=1,  # <- by_dict.minimum
            maximum=2,  # <- by_dict.maximum
        )
    )


def looked_up() -> Queue:
    sizes = {
        "small": Replicas(minimum=1, maximum=2),  # <- looked_up.replicas.maximum
        "large": Replicas(minimum=1, maximum=9),
    }
    return queue(sizes["small"])


def replaced_field_of_another() -> Queue:
    other = on_import()
    return queue(attrs.evolve(other.replicas, maximum=4))  # <- replaced_field_of_another.replicas.maximum


def several_returns() -> Replicas:  # <- several_returns.minimum several_returns.maximum
    if LEAST > 5:
        return Replicas(minimum=1, maximum=2)
    return Replicas(minimum=1, maximum=3)


class Limits:
    MOST = 5  # <- of_a_class.maximum


def of_a_class() -> Replicas:
    return Replicas(minimum=1, maximum=Limits.MOST)
