"""The way in: what freezes a whole IngressGroup, or answers 404 and 503."""

from tests.checks.mutations.edits import Mutation, alb, annotated, beside, both, drop, put

INGRESS = "Ingress/examxv2-ingress"
RULES = "spec.rules[0].http.paths"
SECOND = """{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: second, annotations: {{
    alb.ingress.kubernetes.io/group.name: examx-cloud, alb.ingress.kubernetes.io/target-type: ip{more}}}}},
    spec: {{ingressClassName: alb, rules: [{{host: second.examx.cloud, http: {{paths: [
    {{path: /, pathType: Prefix, backend: {{service: {{name: examxv2-backend-service, port: {{number: 80}}}}}}}}]}}}}]}}}}"""


def second(more: str) -> str:
    """One more member of the group of feature environments."""
    return SECOND.format(more=f", alb.ingress.kubernetes.io/{more}")


MUTATIONS = [
    Mutation(
        "a backend with a typo",
        "?",
        "prod",
        put(INGRESS, f"{RULES}[0].backend.service.name", "examxv2-backend-servic"),
    ),
    Mutation(
        "a port that the Service has not", "?", "stg", put(INGRESS, f"{RULES}[0].backend.service.port.number", 8080)
    ),
    Mutation(
        "a port name that the Service has not",
        "?",
        "dev",
        put(INGRESS, f"{RULES}[0].backend.service.port", {"name": "web"}),
    ),
    Mutation("no path type", "?", "dev", drop(INGRESS, f"{RULES}[0].pathType")),
    Mutation("a path without a slash", "?", "dev", put(INGRESS, f"{RULES}[0].path", "api")),
    Mutation("a pattern under Prefix", "?", "prod", put(INGRESS, f"{RULES}[0].path", "/api/*")),
    Mutation("the class twice", "?", "dev", annotated(INGRESS, "kubernetes.io/ingress.class", "alb")),
    Mutation("a host with two stars", "?", "prod", put(INGRESS, "spec.rules[1].host", "*.*.examx.ai")),
    Mutation("a host with a port", "?", "dev", put(INGRESS, "spec.rules[0].host", "examx.cloud:443")),
    Mutation("a host in capitals", "?", "dev", put(INGRESS, "spec.rules[0].host", "Examx.Cloud")),
    Mutation("the old API version", "?", "dev", put(INGRESS, "apiVersion", "networking.k8s.io/v1beta1")),
    Mutation("an annotation with a typo", "?", "prod", alb("healthcheck-pth", "/health")),
    Mutation("an annotation of nginx", "?", "dev", alb("enable-cors", "true")),
    Mutation("listen-ports is no JSON", "?", "prod", alb("listen-ports", "[{HTTP: 80}, {HTTPS: 443}]")),
    Mutation("a listener beyond 65535", "?", "dev", alb("listen-ports", '[{"HTTP": 80}, {"HTTPS": 443443}]')),
    Mutation("a listener of a protocol that is none", "?", "dev", alb("listen-ports", '[{"HTTP": 80}, {"TLS": 443}]')),
    Mutation("a redirect to where nobody listens", "?", "prod", alb("ssl-redirect", "8443")),
    Mutation("a redirect with a word", "?", "dev", alb("ssl-redirect", "true")),
    Mutation(
        "client certificates without a trust store",
        "?",
        "prod",
        alb("mutual-authentication", '[{"port": 443, "mode": "verify"}]'),
    ),
    Mutation(
        "client certificates where nobody listens",
        "?",
        "prod",
        alb("mutual-authentication", '[{"port": 8443, "mode": "passthrough"}]'),
    ),
    Mutation(
        "client certificates as an object", "?", "dev", alb("mutual-authentication", '{"port": 443, "mode": "off"}')
    ),
    Mutation("an interval with a unit", "?", "prod", alb("healthcheck-interval-seconds", "15s")),
    Mutation(
        "a health check that takes as long as its interval",
        "?",
        "prod",
        both(alb("healthcheck-interval-seconds", "10"), alb("healthcheck-timeout-seconds", "10")),
    ),
    Mutation("a health check over TCP", "?", "dev", alb("healthcheck-protocol", "TCP")),
    Mutation("one success is enough", "?", "dev", alb("healthy-threshold-count", "1")),
    Mutation("any answer is healthy", "?", "dev", alb("success-codes", "all")),
    Mutation("a health check of no path", "?", "dev", alb("healthcheck-path", "health")),
    Mutation("an attribute without a value", "?", "prod", alb("load-balancer-attributes", "routing.http2.enabled")),
    Mutation(
        "an idle timeout that AWS refuses",
        "?",
        "prod",
        alb("load-balancer-attributes", "idle_timeout.timeout_seconds=9000"),
    ),
    Mutation(
        "an attribute that no load balancer has", "?", "dev", alb("load-balancer-attributes", "idle_timeout.seconds=60")
    ),
    Mutation(
        "a delay that AWS refuses",
        "?",
        "prod",
        alb("target-group-attributes", "deregistration_delay.timeout_seconds=7200"),
    ),
    Mutation("targets on nodes behind a ClusterIP", "?", "prod", alb("target-type", "instance")),
    Mutation(
        "no target type behind a ClusterIP",
        "?",
        "dev",
        drop(INGRESS, "metadata.annotations<alb.ingress.kubernetes.io/target-type>"),
    ),
    Mutation("a scheme that is none", "?", "dev", alb("scheme", "public")),
    Mutation("a boolean that is not quoted", "?", "dev", alb("manage-backend-security-group-rules", True)),
    Mutation("a policy of TLS that AWS has not", "?", "prod", alb("ssl-policy", "ELBSecurityPolicy-TLS-1-3-2021")),
    Mutation("an address without its mask", "?", "dev", alb("inbound-cidrs", "10.0.0.0")),
    Mutation("tags without a value", "?", "dev", alb("tags", "team")),
    Mutation("a certificate that is a name", "?", "prod", alb("certificate-arn", "examx.ai")),
    Mutation("an order that is too large", "?", "dev", alb("group.order", "2000")),
    Mutation("a group in capitals", "?", "feature", alb("group.name", "Examx-Cloud")),
    Mutation(
        "a certificate of another region",
        "",
        "prod",
        alb("certificate-arn", "arn:aws:acm:us-east-1:399600302704:certificate/29c7b407-7f44-4060-ab94-602a60d331a5"),
        missed="no manifest says in which region the load balancer stands",
    ),
    Mutation("a member of the group is internal", "?", "feature", beside(second("scheme: internal"))),
    Mutation(
        "a member of the group has another policy of TLS",
        "?",
        "feature",
        beside(second("ssl-policy: ELBSecurityPolicy-2016-08")),
    ),
    Mutation(
        "a member of the group says another idle timeout",
        "?",
        "feature",
        beside(second("load-balancer-attributes: idle_timeout.timeout_seconds=30")),
    ),
    Mutation(
        "a member of the group asks for certificates",
        "?",
        "feature",
        beside(second("""mutual-authentication: '[{"port": 443, "mode": "passthrough"}]'""")),
    ),
    Mutation(
        "an action that nobody defines",
        "?",
        "dev",
        put(INGRESS, f"{RULES}[0].backend.service", {"name": "to-login", "port": {"name": "use-annotation"}}),
    ),
    Mutation(
        "two environments answer one host",
        "?",
        "dev+stg",
        put("Ingress/examxv2-ingress@stg-*", "spec.rules[0].host", "examx.cloud"),
    ),
]
