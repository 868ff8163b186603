"""Cases of Redis servers and databases that others can reach."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj, workload

ALLOWED = "ClusterIP, or an internal load balancer; better, no address outside of the cluster"
AWS = "service.beta.kubernetes.io/aws-load-balancer"


def service(kind: str, port: int = 6379, name: str = "db", more: str = "", **meta: str) -> Object:
    return obj("Service", name, f"type: {kind}\nselector: {{app: {name}}}\nports: [{{port: {port}}}]\n{more}", **meta)


def opened(kind: str, server: str, name: str = "db", field: str = "type") -> str:
    return f"Service dev/{name}: spec.{field} is {kind}; allowed: {ALLOWED}; {server} answers others than the pods of the cluster"


REDIS = workload("db", "image: redis:8", kind="StatefulSet")

CASES = [
    Case(
        "data-service-stays-inside",
        "Redis on every node",
        [REDIS, service("NodePort")],
        [opened('"NodePort"', "Redis")],
    ),
    Case("data-service-stays-inside", "Redis within the cluster", [REDIS, service("ClusterIP")]),
    Case(
        "data-service-stays-inside",
        "databases on load balancers, by addresses, by a command, by a port alone",
        [
            workload("pg", "image: docker.io/bitnami/postgresql:17"),
            service("LoadBalancer", 5432, "pg"),
            workload("sql", "image: mcr.microsoft.com/mssql/server:2022-latest", kind="StatefulSet"),
            service("LoadBalancer", 80, "sql", annotations=f"{{{AWS}-internal: 'false'}}"),
            workload("mongo", "image: mongo@sha256:00"),
            service("ClusterIP", 1, "mongo", "externalIPs: [198.51.100.7]"),
            workload("cache", "image: example/base:1\ncommand: [valkey-server, /etc/valkey.conf]"),
            service("LoadBalancer", 1, "cache", annotations=f"{{{AWS}-type: external, {AWS}-scheme: internet-facing}}"),
            service("LoadBalancer", 3306, "gone", "loadBalancerSourceRanges: [0.0.0.0/0]"),
        ],
        [
            opened('"LoadBalancer"', "postgresql", "pg"),
            opened('"LoadBalancer"', "SQL Server", "sql"),
            opened("a list of 1", "mongo", "mongo", "externalIPs"),
            opened('"LoadBalancer"', "Redis", "cache"),
            opened('"LoadBalancer"', "MySQL", "gone"),
        ],
    ),
    Case(
        "data-service-stays-inside",
        "internal load balancers, some networks, other programs, an exporter, a headless Service",
        [
            REDIS,
            *(
                service("LoadBalancer", annotations=f"{{{text}}}")
                for text in (
                    f"{AWS}-internal: 'true'",
                    f"{AWS}-scheme: internal",
                    f"{AWS}-type: external",
                    "service.beta.kubernetes.io/azure-load-balancer-internal: 'true'",
                    "networking.gke.io/load-balancer-type: Internal",
                )
            ),
            service("LoadBalancer", more="loadBalancerClass: service.k8s.aws/nlb"),
            service("LoadBalancer", more="loadBalancerSourceRanges: [10.0.0.0/8]"),
            service("LoadBalancer", more="loadBalancerIP: 10.1.2.3"),
            workload("web", "image: example/web:1"),
            service("LoadBalancer", 443, "web"),
            service("NodePort", 9121, "exporter"),
            obj("Service", "head", "clusterIP: None\nselector: {app: db}\nports: [{port: 6379}]"),
        ],
    ),
]
