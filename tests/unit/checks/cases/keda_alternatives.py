"""Cases of the rules on what a trigger may say in one way or in another."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda_authentication import WITH, gives
from tests.unit.checks.cases.keda_metadata import job, one
from tests.unit.checks.support import Case


def said(kind: str, key: str, allowed: str, owner: str = "ScaledObject") -> str:
    """The finding on what a trigger lacks."""
    return f"{owner} dev/web: spec.triggers[0].metadata.{key} is missing; allowed: {allowed}; the {kind} scaler has no default for it, and the trigger never works"


POSTGRES = "connection; or host and port and userName and dbName and sslmode"
CLOUDWATCH = "expression; or namespace and metricName and dimensionName and dimensionValue"

CASES = [
    Case(
        "trigger-is-told-in-one-way",
        "no mode of TLS for PostgreSQL",
        [one("postgresql", "host: h, port: '5432', userName: u, dbName: d")],
        [said("postgresql", "sslmode", POSTGRES)],
    ),
    Case(
        "trigger-is-told-in-one-way",
        "nothing of PostgreSQL",
        [one("postgresql", "query: q")],
        [said("postgresql", "connection", POSTGRES)],
    ),
    Case(
        "trigger-is-told-in-one-way",
        "a topic without a subscription, of a job",
        [job("azure-servicebus", "topicName: t")],
        [said("azure-servicebus", "subscriptionName", "queueName; or topicName and subscriptionName", "ScaledJob")],
    ),
    Case(
        "trigger-is-told-in-one-way",
        "half a metric",
        [one("aws-cloudwatch", "namespace: n, metricName: m, dimensionName: a")],
        [said("aws-cloudwatch", "dimensionValue", CLOUDWATCH)],
    ),
    Case(
        "trigger-is-told-in-one-way",
        "a host of Redis without a port",
        [one("redis-streams", "host: h, stream: s")],
        [said("redis-streams", "port", "address; or addresses; or host and port; or host and ports")],
    ),
    Case(
        "trigger-is-told-in-one-way",
        "an authentication that gives half",
        [gives("host"), one("mssql", "query: q"), one("mongodb", "port: '1', username: u", WITH)],
        [
            said("mssql", "connectionString", "connectionString; or host"),
            said(
                "mongodb",
                "password",
                "connectionString; or host and port and username and password; or host and scheme and username and password",
            ),
        ],
    ),
    Case(
        "trigger-is-told-in-one-way",
        "both",
        [one("gcp-pubsub", "subscriptionName: s, topicName: t")],
        [
            'ScaledObject dev/web: spec.triggers[0].metadata.topicName is "t"; allowed: nothing beside subscriptionName; the scaler takes one of them, and refuses both'
        ],
    ),
    Case(
        "trigger-is-told-in-one-way",
        "each in its way",
        [
            gives("connection", "host", "connectionString"),
            one("postgresql", "connectionFromEnv: C"),
            one("postgresql", "query: q", WITH),
            one("postgresql", "query: q", ", authenticationRef: {name: elsewhere}"),
            one("postgresql", "host: h, port: '5432', userName: u, dbName: d, sslmode: disable, passwordFromEnv: P"),
            one("mssql", "host: h"),
            one("mongodb", "connectionStringFromEnv: C"),
            one("mongodb", "scheme: mongodb+srv, host: h, username: u, passwordFromEnv: P"),
            one("azure-servicebus", "queueName: q"),
            one("azure-servicebus", "topicName: t, subscriptionName: s"),
            one("aws-cloudwatch", "expression: e"),
            one("redis-streams", "hosts: 'a,b', ports: '1,2', stream: s"),
            one("elasticsearch", "searchTemplateName: t"),
            one("solace-event-queue", "messageSpoolUsageTarget: '5'"),
            one("kubernetes-workload", "podSelector: a=b, value: '1'"),
        ],
    ),
]
