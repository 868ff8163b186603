"""Cases of the rule on Ingresses of any controller."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj

REFUSED = "the API server refuses the Ingress"
RULE = "Ingress dev/web: spec.rules[0]"
HOST = "a name in small letters without a port, such as www.example.com or *.example.com"


def path(given: str = "{path: /, pathType: Prefix}", host: str = "null", port: str = "{number: 80}") -> Object:
    """An Ingress with one path to the Service `web`."""
    backend = f"{{backend: {{service: {{name: web, port: {port}}}}}}}"
    return obj("Ingress", "web", f"rules: [{{host: {host}, http: {{paths: [{given[:-1]}, {backend[1:]}]}}}}]")


CASES = [
    Case(
        "ingress-is-valid",
        "no type",
        [path("{path: /}")],
        [f"{RULE}.http.paths[0].pathType is missing; allowed: Exact, Prefix, ImplementationSpecific; {REFUSED}"],
    ),
    Case("ingress-is-valid", "a type", [path()]),
    Case(
        "ingress-is-valid",
        "paths without a slash, with two, with an escaped one, a type that is none",
        [
            path("{path: api, pathType: Prefix}"),
            path("{path: ^/api, pathType: ImplementationSpecific}"),
            path("{path: /a//b, pathType: Exact}"),
            path("{path: /a/.., pathType: Prefix}"),
            path("{path: /a%2Fb, pathType: Prefix}"),
            path("{pathType: Prefix}"),
            path("{path: /, pathType: prefix}"),
        ],
        [
            f'{RULE}.http.paths[0].path is "api"; allowed: a path that begins with /; {REFUSED}',
            f'{RULE}.http.paths[0].path is "^/api"; allowed: a path that begins with /; {REFUSED}',
            f'{RULE}.http.paths[0].path is "/a//b"; allowed: a path without //; {REFUSED}',
            f'{RULE}.http.paths[0].path is "/a/.."; allowed: a path without /..; {REFUSED}',
            f'{RULE}.http.paths[0].path is "/a%2Fb"; allowed: a path without %2F; {REFUSED}',
            f"{RULE}.http.paths[0].path is missing; allowed: a path that begins with /; {REFUSED}",
            f'{RULE}.http.paths[0].pathType is "prefix"; allowed: Exact, Prefix, ImplementationSpecific; {REFUSED}',
        ],
    ),
    Case(
        "ingress-is-valid",
        "hosts with a port, in capitals, with two stars, that are addresses; of certificates too",
        [
            path(host="'www.example.com:443'"),
            path(host="WWW.example.com"),
            path(host="'*.*.example.com'"),
            path(host="'192.0.2.1'"),
            obj(
                "Ingress", "web", "{defaultBackend: {resource: {kind: Bucket, name: web}}, tls: [{hosts: [https://a]}]}"
            ),
        ],
        [
            *(
                f'{RULE}.host is "{host}"; allowed: {HOST}; {REFUSED}'
                for host in ("www.example.com:443", "WWW.example.com", "*.*.example.com")
            ),
            f'{RULE}.host is "192.0.2.1"; allowed: a name, not an address; {REFUSED}',
            f'Ingress dev/web: spec.tls[0].hosts[0] is "https://a"; allowed: {HOST}; {REFUSED}',
        ],
    ),
    Case(
        "ingress-is-valid",
        "no rule, no path, no backend, two ports, a name for a number, a number for a name",
        [
            obj("Ingress", "web", "{ingressClassName: alb}"),
            obj("Ingress", "web", "rules: [{http: {paths: []}}]"),
            obj("Ingress", "web", "defaultBackend: {}"),
            path(port="{name: http, number: 80}"),
            path(port="{number: http}"),
            path(port="{name: '80'}"),
            obj("Ingress", "web", "defaultBackend: {service: {port: {number: 80}}}"),
        ],
        [
            f"Ingress dev/web: spec.rules is missing; allowed: at least one rule, or a defaultBackend; {REFUSED}",
            f"{RULE}.http.paths is an empty list; allowed: at least one path; {REFUSED}",
            f"Ingress dev/web: spec.defaultBackend is an empty mapping; allowed: either a service, or a resource; {REFUSED}",
            f"{RULE}.http.paths[0].backend.service.port is a mapping of 2 keys; allowed: either the name of a port, or its number; {REFUSED}",
            f'{RULE}.http.paths[0].backend.service.port.number is "http"; allowed: a number from 1 to 65535; a name goes into port.name; {REFUSED}',
            (
                f'{RULE}.http.paths[0].backend.service.port.name is "80"; allowed: small letters, digits and - between them, with a letter, at most'
                f" 15 characters; a number goes into port.number; {REFUSED}"
            ),
            f"Ingress dev/web: spec.defaultBackend.service.name is missing; allowed: the name of a Service; {REFUSED}",
        ],
    ),
    Case(
        "ingress-is-valid",
        "wildcards, empty hosts, paths of the controller's sort, what is filled in, an action, the old API",
        [
            path(host="'*.example.com'"),
            path(host="www.$DOMAIN"),
            obj(
                "Ingress", "web", "{defaultBackend: {resource: {kind: Bucket, name: web}}, tls: [{hosts: [192.0.2.1]}]}"
            ),
            path("{path: /api(/|$)(.*), pathType: ImplementationSpecific}", "''"),
            path("{pathType: ImplementationSpecific}", port="{name: use-annotation}"),
            path("{path: '${PREFIX}', pathType: Prefix}", "'{{ .host }}'", "{number: '${PORT}'}"),
            obj("Ingress", "web", annotations="{part: of an example}"),
            obj(
                "Ingress",
                "web",
                "rules: [{http: {paths: [{path: /, backend: {serviceName: web, servicePort: 80}}]}}]",
                root="apiVersion: networking.k8s.io/v1beta1",
            ),
        ],
    ),
]
