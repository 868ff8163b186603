"""Cases of the rules on NetworkPolicies together."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj, scaler, workload

REDIS = workload("redis", "image: redis:7\nports: [{name: redis, containerPort: 6379}]", kind="StatefulSet")
SERVICE = obj("Service", "redis", "{selector: {app: redis}, ports: [{port: 6379, targetPort: redis}]}")
WORKER = workload("worker")
SCALER = scaler("worker", target="worker")
SERVERS = [REDIS, SERVICE, WORKER, SCALER]
KEDA = "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: keda}}}"
WORKERS = "{podSelector: {matchLabels: {app: worker}}}"
ON_6379 = "port 6379 of StatefulSet dev/redis"
UNSCALED = "the trigger redis of ScaledObject dev/worker gets no answer, and scales nothing"
ADD_UP = "policies add up, so everybody in the cluster gets to it"


def inwards(*peers: str, name: str = "redis", pods: str = "{matchLabels: {app: redis}}", port: str = "6379") -> Object:
    """A policy that lets these peers in."""
    rules = f"[{{from: [{', '.join(peers)}], ports: [{{port: {port}}}]}}]" if peers else "[]"
    return obj("NetworkPolicy", name, f"{{podSelector: {pods}, policyTypes: [Ingress], ingress: {rules}}}")


def outwards(*peers: str, port: str = "6379") -> Object:
    """A policy that lets the worker out to these peers."""
    rules = f"[{{to: [{', '.join(peers)}], ports: [{{port: {port}}}]}}]"
    spec = f"{{podSelector: {{matchLabels: {{app: worker}}}}, policyTypes: [Egress], egress: {rules}}}"
    return obj("NetworkPolicy", "worker", spec)


def scraped(port: str = "'9000'", containers: str = "[{containerPort: 9000}]") -> Object:
    """A workload that asks to be scraped."""
    built = workload("web", f"ports: {containers}")
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": port.strip("'")}
    built["spec"]["template"]["metadata"]["annotations"] = annotations
    return built


CASES = [
    Case(
        "policies-let-keda-in",
        "only neighbours come in",
        [*SERVERS, inwards(WORKERS)],
        [
            f"NetworkPolicy dev/redis: spec.ingress is without KEDA; allowed: a rule for the namespace of KEDA on {ON_6379}; {UNSCALED}"
        ],
    ),
    Case("policies-let-keda-in", "KEDA too", [*SERVERS, inwards(WORKERS, KEDA)]),
    Case(
        "policies-let-keda-in",
        "nobody, at another port, Prometheus; the address out of a variable, a ScaledJob",
        [
            *SERVERS,
            inwards(KEDA, port="6380"),
            inwards("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}", name="scrape"),
            obj("NetworkPolicy", "deny", "{podSelector: {}, policyTypes: [Ingress]}"),
        ],
        [
            f"NetworkPolicy dev/redis: spec.ingress is without KEDA; allowed: a rule for the namespace of KEDA on {ON_6379}; {UNSCALED}"
        ],
    ),
    Case(
        "policies-let-keda-in",
        "one policy of several, by the name of the port; another's address",
        [
            *SERVERS,
            obj("NetworkPolicy", "deny", "{podSelector: {}, policyTypes: [Ingress, Egress]}"),
            inwards(KEDA, port="redis", name="keda"),
            scaler("other", triggers="[{type: redis, metadata: {address: 'redis.elsewhere:6379', listName: a}}]"),
        ],
    ),
    Case(
        "policies-let-keda-in",
        "addresses, namespaces by labels or names of their own, all of them, no policies, other kinds of policies",
        [
            *SERVERS,
            inwards("{ipBlock: {cidr: 10.0.0.0/8}}"),
        ],
    ),
    Case(
        "policies-let-keda-in",
        "a namespace that may be KEDA's",
        [*SERVERS, inwards("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: autoscaling}}}")],
    ),
    Case(
        "policies-let-keda-in",
        "namespaces by a label",
        [*SERVERS, inwards("{namespaceSelector: {matchLabels: {role: infrastructure}}}")],
    ),
    Case("policies-let-keda-in", "no policies", SERVERS),
    Case(
        "policies-let-keda-in",
        "other kinds of policies beside",
        [*SERVERS, inwards(WORKERS), obj("CiliumNetworkPolicy", "keda", root="apiVersion: cilium.io/v2")],
    ),
    Case(
        "policies-let-workers-through",
        "not into the server",
        [*SERVERS, inwards(KEDA)],
        [
            (
                f"NetworkPolicy dev/redis: spec.ingress is without the workers; allowed: a rule for the pods of Deployment dev/worker on {ON_6379};"
                " they take their tasks from StatefulSet dev/redis, and are shut out"
            )
        ],
    ),
    Case(
        "policies-let-workers-through",
        "not out of their own",
        [
            *SERVERS,
            outwards("{podSelector: {matchLabels: {app: postgres}}}"),
            outwards("{podSelector: {}}", port="5432"),
        ],
        [
            (
                f"NetworkPolicy dev/worker: spec.egress is without the server; allowed: a rule to the pods of StatefulSet dev/redis on {ON_6379};"
                " Deployment dev/worker takes its tasks from there, and does not get out"
            )
        ],
    ),
    Case(
        "policies-let-workers-through",
        "in and out, by one policy of several",
        [
            *SERVERS,
            inwards(KEDA),
            inwards(WORKERS, name="workers"),
            outwards("{podSelector: {matchLabels: {app: redis}}}"),
            obj("NetworkPolicy", "deny", "{podSelector: {}, policyTypes: [Ingress, Egress]}"),
        ],
    ),
    Case(
        "policies-keep-strangers-out",
        "one policy opens what another closes",
        [REDIS, inwards(WORKERS), obj("NetworkPolicy", "web", "{podSelector: {}, ingress: [{}]}")],
        [
            (
                "NetworkPolicy dev/web: spec.ingress[0].from is open to everybody; allowed: a rule for those who call StatefulSet dev/redis, or one"
                f" that does not select it; {ADD_UP}"
            )
        ],
    ),
    Case("policies-keep-strangers-out", "both are narrow", [REDIS, inwards(WORKERS), inwards(KEDA, name="keda")]),
    Case(
        "policies-keep-strangers-out",
        "all namespaces, all addresses",
        [REDIS, inwards("{namespaceSelector: {}}"), inwards("{ipBlock: {cidr: 0.0.0.0/0}}", name="all")],
        [
            (
                f"NetworkPolicy dev/{name}: spec.ingress[0].from is a list of 1; allowed: a rule for those who call StatefulSet dev/redis, or one that"
                f" does not select it; {ADD_UP}"
            ).replace("a list of 1", "open to everybody")
            for name in ("redis", "all")
        ],
    ),
    Case(
        "policies-keep-strangers-out",
        "the whole of its own namespace, another port, another pod, no policies at all",
        [
            REDIS,
            inwards("{podSelector: {}}"),
            inwards("{namespaceSelector: {}}", port="9121", name="exporter"),
            inwards("{namespaceSelector: {}, podSelector: {matchLabels: {redis-client: 'true'}}}", name="clients"),
            WORKER,
            obj("NetworkPolicy", "worker", "{podSelector: {matchLabels: {app: worker}}, ingress: [{}]}"),
            workload("open-redis", "image: redis:7", namespace="other"),
            workload(
                "app",
                "ports: [{containerPort: 8080}]",
                pod="{containers: [{name: app, image: app}, {name: cache, image: redis:7}]}",
            ),
            obj("NetworkPolicy", "app", "{podSelector: {matchLabels: {app: app}}, ingress: [{ports: [{port: 8080}]}]}"),
        ],
    ),
    Case(
        "policies-let-prometheus-in",
        "only neighbours come in",
        [scraped(), inwards("{podSelector: {}}", pods="{matchLabels: {app: web}}", port="9000", name="web")],
        [
            (
                "NetworkPolicy dev/web: spec.ingress is without Prometheus; allowed: a rule for the namespace of Prometheus on port 9000 of Deployment"
                " dev/web; by prometheus.io/scrape of its pods they are asked for metrics, and let no Prometheus in"
            )
        ],
    ),
    Case(
        "policies-let-prometheus-in",
        "a namespace that may be Prometheus's",
        [
            scraped(),
            inwards(
                "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: observability}}}",
                pods="{matchLabels: {app: web}}",
                port="9000",
                name="web",
            ),
        ],
    ),
    Case(
        "policies-let-prometheus-in",
        "a neighbour that may be Prometheus",
        [
            scraped(),
            workload("prometheus"),
            inwards("{podSelector: {}}", pods="{matchLabels: {app: web}}", port="9000", name="web"),
        ],
    ),
    Case("policies-let-prometheus-in", "no policies", [scraped()]),
    Case(
        "policies-let-prometheus-in",
        "by an annotation of a Service, a PodMonitor, a ServiceMonitor of another namespace",
        [
            workload("one", "ports: [{name: http, containerPort: 9000}]"),
            obj(
                "Service",
                "one",
                "{selector: {app: one}, ports: [{port: 80}]}",
                annotations="{prometheus.io/scrape: 'true'}",
            ),
            inwards("{podSelector: {}}", pods="{matchLabels: {app: one}}", port="9000", name="one"),
            workload("two", "ports: [{name: metrics, containerPort: 9001}, {name: http, containerPort: 80}]"),
            obj(
                "PodMonitor",
                "two",
                "{selector: {matchLabels: {app: two}}, podMetricsEndpoints: [{port: metrics}]}",
                root="apiVersion: monitoring.coreos.com/v1",
            ),
            inwards("{ipBlock: {cidr: 0.0.0.0/0}}", pods="{matchLabels: {app: two}}", port="80", name="two"),
            workload("three", "ports: [{name: http, containerPort: 9002}]"),
            obj(
                "Service",
                "three",
                "{selector: {app: three}, ports: [{name: web, port: 80, targetPort: http}]}",
                labels="{app: three}",
            ),
            obj(
                "ServiceMonitor",
                "three",
                "{selector: {matchLabels: {app: three}}, namespaceSelector: {matchNames: [dev]}, endpoints: [{port: web}]}",
                namespace="elsewhere",
                root="apiVersion: monitoring.coreos.com/v1",
            ),
            obj("NetworkPolicy", "three", "{podSelector: {matchLabels: {app: three}}, policyTypes: [Ingress]}"),
        ],
        [
            (
                f"NetworkPolicy dev/{name}: spec.ingress is without Prometheus; allowed: a rule for the namespace of Prometheus on port {port} of"
                f" Deployment dev/{name}; by {by} they are asked for metrics, and let no Prometheus in"
            )
            for name, port, by in (
                ("one", 9000, "prometheus.io/scrape of Service dev/one"),
                ("two", 9001, "PodMonitor dev/two"),
                ("three", 9002, "ServiceMonitor elsewhere/three"),
            )
        ],
    ),
]
