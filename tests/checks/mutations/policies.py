"""Network policies: who is shut out, and who gets in."""

from tests.checks.mutations.edits import Mutation, add, drop, put, without

DNS = "NetworkPolicy/allow-dns"
REDIS = "NetworkPolicy/app-to-redis-incoming"
OUT = "NetworkPolicy/app-to-external"
BACKEND = "NetworkPolicy/backend-from-load-balancer"

MUTATIONS = [
    Mutation("nobody may ask for names", "?", "prod", without(DNS)),
    Mutation("names over TCP alone", "?", "dev", put(DNS, "spec.egress[0].ports", [{"port": 53, "protocol": "TCP"}])),
    Mutation("names at another port", "?", "dev", put(DNS, "spec.egress[0].ports[0].port", 5353)),
    Mutation(
        "the servers of names by a label that they lack",
        "?",
        "prod",
        put(DNS, "spec.egress[0].to[0].podSelector.matchLabels", {"app": "coredns"}),
    ),
    Mutation(
        "names for the backend alone",
        "?",
        "stg",
        put(DNS, "spec.podSelector", {"matchLabels": {"app": "examxv2-backend"}}),
    ),
    Mutation("KEDA may not ask Redis", "?", "prod", drop(REDIS, "spec.ingress[0].from[1]")),
    Mutation("Redis is open to everybody", "?", "prod", put(REDIS, "spec.ingress[0].from", [])),
    Mutation(
        "Redis is open to each namespace", "?", "dev", add(REDIS, "spec.ingress[0].from", "{namespaceSelector: {}}")
    ),
    Mutation("the way to Redis is closed for workers", "?", "dev", without("NetworkPolicy/app-to-redis-outgoing")),
    Mutation("Redis lets nobody in", "?", "stg", without(REDIS)),
    Mutation("Redis lets in at another port", "?", "dev", put(REDIS, "spec.ingress[0].ports[0].port", 6380)),
    Mutation(
        "a policy that selects nothing",
        "?",
        "prod",
        put(OUT, "spec.podSelector.matchLabels<app.kubernetes.io/name>", "examx"),
    ),
    Mutation(
        "a peer that is nobody",
        "?",
        "prod",
        put(
            "NetworkPolicy/app-to-redis-outgoing",
            "spec.egress[0].to[0].podSelector.matchLabels<app.kubernetes.io/name>",
            "redis-server",
        ),
    ),
    Mutation("what it lets out is not of its types", "?", "prod", put(OUT, "spec.policyTypes", ["Ingress"])),
    Mutation("out to the metadata of the node", "?", "prod", drop(OUT, "spec.egress[1].to[0].ipBlock.except")),
    Mutation("addresses without a mask", "?", "dev", put(OUT, "spec.egress[0].to[0].ipBlock.cidr", "10.0.0.0")),
    Mutation(
        "an exception outside of its block",
        "?",
        "dev",
        put(OUT, "spec.egress[0].to[0].ipBlock", {"cidr": "10.0.0.0/8", "except": ["192.168.0.0/16"]}),
    ),
    Mutation(
        "the port of the Service instead of the pod's", "?", "prod", put(BACKEND, "spec.ingress[0].ports[0].port", 80)
    ),
    Mutation("a port name that no pod has", "?", "dev", put(BACKEND, "spec.ingress[0].ports[0].port", "web")),
    Mutation("a range that ends before it begins", "?", "dev", put(BACKEND, "spec.ingress[0].ports[0].endPort", 8000)),
    Mutation("addresses and pods in one peer", "?", "dev", put(BACKEND, "spec.ingress[0].from[0].podSelector", {})),
    Mutation(
        "a type that is none",
        "?",
        "dev",
        put("NetworkPolicy/default-deny", "spec.policyTypes", ["Ingress", "Outgress"]),
    ),
]
