"""Services: names and ports that lead nowhere."""

from tests.unit.checks.mutations.edits import Mutation, annotated, drop, put, without

BACKEND = "Service/examxv2-backend-service"

MUTATIONS = [
    Mutation(
        "the selector has a typo", "service-selects-pods", "prod", put(BACKEND, "spec.selector.app", "examxv2-bakend")
    ),
    Mutation(
        "the selector asks for a label that pods lack",
        "service-selects-pods",
        "dev",
        put(BACKEND, "spec.selector.version", "v2"),
    ),
    Mutation(
        "the target port has a name that no container has",
        "service-target-port-exists",
        "prod",
        put(BACKEND, "spec.ports[0].targetPort", "web"),
    ),
    Mutation(
        "the target port is not what the pods listen on",
        "service-target-port-exists",
        "dev",
        put(BACKEND, "spec.ports[0].targetPort", 8888),
    ),
    Mutation(
        "no target port: the same as the Service's",
        "service-target-port-exists",
        "stg",
        drop(BACKEND, "spec.ports[0].targetPort"),
    ),
    Mutation(
        "the target port is the number in quotes",
        "service-target-port-exists",
        "stg",
        put(BACKEND, "spec.ports[0].targetPort", "8080"),
    ),
    Mutation("a port beyond 65535", "ingress-backend-exists", "dev", put(BACKEND, "spec.ports[0].port", 80000)),
    Mutation("a protocol in lower case", "choice-is-known", "dev", put(BACKEND, "spec.ports[0].protocol", "tcp")),
    Mutation("a type that is none", "choice-is-known", "dev", put(BACKEND, "spec.type", "LoadBalancerIP")),
    Mutation(
        "two ports without names",
        "service-is-possible",
        "dev",
        put(BACKEND, "spec.ports", [{"port": 80, "targetPort": "http"}, {"port": 81, "targetPort": "health"}]),
    ),
    Mutation("the Service is gone that Redis is called by", "trigger-server-exists", "dev", without("Service/redis")),
    Mutation("the Service is gone that the Ingress sends to", "ingress-backend-exists", "prod", without(BACKEND)),
    Mutation(
        "the load balancer asks a port by a name that is not there",
        "alb-health-check-port-is-found",
        "dev",
        annotated(BACKEND, "alb.ingress.kubernetes.io/healthcheck-port", "healthz"),
    ),
]
