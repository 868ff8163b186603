"""Rules on what a trigger may say in one way or in another: the Validate functions of KEDA's scalers."""

from collections.abc import Iterator, Mapping

from examx_constructs._keda.scalers import scaler
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.keda.logins import given_parameters
from examx_constructs.manifests.keda import all_triggers
from examx_constructs.manifests.resources import Manifests

_STREAMS = (("address",), ("addresses",), *((host, port) for host in ("host", "hosts") for port in ("port", "ports")))
_WAYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    **dict.fromkeys(("redis-streams", "redis-cluster-streams", "redis-sentinel-streams"), _STREAMS),
    "postgresql": (("connection",), ("host", "port", "userName", "dbName", "sslmode")),
    "mongodb": (
        ("connectionString",),
        ("host", "port", "username", "password"),
        ("host", "scheme", "username", "password"),
    ),
    "mssql": (("connectionString",), ("host",)),
    "azure-servicebus": (("queueName",), ("topicName", "subscriptionName")),
    "aws-cloudwatch": (("expression",), ("namespace", "metricName", "dimensionName", "dimensionValue")),
    "gcp-pubsub": (("subscriptionName",), ("topicName",)),
    "elasticsearch": (("query",), ("searchTemplateName",)),
    "solace-event-queue": (("messageCountTarget",), ("messageSpoolUsageTarget",), ("messageReceiveRateTarget",)),
    "kubernetes-workload": (("value",),),
}
"""The ways that a scaler knows, by the type of the trigger: it needs all that one of them names."""
_NOT_BOTH: Mapping[str, tuple[str, str]] = {
    "azure-servicebus": ("queueName", "topicName"),
    "gcp-pubsub": ("subscriptionName", "topicName"),
    "elasticsearch": ("query", "searchTemplateName"),
}


@rule("KEDA 2.17 to 2.21, Validate in pkg/scalers")
def trigger_is_told_in_one_way(manifests: Manifests) -> Iterator[Finding]:
    """Of the ways to tell a scaler where and what to count a trigger has one, whole: an address, or host and port.

    Parameters from an authentication count as well; where that is not in these manifests nothing is said.
    """
    for scaled, trigger in all_triggers(manifests):
        type_, metadata = trigger["type"].text, trigger["metadata"]
        ways = _WAYS.get(type_)
        given = given_parameters(manifests, scaled, trigger) if ways else None
        if not ways or given is None or scaler(type_, scaled.resource.versions.keda) is None or scaled.uses_formula:
            continue
        first, second = _NOT_BOTH.get(type_, ("", ""))
        if first and {first, second} <= given:
            yield finding(metadata[second], f"nothing beside {first}", "the scaler takes one of them, and refuses both")
        if not any(given.issuperset(way) for way in ways):
            # The way that was begun is the one that was meant.
            meant = max(ways, key=lambda way, given=given: len(given.intersection(way)))
            absent = next(name for name in meant if name not in given)
            allowed = "; or ".join(" and ".join(way) for way in ways[:4])
            yield finding(
                metadata[absent], allowed, f"the {type_} scaler has no default for it, and the trigger never works"
            )
