"""Cases of the rules on KEDA's triggers on Redis lists."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, obj, redis_scaler, scaler, workload

REDIS = "address: 'redis.dev:6379', listName: default"
AUTHENTICATION = obj(
    "TriggerAuthentication",
    "redis",
    "secretTargetRef: [{parameter: tls, name: s, key: k}, {parameter: address, name: s, key: a}]",
)
AUTHENTICATED = ", authenticationRef: {name: redis}"

CASES = [
    Case(
        "redis-trigger-has-address",
        "none, and half of one",
        [redis_scaler("listName: a"), redis_scaler("listName: b, host: redis.dev")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.address is missing; allowed: host:port, or host and port; KEDA would"
                " not know which Redis to ask"
            )
        ]
        * 2,
    ),
    Case(
        "redis-trigger-has-address",
        "every way to give it",
        [
            redis_scaler(REDIS),
            redis_scaler("hostFromEnv: REDIS_HOST, port: '6379'"),
            redis_scaler("listName: a", more=AUTHENTICATED),
            redis_scaler("listName: a", more=", authenticationRef: {name: shared, kind: ClusterTriggerAuthentication}"),
            redis_scaler("listName: a", more=", authenticationRef: {name: elsewhere}"),
            AUTHENTICATION,
        ],
    ),
    Case(
        "redis-address-is-host-and-port",
        "URLs, given and from variables",
        [
            workload(container="env: [{name: BROKER, value: 'redis://redis.dev:6379/0'}]"),
            redis_scaler("address: 'redis://:pw@redis.dev:6379/0'"),
            redis_scaler("addressFromEnv: BROKER"),
            redis_scaler("addressFromEnv: CELERY_BROKER_URL"),
            redis_scaler("host: 'redis.dev:6379', port: '6379'"),
        ],
        [
            f"ScaledObject dev/web: spec.triggers[0].metadata.{field}; allowed: {allowed}"
            for field, allowed in (
                *(
                    (text, "host:port; KEDA passes it to the Redis client as it is; a URL is never parsed")
                    for text in (
                        'address is "redis://:(redacted)@redis.dev:6379/0"',
                        'addressFromEnv is "BROKER"',
                        'addressFromEnv is "CELERY_BROKER_URL"',
                    )
                ),
                ('host is "redis.dev:6379"', "a host name alone; the port is apart, and a URL is not parsed"),
            )
        ],
    ),
    Case(
        "redis-address-is-host-and-port",
        "names, addresses, IPv6, several, a variable",
        [
            workload(container="env: [{name: REDIS_URL, value: 'redis.dev:6379'}]"),
            redis_scaler(REDIS),
            redis_scaler("addresses: '10.0.0.1:6379,[fd00::1]:6379', listName: a"),
            redis_scaler("addressFromEnv: REDIS_URL"),
            redis_scaler("host: redis.dev, port: '6379'"),
        ],
    ),
    Case(
        "redis-host-names-namespace",
        "bare Service names",
        [redis_scaler("address: 'redis:6379'"), redis_scaler("host: redis, port: '6379'")],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.address is "redis:6379"; allowed: redis.<namespace> or longer; KEDA'
                " resolves the name from its own namespace"
            ),
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.host is "redis"; allowed: redis.<namespace> or longer; KEDA'
                " resolves the name from its own namespace"
            ),
        ],
    ),
    Case(
        "redis-host-names-namespace",
        "full names and addresses",
        [redis_scaler(REDIS), redis_scaler("addresses: '10.0.0.1:6379,[fd00::1]:6379'")],
    ),
    Case(
        "redis-trigger-environment-exists",
        "only in .env, or of the pod's fields",
        [
            workload(
                container="env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}]\nenvFrom: [{configMapRef: {name: c}}]"
            ),
            obj("ConfigMap", "c", root="data: {HOST: redis.dev}"),
            redis_scaler("addressFromEnv: REDIS_ADDRESS, hostFromEnv: IP"),
        ],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.addressFromEnv is "REDIS_ADDRESS"; allowed: a variable in env or'
                " envFrom of container app; KEDA reads the manifest alone, so a variable from a mounted .env or the image is empty"
                " to it"
            ),
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.hostFromEnv is "IP"; allowed: a variable in env or envFrom of'
                " container app; KEDA reads the manifest alone, so a variable from a mounted .env or the image is empty to it"
            ),
        ],
    ),
    Case(
        "redis-trigger-environment-exists",
        "env, envFrom, an unseen Secret, an unseen target",
        [
            workload(
                container="env: [{name: HOST, value: redis.dev}, {name: PW, valueFrom: {secretKeyRef: {name: s, key: k}}}]\n"
                "envFrom: [{configMapRef: {name: c}}]"
            ),
            workload("api", "envFrom: [{secretRef: {name: elsewhere}}]"),
            obj("ConfigMap", "c", root="data: {PORT: '6379'}"),
            redis_scaler("hostFromEnv: HOST, portFromEnv: PORT, passwordFromEnv: PW"),
            scaler("api", target="api", triggers="[{type: redis, metadata: {addressFromEnv: ANY}}]"),
            scaler("gone", target="gone", triggers="[{type: redis, metadata: {addressFromEnv: ANY}}]"),
        ],
    ),
    Case(
        "redis-trigger-has-no-password",
        "a literal",
        [redis_scaler("password: not-a-real-one")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.password is set (redacted); allowed: a TriggerAuthentication that"
                " reads a Secret; manifests are no place for a password"
            )
        ],
    ),
    Case("redis-trigger-has-no-password", "from a variable", [redis_scaler("passwordFromEnv: REDIS_PASSWORD")]),
    Case(
        "redis-trigger-sets-tls-once",
        "in both places",
        [AUTHENTICATION, redis_scaler("enableTLS: 'true'", more=AUTHENTICATED)],
        [
            (
                'ScaledObject dev/web: spec.triggers[0].metadata.enableTLS is "true"; allowed: nothing, beside the authentication\'s'
                " tls parameter; KEDA refuses to have it set twice"
            )
        ],
    ),
    Case(
        "redis-trigger-sets-tls-once",
        "in one",
        [redis_scaler("enableTLS: 'true'"), AUTHENTICATION, redis_scaler(REDIS, more=AUTHENTICATED)],
    ),
    Case(
        "redis-trigger-names-list",
        "neither list nor master",
        [redis_scaler("address: 'redis.dev:26379'", kind="redis-sentinel")],
        [
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.listName is missing; allowed: the name of a list; there would be"
                " nothing to count"
            ),
            (
                "ScaledObject dev/web: spec.triggers[0].metadata.sentinelMaster is missing; allowed: the name of the master; Sentinel"
                " would not know which one to ask for"
            ),
        ],
    ),
    Case(
        "redis-trigger-names-list",
        "both",
        [redis_scaler("listName: a, sentinelMaster: m", kind="redis-sentinel"), redis_scaler("listName: a")],
    ),
    Case(
        "redis-trigger-has-address",
        "from an authentication, of each kind of source",
        [
            obj(
                "TriggerAuthentication",
                "config",
                "configMapTargetRef: [{parameter: address, name: where, key: address}]",
            ),
            obj("TriggerAuthentication", "vault", "hashiCorpVault: {secrets: [{parameter: address, path: p, key: k}]}"),
            obj("TriggerAuthentication", "file", "filePath: /credentials/redis.json"),
            obj(
                "TriggerAuthentication",
                "both",
                "secretTargetRef: [{parameter: host, name: s, key: h}]\nenv: [{parameter: port, name: P}]",
            ),
            *(
                redis_scaler("listName: default", more=f", authenticationRef: {{name: {name}}}")
                for name in ("config", "vault", "file", "both")
            ),
        ],
    ),
    Case(
        "redis-host-names-namespace",
        "still to be filled in",
        [redis_scaler("address: '${REDIS_HOST}:6379'"), redis_scaler("host: <redis-host>, port: '6379'")],
    ),
    Case(
        "redis-address-is-host-and-port",
        "still to be filled in",
        [redis_scaler("address: '${REDIS_ADDRESS}'"), redis_scaler("host: '{{ .Values.redis.host }}', port: '6379'")],
    ),
    Case(
        "redis-address-is-host-and-port",
        "a URL with a password that is filled in later, out of a variable",
        [
            workload(container="env: [{name: REDIS_URL, value: 'redis://app:$(PASSWORD)@redis.dev:6379/0'}]"),
            redis_scaler("addressFromEnv: REDIS_URL, listName: a"),
        ],
        [
            'ScaledObject dev/web: spec.triggers[0].metadata.addressFromEnv is "REDIS_URL"; allowed: host:port; KEDA passes it to the Redis client as it is; a URL is never parsed'
        ],
    ),
]
