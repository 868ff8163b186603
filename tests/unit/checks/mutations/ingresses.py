"""The way in: what freezes a whole IngressGroup, or answers 404 and 503."""

from tests.unit.checks.mutations.edits import Mutation, alb, annotated, beside, both, drop, put

INGRESS = "Ingress/examxv2-ingress"
RULES = "spec.rules[0].http.paths"
SECOND = """{{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {{name: second, annotations: {{
    alb.ingress.kubernetes.io/group.name: examx-cloud, alb.ingress.kubernetes.io/target-type: ip,
    alb.ingress.kubernetes.io/listen-ports: '[{{"HTTPS": 443}}]'{more}}}}},
    spec: {{ingressClassName: alb, rules: [{{host: second.examx.cloud, http: {{paths: [
    {{path: /, pathType: Prefix, backend: {{service: {{name: examxv2-backend-service, port: {{number: 80}}}}}}}}
    ]}}}}]}}}}"""


def second(more: str) -> str:
    """One more member of the group of feature environments."""
    return SECOND.format(more=f", alb.ingress.kubernetes.io/{more}")


MUTATIONS = [
    Mutation(
        "a backend with a typo",
        "ingress-backend-exists",
        "prod",
        put(INGRESS, f"{RULES}[0].backend.service.name", "examxv2-backend-servic"),
    ),
    Mutation(
        "a port that the Service has not",
        "ingress-backend-exists",
        "stg",
        put(INGRESS, f"{RULES}[0].backend.service.port.number", 8080),
    ),
    Mutation(
        "a port name that the Service has not",
        "ingress-backend-exists",
        "dev",
        put(INGRESS, f"{RULES}[0].backend.service.port", {"name": "web"}),
    ),
    Mutation("no path type", "ingress-is-valid", "dev", drop(INGRESS, f"{RULES}[0].pathType")),
    Mutation("a path without a slash", "ingress-is-valid", "dev", put(INGRESS, f"{RULES}[0].path", "api")),
    Mutation("a pattern under Prefix", "alb-path-is-possible", "prod", put(INGRESS, f"{RULES}[0].path", "/api/*")),
    Mutation(
        "the class twice", "ingress-class-is-set-once", "dev", annotated(INGRESS, "kubernetes.io/ingress.class", "alb")
    ),
    Mutation("a host with two stars", "ingress-is-valid", "prod", put(INGRESS, "spec.rules[1].host", "*.*.examx.ai")),
    Mutation("a host with a port", "ingress-is-valid", "dev", put(INGRESS, "spec.rules[0].host", "examx.cloud:443")),
    Mutation("a host in capitals", "ingress-is-valid", "dev", put(INGRESS, "spec.rules[0].host", "Examx.Cloud")),
    Mutation(
        "the old API version", "api-version-is-served", "dev", put(INGRESS, "apiVersion", "networking.k8s.io/v1beta1")
    ),
    Mutation("an annotation with a typo", "alb-annotation-is-known", "prod", alb("healthcheck-pth", "/health")),
    Mutation("an annotation of nginx", "alb-annotation-is-known", "dev", alb("enable-cors", "true")),
    Mutation(
        "listen-ports is no JSON",
        "alb-listen-ports-are-valid",
        "prod",
        alb("listen-ports", "[{HTTP: 80}, {HTTPS: 443}]"),
    ),
    Mutation(
        "a listener beyond 65535",
        "alb-listen-ports-are-valid",
        "dev",
        alb("listen-ports", '[{"HTTP": 80}, {"HTTPS": 443443}]'),
    ),
    Mutation(
        "a listener of a protocol that is none",
        "alb-listen-ports-are-valid",
        "dev",
        alb("listen-ports", '[{"HTTP": 80}, {"TLS": 443}]'),
    ),
    Mutation("a redirect to where nobody listens", "alb-redirect-has-listener", "prod", alb("ssl-redirect", "8443")),
    Mutation("a redirect with a word", "alb-value-is-allowed", "dev", alb("ssl-redirect", "true")),
    Mutation(
        "client certificates without a trust store",
        "alb-mutual-authentication-is-valid",
        "prod",
        alb("mutual-authentication", '[{"port": 443, "mode": "verify"}]'),
    ),
    Mutation(
        "client certificates where nobody listens",
        "alb-mutual-authentication-has-listener",
        "prod",
        alb("mutual-authentication", '[{"port": 8443, "mode": "passthrough"}]'),
    ),
    Mutation(
        "client certificates as an object",
        "alb-mutual-authentication-is-valid",
        "dev",
        alb("mutual-authentication", '{"port": 443, "mode": "off"}'),
    ),
    Mutation("an interval with a unit", "alb-value-is-allowed", "prod", alb("healthcheck-interval-seconds", "15s")),
    Mutation(
        "a health check that takes as long as its interval",
        "alb-health-check-times-fit",
        "prod",
        both(alb("healthcheck-interval-seconds", "10"), alb("healthcheck-timeout-seconds", "10")),
    ),
    Mutation("a health check over TCP", "alb-value-is-allowed", "dev", alb("healthcheck-protocol", "TCP")),
    Mutation("one success is enough", "alb-value-is-allowed", "dev", alb("healthy-threshold-count", "1")),
    Mutation("any answer is healthy", "alb-success-codes-are-possible", "dev", alb("success-codes", "all")),
    Mutation("a health check of no path", "alb-value-is-allowed", "dev", alb("healthcheck-path", "health")),
    Mutation(
        "an attribute without a value",
        "alb-value-is-allowed",
        "prod",
        alb("load-balancer-attributes", "routing.http2.enabled"),
    ),
    Mutation(
        "an idle timeout that AWS refuses",
        "alb-attribute-is-allowed",
        "prod",
        alb("load-balancer-attributes", "idle_timeout.timeout_seconds=9000"),
    ),
    Mutation(
        "an attribute that no load balancer has",
        "alb-attribute-is-allowed",
        "dev",
        alb("load-balancer-attributes", "idle_timeout.seconds=60"),
    ),
    Mutation(
        "a delay that AWS refuses",
        "alb-attribute-is-allowed",
        "prod",
        alb("target-group-attributes", "deregistration_delay.timeout_seconds=7200"),
    ),
    Mutation(
        "targets on nodes behind a ClusterIP", "alb-service-has-node-port", "prod", alb("target-type", "instance")
    ),
    Mutation(
        "no target type behind a ClusterIP",
        "alb-service-has-node-port",
        "dev",
        drop(INGRESS, "metadata.annotations<alb.ingress.kubernetes.io/target-type>"),
    ),
    Mutation("a scheme that is none", "alb-value-is-allowed", "dev", alb("scheme", "public")),
    Mutation(
        "a boolean that is not quoted",
        "annotation-is-valid",
        "dev",
        alb("manage-backend-security-group-rules", value=True),
    ),
    Mutation(
        "a policy of TLS that AWS has not",
        "alb-value-is-allowed",
        "prod",
        alb("ssl-policy", "ELBSecurityPolicy-TLS-1-3-2021"),
    ),
    Mutation("an address without its mask", "alb-value-is-allowed", "dev", alb("inbound-cidrs", "10.0.0.0")),
    Mutation("tags without a value", "alb-value-is-allowed", "dev", alb("tags", "team")),
    Mutation("a certificate that is a name", "alb-value-is-allowed", "prod", alb("certificate-arn", "examx.ai")),
    Mutation("an order that is too large", "alb-value-is-allowed", "dev", alb("group.order", "2000")),
    Mutation("a group in capitals", "alb-value-is-allowed", "feature", alb("group.name", "Examx-Cloud")),
    Mutation(
        "a certificate of another region",
        "",
        "prod",
        alb("certificate-arn", "arn:aws:acm:us-east-1:399600302704:certificate/29c7b407-7f44-4060-ab94-602a60d331a5"),
        missed="no manifest says in which region the load balancer stands",
    ),
    Mutation("a member of the group is internal", "alb-group-agrees", "feature", beside(second("scheme: internal"))),
    Mutation(
        "a member of the group has another policy of TLS",
        "alb-group-agrees",
        "feature",
        beside(second("ssl-policy: ELBSecurityPolicy-2016-08")),
    ),
    Mutation(
        "a member of the group says another idle timeout",
        "alb-group-agrees",
        "feature",
        beside(second("load-balancer-attributes: idle_timeout.timeout_seconds=30")),
    ),
    Mutation(
        "a member of the group asks for certificates",
        "alb-group-agrees",
        "feature",
        beside(second("""mutual-authentication: '[{"port": 443, "mode": "passthrough"}]'""")),
    ),
    Mutation(
        "an action that nobody defines",
        "ingress-backend-exists",
        "dev",
        put(INGRESS, f"{RULES}[0].backend.service", {"name": "to-login", "port": {"name": "use-annotation"}}),
    ),
    Mutation(
        "two environments answer one host",
        "alb-host-has-one-load-balancer",
        "dev+stg",
        put("Ingress/examxv2-ingress@stg-*", "spec.rules[0].host", "examx.cloud"),
    ),
]
