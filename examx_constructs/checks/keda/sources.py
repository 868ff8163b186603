"""Rules on what single scalers ask beyond the types of their parameters: the Validate functions of KEDA's scalers."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from examx_constructs._keda.values import is_whole
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.checks.keda.values import is_open, is_url
from examx_constructs.manifests.keda import Triggered, all_triggers, supplied_parameters
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.placeholders import is_placeholder
from examx_constructs.manifests.pods import environment
from examx_constructs.manifests.quantities import quantity
from examx_constructs.manifests.resources import Manifests
from examx_constructs.manifests.scaling import RESOURCE_TRIGGERS

_NEVER = "and the trigger never works"
_MODES = ("QueueLength", "MessageRate")
_LATER_MODES = (*_MODES, "DeliverGetRate", "PublishedToDeliveredRatio", "ExpectedQueueConsumptionTime")
_OPERATIONS = ("sum", "avg", "max")
_AMQP, _HTTP = ("amqp", "amqps"), ("http", "https")
_ON = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_SQS_PARTS = 3


def _of_type(manifests: Manifests, *types: str) -> Iterator[tuple[Triggered, Node]]:
    return ((scaled, trigger) for scaled, trigger in all_triggers(manifests) if trigger["type"].text in types)


@rule("KEDA 2.17 to 2.21 Prometheus scaler; Go net/http")
def prometheus_address_is_url(manifests: Manifests) -> Iterator[Finding]:
    """The serverAddress of a Prometheus trigger is a URL of http or https: KEDA adds the path of the query to it."""
    for _, trigger in _of_type(manifests, "prometheus"):
        address = trigger.at("metadata", "serverAddress")
        if address.text.strip() and not is_placeholder(address.text) and not is_url(address.text, *_HTTP):
            yield finding(address, "a URL such as http://prometheus.monitoring:9090", f"KEDA asks it by HTTP, {_NEVER}")


@rule("KEDA 2.17 to 2.21 SQS Queue scaler")
def sqs_queue_is_named(manifests: Manifests) -> Iterator[Finding]:
    """The queueURL of an SQS trigger is the URL of a queue, with account and name, or the name alone."""
    for _, trigger in _of_type(manifests, "aws-sqs-queue"):
        url = trigger.at("metadata", "queueURL")
        if is_url(url.text, *_HTTP) and not is_placeholder(url.text):
            parts = urlsplit(url.text.strip()).path.split("/")
            if len(parts) != _SQS_PARTS or not parts[-1]:
                allowed = "https://sqs.<region>.amazonaws.com/<account>/<name>, or the name alone"
                yield finding(url, allowed, f"KEDA finds no name of a queue in it, {_NEVER}")


@rule("KEDA 2.17 to 2.21 CPU and Memory scalers")
def resource_trigger_has_metric_type(manifests: Manifests) -> Iterator[Finding]:
    """A cpu or memory trigger says what its value is: Utilization, a whole percentage, or AverageValue, a quantity.

    Only these scalers have no default for metricType. Up to 2.17 metadata.type may say it instead.
    """
    for scaled, trigger in _of_type(manifests, *RESOURCE_TRIGGERS):
        stated, value = trigger["metricType"].text, trigger.at("metadata", "value")
        old = "" if scaled.resource.versions.keda_has("2.18") else trigger.at("metadata", "type").text
        kind = old or stated
        if not kind and not trigger["metricType"].present:
            why = f"the {trigger['type'].text} scaler has no default for it, {_NEVER}"
            yield finding(trigger["metricType"], "Utilization or AverageValue", why)
        text = value.text.strip()
        if not text or is_placeholder(text):
            continue
        if kind == "Utilization" and not (is_whole(text) and text.lstrip("+").isdecimal() and int(text) > 0):
            yield finding(value, "a whole percentage, 1 or more", f"the scaler cannot read it, {_NEVER}")
        elif kind == "AverageValue" and not (quantity(value) or 0) > 0:
            yield finding(value, "a quantity above 0, such as 500m or 1Gi", f"the scaler cannot read it, {_NEVER}")


@rule("KEDA 2.17 to 2.21 RabbitMQ Queue scaler")
def rabbitmq_trigger_is_consistent(manifests: Manifests) -> Iterator[Finding]:
    """A RabbitMQ trigger has mode and value together, in a protocol that serves them.

    The protocol is what the host's scheme says, and where it is stated, the host has one of its schemes (Go net/http;
    amqp091-go 1.10, uri.go). amqp counts a queue's messages, and nothing else.
    """
    for scaled, trigger in _of_type(manifests, "rabbitmq"):
        metadata = trigger["metadata"]
        yield from _rabbitmq_measure(scaled, metadata)
        supplied = supplied_parameters(manifests, scaled, trigger)
        if metadata["protocol"].present or not (supplied is None or "protocol" in supplied):
            yield from _rabbitmq_protocol(manifests, scaled, metadata)
        if supplied is not None and not supplied & {"host", "protocol"}:
            yield from _rabbitmq_client(_host(manifests, scaled, metadata), metadata["protocol"].text.strip())


def _rabbitmq_measure(scaled: Triggered, metadata: Node) -> Iterator[Finding]:
    mode, value, length = metadata["mode"], metadata["value"], metadata["queueLength"]
    modes = _LATER_MODES if scaled.resource.versions.keda_has("2.18") else _MODES
    if length.text and (mode.text or value.text):
        yield finding(length, "mode and value alone", f"queueLength means both, KEDA refuses it beside them, {_NEVER}")
    elif mode.text and not value.present:
        yield finding(value, "a number, beside mode", f"KEDA has no default for it then, {_NEVER}")
    elif value.text and not mode.present:
        yield finding(mode, f"one of {', '.join(modes)}, beside value", f"KEDA has no default for it then, {_NEVER}")
    if mode.text and not is_open(mode.text) and mode.text.strip() not in modes:
        yield finding(mode, f"one of {', '.join(modes)}", f"the scaler refuses it, {_NEVER}")
    operation = metadata["operation"]
    if operation.text.strip() and not is_open(operation.text) and operation.text.strip() not in _OPERATIONS:
        yield finding(operation, f"one of {', '.join(_OPERATIONS)}", "the scaler cannot put the queues together")


def _rabbitmq_protocol(manifests: Manifests, scaled: Triggered, metadata: Node) -> Iterator[Finding]:
    host, protocol = _host(manifests, scaled, metadata), metadata["protocol"]
    said = protocol.text.strip() or "auto"
    if said not in ("amqp", "http", "auto") and not is_open(said):
        yield finding(protocol, "amqp, http or auto", f"the scaler refuses it, {_NEVER}")
    scheme = host.text.partition("://")[0] if "://" in host.text else ""
    if said == "auto" and host.text and not is_placeholder(host.text) and scheme not in (*_AMQP, *_HTTP):
        allowed = "a URL that begins with amqp, amqps, http or https"
        yield finding(host, allowed, f"KEDA takes the protocol from it, {_NEVER}", value="no such URL (redacted)")
    if said != "amqp" and not (said == "auto" and scheme in _AMQP):
        return
    for key in ("useRegex", "excludeUnacknowledged"):
        if metadata[key].text.strip() in _ON:
            yield finding(metadata[key], "false, or a host of http", f"amqp cannot do that, {_NEVER}")
    if metadata["mode"].text.strip() in _LATER_MODES[1:]:
        yield finding(metadata["mode"], "QueueLength, or a host of http", f"amqp counts messages alone, {_NEVER}")
    if metadata["timeout"].text.strip() not in ("", "0") and metadata["mode"].text:
        yield finding(metadata["timeout"], "nothing, or a host of http", f"amqp takes no timeout, {_NEVER}")


def _rabbitmq_client(host: Node, protocol: str) -> Iterator[Finding]:
    """Yield a host of the one protocol, where the other one is stated: no client turns from one to the other."""
    schemes = {"amqp": _AMQP, "http": _HTTP}.get(protocol, ())
    scheme = host.text.partition("://")[0] if "://" in host.text else ""
    if schemes and scheme in (*_AMQP, *_HTTP) and scheme not in schemes:
        why = f"the protocol is {protocol}, whose client takes no {scheme}, {_NEVER}"
        yield finding(host, f"a URL of {' or '.join(schemes)}", why, value=f"one of {scheme} (redacted)")


def _host(manifests: Manifests, scaled: Triggered, metadata: Node) -> Node:
    """Return the host, out of the metadata or a variable of the target with a literal value."""
    variable = metadata["hostFromEnv"]
    if metadata["host"].text or not variable.text:
        return metadata["host"]
    container = scaled.source_container(manifests)
    text = environment(container).get(variable.text, "") if container else ""
    return Node(variable.object_id, variable.file, variable.path, text)
