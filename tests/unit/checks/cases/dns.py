"""Cases of the rules on DNS."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj, workload

PORT_53 = "a rule for port 53, UDP and TCP, in one of the policies of"
NO_NAMES = "it may call others and resolve none of their names"

UDP = "[{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]"
OTHERS = "DNS to others than the DNS of the cluster"
PRIVATE = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"


def reach(to: str, ports: str) -> Object:
    """A policy of one rule."""
    return obj(
        "NetworkPolicy", "out", f"podSelector: {{}}\npolicyTypes: [Egress]\negress: [{{to: {to}, ports: {ports}}}]"
    )


def named(namespace: str) -> str:
    return f"[{{namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {namespace}}}}}}}]"


def without(value: str, *, of_rule: bool) -> str:
    place = "spec.egress[0]" if of_rule else "spec.egress"
    return f"NetworkPolicy dev/out: {place} is {value}; allowed: {PORT_53} Deployment dev/web; {NO_NAMES}"


CASES = [
    Case(
        "egress-allows-dns",
        "everything denied but a database, one way alone, a range that stops before",
        [
            workload("web"),
            obj("NetworkPolicy", "deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]"),
            obj(
                "NetworkPolicy",
                "db",
                "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{ports: [{port: 5432}]}]",
            ),
            workload("api", namespace="stg"),
            obj(
                "NetworkPolicy", "out", "podSelector: {}\negress: [{ports: [{port: 1, endPort: 52}]}]", namespace="stg"
            ),
        ],
        [
            f"NetworkPolicy dev/deny: spec.egress is without DNS; allowed: {PORT_53} Deployment dev/web; {NO_NAMES}",
            f"NetworkPolicy stg/out: spec.egress is without DNS; allowed: {PORT_53} Deployment stg/api; {NO_NAMES}",
        ],
    ),
    Case(
        "egress-allows-dns",
        "in another policy, in a range, by a name, for every port; nothing may be called; nothing is restricted",
        [
            workload("web"),
            obj("NetworkPolicy", "deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]"),
            obj(
                "NetworkPolicy",
                "db",
                "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress: [{ports: [{port: 5432}]}]",
            ),
            obj(
                "NetworkPolicy",
                "dns",
                "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{port: 53, protocol: UDP}]}]",
            ),
            *(
                item
                for number, ports in enumerate(
                    (
                        "[{port: 50, endPort: 60, protocol: UDP}]",
                        "[{port: dns, protocol: UDP}]",
                        "[{protocol: UDP}]",
                        "[]",
                    )
                )
                for item in (
                    workload("web", namespace=f"ns{number}"),
                    obj(
                        "NetworkPolicy",
                        "out",
                        f"podSelector: {{}}\negress: [{{ports: {ports}}}]",
                        namespace=f"ns{number}",
                    ),
                )
            ),
            workload("store", namespace="closed"),
            obj(
                "NetworkPolicy",
                "in",
                "podSelector: {}\npolicyTypes: [Ingress, Egress]\ningress: [{}]",
                namespace="closed",
            ),
            workload("open", namespace="open"),
            obj("NetworkPolicy", "in", "podSelector: {}\ningress: [{}]", namespace="open"),
        ],
    ),
    *(
        Case("egress-allows-dns", name, [workload("web"), reach(to, ports)], [without(value, of_rule=rule)])
        for name, to, ports, value, rule in (
            ("a port without a protocol, which is TCP", "[]", "[{port: 53}]", "DNS by TCP alone", True),
            ("pods of its own namespace", "[{podSelector: {matchLabels: {k8s-app: kube-dns}}}]", UDP, OTHERS, True),
            ("every pod of its own namespace", "[{podSelector: {}}]", "[]", "without DNS", False),
            ("a namespace that is spelt otherwise", named("kube-sytem"), UDP, OTHERS, True),
            ("a namespace without a DNS", named("monitoring"), "[]", "without DNS", False),
            (
                "other pods of all namespaces",
                "[{namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}]",
                "[]",
                "without DNS",
                False,
            ),
            (
                "a label that the servers of names lack",
                "[{namespaceSelector: {}, podSelector: {matchLabels: {app: coredns}}}]",
                UDP,
                OTHERS,
                True,
            ),
            ("addresses outside", "[{ipBlock: {cidr: 203.0.113.0/24}}]", "[]", "without DNS", False),
            ("the Internet alone", f"[{{ipBlock: {{cidr: 0.0.0.0/0, except: [{PRIVATE}]}}}}]", UDP, OTHERS, True),
        )
    ),
    *(
        Case("egress-allows-dns", name, [workload("web"), reach(to, ports)])
        for name, to, ports in (
            ("kube-system, by its name", named("kube-system"), UDP),
            ("OpenShift's", named("openshift-dns"), "[{port: 5353, protocol: UDP}, {port: 5353}]"),
            ("every namespace", "[{namespaceSelector: {}}]", "[]"),
            ("a namespace by a label of its own", "[{namespaceSelector: {matchLabels: {name: kube-system}}}]", UDP),
            ("any of several", "[{podSelector: {}}, {namespaceSelector: {}}]", "[]"),
            ("addresses within", "[{ipBlock: {cidr: 172.20.0.10/32}}]", UDP),
            ("a node's own DNS", "[{ipBlock: {cidr: 169.254.20.10/32}}]", UDP),
            ("some private addresses", "[{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]", "[]"),
            ("addresses of IPv6", "[{ipBlock: {cidr: 'fd12::a/128'}}]", UDP),
            (
                "an expression",
                "[{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [kube-system]}]}}]",
                UDP,
            ),
        )
    ),
    Case(
        "egress-allows-dns",
        "a resolver of its own, by TCP where it says so, the network of the node, a DNS in the namespace",
        [
            workload("web", pod="dnsPolicy: None\ndnsConfig: {nameservers: [9.9.9.9]}", namespace="one"),
            obj(
                "NetworkPolicy",
                "a",
                f"podSelector: {{}}\negress: [{{to: [{{ipBlock: {{cidr: 9.9.9.9/32}}}}], ports: {UDP}}}]",
                namespace="one",
            ),
            workload("web", pod="dnsConfig: {options: [{name: use-vc}]}", namespace="two"),
            obj("NetworkPolicy", "a", "podSelector: {}\negress: [{ports: [{port: 53}]}]", namespace="two"),
            workload("web", pod="hostNetwork: true", namespace="three"),
            obj("NetworkPolicy", "a", "podSelector: {}\negress: [{ports: [{port: 443}]}]", namespace="three"),
            workload("own-dns", namespace="four"),
            obj(
                "NetworkPolicy",
                "a",
                f"podSelector: {{}}\negress: [{{to: [{{podSelector: {{}}}}], ports: {UDP}}}]",
                namespace="four",
            ),
            workload("web", namespace=None),
            obj(
                "NetworkPolicy",
                "a",
                f"podSelector: {{}}\negress: [{{to: [{{podSelector: {{matchLabels: {{k8s-app: kube-dns}}}}}}], ports: {UDP}}}]",
                namespace=None,
            ),
        ],
    ),
]
