"""Redis: three shapes, and the addresses by which the application and KEDA reach it."""

import attrs
import pytest

from examx_constructs.settings import (
    Quantity,
    RedisAddress,
    RedisPersistence,
    Replicas,
    SentinelAddress,
)
from tests.unit.settings.samples import EXTERNAL, PERSISTENCE, REDIS_ADDRESS, REPLICATED, SENTINEL_ADDRESS, STANDALONE
from tests.unit.settings.support import refusal

HOST = "cache.example.com"
HOSTS = ("s0.example.com", "s1.example.com", "s2.example.com")
ODD = "an odd number of at least 3 is needed, each once: fewer have no majority to fail over"


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (RedisAddress(host=HOST), "redis://cache.example.com:6379/0"),
        (RedisAddress(host=HOST, port=6380, database=15), "redis://cache.example.com:6380/15"),
        (RedisAddress(host=HOST, authenticated=True), "redis://:$(REDIS_PASSWORD)@cache.example.com:6379/0"),
        (RedisAddress(host=HOST, tls=True), "rediss://cache.example.com:6379/0?ssl_cert_reqs=required"),
        (
            RedisAddress(host=HOST, tls=True, authenticated=True),
            "rediss://:$(REDIS_PASSWORD)@cache.example.com:6379/0?ssl_cert_reqs=required",
        ),
        (
            SentinelAddress(hosts=HOSTS, master_name="examx"),
            "sentinel://s0.example.com:26379/0;sentinel://s1.example.com:26379/0;sentinel://s2.example.com:26379/0",
        ),
        (
            SentinelAddress(hosts=HOSTS, master_name="examx", port=26380, database=2, authenticated=True),
            ";".join(f"sentinel://:$(REDIS_PASSWORD)@s{number}.example.com:26380/2" for number in range(3)),
        ),
        (
            RedisAddress(host=HOST, authenticated=True, user="application"),
            "redis://application:$(REDIS_PASSWORD)@cache.example.com:6379/0",
        ),
        (
            SentinelAddress(hosts=HOSTS, master_name="examx", authenticated=True, user="application"),
            ";".join(f"sentinel://application:$(REDIS_PASSWORD)@s{number}.example.com:26379/0" for number in range(3)),
        ),
    ],
)
def test_the_url_of_the_application(address: RedisAddress | SentinelAddress, url: str) -> None:
    assert address.url == url
    assert address.environment["REDIS_URL"] == url


def test_celery_learns_the_name_of_the_primary() -> None:
    assert SENTINEL_ADDRESS.environment == {"REDIS_URL": SENTINEL_ADDRESS.url, "REDIS_SENTINEL_MASTER": "examx"}
    assert REDIS_ADDRESS.environment.keys() == {"REDIS_URL"}


@pytest.mark.parametrize(
    ("address", "kind", "metadata"),
    [
        (RedisAddress(host=HOST), "redis", {"address": "cache.example.com:6379", "databaseIndex": "0"}),
        (
            RedisAddress(host=HOST, port=6380, database=3, tls=True, authenticated=True),
            "redis",
            {"address": "cache.example.com:6380", "databaseIndex": "3", "enableTLS": "true"},
        ),
        (
            SentinelAddress(hosts=HOSTS, master_name="examx", database=1, authenticated=True),
            "redis-sentinel",
            {
                "addresses": "s0.example.com:26379,s1.example.com:26379,s2.example.com:26379",
                "sentinelMaster": "examx",
                "databaseIndex": "1",
            },
        ),
        (
            RedisAddress(host=HOST, authenticated=True, scaler_user="keda"),
            "redis",
            {"address": "cache.example.com:6379", "databaseIndex": "0", "username": "keda"},
        ),
        (
            SentinelAddress(hosts=HOSTS, master_name="examx", authenticated=True, scaler_user="keda"),
            "redis-sentinel",
            {
                "addresses": "s0.example.com:26379,s1.example.com:26379,s2.example.com:26379",
                "sentinelMaster": "examx",
                "databaseIndex": "0",
                "username": "keda",
                "sentinelUsername": "keda",
            },
        ),
    ],
)
def test_the_trigger_of_keda(address: RedisAddress | SentinelAddress, kind: str, metadata: dict[str, str]) -> None:
    assert address.trigger_type == kind
    assert address.trigger_metadata == metadata


@pytest.mark.parametrize("host", ["redis", "redis://cache.example.com", "cache.example.com:6379", "Cache.example.com"])
def test_a_host_is_fully_qualified_and_no_url(host: str) -> None:
    allowed = "it must be a fully qualified host name in lower case, such as app.example.com"
    assert refusal(lambda: attrs.evolve(REDIS_ADDRESS, host=host)) == f'RedisAddress.host is "{host}"; {allowed}'
    assert refusal(lambda: attrs.evolve(EXTERNAL, host=host)) == f'ExternalRedis.host is "{host}"; {allowed}'
    assert refusal(lambda: attrs.evolve(SENTINEL_ADDRESS, hosts=(*HOSTS[:2], host))) == (
        f'SentinelAddress.hosts is "{host}"; {allowed}'
    )


