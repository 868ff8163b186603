"""Cases of the rules on what load balancers send to, and how they look whether it is well."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import AWS, INGRESS, REFUSED, SERVICE, ingress, ingress_class, service
from tests.unit.checks.cases.alb_classes import params
from tests.unit.checks.support import Case, Object, alb

NAME = "Ingress dev/web: spec.defaultBackend.service.name"


def to_web(annotations: str = "{}", name: str = "alb", port: str = "{number: 80}") -> Object:
    """An Ingress that sends all to the Service `web`."""
    spec = f"{{ingressClassName: {name}, defaultBackend: {{service: {{name: web, port: {port}}}}}}}"
    return ingress(annotations, spec=spec)


def without_ports(kind: str) -> str:
    """What is said of a Service of that type."""
    return (
        "ip, or a Service of type NodePort or LoadBalancer;"
        f" Service dev/web is of type {kind} without node ports, and {REFUSED}"
    )


OWN_PARAMS = "{apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: own}"
CASES = [
    Case(
        "alb-service-has-node-port",
        "a ClusterIP",
        [service(), to_web("{target-type: instance}")],
        [f"{INGRESS}target-type] is instance; allowed: {without_ports('ClusterIP')}"],
    ),
    Case("alb-service-has-node-port", "addresses of pods", [service(), to_web("{target-type: ip}")]),
    Case(
        "alb-service-has-node-port",
        "by default",
        [service(), to_web()],
        [f"{NAME} is web, with the target type instance by default; allowed: {without_ports('ClusterIP')}"],
    ),
    Case(
        "alb-service-has-node-port",
        "a load balancer that allocates none; said on the Service",
        [
            service(
                "{target-type: instance}",
                "{type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80}]}",
            ),
            to_web("{target-type: ip}"),
        ],
        [f"{SERVICE}target-type] is instance; allowed: {without_ports('LoadBalancer')}"],
    ),
    Case(
        "alb-service-has-node-port",
        "said by the class",
        [
            ingress_class("ingress.k8s.aws/alb", OWN_PARAMS),
            params("targetType: instance"),
            service(),
            to_web("{target-type: ip}", "own"),
        ],
        [f"IngressClassParams own: spec.targetType is instance; allowed: {without_ports('ClusterIP')}"],
    ),
    Case(
        "alb-service-has-node-port",
        "of the action of a backend",
        [
            service(),
            to_web(
                """{actions.web: '{"type": "forward", "forwardConfig": {"targetGroups": [{"serviceName": "web", "servicePort": 80}]}}'}""",
                port="{name: use-annotation}",
            ),
        ],
        [
            (
                f"{INGRESS}actions.web].forwardConfig.targetGroups[0].serviceName is web, with the target type instance by default; allowed:"
                f" {without_ports('ClusterIP')}"
            )
        ],
    ),
    Case(
        "alb-service-has-node-port",
        "node ports",
        [service(spec="{type: NodePort, ports: [{port: 80}]}"), to_web("{target-type: instance}")],
    ),
    Case(
        "alb-service-has-node-port",
        "the Service goes before the Ingress",
        [service("{target-type: ip}"), to_web("{target-type: instance}")],
    ),
    Case(
        "alb-service-has-node-port",
        "EKS Auto Mode",
        [service(), ingress_class("eks.amazonaws.com/alb"), to_web(name="own")],
    ),
    Case(
        "alb-service-has-node-port",
        "a class that says ip",
        [service(), ingress_class("ingress.k8s.aws/alb", OWN_PARAMS), params("targetType: ip"), to_web(name="own")],
    ),
    Case("alb-service-has-node-port", "another controller", [service(), to_web(name="nginx")]),
    Case("alb-service-has-node-port", "a Service that is elsewhere", [to_web("{target-type: instance}")]),
    Case(
        "alb-service-has-targets",
        "a resource, and a name elsewhere",
        [
            ingress(spec="{ingressClassName: alb, defaultBackend: {resource: {kind: Bucket, name: web}}}"),
            service(spec="{type: ExternalName, externalName: web.example.com}"),
            to_web("{target-type: ip}"),
        ],
        [
            f"Ingress dev/web: spec.defaultBackend is a mapping of 1 keys; allowed: a Service; {REFUSED}",
            (
                f'{NAME} is "web"; allowed: a Service that selects pods; Service dev/web is an ExternalName without endpoints, so the answer is'
                " 503"
            ),
        ],
    ),
    Case(
        "alb-service-has-targets",
        "a Service, as the old API too names it",
        [service(), to_web(), ingress(spec="{ingressClassName: alb, backend: {serviceName: web, servicePort: 80}}")],
    ),
    Case(
        "alb-grpc-has-https-alone",
        "on HTTP, by default",
        [to_web("{backend-protocol-version: GRPC}")],
        [
            f'{INGRESS}backend-protocol-version] is "GRPC"; allowed: GRPC without an HTTP listener, here on port 80; {AWS}'
        ],
    ),
    Case(
        "alb-grpc-has-https-alone",
        "on HTTPS, or HTTP that redirects",
        [
            to_web("""{backend-protocol-version: GRPC, listen-ports: '[{"HTTPS": 443}]'}"""),
            to_web(
                """{backend-protocol-version: GRPC, ssl-redirect: '443', listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'}"""
            ),
            to_web("{backend-protocol-version: HTTP2}"),
            ingress(
                """{backend-protocol-version: GRPC, listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]', actions.go: '{"type": "redirect",
                "redirectConfig": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}'}""",
                spec="{ingressClassName: alb, rules: [{http: {paths: ["
                "{path: /*, pathType: ImplementationSpecific, backend: {service: {name: go, port: {name: use-annotation}}}},"
                "{path: /*, pathType: ImplementationSpecific, backend: {service: {name: web, port: {number: 80}}}}]}}]}",
            ),
        ],
    ),
    Case(
        "alb-ip-families-agree",
        "IPv6 behind IPv4",
        [service(spec="{ipFamilies: [IPv4, IPv6], ports: [{port: 80}]}"), to_web("{target-type: ip}")],
        [
            (
                "Service dev/web: spec.ipFamilies is a list of 2; allowed: IPv4 alone, or the annotation ip-address-type: dualstack on Ingress"
                f" dev/web; {REFUSED}"
            )
        ],
    ),
    Case(
        "alb-ip-families-agree",
        "IPv6 behind both, IPv4 behind IPv4",
        [
            service(spec="{ipFamilies: [IPv4, IPv6], ports: [{port: 80}]}"),
            to_web("{target-type: ip, ip-address-type: dualstack}"),
            service(spec="{ipFamilies: [IPv4], ports: [{port: 80}]}", name="four"),
            ingress(spec="{ingressClassName: alb, defaultBackend: {service: {name: four, port: {number: 80}}}}"),
        ],
    ),
    Case(
        "alb-control-port-is-read",
        "another port, and with node ports",
        [
            to_web("{target-type: ip, target-control-port.web.8080: '3000'}"),
            to_web("{target-control-port.web.80: '3000'}"),
        ],
        [
            (
                f"{INGRESS}target-control-port.web.8080] is target-control-port.web.8080; allowed: one of target-control-port.web.80; the controller"
                " ignores it silently"
            ),
            f"{INGRESS}target-control-port.web.80] is target-control-port.web.80; allowed: this with target-type: ip; {REFUSED}",
        ],
    ),
    Case(
        "alb-control-port-is-read",
        "by number, by name",
        [
            to_web("{target-type: ip, target-control-port.web.80: '3000'}"),
            to_web("{target-type: ip, target-control-port.web.http: '3000'}", port="{name: http}"),
        ],
    ),
    Case(
        "alb-health-check-times-fit",
        "a timeout as long as the interval",
        [alb("{healthcheck-interval-seconds: '5', healthcheck-timeout-seconds: '5'}")],
        [f'{INGRESS}healthcheck-timeout-seconds] is "5"; allowed: less than the interval, 5 s; {AWS}'],
    ),
    Case(
        "alb-health-check-times-fit",
        "a shorter one",
        [alb("{healthcheck-interval-seconds: '6', healthcheck-timeout-seconds: '5'}")],
    ),
    Case(
        "alb-health-check-times-fit",
        "one of the two, beside the default of the other; split over Ingress and Service",
        [
            alb("{healthcheck-timeout-seconds: '15'}"),
            alb("{healthcheck-interval-seconds: '5'}"),
            service("{healthcheck-timeout-seconds: '10'}"),
            to_web("{healthcheck-interval-seconds: '8'}"),
        ],
        [
            f'{INGRESS}healthcheck-timeout-seconds] is "15"; allowed: less than the interval, 15 s; {AWS}',
            f'{INGRESS}healthcheck-interval-seconds] is "5"; allowed: more than the timeout, 5 s by default; {AWS}',
            f'{SERVICE}healthcheck-timeout-seconds] is "10"; allowed: less than the interval, 8 s; {AWS}',
        ],
    ),
    Case(
        "alb-health-check-times-fit",
        "the Service mends what the Ingress says, and half of a pair of which the rest is elsewhere",
        [
            service("{healthcheck-timeout-seconds: '10'}"),
            to_web("{healthcheck-timeout-seconds: '40', healthcheck-interval-seconds: '30'}"),
            service("{healthcheck-timeout-seconds: '40'}", name="other"),
            ingress(
                "{healthcheck-timeout-seconds: '40', healthcheck-interval-seconds: '30'}",
                spec="ingressClassName: nginx",
            ),
        ],
    ),
    Case(
        "alb-success-codes-are-possible",
        "beyond what HTTP and gRPC have, no codes",
        [
            alb("{success-codes: '200-600'}"),
            alb("{success-codes: '200', backend-protocol-version: GRPC}"),
            alb("{success-codes: 2xx}"),
            service("{success-codes: '0-100', backend-protocol-version: GRPC}"),
        ],
        [
            f'{INGRESS}success-codes] is "200-600"; allowed: codes from 200 to 499, such as 200,499 or 200-499; {AWS}',
            f'{INGRESS}success-codes] is "200"; allowed: codes from 0 to 99, such as 0,99 or 0-99; {AWS}',
            f'{INGRESS}success-codes] is "2xx"; allowed: codes from 200 to 499, such as 200,499 or 200-499; {AWS}',
            f'{SERVICE}success-codes] is "0-100"; allowed: codes from 0 to 99, such as 0,99 or 0-99; {AWS}',
        ],
    ),
    Case(
        "alb-success-codes-are-possible",
        "one, some, a range; of gRPC",
        [
            alb("{success-codes: '200'}"),
            alb("{success-codes: '200,301-399,404'}"),
            alb("{success-codes: '0-99', backend-protocol-version: GRPC}"),
            service("{success-codes: '12'}"),
            to_web("{backend-protocol-version: GRPC}"),
        ],
    ),
    Case(
        "alb-health-check-port-is-found",
        "a name that the Service does not have, one behind which there is another name",
        [
            service(spec="ports: [{name: http, port: 80, targetPort: web}]"),
            to_web("{healthcheck-port: status, target-type: ip}"),
            to_web("{healthcheck-port: http, target-type: ip}"),
        ],
        [
            f'{INGRESS}healthcheck-port] is "status"; allowed: a port name of Service dev/web: http; {REFUSED}',
            (
                f"{INGRESS}healthcheck-port] is \"http\"; allowed: the number of the pods' port: the Service's has a name for it; {REFUSED}"
            ),
        ],
    ),
    Case(
        "alb-health-check-port-is-found",
        "a name with a number behind it, a number, the port of the traffic",
        [
            service(spec="ports: [{name: http, port: 80, targetPort: 8080}]"),
            to_web("{healthcheck-port: http, target-type: ip}"),
            to_web("{healthcheck-port: '8080'}"),
            to_web("{healthcheck-port: traffic-port}"),
        ],
    ),
]
