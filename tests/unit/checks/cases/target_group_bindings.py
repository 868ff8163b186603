"""Cases of TargetGroupBindings: their Service, its port, and the type of their targets."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.network import NOTHING
from tests.unit.checks.support import Case, Object, obj

RULE = "target-group-binding-finds-targets"
AGAIN = "the controller registers no target and tries again for ever"
WEB = "ports: [{name: http, port: 80, targetPort: 8080}]"
PLACE = "TargetGroupBinding dev/web: spec"


def binding(port: str = "80", kind: str = "ip", *, service: str = "web", more: str = "") -> Object:
    group = "targetGroupARN: 'arn:aws:elasticloadbalancing:ap-south-1:123456789012:targetgroup/web/0123456789abcdef'"
    return obj(
        "TargetGroupBinding",
        "web",
        f"serviceRef: {{name: {service}, port: {port}}}\ntargetType: {kind}\n{group}\n{more}",
    )


def without_a_port(port: str) -> str:
    return f"{PLACE}.serviceRef.port is {port}; allowed: a port of Service web: http, 80; the Service has no such port: {AGAIN}"


CASES = [
    Case(
        RULE,
        "a port that the Service does not have",
        [obj("Service", "web", WEB), binding("8080")],
        [without_a_port("8080")],
    ),
    Case(RULE, "its name", [obj("Service", "web", WEB), binding("https")], [without_a_port('"https"')]),
    Case(RULE, "a number in quotes is a name", [obj("Service", "web", WEB), binding("'80'")], [without_a_port('"80"')]),
    Case(
        RULE,
        "instances without a node port",
        [obj("Service", "web", WEB), binding("http", "instance")],
        [
            f'{PLACE}.targetType is "instance"; allowed: ip, or Service web of type NodePort or LoadBalancer; it is of type ClusterIP and has no node port: {AGAIN}'
        ],
    ),
    Case(
        RULE,
        "no such type, nodes beside ip",
        [binding(kind="pod"), binding(more="nodeSelector: {matchLabels: {a: b}}")],
        [
            f'{PLACE}.targetType is "pod"; allowed: instance or ip; the API server refuses it',
            f"{PLACE}.nodeSelector is a mapping of 1 keys; allowed: nothing beside the targetType ip; pods are the targets, and no nodes: the controller's webhook refuses it",
        ],
    ),
    Case(RULE, "its port", [obj("Service", "web", WEB), binding()]),
    Case(RULE, "its port by name", [obj("Service", "web", WEB), binding("http")]),
    Case(
        RULE,
        "instances with a node port",
        [obj("Service", "web", f"type: NodePort\n{WEB}"), binding("http", "instance", more="nodeSelector: {}")],
    ),
    Case(
        RULE,
        "a Service that stands elsewhere, a placeholder",
        [binding("90", "instance"), binding("'${PORT}'", service="x")],
    ),
    Case(
        "reference-leads-somewhere",
        "the Service of a target group",
        [obj("Service", "web", WEB), binding(service="wbe")],
        [f'{PLACE}.serviceRef.name is "wbe"; allowed: a Service of the namespace: web; {NOTHING}'],
    ),
]
