"""Cases of the rules on what a trigger says to its scaler."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from examx_constructs.manifests import Versions
from tests.unit.checks.support import Case, Object, obj, redis_scaler, scaler

KEDA_2_20, KEDA_2_21 = Versions(keda="2.20"), Versions(keda="2.21")
TRIGGER = "ScaledObject dev/web: spec.triggers[0]"
IGNORED = "KEDA ignores a key that it does not know, and takes the default"
UNREADABLE = "KEDA cannot read it, and the trigger never works"
JSON = "KEDA reads it as JSON does, which takes {} here, and the trigger never works"
NO_LEADING, NO_FRACTION = JSON.format("no leading zero or sign"), JSON.format("no fraction and no exponent")
WHOLE, NUMBER, SWITCH = "a whole number, such as 5", "a number, such as 5 or 0.5", '"true" or "false"'


def one(kind: str, metadata: str, more: str = "") -> Object:
    """A ScaledObject with one trigger."""
    return scaler(triggers=f"[{{type: {kind}, metadata: {{{metadata}}}{more}}}]")


def job(kind: str, metadata: str) -> Object:
    """A ScaledJob with one trigger."""
    template = "{template: {spec: {restartPolicy: Never, containers: [{name: app, image: example/app:1}]}}}"
    spec = f"jobTargetRef: {template}\ntriggers: [{{type: {kind}, metadata: {{{metadata}}}}}]"
    return obj("ScaledJob", "web", spec) | {"apiVersion": "keda.sh/v1alpha1"}


def said(key: str, value: str, allowed: str, why: str) -> str:
    """The finding on a key of the one trigger."""
    return f"{TRIGGER}.metadata.{key} is {value}; allowed: {allowed}; {why}"


def authentication(spec: str, name: str = "redis") -> Object:
    """A TriggerAuthentication."""
    return obj("TriggerAuthentication", name, spec)


REDIS = "address: 'redis.dev:6379', listName: default"
PROMETHEUS = "serverAddress: 'http://prometheus.monitoring:9090', query: up, threshold: '5'"
KAFKA = "bootstrapServers: 'kafka.dev:9092', consumerGroup: g, topic: t"
SQS = "queueURL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/jobs', awsRegion: eu-west-1"
RABBIT = "hostFromEnv: BROKER_URL, queueName: default, mode: QueueLength, value: '5'"
CRON = "timezone: Asia/Kolkata, start: 0 8 * * *, end: 0 20 * * *, desiredReplicas: '3'"

CASES = [
    Case(
        "trigger-type-is-known",
        "a slip of the hand",
        [one("rabitmq", RABBIT)],
        [
            f'{TRIGGER}.type is "rabitmq"; allowed: a type that KEDA has, such as rabbitmq; KEDA finds no scaler for it, and the object never becomes ready'
        ],
    ),
    Case(
        "trigger-type-is-known",
        "no such scaler, in a job",
        [job("sidekiq", REDIS)],
        [
            'ScaledJob dev/web: spec.triggers[0].type is "sidekiq"; allowed: a type that KEDA has, such as redis, cron or prometheus; KEDA finds no scaler for it, and the object never becomes ready'
        ],
    ),
    Case(
        "trigger-type-is-known",
        "of a later version",
        [one("opensearch", "targetValue: '5'")],
        [
            f'{TRIGGER}.type is "opensearch"; allowed: a type that KEDA 2.17 has; opensearch is in KEDA 2.20 to 2.21; KEDA finds no scaler for it'
        ],
    ),
    Case(
        "trigger-type-is-known",
        "removed from a later version",
        [one("stan", "subject: s, queueGroup: g, durableName: d")],
        [
            f'{TRIGGER}.type is "stan"; allowed: a type that KEDA 2.21 has; stan is in KEDA 2.17 to 2.18; KEDA finds no scaler for it'
        ],
        KEDA_2_21,
    ),
    Case("trigger-type-is-known", "of this version", [one("rabbitmq", RABBIT)]),
    Case("trigger-type-is-known", "of that version", [one("opensearch", "targetValue: '5'")], versions=KEDA_2_20),
    Case("trigger-type-is-known", "still to be filled in", [one("'${TRIGGER}'", REDIS)]),
    Case(
        "trigger-metadata-is-known",
        "a slip of the hand",
        [redis_scaler(f"{REDIS}, listLenght: '10'")],
        [said("listLenght", '"10"', "listLength, most likely", IGNORED)],
    ),
    Case(
        "trigger-metadata-is-known",
        "other letters, in a job",
        [job("redis", f"{REDIS}, databaseindex: '1'")],
        [
            f'ScaledJob dev/web: spec.triggers[0].metadata.databaseindex is "1"; allowed: databaseIndex, most likely; {IGNORED}'
        ],
    ),
    Case(
        "trigger-metadata-is-known",
        "of nobody",
        [one("cron", f"{CRON}, enabled: 'true'")],
        [
            said(
                "enabled",
                '"true"',
                "a key that the cron scaler reads, such as desiredReplicas, end, start, timezone",
                IGNORED,
            )
        ],
    ),
    Case(
        "trigger-metadata-is-known",
        "what may be a password is not shown",
        [redis_scaler(f"{REDIS}, passwd: example")],
        [said("passwd", "set (redacted)", "password, most likely", IGNORED)],
    ),
    Case(
        "trigger-metadata-is-known",
        "from a variable where none is read",
        [one("prometheus", "serverAddressFromEnv: PROMETHEUS, query: up, threshold: '5'")],
        [
            said(
                "serverAddressFromEnv",
                '"PROMETHEUS"',
                "serverAddress with the value itself",
                "the prometheus scaler takes no serverAddress from a variable, and ignores it",
            )
        ],
    ),
    Case(
        "trigger-metadata-is-known",
        "an authentication's parameter in metadata",
        [redis_scaler(f"{REDIS}, ca: PEM")],
        [
            said(
                "ca",
                '"PEM"',
                "ca in a TriggerAuthentication, or in caFromEnv where the scaler has that",
                "KEDA does not read it in metadata, and ignores it",
            )
        ],
    ),
    Case(
        "trigger-metadata-is-known",
        "of a later version",
        [one("kafka", f"{KAFKA}, ensureEvenDistributionOfPartitions: 'true'")],
        [
            said(
                "ensureEvenDistributionOfPartitions",
                '"true"',
                "a key that KEDA 2.17 reads for kafka; ensureEvenDistributionOfPartitions is in KEDA 2.18 to 2.21",
                "KEDA 2.17 ignores it",
            )
        ],
    ),
    Case(
        "trigger-metadata-is-known",
        "of an earlier version",
        [one("prometheus", f"{PROMETHEUS}, metricName: backlog")],
        [
            said(
                "metricName",
                '"backlog"',
                "nothing, leave it out",
                "KEDA 2.17 ignores it; earlier versions read it",
            )
        ],
    ),
    Case(
        "trigger-metadata-is-known",
        "removed",
        [one("cpu", "type: Utilization, value: '70'")],
        [
            said(
                "type",
                '"Utilization"',
                "nothing: the parameter was removed from KEDA",
                "the scaler refuses a trigger that still has it",
            )
        ],
        KEDA_2_20,
    ),
    Case("trigger-metadata-is-known", "that one, when it was not", [one("cpu", "type: Utilization, value: '70'")]),
    Case(
        "trigger-metadata-is-known",
        "all of Redis",
        [
            redis_scaler(
                f"{REDIS}, listLength: '10', activationListLength: '1', databaseIndex: '1', enableTLS: 'true', unsafeSsl: 'false', passwordFromEnv: P, usernameFromEnv: U"
            )
        ],
    ),
    Case(
        "trigger-metadata-is-known",
        "shared code of several scalers",
        [
            one(
                "aws-sqs-queue",
                f"{SQS}, identityOwner: operator, awsAccessKeyIDFromEnv: A, awsSecretAccessKeyFromEnv: S",
            ),
            one("prometheus", f"{PROMETHEUS}, authModes: basic, namespace: shop, customHeaders: 'X-Scope-OrgID=shop'"),
            one("azure-queue", "queueName: q, connectionFromEnv: C, cloud: AzureUSGovernmentCloud"),
            one("gcp-pubsub", "subscriptionName: s, credentialsFromEnv: C, mode: SubscriptionSize, value: '5'"),
        ],
    ),
    Case(
        "trigger-metadata-is-known",
        "a program of one's own",
        [one("external", "scalerAddress: 'scaler.dev:9090', anything: goes, anythingFromEnv: A")],
    ),
    Case(
        "trigger-metadata-is-known",
        "of that version",
        [one("kafka", f"{KAFKA}, ensureEvenDistributionOfPartitions: 'true'")],
        versions=KEDA_2_20,
    ),
    Case(
        "trigger-metadata-is-complete",
        "no region",
        [one("aws-sqs-queue", "queueURL: jobs")],
        [
            f"{TRIGGER}.metadata.awsRegion is missing; allowed: awsRegion, or awsRegion from a TriggerAuthentication; the aws-sqs-queue scaler has no default for it, and the trigger never works"
        ],
    ),
    Case(
        "trigger-metadata-is-complete",
        "no threshold, and an empty query",
        [one("prometheus", "serverAddress: 'http://prometheus.monitoring:9090', query: ' '")],
        [
            f'{TRIGGER}.metadata.query is " "; allowed: query; the prometheus scaler has no default for it, and the trigger never works'.replace(
                '" "', '""'
            ),
            f"{TRIGGER}.metadata.threshold is missing; allowed: threshold; the prometheus scaler has no default for it, and the trigger never works",
        ],
    ),
    Case(
        "trigger-metadata-is-complete",
        "a topic without a group, read by hand",
        [one("kafka", "bootstrapServers: 'kafka.dev:9092', topic: t")],
        [
            f"{TRIGGER}.metadata.consumerGroup is missing; allowed: consumerGroup, or consumerGroupFromEnv; the kafka scaler has no default for it, and the trigger never works"
        ],
    ),
    Case(
        "trigger-metadata-is-complete",
        "an authentication that gives something else",
        [
            one("rabbitmq", "queueName: q", ", authenticationRef: {name: redis}"),
            authentication("secretTargetRef: [{parameter: password, name: s, key: k}]"),
        ],
        [
            f"{TRIGGER}.metadata.host is missing; allowed: host, or hostFromEnv, or host from a TriggerAuthentication; the rabbitmq scaler has no default for it, and the trigger never works"
        ],
    ),
    Case(
        "trigger-metadata-is-complete",
        "a cron job's number of replicas",
        [job("cron", "timezone: UTC, start: 0 8 * * *, end: 0 20 * * *")],
        [
            "ScaledJob dev/web: spec.triggers[0].metadata.desiredReplicas is missing; allowed: desiredReplicas; the cron scaler has no default for it, and the trigger never works"
        ],
    ),
    Case("trigger-metadata-is-complete", "the region there", [one("aws-sqs-queue", SQS)]),
    Case(
        "trigger-metadata-is-complete",
        "from a variable",
        [one("rabbitmq", RABBIT), one("kafka", "bootstrapServersFromEnv: B, consumerGroupFromEnv: G")],
    ),
    *(
        Case(
            "trigger-metadata-is-complete",
            f"from {source}",
            [one("rabbitmq", "queueName: q", ", authenticationRef: {name: redis}"), authentication(spec)],
        )
        for source, spec in {
            "a Secret": "secretTargetRef: [{parameter: host, name: s, key: k}]",
            "a ConfigMap": "configMapTargetRef: [{parameter: host, name: s, key: k}]",
            "a variable of the target": "env: [{parameter: host, name: BROKER_URL}]",
            "Vault": "hashiCorpVault: {address: 'https://vault', authentication: token, secrets: [{parameter: host, path: p, key: k}]}",
            "Azure": "azureKeyVault: {vaultUri: 'https://v', secrets: [{parameter: host, name: n}]}",
            "GCP": "gcpSecretManager: {secrets: [{parameter: host, id: i}]}",
            "AWS": "awsSecretManager: {region: eu-west-1, secrets: [{parameter: host, name: n}]}",
            "a service account's token": "boundServiceAccountToken: [{parameter: host, serviceAccountName: s}]",
            "a file of the operator": "filePath: /credentials/rabbitmq.json",
        }.items()
    ),
    Case(
        "trigger-metadata-is-complete",
        "from an authentication that is not here",
        [
            one("rabbitmq", "queueName: q", ", authenticationRef: {name: broker}"),
            one("rabbitmq", "queueName: q", ", authenticationRef: {name: broker, kind: ClusterTriggerAuthentication}"),
        ],
    ),
    Case(
        "trigger-value-is-readable",
        "words for numbers",
        [redis_scaler(f"{REDIS}, listLength: ten, databaseIndex: zero, enableTLS: 'yes'")],
        [
            said("listLength", '"ten"', WHOLE, UNREADABLE),
            said("databaseIndex", '"zero"', WHOLE, UNREADABLE),
            said("enableTLS", '"yes"', SWITCH, UNREADABLE),
        ],
    ),
    Case(
        "trigger-value-is-readable",
        "numbers that JSON does not have",
        [
            redis_scaler(f"{REDIS}, listLength: '05', activationListLength: '2.5'"),
            one("redis-streams", "address: 'redis.dev:6379', stream: s, pendingEntriesCount: '1e3'"),
            one("prometheus", "serverAddress: 'http://p', query: q, threshold: '.5', activationThreshold: '+1'"),
        ],
        [
            said("listLength", '"05"', WHOLE, NO_LEADING),
            said("activationListLength", '"2.5"', WHOLE, NO_FRACTION),
            said("pendingEntriesCount", '"1e3"', WHOLE, NO_FRACTION),
            said("threshold", '".5"', NUMBER, NO_LEADING),
            said("activationThreshold", '"+1"', NUMBER, NO_LEADING),
        ],
    ),
    Case(
        "trigger-value-is-readable",
        "read by hand",
        [one("kafka", f"{KAFKA}, lagThreshold: '1.5', allowIdleConsumers: maybe")],
        [
            said("lagThreshold", '"1.5"', WHOLE, UNREADABLE),
            said("allowIdleConsumers", '"maybe"', SWITCH, UNREADABLE),
        ],
    ),
    Case(
        "trigger-value-is-readable",
        "of a choice",
        [
            one("kafka", f"{KAFKA}, offsetResetPolicy: oldest"),
            one("prometheus", f"{PROMETHEUS}, authModes: 'basic,bearer'"),
            one("prometheus", f"{PROMETHEUS}, customHeaders: 'X-Scope-OrgID: shop', timeout: 3s"),
        ],
        [
            said(
                "offsetResetPolicy",
                '"oldest"',
                "one of earliest, latest",
                'the scaler refuses "oldest", and the trigger never works',
            ),
            said(
                "authModes",
                '"basic,bearer"',
                "one of basic, bearer, oauth",
                'the scaler takes "basic", "bearer" only by itself',
            ),
            said(
                "customHeaders",
                '"X-Scope-OrgID: shop"',
                "key=value pairs, with a comma between them",
                "the scaler refuses anything else",
            ),
            said("timeout", '"3s"', WHOLE, UNREADABLE),
        ],
        Versions(keda="2.17"),
    ),
    Case(
        "trigger-value-is-readable",
        "beyond 64 bits, and below zero",
        [redis_scaler(f"{REDIS}, listLength: '99999999999999999999'")],
        [said("listLength", '"99999999999999999999"', WHOLE, NO_FRACTION)],
    ),
    Case(
        "trigger-value-is-readable",
        "numbers and switches",
        [redis_scaler(f"{REDIS}, listLength: ' 10 ', databaseIndex: '0', enableTLS: 'T', activationListLength: ''")],
    ),
    Case(
        "trigger-value-is-readable",
        "leading zeros, where they are read by hand",
        [one("kafka", f"{KAFKA}, lagThreshold: '05'")],
    ),
    Case(
        "trigger-value-is-readable",
        "fractions, exponents, durations, lists and ranges",
        [
            one(
                "prometheus", f"{PROMETHEUS}, activationThreshold: '-1.5e-3', timeout: 1m30s, customHeaders: 'A=1, B=2'"
            ),
            one("apache-kafka", f"{KAFKA}, partitionLimitation: '1-3,7', tls: enable"),
        ],
        versions=KEDA_2_21,
    ),
    Case(
        "trigger-value-is-readable",
        "still to be filled in",
        [
            redis_scaler(
                f"{REDIS}, listLength: '${{LENGTH}}', databaseIndex: '{{{{ .Values.index }}}}', enableTLS: 'ENC[AES256,data:x]'"
            )
        ],
    ),
    Case(
        "trigger-target-is-positive",
        "nothing a replica",
        [
            redis_scaler(f"{REDIS}, listLength: '0'"),
            one("prometheus", "serverAddress: 'http://p', query: q, threshold: '0.0004'"),
            one("kafka", f"{KAFKA}, lagThreshold: '-1'"),
        ],
        [
            said("listLength", '"0"', "a number above 0", "an HPA takes no target of 0, so KEDA's is refused"),
            said("threshold", '"0.0004"', "a number above 0", "an HPA takes no target of 0, so KEDA's is refused"),
            said("lagThreshold", '"-1"', "a number above 0", "an HPA takes no target of 0, so KEDA's is refused"),
        ],
    ),
    Case(
        "trigger-target-is-positive",
        "one a replica",
        [
            redis_scaler(f"{REDIS}, listLength: '1', activationListLength: '0'"),
            one("prometheus", "serverAddress: 'http://p', query: q, threshold: '0.001'"),
        ],
    ),
    Case(
        "trigger-target-is-positive",
        "a formula has the target",
        [
            scaler(
                spec="advanced: {scalingModifiers: {formula: a + 1, target: '5'}}",
                triggers=f"[{{type: redis, name: a, metadata: {{{REDIS}, listLength: '0'}}}}]",
            )
        ],
    ),
]
