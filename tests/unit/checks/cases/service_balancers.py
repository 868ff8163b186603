"""Cases of the rules on Services of type LoadBalancer in AWS."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from typing import Any

from tests.support import read_yaml
from tests.unit.checks.support import Case, Object, obj

PLACE = "Service dev/web: metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-"
REFUSED = "the controller refuses it, and the load balancer stays as it is"
AWS = "AWS refuses it, and the load balancer stays as it is"
PAIRS = r"pairs such as key=value,key=value; \, is a comma in a value"
NLB = "{type: LoadBalancer, loadBalancerClass: service.k8s.aws/nlb, ports: [{name: http, port: 80, targetPort: web}]}"


def service(annotations: str = "{}", spec: str = NLB) -> Object:
    """A Service with annotations of a load balancer, given as `suffix: value`."""
    built = obj("Service", "web", spec)
    given: dict[str, Any] = read_yaml(annotations)
    built["metadata"]["annotations"] = {
        f"service.beta.kubernetes.io/aws-load-balancer-{key}": value for key, value in given.items()
    }
    return built


CASES = [
    Case(
        "nlb-annotation-is-known",
        "mistyped, made up",
        [service("{schema: internal, made-up: x}")],
        [
            f'{PLACE}schema] is "internal"; allowed: an annotation that a controller reads; did you mean aws-load-balancer-scheme?; it is ignored silently',
            f'{PLACE}made-up] is "x"; allowed: an annotation that a controller reads; it is ignored silently',
        ],
    ),
    Case(
        "nlb-annotation-is-known",
        "of the controller, of the cloud provider, families",
        [
            service("{scheme: internal, listener-attributes.TCP-80: a=b, target-group-attributes.80: a=b}"),
            service("{connection-idle-timeout: '60', extra-security-groups: sg-a}", "{type: LoadBalancer}"),
        ],
    ),
    Case(
        "nlb-value-is-allowed",
        "what it cannot read, and what AWS does not take",
        [
            service(
                "{scheme: public, nlb-target-type: pod, cross-zone-load-balancing-enabled: 'yes', attributes: a, proxy-protocol: v2,"
                " healthcheck-interval: 10s, healthcheck-healthy-threshold: '1', ip-address-type: ipv6, healthcheck-protocol: UDP,"
                " listener-attributes.TCP-80: a}"
            )
        ],
        [
            f'{PLACE}scheme] is "public"; allowed: internal or internet-facing; {REFUSED}',
            f'{PLACE}nlb-target-type] is "pod"; allowed: instance or ip; {REFUSED}',
            f'{PLACE}cross-zone-load-balancing-enabled] is "yes"; allowed: true or false; {REFUSED}',
            f'{PLACE}attributes] is "a"; allowed: {PAIRS}; {REFUSED}',
            f'{PLACE}proxy-protocol] is "v2"; allowed: *; {REFUSED}',
            f'{PLACE}healthcheck-interval] is "10s"; allowed: a whole number from 5 to 300; {REFUSED}',
            f'{PLACE}healthcheck-healthy-threshold] is "1"; allowed: a whole number from 2 to 10; {AWS}',
            f'{PLACE}ip-address-type] is "ipv6"; allowed: ipv4 or dualstack; {REFUSED}',
            f'{PLACE}healthcheck-protocol] is "UDP"; allowed: TCP, HTTP or HTTPS; {REFUSED}',
            f'{PLACE}listener-attributes.TCP-80] is "a"; allowed: {PAIRS}; {REFUSED}',
        ],
    ),
    Case(
        "nlb-value-is-allowed",
        "a timeout beyond the interval, ports that the Service does not have",
        [
            service("{healthcheck-timeout: '11'}"),
            service("{healthcheck-interval: '6'}"),
            service("{ssl-ports: 'http,443', healthcheck-port: status, nlb-target-type: ip}"),
            service("{healthcheck-port: http, nlb-target-type: ip}"),
        ],
        [
            f'{PLACE}healthcheck-timeout] is "11"; allowed: at most the interval, 10 s; {AWS}',
            f'{PLACE}healthcheck-interval] is "6"; allowed: at least the timeout, 10 s by default; {AWS}',
            f"{PLACE}ssl-ports] is 443; allowed: ports of the Service: 80, http; {REFUSED}",
            f'{PLACE}healthcheck-port] is "status"; allowed: a port number, its name in the Service, or traffic-port; {REFUSED}',
            f"{PLACE}healthcheck-port] is \"http\"; allowed: the number of the pods' port: the Service's has a name for it; {REFUSED}",
        ],
    ),
    Case(
        "nlb-value-is-allowed",
        "what both take, the cloud provider's, what is filled in, a local check",
        [
            service(
                "{scheme: internal, nlb-target-type: ip, healthcheck-interval: '10', healthcheck-timeout: '10', healthcheck-protocol: http,"
                " ssl-ports: '*', healthcheck-port: traffic-port, attributes: 'load_balancing.cross_zone.enabled=true'}"
            ),
            service(
                "{internal: '0.0.0.0/0', healthcheck-interval: '5', healthcheck-timeout: '5'}", "{type: LoadBalancer}"
            ),
            service("{scheme: '${SCHEME}'}"),
            service("{healthcheck-interval: '6'}", NLB.replace("ports", "externalTrafficPolicy: Local, ports")),
        ],
    ),
    Case(
        "nlb-service-has-node-ports",
        "none",
        [service(spec=NLB.replace("ports", "allocateLoadBalancerNodePorts: false, ports"))],
        [
            f"Service dev/web: spec.allocateLoadBalancerNodePorts is false; allowed: true, or the annotation aws-load-balancer-nlb-target-type: ip; {REFUSED}"
        ],
    ),
    Case(
        "nlb-service-has-node-ports",
        "addresses of pods, node ports, another's class",
        [
            service("{nlb-target-type: ip}", NLB.replace("ports", "allocateLoadBalancerNodePorts: false, ports")),
            service(),
            service(
                spec="{type: LoadBalancer, loadBalancerClass: metallb, allocateLoadBalancerNodePorts: false, ports: [{port: 80}]}"
            ),
        ],
    ),
]
