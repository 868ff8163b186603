"""Cases of Ingress backends that others make, or may."""

from tests.unit.checks.support import Case, Object, obj

SERVICE = obj("Service", "web", "selector: {app: web}\nports: [{name: http, port: 80}]")


def ingress(name: str, namespace: str = "dev") -> Object:
    rules = (
        f"rules: [{{http: {{paths: [{{path: /, backend: {{service: {{name: '{name}', port: {{number: 80}}}}}}}}]}}}}]"
    )
    return obj("Ingress", "web", rules, namespace=namespace)


def custom(api_version: str, kind: str, namespace: str = "dev", spec: str = "a: b") -> Object:
    return obj(kind, "one", spec, namespace=namespace) | {"apiVersion": api_version}


CASES = [
    Case(
        "ingress-backend-exists",
        "a chart that is installed beside it, an operator's resource, a placeholder",
        [
            SERVICE,
            custom("helm.toolkit.fluxcd.io/v2", "HelmRelease"),
            ingress("grafana"),
            custom("postgresql.cnpg.io/v1", "Cluster", "data"),
            obj("Service", "web", "ports: [{port: 80}]", namespace="data"),
            ingress("one-rw", "data"),
            obj("Service", "web", "ports: [{port: 80}]", namespace="later"),
            ingress("${SERVICE}", "later"),
        ],
    ),
]
