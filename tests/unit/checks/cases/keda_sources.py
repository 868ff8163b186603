"""Cases of the rules on what single scalers ask beyond the types of their parameters."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.cases.keda_metadata import PROMETHEUS, authentication, job, one, said
from tests.unit.checks.support import Case, scaler, workload

NEVER = "and the trigger never works"
URL = "a URL such as http://prometheus.monitoring:9090"
QUEUE_URL = "https://sqs.<region>.amazonaws.com/<account>/<name>, or the name alone"
HTTP_HOST = "host: 'http://rabbitmq.dev:15672/', queueName: q"
AMQP_HOST = "host: 'amqp://rabbitmq.dev:5672/', queueName: q"
BROKER = "env: [{name: BROKER_URL, value: 'amqps://rabbitmq.dev:5671/shop'}]"
KEDA_2_18 = Versions(keda="2.18")
MODES = "QueueLength, MessageRate"


def server(address: str) -> str:
    """A Prometheus trigger's metadata with this address."""
    return f"serverAddress: {address}, query: up, threshold: '5'"


def resource(kind: str, value: str, metric_type: str = "") -> str:
    """A trigger of cpu or memory."""
    stated = f", metricType: {metric_type}" if metric_type else ""
    return f"{{type: {kind}{stated}, metadata: {{value: '{value}'}}}}"


