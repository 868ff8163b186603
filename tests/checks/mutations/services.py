"""Services: names and ports that lead nowhere."""

from tests.checks.mutations.edits import Mutation, annotated, drop, put, without

BACKEND = "Service/examxv2-backend-service"

MUTATIONS = [
    Mutation("the selector has a typo", "?", "prod", put(BACKEND, "spec.selector.app", "examxv2-bakend")),
    Mutation("the selector asks for a label that pods lack", "?", "dev", put(BACKEND, "spec.selector.version", "v2")),
    Mutation(
        "the target port has a name that no container has", "?", "prod", put(BACKEND, "spec.ports[0].targetPort", "web")
    ),
    Mutation(
        "the target port is not what the pods listen on", "?", "dev", put(BACKEND, "spec.ports[0].targetPort", 8888)
    ),
    Mutation("no target port: the same as the Service's", "?", "stg", drop(BACKEND, "spec.ports[0].targetPort")),
    Mutation("the target port is the number in quotes", "?", "stg", put(BACKEND, "spec.ports[0].targetPort", "8080")),
    Mutation("a port beyond 65535", "?", "dev", put(BACKEND, "spec.ports[0].port", 80000)),
    Mutation("a protocol in lower case", "?", "dev", put(BACKEND, "spec.ports[0].protocol", "tcp")),
    Mutation("a type that is none", "?", "dev", put(BACKEND, "spec.type", "LoadBalancerIP")),
    Mutation(
        "two ports without names",
        "?",
        "dev",
        put(BACKEND, "spec.ports", [{"port": 80, "targetPort": "http"}, {"port": 81, "targetPort": "health"}]),
    ),
    Mutation("the Service is gone that Redis is called by", "?", "dev", without("Service/redis")),
    Mutation("the Service is gone that the Ingress sends to", "?", "prod", without(BACKEND)),
    Mutation(
        "the load balancer asks a port by a name that is not there",
        "?",
        "dev",
        annotated(BACKEND, "alb.ingress.kubernetes.io/healthcheck-port", "healthz"),
    ),
]
