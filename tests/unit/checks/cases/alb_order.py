"""Cases of the rule on the order of a listener's rules."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import ingress
from tests.unit.checks.support import Case, Object

LATE = "no request gets to this rule"


def path(given: str, service: str = "web", kind: str = "Prefix", port: str = "{number: 80}") -> str:
    """One path of a rule."""
    return f"{{path: '{given}', pathType: {kind}, backend: {{service: {{name: {service}, port: {port}}}}}}}"


def rules(*hosts: tuple[str, list[str]], name: str = "web", annotations: str = "{}") -> Object:
    """An Ingress with paths of hosts."""
    each = [f"{{host: '{host}', http: {{paths: [{', '.join(paths)}]}}}}" for host, paths in hosts]
    return ingress(annotations, name, spec=f"{{ingressClassName: alb, rules: [{', '.join(each)}]}}")


SHARED = "{group.name: g}"
CASES = [
    Case(
        "alb-rule-is-reached",
        "behind a rule for all paths of the host",
        [rules(("a.example.com", [path("/")]), ("a.example.com", [path("/api", "api")]))],
        [
            (
                "Ingress dev/web: spec.rules[1].http.paths[0].path is /api of a.example.com; allowed: a place before Ingress dev/web"
                f" spec.rules[0].http.paths[0], which takes / of a.example.com; {LATE}"
            )
        ],
    ),
    Case(
        "alb-rule-is-reached",
        "before it",
        [rules(("a.example.com", [path("/api", "api")]), ("a.example.com", [path("/")]))],
    ),
    Case(
        "alb-rule-is-reached",
        "of another member, of a wildcard, of no host; a pattern behind a prefix",
        [
            rules(("*.example.com", [path("/a/")]), annotations=SHARED),
            rules(("b.example.com", [path("/a/b", "api")]), name="x-other", annotations=SHARED),
            rules(
                ("b.example.com", [path("/c/*", "api", "ImplementationSpecific"), path("/c")]),
                name="y-third",
                annotations="{}",
            ),
            rules(("", [path("/")]), ("b.example.com", [path("/b", "api", "Exact")]), name="z-fourth"),
        ],
        [
            (
                "Ingress dev/y-third: spec.rules[0].http.paths[0].path is /c/* of b.example.com; allowed: a place before Ingress dev/y-third"
                f" spec.rules[0].http.paths[1], which takes /c of b.example.com; {LATE}"
            ),
            (
                "Ingress dev/z-fourth: spec.rules[1].http.paths[0].path is /b of b.example.com; allowed: a place before Ingress dev/z-fourth"
                f" spec.rules[0].http.paths[0], which takes / of all hosts; {LATE}"
            ),
            (
                "Ingress dev/x-other: spec.rules[0].http.paths[0].path is /a/b of b.example.com; allowed: a place before Ingress dev/web"
                f" spec.rules[0].http.paths[0], which takes /a/ of *.example.com; {LATE}"
            ),
        ],
    ),
    Case(
        "alb-rule-is-reached",
        "longer prefixes first, other hosts and load balancers, the same Service, actions and conditions before",
        [
            rules(("a.example.com", [path("/"), path("/api", "api"), path("/exact", "api", "Exact")])),
            rules(("a.example.com", [path("/")]), ("b.example.com", [path("/api", "api")]), name="b"),
            rules(("a.example.com", [path("/api", "api")]), name="c"),
            rules(("a.example.com", [path("/")]), ("a.example.com", [path("/a")]), name="d"),
            rules(
                (
                    "",
                    [
                        path("/*", "redirect", "ImplementationSpecific", "{name: use-annotation}"),
                        path("/api/*", "api", "ImplementationSpecific"),
                    ],
                ),
                name="e",
            ),
            rules(("", [path("/")]), ("", [path("/a", "api")]), name="f", annotations="{conditions.web: '[]'}"),
            rules(("", [path("/ap")]), ("", [path("/api", "api")]), name="g"),
            rules(("", [path("/a", kind="Exact")]), ("", [path("/a", "api")]), name="h"),
        ],
    ),
]
