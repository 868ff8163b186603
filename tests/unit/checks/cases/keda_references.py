"""Cases of what KEDA's objects name, for the rules on references."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda_metadata import authentication, one
from tests.unit.checks.support import Case, obj

NOTHING = "nothing in these manifests has that name"
WHERE = obj("ConfigMap", "where", root="data: {address: 'redis.dev:6379'}")
KEYS = obj("Secret", "keys", root="stringData: {id: example, secret: example}")
ACCOUNT = obj("ServiceAccount", "reader")
AWS = (
    "awsSecretManager: {credentials: {accessKey: {valueFrom: {secretKeyRef: {name: keys, key: id}}},"
    " accessSecretKey: {valueFrom: {secretKeyRef: {name: keys, key: secret}}}}, secrets: []}"
)
JOB = "{triggers: [{type: redis, metadata: {}, authenticationRef: {name: rediss}}]}"

CASES = [
    Case(
        "reference-leads-somewhere",
        "what a TriggerAuthentication reads, by another name",
        [
            WHERE,
            KEYS,
            ACCOUNT,
            authentication("configMapTargetRef: [{parameter: address, name: wherre, key: address}]", "config"),
            authentication(AWS.replace("keys, key: id", "keyss, key: id"), "aws"),
            authentication("boundServiceAccountToken: [{parameter: token, serviceAccountName: raeder}]", "token"),
        ],
        [
            f'TriggerAuthentication dev/config: spec.configMapTargetRef[0].name is "wherre"; allowed: a ConfigMap of the namespace: where; {NOTHING}',
            f'TriggerAuthentication dev/aws: spec.awsSecretManager.credentials.accessKey.valueFrom.secretKeyRef.name is "keyss"; allowed: a Secret of the namespace: keys; {NOTHING}',
            f'TriggerAuthentication dev/token: spec.boundServiceAccountToken[0].serviceAccountName is "raeder"; allowed: a ServiceAccount of the namespace: reader; {NOTHING}',
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "the authentication of a job, by another name",
        [authentication("secretTargetRef: []"), obj("ScaledJob", "web", JOB)],
        [
            f'ScaledJob dev/web: spec.triggers[0].authenticationRef.name is "rediss"; allowed: a TriggerAuthentication of the namespace: redis; {NOTHING}'
        ],
    ),
    Case(
        "reference-leads-somewhere",
        "all that an authentication reads is there, or of the whole cluster",
        [
            WHERE,
            KEYS,
            ACCOUNT,
            authentication("configMapTargetRef: [{parameter: address, name: where, key: address}]"),
            authentication(AWS, "aws"),
            authentication("boundServiceAccountToken: [{parameter: token, serviceAccountName: reader}]", "token"),
            obj("ScaledJob", "web", JOB.replace("rediss", "redis")),
            one("redis", "listName: a", ", authenticationRef: {name: rediss, kind: ClusterTriggerAuthentication}"),
        ],
    ),
    Case(
        "referenced-key-exists",
        "another key of the ConfigMap",
        [WHERE, authentication("configMapTargetRef: [{parameter: address, name: where, key: host}]")],
        [
            'TriggerAuthentication dev/redis: spec.configMapTargetRef[0].key is "host"; allowed: a key of ConfigMap where: address; the object does not have it'
        ],
    ),
]
