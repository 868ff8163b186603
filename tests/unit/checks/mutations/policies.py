"""Network policies: who is shut out, and who gets in."""

from tests.unit.checks.mutations.edits import Mutation, add, drop, put, without

DNS = "NetworkPolicy/allow-dns"
REDIS = "NetworkPolicy/app-to-redis-incoming"
OUT = "NetworkPolicy/app-to-external"
BACKEND = "NetworkPolicy/backend-from-load-balancer"

MUTATIONS = [
    Mutation("nobody may ask for names", "egress-allows-dns", "prod", without(DNS)),
    Mutation(
        "names over TCP alone",
        "egress-allows-dns",
        "dev",
        put(DNS, "spec.egress[0].ports", [{"port": 53, "protocol": "TCP"}]),
    ),
    Mutation("names at another port", "egress-allows-dns", "dev", put(DNS, "spec.egress[0].ports[0].port", 5353)),
    Mutation(
        "the servers of names by a label that they lack",
        "egress-allows-dns",
        "prod",
        put(DNS, "spec.egress[0].to[0].podSelector.matchLabels", {"app": "coredns"}),
    ),
    Mutation(
        "names for the backend alone",
        "egress-allows-dns",
        "stg",
        put(DNS, "spec.podSelector", {"matchLabels": {"app": "examxv2-backend"}}),
    ),
    Mutation("KEDA may not ask Redis", "policies-let-keda-in", "prod", drop(REDIS, "spec.ingress[0].from[1]")),
    Mutation(
        "Redis is open to everybody", "policies-keep-strangers-out", "prod", put(REDIS, "spec.ingress[0].from", [])
    ),
    Mutation(
        "Redis is open to each namespace",
        "policies-keep-strangers-out",
        "dev",
        add(REDIS, "spec.ingress[0].from", "{namespaceSelector: {}}"),
    ),
    Mutation(
        "the way to Redis is closed for workers",
        "policies-let-workers-through",
        "dev",
        without("NetworkPolicy/app-to-redis-outgoing"),
    ),
    Mutation("Redis lets nobody in", "policies-let-keda-in", "stg", without(REDIS)),
    Mutation(
        "Redis lets in at another port",
        "policies-let-keda-in",
        "dev",
        put(REDIS, "spec.ingress[0].ports[0].port", 6380),
    ),
    Mutation(
        "a policy that selects nothing",
        "network-policy-selects-pods",
        "prod",
        put(OUT, "spec.podSelector.matchLabels<app.kubernetes.io/name>", "examx"),
    ),
    Mutation(
        "a peer that is nobody",
        "network-policy-peer-exists",
        "prod",
        put(
            "NetworkPolicy/app-to-redis-outgoing",
            "spec.egress[0].to[0].podSelector.matchLabels<app.kubernetes.io/name>",
            "redis-server",
        ),
    ),
    Mutation(
        "what it lets out is not of its types",
        "network-policy-rules-are-of-its-types",
        "prod",
        put(OUT, "spec.policyTypes", ["Ingress"]),
    ),
    Mutation(
        "out to the metadata of the node",
        "egress-spares-instance-metadata",
        "prod",
        put(OUT, "spec.egress[1]", {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}),
    ),
    Mutation(
        "addresses without a mask",
        "network-policy-is-valid",
        "dev",
        put(OUT, "spec.egress[0].to[0].ipBlock.cidr", "10.0.0.0"),
    ),
    Mutation(
        "an exception outside of its block",
        "network-policy-is-valid",
        "dev",
        put(OUT, "spec.egress[0].to[0].ipBlock", {"cidr": "10.0.0.0/8", "except": ["192.168.0.0/16"]}),
    ),
    Mutation(
        "the port of the Service instead of the pod's",
        "policies-let-prometheus-in",
        "prod",
        put(BACKEND, "spec.ingress[0].ports[0].port", 80),
    ),
    Mutation(
        "a port name that no pod has",
        "policies-let-prometheus-in",
        "dev",
        put(BACKEND, "spec.ingress[0].ports[0].port", "web"),
    ),
    Mutation(
        "a range that ends before it begins",
        "policies-let-prometheus-in",
        "dev",
        put(BACKEND, "spec.ingress[0].ports[0].endPort", 8000),
    ),
    Mutation(
        "addresses and pods in one peer",
        "network-policy-is-valid",
        "dev",
        put(BACKEND, "spec.ingress[0].from[0].podSelector", {}),
    ),
    Mutation(
        "a type that is none",
        "network-policy-is-valid",
        "dev",
        put("NetworkPolicy/default-deny", "spec.policyTypes", ["Ingress", "Outgress"]),
    ),
]
