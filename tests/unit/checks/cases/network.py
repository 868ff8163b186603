"""Cases of the rules on Services, Ingresses and NetworkPolicies."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, alb, obj, workload

CUSTOM = {"apiVersion": "example.com/v1", "kind": "Database", "metadata": {"name": "db", "namespace": "dev"}}
MONITOR = {
    "apiVersion": "monitoring.coreos.com/v1",
    "kind": "ServiceMonitor",
    "metadata": {"name": "m", "namespace": "dev"},
}
SERVICE = obj("Service", "web", "selector: {app: web}\nports: [{name: http, port: 80, targetPort: 8080}]")
NOTHING = "nothing in these manifests has that name"
NAMESPACE = obj("Namespace", "dev")


def ingress(backend: str, **meta: str) -> Object:
    return obj(
        "Ingress", "web", f"rules: [{{http: {{paths: [{{path: /, backend: {{service: {backend}}}}}]}}}}]", **meta
    )


def policy(spec: str) -> Object:
    return obj("NetworkPolicy", "web", spec)


CASES = [
    Case(
        "service-selects-pods",
        "no pod",
        [workload(), obj("Service", "web", "selector: {app: web, tier: front}")],
        [
            (
                "Service dev/web: spec.selector is app=web,tier=front; allowed: labels that a workload of the namespace gives its pods; no pod"
                " has them all, so the Service has no endpoints, unless something adds tier to pods as they run"
            )
        ],
    ),
    Case(
        "service-selects-pods",
        "a pod, or no selector",
        [workload(), SERVICE, MONITOR, obj("Service", "db", "type: ExternalName")],
    ),
    Case(
        "service-selects-pods",
        "an operator may make the pods",
        [workload(), CUSTOM, obj("Service", "db", "selector: {app: db}")],
    ),
    Case(
        "service-selects-pods",
        "Knative's Service is another kind",
        [workload(), obj("Service", "fn", "selector: {app: fn}") | {"apiVersion": "serving.knative.dev/v1"}],
    ),
    Case(
        "ingress-backend-exists",
        "a missing Service, a missing port, a missing action",
        [
            SERVICE,
            ingress("{name: wbe, port: {number: 80}}"),
            ingress("{name: web, port: {number: 8080}}"),
            ingress("{name: redirect, port: {name: use-annotation}}"),
        ],
        [
            f'Ingress dev/web: spec.rules[0].http.paths[0].backend.service.name is "wbe"; allowed: a Service of the namespace; {NOTHING}',
            (
                "Ingress dev/web: spec.rules[0].http.paths[0].backend.service.port.number is 8080; allowed: a port of Service dev/web: 80; the"
                " Service does not have it"
            ),
            (
                'Ingress dev/web: spec.rules[0].http.paths[0].backend.service.name is "redirect"; allowed: a name with an annotation'
                " alb.ingress.kubernetes.io/actions.redirect; use-annotation asks for such an action"
            ),
        ],
    ),
    Case(
        "ingress-backend-exists",
        "by number, by name, an action, a default",
        [
            SERVICE,
            ingress("{name: web, port: {number: 80}}"),
            obj("Ingress", "named", "defaultBackend: {service: {name: web, port: {name: http}}}"),
            alb("actions.go: '{}'", "defaultBackend: {service: {name: go, port: {name: use-annotation}}}"),
        ],
    ),
    Case("ingress-backend-exists", "the Services are elsewhere", [ingress("{name: web, port: {number: 80}}")]),
    Case(
        "ingress-backend-exists",
        "somebody else renders the Service",
        [
            SERVICE,
            ingress("{name: front, port: {number: 80}}", annotations="{examx.ai/foreign-services: 'other,front'}"),
        ],
    ),
    Case(
        "network-policy-selects-pods",
        "no pod",
        [workload(), policy("podSelector: {matchLabels: {app: wbe}}")],
        [
            (
                "NetworkPolicy dev/web: spec.podSelector is app=wbe; allowed: an empty selector, or labels of a workload of the namespace; no"
                " pod has them, so the policy does nothing"
            )
        ],
    ),
    Case(
        "network-policy-selects-pods",
        "all pods, one pod",
        [workload(), policy("podSelector: {}"), policy("podSelector: {matchLabels: {app: web}}")],
    ),
    Case(
        "network-policy-selects-pods",
        "guests of the namespace, and one that is none",
        [
            obj("Namespace", "dev", annotations="{examx.ai/guests: 'celery-flower, old-worker'}"),
            workload(),
            policy("podSelector: {matchExpressions: [{key: app, operator: In, values: [old-worker]}]}"),
            policy("podSelector: {matchLabels: {app: new-worker}}"),
        ],
        [
            (
                "NetworkPolicy dev/web: spec.podSelector is app=new-worker; allowed: an empty selector, or labels of a workload of the"
                " namespace; no pod has them, so the policy does nothing"
            )
        ],
    ),
    Case(
        "network-policy-peer-exists",
        "no pod",
        [
            NAMESPACE,
            workload(),
            policy("podSelector: {}\negress: [{to: [{podSelector: {matchLabels: {app: redsi}}}]}]"),
        ],
        [
            (
                "NetworkPolicy dev/web: spec.egress[0].to[0].podSelector is app=redsi; allowed: labels of a workload of the namespace; no pod has"
                " them, so nobody gets through"
            )
        ],
    ),
    Case(
        "network-policy-peer-exists",
        "a pod, another namespace, everybody",
        [
            NAMESPACE,
            workload(),
            policy(
                "ingress: [{from: [{podSelector: {matchLabels: {app: web}}}, {podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}},"
                " {namespaceSelector: {}, podSelector: {matchLabels: {app: keda-operator}}}]}]"
            ),
        ],
    ),
    Case(
        "network-policy-peer-exists",
        "the namespace is not theirs",
        [workload(), policy("ingress: [{from: [{podSelector: {matchLabels: {a: b}}}]}]")],
    ),
]
