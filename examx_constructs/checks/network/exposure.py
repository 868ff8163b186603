"""A rule on Services that open a Redis server or a database to others than the pods of the cluster."""

import ipaddress
import re
from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.finding import Finding, Severity, finding, rule
from examx_constructs.checks.redis.servers import is_server
from examx_constructs.manifests.commands import base_name
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.object_id import words
from examx_constructs.manifests.pods import Pod
from examx_constructs.manifests.resources import Manifests, Resource
from examx_constructs.manifests.selection import served

_IMAGES = words(
    """arangodb cassandra clickhouse clickhouse-server cockroach couchdb couchbase dgraph elasticsearch etcd
    influxdb mariadb mariadb-galera memcached mongo mongodb mongodb-community-server mysql mysql-server neo4j opensearch
    percona percona-server pgvector postgis postgres postgresql postgresql-repmgr questdb rethinkdb scylla solr
    spilo-16 spilo-17 sqlserver surrealdb timescaledb timescaledb-ha"""
)
_SQL_SERVER = "mssql/server"
_PORTS = {
    1433: "SQL Server",
    3306: "MySQL",
    5432: "PostgreSQL",
    6379: "Redis",
    9042: "Cassandra",
    11211: "Memcached",
    27017: "MongoDB",
}
_INSIDE = regex(r"internal|intranet|private", re.IGNORECASE)
_AWS_TYPE = "service.beta.kubernetes.io/aws-load-balancer-type"
_AWS_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_AWS_CONTROLLER = frozenset({"external", "nlb-ip"})
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_EVERYBODY = frozenset({"0.0.0.0/0", "::/0"})
_OFF = frozenset({"false", "no", "0", ""})


@rule("OWASP Kubernetes Top Ten, K07; Redis documentation, Redis security; Kubernetes documentation, Service, type")
def data_service_stays_inside(manifests: Manifests) -> Iterator[Finding]:
    """A Service of a Redis server or a database is reached from within the cluster alone.

    A NodePort opens it on every node, a LoadBalancer to the Internet unless an annotation says internal, or
    `loadBalancerSourceRanges` who may come. Where the server is known by its port alone, it is a warning.
    """
    for service in manifests.kind("Service"):
        opened = _opened(service)
        if opened is None:
            continue
        pods = served(manifests, service)
        server = next((name for pod in pods if (name := _server(manifests, pod))), None)
        by_port = next((_PORTS[port] for port in _ports(service) if port in _PORTS), None)
        if server or by_port:
            yield finding(
                opened,
                "ClusterIP, or an internal load balancer; better, no address outside of the cluster",
                f"{server or by_port} answers others than the pods of the cluster",
                severity=Severity.ERROR if server else Severity.WARNING,
            )


def _opened(service: Resource) -> Node | None:
    """Return the field that opens a Service to others; None where nothing does."""
    kind = service.spec["type"]
    if kind.text == "LoadBalancer" and not _is_inside(service):
        return kind
    if kind.text == "NodePort":
        return kind
    return service.spec["externalIPs"] if any(True for _ in service.spec["externalIPs"]) else None


def _is_inside(service: Resource) -> bool:
    """Return whether a load balancer has an inner address, or lets some networks in alone."""
    annotations = service.annotations
    ranges = {*service.spec["loadBalancerSourceRanges"].texts, *annotations[_RANGES].text.replace(" ", "").split(",")}
    if (ranges := ranges - {""}) and not ranges & _EVERYBODY:
        return True
    # The AWS controller's load balancers are internal unless it is told otherwise; those of its predecessor are not.
    of_controller = annotations[_AWS_TYPE].text in _AWS_CONTROLLER or service.spec["loadBalancerClass"].text.startswith(
        "service.k8s.aws/"
    )
    if of_controller:
        return annotations[_AWS_SCHEME].text != "internet-facing"
    told = ((key, value.text) for key, value in annotations.entries())
    inner = any(_INSIDE.search(f"{key.rpartition('/')[2]} {text}") and text.lower() not in _OFF for key, text in told)
    return inner or _is_private(service.spec["loadBalancerIP"].text)


def _is_private(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False


def _server(manifests: Manifests, pod: Pod) -> str:
    """Return the server that the main container of a pod is, by its image or what it runs; empty where it is none."""
    for container in list(pod.spec["containers"])[:1]:
        image = container["image"].text.partition("@")[0]
        name = base_name(image).partition(":")[0]
        if name in _IMAGES:
            return name
        if _SQL_SERVER in image:
            return "SQL Server"
        if is_server(manifests, pod, container):
            return "Redis"
    return ""


def _ports(service: Resource) -> Iterator[int | None]:
    for port in service.spec["ports"]:
        yield port["port"].number
        yield port["targetPort"].number
