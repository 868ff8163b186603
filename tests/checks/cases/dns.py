"""Cases of the rules on DNS."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.support import Case, obj, workload

PORT_53 = "a rule for port 53, UDP and TCP, in one of the policies of"
NO_NAMES = "it may call others and resolve none of their names"

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
            # Whether it is these pods that resolve names, only the cluster knows.
            obj(
                "NetworkPolicy",
                "dns",
                "podSelector: {}\npolicyTypes: [Egress]\negress: [{to: [{podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{port: 53, protocol: UDP}]}]",
            ),
            *(
                item
                for number, ports in enumerate(
                    ("[{port: 50, endPort: 60}]", "[{port: dns-tcp}]", "[{protocol: UDP}]", "[]")
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
]
