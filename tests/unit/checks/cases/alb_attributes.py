"""Cases of the rules on attributes of load balancers, listeners and target groups."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import AWS, INGRESS, SERVICE, ingress, service
from tests.unit.checks.cases.alb_classes import params
from tests.unit.checks.support import Case, alb

OF_BALANCER = "an attribute of an application load balancer"
OF_TARGETS = "an attribute of a target group of an application load balancer"
OF_LISTENER = "an attribute of a listener of an application load balancer"

CASES = [
    Case(
        "alb-attribute-is-allowed",
        "mistyped, of another sort of load balancer, of something else, unheard of",
        [
            alb(
                "{load-balancer-attributes: 'idle_timeout.timeout_second=60,dns_record.client_routing_policy=any_availability_zone,"
                "stickiness.enabled=true,made.up=1', listener-attributes.HTTPS-443: tcp.idle_timeout.seconds=60}"
            ),
        ],
        [
            f"{INGRESS}load-balancer-attributes] is idle_timeout.timeout_second=60; allowed: {OF_BALANCER}; did you mean idle_timeout.timeout_seconds?; {AWS}",
            f"{INGRESS}load-balancer-attributes] is dns_record.client_routing_policy=any_availability_zone; allowed: {OF_BALANCER}; {AWS}",
            f"{INGRESS}load-balancer-attributes] is stickiness.enabled=true; allowed: {OF_BALANCER}; {AWS}",
            f"{INGRESS}load-balancer-attributes] is made.up=1; allowed: {OF_BALANCER}; {AWS}",
            f"{INGRESS}listener-attributes.HTTPS-443] is tcp.idle_timeout.seconds=60; allowed: {OF_LISTENER}; {AWS}",
        ],
    ),
    Case(
        "alb-attribute-is-allowed",
        "values with a unit, out of bounds, parted by a blank",
        [
            alb(
                "{load-balancer-attributes: 'idle_timeout.timeout_seconds=60s,client_keep_alive.seconds=10,routing.http2.enabled=yes'}"
            ),
            service("{target-group-attributes: 'deregistration_delay.timeout_seconds=30 stickiness.enabled=true'}"),
            service(
                "{target-group-attributes: 'slow_start.duration_seconds=10,stickiness.type=source_ip,preserve_client_ip.enabled=true'}"
            ),
        ],
        [
            f"{INGRESS}load-balancer-attributes] is idle_timeout.timeout_seconds=60s; allowed: idle_timeout.timeout_seconds=a whole number from 1 to 4000; {AWS}",
            f"{INGRESS}load-balancer-attributes] is client_keep_alive.seconds=10; allowed: client_keep_alive.seconds=a whole number from 60 to 604800; {AWS}",
            f"{INGRESS}load-balancer-attributes] is routing.http2.enabled=yes; allowed: routing.http2.enabled=true or false; {AWS}",
            (
                f"{SERVICE}target-group-attributes] is deregistration_delay.timeout_seconds=30 stickiness.enabled=true; allowed:"
                f" deregistration_delay.timeout_seconds=a whole number from 0 to 3600; {AWS}"
            ),
            f"{SERVICE}target-group-attributes] is slow_start.duration_seconds=10; allowed: slow_start.duration_seconds=0 or a whole number from 30 to 900; {AWS}",
            f"{SERVICE}target-group-attributes] is stickiness.type=source_ip; allowed: stickiness.type=lb_cookie or app_cookie; {AWS}",
            f"{SERVICE}target-group-attributes] is preserve_client_ip.enabled=true; allowed: {OF_TARGETS}; {AWS}",
        ],
    ),
    Case(
        "alb-attribute-is-allowed",
        "of a class",
        [
            params(
                "{loadBalancerAttributes: [{key: idle_timeout.timeout_seconds, value: '9000'}], listeners: [{protocol: HTTPS, port: 443,"
                " listenerAttributes: [{key: tcp.idle_timeout.seconds, value: '60'}]}]}"
            )
        ],
        [
            (
                "IngressClassParams own: spec.loadBalancerAttributes[0] is idle_timeout.timeout_seconds=9000; allowed:"
                f" idle_timeout.timeout_seconds=a whole number from 1 to 4000; {AWS}"
            ),
            f"IngressClassParams own: spec.listeners[0].listenerAttributes[0] is tcp.idle_timeout.seconds=60; allowed: {OF_LISTENER}; {AWS}",
        ],
    ),
    Case(
        "alb-attribute-is-allowed",
        "its own, escaped commas, blanks, what a template fills in, another controller's",
        [
            alb(
                "{load-balancer-attributes: 'idle_timeout.timeout_seconds=600, routing.http2.enabled=True,access_logs.s3.enabled=true,"
                "access_logs.s3.bucket=logs,deletion_protection.enabled=${PROTECTED}',"
                r" listener-attributes.HTTPS-443: 'routing.http.response.access_control_allow_methods.header_value=GET\\,PUT',"
                " target-group-attributes: 'stickiness.enabled=true,stickiness.lb_cookie.duration_seconds=60,slow_start.duration_seconds=0,"
                "target_group_health.dns_failover.minimum_healthy_targets.count=off'}"
            ),
            ingress("{load-balancer-attributes: made.up=1}", spec="ingressClassName: traefik"),
        ],
    ),
    Case(
        "alb-target-group-attributes-agree",
        "a cookie without a name, anomalies and a slow start with the wrong algorithm",
        [
            service("{target-group-attributes: 'stickiness.enabled=true,stickiness.type=app_cookie'}"),
            service("{target-group-attributes: load_balancing.algorithm.anomaly_mitigation=on}"),
            alb(
                "{target-group-attributes: 'slow_start.duration_seconds=30,load_balancing.algorithm.type=least_outstanding_requests'}"
            ),
        ],
        [
            f"{INGRESS}target-group-attributes] is slow_start.duration_seconds=30; allowed: load_balancing.algorithm.type=round_robin with it; {AWS}",
            f"{SERVICE}target-group-attributes] is stickiness.type=app_cookie; allowed: stickiness.app_cookie.cookie_name=… with it; {AWS}",
            (
                f"{SERVICE}target-group-attributes] is load_balancing.algorithm.anomaly_mitigation=on; allowed:"
                f" load_balancing.algorithm.type=weighted_random with it; {AWS}"
            ),
        ],
    ),
    Case(
        "alb-target-group-attributes-agree",
        "a named cookie, anomalies with their algorithm, a slow start by default",
        [
            service(
                "{target-group-attributes: 'stickiness.type=app_cookie,stickiness.app_cookie.cookie_name=session'}"
            ),
            service(
                "{target-group-attributes: 'load_balancing.algorithm.anomaly_mitigation=on,load_balancing.algorithm.type=weighted_random'}"
            ),
            alb("{target-group-attributes: slow_start.duration_seconds=30}"),
        ],
    ),
]
