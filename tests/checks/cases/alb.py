"""Cases of the rules on annotations of the AWS load balancer controller."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.support import Case, alb

INGRESS = "Ingress dev/web: metadata.annotations[alb.ingress.kubernetes.io/"
REFUSED = "the controller refuses it, and the whole IngressGroup with it"
IGNORED = "it ignores this one silently"

CASES = [
    Case(
        "alb-annotation-is-known",
        "from nginx, from habit, mistyped, made up",
        [
            alb(
                "{enable-cors: 'true', idle-timeout: '60', healthcheck-healthy-threshold-count: '2', target-typ: ip, made-up: x}"
            )
        ],
        [
            (
                f'{INGRESS}enable-cors] is "true"; allowed: an annotation that the controller reads; use CORS in the application; a load balancer'
                f" answers no preflight; {IGNORED}"
            ),
            (
                f'{INGRESS}idle-timeout] is "60"; allowed: an annotation that the controller reads; use load-balancer-attributes:'
                f" idle_timeout.timeout_seconds=…; {IGNORED}"
            ),
            (
                f'{INGRESS}healthcheck-healthy-threshold-count] is "2"; allowed: an annotation that the controller reads; use'
                f" healthy-threshold-count; {IGNORED}"
            ),
            f'{INGRESS}target-typ] is "ip"; allowed: an annotation that the controller reads; did you mean target-type?; {IGNORED}',
            f'{INGRESS}made-up] is "x"; allowed: an annotation that the controller reads; {IGNORED}',
        ],
    ),
    Case(
        "alb-annotation-is-known",
        "its own, families, other controllers'",
        [
            alb(
                "{scheme: internal, actions.go: '{}', conditions.web: '[]', transforms.web: '[]', listener-attributes.HTTPS-443: a=b,"
                " group.name: g, nginx.ingress.kubernetes.io/enable-cors: 'true'}"
            )
        ],
    ),
    Case(
        "alb-value-is-allowed",
        "values that the controller refuses",
        [
            alb(
                "{scheme: public, group.order: '1001', load-balancer-name: "
                + "l" * 33
                + ", group.name: My_Group, idle: 60}"
            ),
            alb("{group.order: first}"),
        ],
        [
            f'{INGRESS}scheme] is "public"; allowed: internal or internet-facing; {REFUSED}',
            f'{INGRESS}group.order] is "1001"; allowed: a whole number from -1000 to 1000; {REFUSED}',
            f'{INGRESS}load-balancer-name] is "{"l" * 33}"; allowed: 1 to 32 characters; {REFUSED}',
            f'{INGRESS}group.name] is "My_Group"; allowed: lower case letters, digits, - and ., at most 63 characters; {REFUSED}',
            f"{INGRESS}idle] is 60; allowed: a string: put it in quotes; {REFUSED}",
            f'{INGRESS}group.order] is "first"; allowed: a whole number from -1000 to 1000; {REFUSED}',
        ],
    ),
    Case(
        "alb-value-is-allowed",
        "values that it accepts",
        [alb("{scheme: internal, group.order: '-1000', load-balancer-name: web, group.name: my-group}")],
    ),
    Case(
        "ingress-class-is-set-once",
        "twice",
        [alb("{kubernetes.io/ingress.class: alb}")],
        [
            (
                'Ingress dev/web: metadata.annotations[kubernetes.io/ingress.class] is "alb"; allowed: spec.ingressClassName alone; the API server'
                " refuses an Ingress with both"
            )
        ],
    ),
    Case(
        "ingress-class-is-set-once",
        "either",
        [alb("{scheme: internal}"), alb("{kubernetes.io/ingress.class: alb}", spec="rules: []")],
    ),
]
