"""Cases of the rules on the servers that triggers ask."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.keda_metadata import authentication, one
from tests.unit.checks.support import Case, Object, obj, redis_scaler, scaler, workload

SERVICE = obj("Service", "redis", "{selector: {app: redis}, ports: [{port: 6379}]}")
NO_SERVICE = "no Service in these manifests has that name, and KEDA would find no server"
NO_PORT = "nothing answers at any other"
LOGIN = "env: [{name: REDIS_URL, value: 'redis://app:$(PASSWORD)@redis.dev:6379/0'}]"
WITH = ", authenticationRef: {name: redis}"
PASSWORD = authentication("secretTargetRef: [{parameter: password, name: s, key: k}]")


def at(address: str) -> Object:
    """A Redis trigger with this address."""
    return redis_scaler(f"listName: default, address: '{address}'")


def said(key: str, value: str, allowed: str, why: str) -> str:
    """The finding on a key of the one trigger."""
    return f'ScaledObject dev/web: spec.triggers[0].metadata.{key} is "{value}"; allowed: {allowed}; {why}'


CASES = [
    *(
        Case(
            "trigger-server-exists",
            address,
            [SERVICE, at(address)],
            [said("address", address, "a Service of namespace dev: redis", NO_SERVICE)],
        )
        for address in (
            "redis-master.dev:6379",
            "rediss.dev.svc:6379",
            "cache.dev.svc.cluster.local:6379",
            "redis-0.cache.dev.svc.cluster.local.:6379",
        )
    ),
    Case(
        "trigger-server-exists",
        "another port",
        [SERVICE, at("redis.dev.svc.cluster.local:6380")],
        [said("address", "redis.dev.svc.cluster.local:6380", "a port of Service redis: 6379", NO_PORT)],
    ),
    Case(
        "trigger-server-exists",
        "Prometheus without its port",
        [
            obj("Service", "prometheus", "{selector: {app: p}, ports: [{port: 9090}, {port: 9091}]}"),
            one("prometheus", "serverAddress: 'http://prometheus.dev.svc/api', query: q"),
        ],
        [said("serverAddress", "http://prometheus.dev.svc/api", "a port of Service prometheus: 9090, 9091", NO_PORT)],
    ),
    Case(
        "trigger-server-exists",
        "there, by each of its names, and of others",
        [
            SERVICE,
            obj("Service", "peers", "{clusterIP: None, selector: {app: redis}, ports: [{port: 1}]}"),
            *(
                at(address)
                for address in (
                    *("redis.dev:6379", "redis.dev.svc:6379", "REDIS.dev.svc.cluster.local:6379"),
                    *(
                        "redis-0.peers.dev.svc.cluster.local:6379",
                        "redis.elsewhere:6379",
                        "redis.elsewhere.svc.cluster.local:6379",
                    ),
                    *("redis.example.com:6379", "10.0.0.1:6379", "${REDIS}.dev:6379", "example.com:6379"),
                )
            ),
            one("prometheus", "serverAddress: 'http://prometheus.monitoring:9090', query: q"),
            one("prometheus", "serverAddress: '${PROMETHEUS}', query: q"),
        ],
    ),
    *(
        Case(
            "sentinels-are-asked-as-such",
            metadata,
            [redis_scaler(f"listName: a, {metadata}")],
            [
                'ScaledObject dev/web: spec.triggers[0].type is "redis"; allowed: redis-sentinel, with sentinelMaster; port 26379 is that of Sentinels, which hold no lists'
            ],
        )
        for metadata in (
            "address: 'sentinel.dev:26379'",
            "addresses: 'a.dev:26379,b.dev:26379'",
            "host: sentinel.dev, port: '26379'",
        )
    ),
    Case(
        "sentinels-are-asked-as-such",
        "of their type, or no Sentinels",
        [
            redis_scaler("addresses: 'a.dev:26379', listName: a, sentinelMaster: m", kind="redis-sentinel"),
            at("redis.dev:6379"),
        ],
    ),
    Case(
        "redis-trigger-logs-in",
        "another trigger has a password",
        [
            PASSWORD,
            scaler(
                "api",
                target="api",
                triggers=f"[{{type: redis, metadata: {{address: 'redis.dev:6379', listName: a}}{WITH}}}]",
            ),
            at("redis.dev:6379"),
        ],
        [
            "ScaledObject dev/web: spec.triggers[0].authenticationRef is missing; allowed: a TriggerAuthentication that gives the password; others log in at redis.dev, and KEDA would be refused"
        ],
    ),
    Case(
        "redis-trigger-logs-in",
        "the target has one",
        [workload(container=LOGIN), at("redis.dev:6379")],
        [
            "ScaledObject dev/web: spec.triggers[0].authenticationRef is missing; allowed: a TriggerAuthentication that gives the password; others log in at redis.dev, and KEDA would be refused"
        ],
    ),
    Case(
        "redis-trigger-logs-in",
        "all of them have one, by any way, and another server needs none",
        [
            PASSWORD,
            workload(container=LOGIN),
            redis_scaler("address: 'redis.dev:6379', listName: a", more=WITH),
            redis_scaler("address: 'redis.dev:6379', listName: a, passwordFromEnv: PASSWORD"),
            redis_scaler("address: 'redis.dev:6379', listName: a", more=", authenticationRef: {name: elsewhere}"),
            at("cache.dev:6379"),
        ],
    ),
]
