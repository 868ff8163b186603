"""Cases of the rules on ServiceMonitors, PodMonitors and PrometheusRules."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, obj, workload

NAMESPACE = obj("Namespace", "dev", namespace=None)
WEB = workload(container="ports: [{name: http, containerPort: 8080}]")
SERVICE = obj("Service", "web", "{selector: {app: web}, ports: [{name: http, port: 80}]}", labels="{app: web}")
UNREAD = "Prometheus would load none of the rules beside it"


def service_monitor(selector: str, port: str = "http", more: str = "") -> Object:
    return obj("ServiceMonitor", "web", f"{{selector: {selector}, endpoints: [{{port: {port}}}]{more}}}")


def pod_monitor(selector: str, port: str = "http", more: str = "") -> Object:
    return obj("PodMonitor", "web", f"{{selector: {selector}, podMetricsEndpoints: [{{port: {port}}}]{more}}}")


def rules(*lines: str) -> Object:
    return obj("PrometheusRule", "web", f"groups: [{{name: web, rules: [{', '.join(lines)}]}}]")


OF_WEB, OF_WEEB, OF_OTHERS = ("{matchLabels: {app: " + each + "}}" for each in ("web", "weeb", "queue-metrics"))

CASES = [
    Case(
        "service-monitor-selects-services",
        "labels that no Service has",
        [WEB, SERVICE, service_monitor(OF_WEEB)],
        [
            "ServiceMonitor dev/web: spec.selector is app=weeb; allowed: labels of a Service; no Service has them, so nothing is scraped"
        ],
    ),
    Case(
        "service-monitor-selects-services",
        "labels of the pods, which the Service has not",
        [
            WEB,
            obj("Service", "web", "{selector: {app: web}, ports: [{name: http, port: 80}]}"),
            service_monitor(OF_WEB),
        ],
        [
            "ServiceMonitor dev/web: spec.selector is app=web; allowed: labels of a Service; no Service has them, so nothing is scraped"
        ],
    ),
    Case("service-monitor-selects-services", "its labels", [WEB, SERVICE, service_monitor(OF_WEB)]),
    Case(
        "service-monitor-selects-services",
        "no Service in the set, all namespaces, another namespace, a placeholder, everything, an expression",
        [
            service_monitor(OF_WEB),
            {**SERVICE, "metadata": {"name": "web", "namespace": "elsewhere", "labels": {"app": "web"}}},
            obj(
                "ServiceMonitor",
                "any",
                f"{{selector: {OF_OTHERS}, namespaceSelector: {{any: true}}, endpoints: []}}",
                namespace="elsewhere",
            ),
            obj(
                "ServiceMonitor",
                "there",
                f"{{selector: {OF_WEB}, namespaceSelector: {{matchNames: [elsewhere]}}, endpoints: []}}",
                namespace="here",
            ),
            obj(
                "ServiceMonitor",
                "filled",
                "{selector: {matchLabels: {app: '${APP}'}}, endpoints: []}",
                namespace="elsewhere",
            ),
            obj("ServiceMonitor", "all", "{selector: {}, endpoints: []}", namespace="elsewhere"),
            obj(
                "ServiceMonitor",
                "in",
                "{selector: {matchExpressions: [{key: app, operator: In, values: [web, api]}]}, endpoints: []}",
                namespace="elsewhere",
            ),
        ],
    ),
    Case(
        "service-monitor-port-exists",
        "a name that the Service has not",
        [SERVICE, service_monitor(OF_WEB, "metrics")],
        [
            'ServiceMonitor dev/web: spec.endpoints[0].port is "metrics"; allowed: the name of a port of Service dev/web: http; no port is called so, so nothing is scraped there'
        ],
    ),
    Case(
        "service-monitor-port-exists",
        "a number, and a port without a name",
        [
            obj("Service", "web", "{selector: {app: web}, ports: [{port: 80}]}", labels="{app: web}"),
            service_monitor(OF_WEB, "80"),
            obj("ServiceMonitor", "named", f"{{selector: {OF_WEB}, endpoints: [{{port: '80'}}]}}"),
        ],
        [
            "ServiceMonitor dev/web: spec.endpoints[0].port is 80; allowed: the name of a port of Service dev/web, as a text; the API server refuses a number here",
            'ServiceMonitor dev/named: spec.endpoints[0].port is "80"; allowed: the name of a port of Service dev/web; no port is called so, so nothing is scraped there',
        ],
    ),
    Case("service-monitor-port-exists", "its name", [SERVICE, service_monitor(OF_WEB, "http")]),
    Case(
        "service-monitor-port-exists",
        "of one of several Services, the pods' own, a Service unseen",
        [
            SERVICE,
            obj("Service", "api", "{ports: [{name: metrics, port: 90}]}", labels="{app: web}"),
            service_monitor(OF_WEB, "metrics"),
            obj("ServiceMonitor", "pods", f"{{selector: {OF_WEB}, endpoints: [{{targetPort: 9000}}]}}"),
            obj("ServiceMonitor", "unseen", "{selector: {matchLabels: {app: other}}, endpoints: [{port: any}]}"),
        ],
    ),
    Case(
        "pod-monitor-selects-pods",
        "labels that no pod has",
        [WEB, pod_monitor(OF_WEEB)],
        [
            "PodMonitor dev/web: spec.selector is app=weeb; allowed: labels of pods; no pod has them, so nothing is scraped"
        ],
    ),
    Case(
        "pod-monitor-selects-pods",
        "others, in a namespace that the set makes",
        [NAMESPACE, WEB, pod_monitor(OF_OTHERS)],
        [
            "PodMonitor dev/web: spec.selector is app=queue-metrics; allowed: labels of pods; no pod has them, so nothing is scraped"
        ],
    ),
    Case("pod-monitor-selects-pods", "their labels", [WEB, pod_monitor(OF_WEB)]),
    Case("pod-monitor-selects-pods", "no pod in the set, all namespaces", [pod_monitor(OF_WEB)]),
    Case(
        "pod-monitor-port-exists",
        "a name that no container has",
        [WEB, pod_monitor(OF_WEB, "metrics")],
        [
            'PodMonitor dev/web: spec.podMetricsEndpoints[0].port is "metrics"; allowed: the name of a port of Deployment dev/web: http; no port is called so, so nothing is scraped there'
        ],
    ),
    Case("pod-monitor-port-exists", "its name", [WEB, pod_monitor(OF_WEB, "http")]),
    Case(
        "pod-monitor-port-exists",
        "of a native sidecar, the number of a port",
        [
            workload(
                pod="initContainers: [{name: proxy, restartPolicy: Always, ports: [{name: mesh, containerPort: 15000}]}]"
            ),
            pod_monitor(OF_WEB, "mesh"),
            obj("PodMonitor", "number", f"{{selector: {OF_WEB}, podMetricsEndpoints: [{{portNumber: 9000}}]}}"),
        ],
    ),
    Case(
        "prometheus-rule-is-valid",
        "neither an alert nor a record",
        [rules("{expr: up == 0}")],
        [
            f"PrometheusRule dev/web: spec.groups[0].rules[0].alert is missing; allowed: a name, or `record` with one; a rule is an alert or a record: {UNREAD}"
        ],
    ),
    Case("prometheus-rule-is-valid", "an alert", [rules("{alert: WebDown, expr: up == 0}")]),
    Case(
        "prometheus-rule-is-valid",
        "both, no query, no metric, a wait without a unit, a wait of a record, no label",
        [
            rules(
                "{alert: A, record: a, expr: up}",
                "{alert: A, expr: ''}",
                "{record: 1a, expr: up}",
                "{alert: A, expr: up, for: '10'}",
                "{record: a, expr: up, for: 10m}",
                "{alert: A, expr: up, labels: {a-b: c}}",
            )
        ],
        [
            f'PrometheusRule dev/web: spec.groups[0].rules[0].record is "a"; allowed: nothing beside `alert`; a rule is an alert or a record: {UNREAD}',
            f'PrometheusRule dev/web: spec.groups[0].rules[1].expr is ""; allowed: a query; {UNREAD}',
            f'PrometheusRule dev/web: spec.groups[0].rules[2].record is "1a"; allowed: the name of a metric: letters, digits, `_` and `:`, no digit first; {UNREAD}',
            f'PrometheusRule dev/web: spec.groups[0].rules[3].for is "10"; allowed: a duration such as 10m or 1h30m; {UNREAD}',
            f'PrometheusRule dev/web: spec.groups[0].rules[4].for is "10m"; allowed: nothing beside `record`; only an alert has it: {UNREAD}',
            f'PrometheusRule dev/web: spec.groups[0].rules[5].labels.a-b is "c"; allowed: a label whose name is letters, digits and `_`, no digit first; {UNREAD}',
        ],
    ),
    Case(
        "prometheus-rule-is-valid",
        "a group without a name, and two of one",
        [obj("PrometheusRule", "web", "groups: [{rules: []}, {name: a, interval: 1x}, {name: a}]")],
        [
            f"PrometheusRule dev/web: spec.groups[0].name is missing; allowed: a name; {UNREAD}",
            f'PrometheusRule dev/web: spec.groups[1].interval is "1x"; allowed: a duration such as 10m or 1h30m; {UNREAD}',
            f'PrometheusRule dev/web: spec.groups[2].name is "a"; allowed: a name that no other group of the object has; {UNREAD}',
        ],
    ),
    Case(
        "prometheus-rule-is-valid",
        "a record, a number as a query, a long wait, a placeholder",
        [
            rules(
                "{record: 'job:up:sum', expr: sum(up), labels: {team: exams}}",
                "{alert: Watchdog, expr: 1, for: 1h30m, keep_firing_for: 5m, annotations: {summary: always}}",
                "{alert: A, expr: '{{ .Values.query }}', for: '{{ .Values.wait }}'}",
            )
        ],
    ),
]
