"""Cases of the rules on single NetworkPolicies."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj, workload

REFUSED = "the API server refuses the policy"
RULE = "NetworkPolicy dev/web: spec.ingress[0]"


def policy(rule: str, types: str = "[Ingress]", direction: str = "ingress") -> Object:
    """A policy of the pods `web` with one rule."""
    spec = f"{{podSelector: {{matchLabels: {{app: web}}}}, policyTypes: {types}, {direction}: [{rule}]}}"
    return obj("NetworkPolicy", "web", spec)


def block(cidr: str, *excepted: str) -> Object:
    """A policy that lets in from addresses."""
    return policy(f"{{from: [{{ipBlock: {{cidr: '{cidr}', except: [{', '.join(map(repr, excepted))}]}}}}]}}")


WEB = workload("web", "ports: [{name: http, containerPort: 8080}]")
SERVICE = obj("Service", "web", "{selector: {app: web}, ports: [{port: 80, targetPort: http}]}")
CASES = [
    Case(
        "network-policy-is-valid",
        "a type that is none",
        [policy("{}", "[Ingress, Outgress]")],
        [f'NetworkPolicy dev/web: spec.policyTypes[1] is "Outgress"; allowed: Ingress or Egress; {REFUSED}'],
    ),
    Case("network-policy-is-valid", "a type", [policy("{}")]),
    Case(
        "network-policy-is-valid",
        "addresses and pods in one peer, no peer, no mask, exceptions that are none",
        [
            policy("{from: [{ipBlock: {cidr: 10.0.0.0/8}, podSelector: {}}]}"),
            policy("{from: [{}]}"),
            block("10.0.0.0"),
            block("10.0.0.0/8", "192.168.0.0/16", "10.0.0.0/8", "10.1.0.0"),
        ],
        [
            f"{RULE}.from[0] is a mapping of 2 keys; allowed: either an ipBlock, or a podSelector or namespaceSelector; {REFUSED}",
            f"{RULE}.from[0] is an empty mapping; allowed: either an ipBlock, or a podSelector or namespaceSelector; {REFUSED}",
            f'{RULE}.from[0].ipBlock.cidr is "10.0.0.0"; allowed: a network with its mask, such as 10.0.0.0/8; {REFUSED}',
            f'{RULE}.from[0].ipBlock.except[0] is "192.168.0.0/16"; allowed: a smaller network inside of 10.0.0.0/8; {REFUSED}',
            f'{RULE}.from[0].ipBlock.except[1] is "10.0.0.0/8"; allowed: a smaller network inside of 10.0.0.0/8; {REFUSED}',
            f'{RULE}.from[0].ipBlock.except[2] is "10.1.0.0"; allowed: a network with its mask, such as 10.0.0.0/8; {REFUSED}',
        ],
    ),
    Case(
        "network-policy-is-valid",
        "ranges and protocols that are none",
        [
            policy("{ports: [{port: 8080, endPort: 8000}]}"),
            policy("{ports: [{port: http, endPort: 8000}]}"),
            policy("{ports: [{port: 80800, protocol: HTTP}]}"),
        ],
        [
            f"{RULE}.ports[0].endPort is 8000; allowed: a port from 8080 to 65535; {REFUSED}",
            f"{RULE}.ports[0].endPort is 8000; allowed: this with a port number to begin at; {REFUSED}",
            f'{RULE}.ports[0].protocol is "HTTP"; allowed: TCP, UDP, SCTP; {REFUSED}',
            f"{RULE}.ports[0].port is 80800; allowed: a port from 1 to 65535; {REFUSED}",
        ],
    ),
    Case(
        "network-policy-is-valid",
        "both selectors in one peer, exceptions, a range, IPv6, what is filled in",
        [
            policy(
                "{from: [{podSelector: {}, namespaceSelector: {}}], ports: [{port: 8000, endPort: 8080, protocol: UDP}]}"
            ),
            block("10.0.0.0/8", "10.1.0.0/16"),
            block("2001:db8::/32", "2001:db8:1::/48"),
            block("${NODES}", "$(VPN)"),
        ],
    ),
    Case(
        "network-policy-rules-are-of-its-types",
        "egress under Ingress",
        [policy("{}", direction="egress")],
        [
            (
                "NetworkPolicy dev/web: spec.policyTypes is Ingress; allowed: Egress among them, for the rules in spec.egress; nothing reads the"
                " rules in spec.egress"
            )
        ],
    ),
    Case(
        "network-policy-rules-are-of-its-types",
        "both, or none, which is what the rules are of",
        [policy("{}", "[Ingress, Egress]", "egress"), policy("{}", "null", "egress")],
    ),
    Case(
        "network-policy-port-is-of-pods",
        "that of the Service",
        [WEB, SERVICE, policy("{ports: [{port: 80}]}")],
        [
            (
                f"{RULE}.ports[0].port is 80; allowed: the port of the pods: http; Service dev/web sends to port http of the pods, and policies see"
                " that"
            )
        ],
    ),
    Case("network-policy-port-is-of-pods", "that of the pods", [WEB, SERVICE, policy("{ports: [{port: 8080}]}")]),
    Case(
        "network-policy-port-is-of-pods",
        "a name that no container has",
        [WEB, policy("{ports: [{port: web}]}")],
        [f'{RULE}.ports[0].port is "web"; allowed: a port name of the selected pods: http; the name leads to no port'],
    ),
    Case(
        "network-policy-port-is-of-pods",
        "a name, a number that nobody knows, a port that a Service does not translate, pods that declare nothing",
        [
            WEB,
            SERVICE,
            policy("{ports: [{port: http}, {port: 9090}, {port: 1, endPort: 1024}]}"),
            obj("Service", "plain", "{selector: {app: plain}, ports: [{port: 80, targetPort: 8080}]}"),
            workload("plain"),
            obj(
                "NetworkPolicy", "plain", "{podSelector: {matchLabels: {app: plain}}, ingress: [{ports: [{port: 80}]}]}"
            ),
        ],
    ),
]