CASES = [
    *(
        Case(
            "prometheus-address-is-url",
            address,
            [one("prometheus", server(address))],
            [said("serverAddress", f'"{address}"', URL, f"KEDA asks it by HTTP, {NEVER}")],
        )
        for address in ("prometheus.monitoring:9090", "prometheus", "http:/prometheus:9090", "tcp://prometheus:9090")
    ),
    Case(
        "prometheus-address-is-url",
        "with a path, with TLS, still to be filled in",
        [
            one("prometheus", PROMETHEUS),
            one("prometheus", server("https://mimir.dev/prometheus")),
            one("prometheus", server("'${PROMETHEUS}'")),
        ],
    ),
    Case(
        "sqs-queue-is-named",
        "no name in it",
        [
            one("aws-sqs-queue", "queueURL: 'https://sqs.eu-west-1.amazonaws.com/jobs'"),
            job("aws-sqs-queue", "queueURL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/'"),
        ],
        [
            said(
                "queueURL",
                '"https://sqs.eu-west-1.amazonaws.com/jobs"',
                QUEUE_URL,
                f"KEDA finds no name of a queue in it, {NEVER}",
            ),
            f'ScaledJob dev/web: spec.triggers[0].metadata.queueURL is "https://sqs.eu-west-1.amazonaws.com/123456789012/"; allowed: {QUEUE_URL}; KEDA finds no name of a queue in it, {NEVER}',
        ],
    ),
    Case(
        "sqs-queue-is-named",
        "a whole URL, a name, still to be filled in",
        [
            one("aws-sqs-queue", f"queueURL: '{url}'")
            for url in (
                "https://sqs.eu-west-1.amazonaws.com/123456789012/jobs",
                "jobs",
                "https://sqs.${REGION}.amazonaws.com/jobs",
            )
        ],
    ),
    Case(
        "resource-trigger-has-metric-type",
        "none",
        [scaler(triggers=f"[{resource('cpu', '70')}]")],
        [
            f"ScaledObject dev/web: spec.triggers[0].metricType is missing; allowed: Utilization or AverageValue; the cpu scaler has no default for it, {NEVER}"
        ],
    ),
    Case(
        "resource-trigger-has-metric-type",
        "no value of that type",
        [
            scaler(
                triggers=f"[{resource('cpu', '70%', 'Utilization')}, {resource('memory', '0.8', 'Utilization')}, {resource('memory', '1g', 'AverageValue')}, {resource('cpu', '0', 'AverageValue')}]"
            )
        ],
        [
            f'ScaledObject dev/web: spec.triggers[0].metadata.value is "70%"; allowed: a whole percentage, 1 or more; the scaler cannot read it, {NEVER}',
            f'ScaledObject dev/web: spec.triggers[1].metadata.value is "0.8"; allowed: a whole percentage, 1 or more; the scaler cannot read it, {NEVER}',
            f'ScaledObject dev/web: spec.triggers[2].metadata.value is "1g"; allowed: a quantity above 0, such as 500m or 1Gi; the scaler cannot read it, {NEVER}',
            f'ScaledObject dev/web: spec.triggers[3].metadata.value is "0"; allowed: a quantity above 0, such as 500m or 1Gi; the scaler cannot read it, {NEVER}',
        ],
    ),
    Case(
        "resource-trigger-has-metric-type",
        "in metadata, which a later version refuses",
        [one("cpu", "type: Utilization, value: '70'")],
        [
            f"ScaledObject dev/web: spec.triggers[0].metricType is missing; allowed: Utilization or AverageValue; the cpu scaler has no default for it, {NEVER}"
        ],
        KEDA_2_18,
    ),
    Case(
        "resource-trigger-has-metric-type",
        "either, and in metadata",
        [
            scaler(triggers=f"[{resource('cpu', '70', 'Utilization')}, {resource('memory', '1.5Gi', 'AverageValue')}]"),
            one("cpu", "type: Utilization, value: '${{TARGET}}'"),
        ],
    ),
    Case(
        "rabbitmq-trigger-is-consistent",
        "half of mode and value",
        [
            one("rabbitmq", f"{HTTP_HOST}, mode: QueueLength"),
            one("rabbitmq", f"{HTTP_HOST}, value: '5'"),
            job("rabbitmq", f"{HTTP_HOST}, queueLength: '5', value: '5', mode: QueueLength"),
        ],
        [
            said("value", "missing", "a number, beside mode", f"KEDA has no default for it then, {NEVER}"),
            said("mode", "missing", f"one of {MODES}, beside value", f"KEDA has no default for it then, {NEVER}"),
            f'ScaledJob dev/web: spec.triggers[0].metadata.queueLength is "5"; allowed: mode and value alone; queueLength means both, KEDA refuses it beside them, {NEVER}',
        ],
    ),
    Case(
        "rabbitmq-trigger-is-consistent",
        "no such mode, operation or protocol",
        [one("rabbitmq", f"{HTTP_HOST}, mode: queueLength, value: '5', operation: min, protocol: https")],
        [
            said("mode", '"queueLength"', f"one of {MODES}", f"the scaler refuses it, {NEVER}"),
            said("operation", '"min"', "one of sum, avg, max", "the scaler cannot put the queues together"),
            said("protocol", '"https"', "amqp, http or auto", f"the scaler refuses it, {NEVER}"),
        ],
    ),
    Case(
        "rabbitmq-trigger-is-consistent",
        "what amqp cannot do",
        [
            workload(container=BROKER),
            one(
                "rabbitmq",
                f"{AMQP_HOST}, useRegex: 'true', excludeUnacknowledged: 'true', mode: MessageRate, value: '5', timeout: '1000'",
            ),
            one("rabbitmq", "hostFromEnv: BROKER_URL, queueName: q, mode: MessageRate, value: '5'"),
        ],
        [
            said("useRegex", '"true"', "false, or a host of http", f"amqp cannot do that, {NEVER}"),
            said("excludeUnacknowledged", '"true"', "false, or a host of http", f"amqp cannot do that, {NEVER}"),
            said("mode", '"MessageRate"', "QueueLength, or a host of http", f"amqp counts messages alone, {NEVER}"),
            said("timeout", '"1000"', "nothing, or a host of http", f"amqp takes no timeout, {NEVER}"),
            said("mode", '"MessageRate"', "QueueLength, or a host of http", f"amqp counts messages alone, {NEVER}"),
        ],
    ),
    Case(
        "rabbitmq-trigger-is-consistent",
        "a host of one protocol, and the other one stated",
        [
            workload(container=BROKER),
            one("rabbitmq", f"{AMQP_HOST}, protocol: http, mode: MessageRate, value: '5'"),
            one("rabbitmq", "hostFromEnv: BROKER_URL, protocol: http, queueName: q, queueLength: '5'"),
            job("rabbitmq", f"{HTTP_HOST}, protocol: amqp, mode: QueueLength, value: '5'"),
        ],
        [
            said(
                "host",
                "one of amqp (redacted)",
                "a URL of http or https",
                f"the protocol is http, whose client takes no amqp, {NEVER}",
            ),
            said(
                "hostFromEnv",
                "one of amqps (redacted)",
                "a URL of http or https",
                f"the protocol is http, whose client takes no amqps, {NEVER}",
            ),
            f"ScaledJob dev/web: spec.triggers[0].metadata.host is one of http (redacted); allowed: a URL of amqp or amqps; the protocol is amqp, whose client takes no http, {NEVER}",
        ],
    ),
    Case(
        "rabbitmq-trigger-is-consistent",
        "a host that an authentication gives instead",
        [
            authentication("secretTargetRef: [{parameter: host, name: s, key: k}]"),
            one(
                "rabbitmq",
                f"{AMQP_HOST}, protocol: http, mode: MessageRate, value: '5'",
                ", authenticationRef: {name: redis}",
            ),
        ],
    ),
    Case(
        "rabbitmq-trigger-is-consistent",
        "a host without a scheme",
        [one("rabbitmq", "host: 'rabbitmq.dev:5672', queueName: q, mode: QueueLength, value: '5'")],
        [
            said(
                "host",
                "no such URL (redacted)",
                "a URL that begins with amqp, amqps, http or https",
                f"KEDA takes the protocol from it, {NEVER}",
            )
        ],
    ),
    Case(
        "rabbitmq-trigger-is-consistent",
        "each in its protocol",
        [
            workload(container=BROKER),
            authentication("secretTargetRef: [{parameter: protocol, name: s, key: k}]"),
            one(
                "rabbitmq",
                f"{HTTP_HOST}, useRegex: 'true', mode: MessageRate, value: '5', timeout: '1000', operation: max",
            ),
            one("rabbitmq", f"{AMQP_HOST}, queueLength: '5', useRegex: 'false'"),
            one("rabbitmq", "hostFromEnv: BROKER_URL, queueName: q, mode: QueueLength, value: '5'"),
            one("rabbitmq", "hostFromEnv: ELSEWHERE, queueName: q, mode: MessageRate, value: '5'"),
            one("rabbitmq", f"{HTTP_HOST}, protocol: http, mode: MessageRate, value: '5'"),
            one("rabbitmq", "hostFromEnv: BROKER_URL, protocol: amqp, queueName: q, queueLength: '5'"),
            one("rabbitmq", "host: '${BROKER}', protocol: http, queueName: q, queueLength: '5'"),
            one(
                "rabbitmq",
                "host: 'rabbitmq.dev:5672', queueName: q, mode: MessageRate, value: '5'",
                ", authenticationRef: {name: redis}",
            ),
            one("rabbitmq", "host: '${BROKER}', queueName: q"),
        ],
    ),
    Case(
        "rabbitmq-trigger-is-consistent",
        "a mode of a later version",
        [one("rabbitmq", f"{HTTP_HOST}, mode: DeliverGetRate, value: '5'")],
        versions=KEDA_2_18,
    ),
]