@pytest.mark.parametrize("sample", [REDIS_ADDRESS, SENTINEL_ADDRESS, EXTERNAL])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"port": 0}, "port is 0; the least is 1: a TCP port"),
        ({"port": 65536}, "port is 65536; the most is 65535: a TCP port"),
        ({"database": -1}, "database is -1; the least is 0: Redis numbers databases from 0"),
        ({"database": 16}, "database is 16; the most is 15: Redis has 16 databases unless configured otherwise"),
    ],
)
def test_refuses_a_port_or_database_out_of_range(sample: object, changes: dict[str, int], message: str) -> None:
    assert refusal(lambda: attrs.evolve(sample, **changes)) == f"{type(sample).__name__}.{message}"


@pytest.mark.parametrize(
    "hosts",
    [(), HOSTS[:1], HOSTS[:2], (*HOSTS, "s3.example.com"), HOSTS[:1] * 3, (*HOSTS, *HOSTS[:2])],
    ids=["none", "one", "two", "four", "one thrice", "two twice"],
)
def test_sentinels_have_a_majority(hosts: tuple[str, ...]) -> None:
    message = refusal(lambda: attrs.evolve(SENTINEL_ADDRESS, hosts=hosts))
    assert message == f"SentinelAddress.hosts is {hosts!r}; {ODD}"


def test_five_sentinels_are_accepted() -> None:
    hosts = (*HOSTS, "s3.example.com", "s4.example.com")
    assert attrs.evolve(SENTINEL_ADDRESS, hosts=hosts).url.count("sentinel://") == 5


def test_a_shape_keeps_its_data_unless_told_otherwise() -> None:
    assert attrs.evolve(STANDALONE, persistence=None).persistence is None
    assert attrs.evolve(REPLICATED, minimum_synced_replicas=0).minimum_synced_replicas == 0
    assert EXTERNAL.tls


@pytest.mark.parametrize(
    ("sample", "changes", "message"),
    [
        (
            REPLICATED,
            {"replicas": Replicas.between(0, 5)},
            "ReplicatedRedis.replicas.minimum is 0; the least is 1: without a replica nothing can fail over",
        ),
        (
            REPLICATED,
            {"replicas": Replicas.between(1, 21)},
            "ReplicatedRedis.replicas.maximum is 21; the most is 20: the leader feeds each of them",
        ),
        (
            REPLICATED,
            {"minimum_synced_replicas": 3},
            "ReplicatedRedis.minimum_synced_replicas is 3; the most is 2: there are two others that may lead",
        ),
        (
            REPLICATED,
            {"minimum_synced_replicas": -1},
            "ReplicatedRedis.minimum_synced_replicas is -1; the least is 0: 0 takes writes that one server alone has",
        ),
        (REPLICATED, {"master_name": "Examx"}, 'ReplicatedRedis.master_name is "Examx"; it must be a DNS label'),
        (REPLICATED, {"replica_cpu_utilization": 0}, "ReplicatedRedis.replica_cpu_utilization is 0; the least is 1"),
        (REPLICATED, {"persistence": None}, "ReplicatedRedis.persistence is None; it must be RedisPersistence"),
        (
            EXTERNAL,
            {"cidrs": ()},
            "ExternalRedis.cidrs is (); it must name a network: a NetworkPolicy without one allows all",
        ),
        (EXTERNAL, {"cidrs": ("10.0.0.1",)}, 'ExternalRedis.cidrs is "10.0.0.1"; it must be a network in CIDR form'),
        (PERSISTENCE, {"storage_class": ""}, 'RedisPersistence.storage_class is ""; it must be a DNS label'),
        (PERSISTENCE, {"size": Quantity("10")}, "RedisPersistence.size is 10; it must be whole bytes, at least 8Mi"),
        (STANDALONE, {"passwords": "hunter"}, 'StandaloneRedis.passwords is "hunter"; it must be KubernetesSecret'),
        (REPLICATED, {"passwords": None}, "ReplicatedRedis.passwords is None; it must be KubernetesSecret"),
        (EXTERNAL, {"password": "hunter"}, 'ExternalRedis.password is "hunter"; it must be SecretsManagerSecret'),
        (
            EXTERNAL,
            {"username": "app"},
            'ExternalRedis.username is "app"; it must be None where no password is set',
        ),
        (EXTERNAL, {"username": "a:b"}, 'ExternalRedis.username is "a:b"; it must be letters, digits and . _ ~ - only'),
        (
            REDIS_ADDRESS,
            {"user": "application"},
            'RedisAddress.user is "application"; it must be None without a password (authenticated=False)',
        ),
        (
            SENTINEL_ADDRESS,
            {"scaler_user": "keda"},
            'SentinelAddress.scaler_user is "keda"; it must be None without a password (authenticated=False)',
        ),
    ],
)
def test_refuses_a_shape_that_would_lose_tasks(sample: object, changes: dict[str, object], message: str) -> None:
    assert refusal(lambda: attrs.evolve(sample, **changes)).startswith(message)


def test_a_volume_of_any_real_size_is_accepted() -> None:
    assert RedisPersistence(size=Quantity("16Ti"), storage_class="io2").size == Quantity("16Ti")
