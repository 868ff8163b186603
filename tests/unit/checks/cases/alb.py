"""Cases of the rules on annotations of the AWS load balancer controller."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.support import Case, Object, alb, obj

INGRESS = "Ingress dev/web: metadata.annotations[alb.ingress.kubernetes.io/"
REFUSED = "the controller refuses it, and the whole IngressGroup with it"
AWS = "AWS refuses it, and the whole IngressGroup stays as it is"
POLICY = "a policy of AWS, such as ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
PAIRS = r"pairs such as key=value,key=value; \, is a comma in a value"
IGNORED = "it ignores this one silently"
SERVICE = "Service dev/web: metadata.annotations[alb.ingress.kubernetes.io/"


def ingress(
    annotations: str = "{}", name: str = "web", namespace: str = "dev", spec: str = "ingressClassName: alb"
) -> Object:
    """An Ingress of the controller, of any name; without a class of its own it is the default one's."""
    built = alb(annotations, spec)
    built["metadata"] |= {"name": name, "namespace": namespace}
    return built


def service(annotations: str = "{}", spec: str = "ports: [{port: 80}]", name: str = "web") -> Object:
    """A Service with annotations of the controller."""
    built = obj("Service", name, spec)
    built["metadata"]["annotations"] = alb(annotations)["metadata"]["annotations"]
    return built


def ingress_class(controller: str, parameters: str = "null") -> Object:
    """An IngressClass `own` of a controller."""
    spec = f"controller: {controller}\nparameters: {parameters}"
    return obj("IngressClass", "own", spec, namespace=None, root="apiVersion: networking.k8s.io/v1")


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
        "alb-annotation-is-known",
        "on a Service, in EKS Auto Mode, without the port that it is for",
        [
            service("{scheme: internal, target-typ: ip}"),
            ingress_class("eks.amazonaws.com/alb"),
            ingress("{group.name: g}", spec="ingressClassName: own"),
            alb("{target-control-port: '3000'}"),
        ],
        [
            (
                f'{INGRESS}group.name] is "g"; allowed: in EKS Auto Mode, the IngressClassParams of the class, or nothing; its controller'
                " ignores this one silently"
            ),
            (
                f'{INGRESS}target-control-port] is "3000"; allowed: an annotation that the controller reads; use'
                f" target-control-port.<service>.<port>; {IGNORED}"
            ),
            f'{SERVICE}scheme] is "internal"; allowed: this annotation on the Ingress; the controller does not read it on a Service',
            f'{SERVICE}target-typ] is "ip"; allowed: an annotation that the controller reads; did you mean target-type?; {IGNORED}',
        ],
    ),
    Case(
        "alb-annotation-is-known",
        "under another prefix",
        [alb("{alb.ingress.kubernets.io/scheme: internal, nginx.ingress.kubernetes.io/ssl-redirect: 'true'}")],
        [
            (
                'Ingress dev/web: metadata.annotations[alb.ingress.kubernets.io/scheme] is "internal"; allowed: this under'
                f" alb.ingress.kubernetes.io/scheme; {IGNORED}"
            )
        ],
    ),
    Case(
        "alb-annotation-is-known",
        "on a Service; of another controller's Ingress, by the name of its class or by its object",
        [
            service("{target-type: ip, target-control-port.web.80: '3000'}"),
            ingress("{made-up: x}", spec="ingressClassName: nginx-internal"),
            ingress_class("k8s.io/ingress-nginx"),
            ingress("{made-up: x}", spec="ingressClassName: own"),
            ingress("{made-up: x, kubernetes.io/ingress.class: traefik}", spec="{}"),
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
            (
                f'{INGRESS}group.name] is "My_Group"; allowed: lower case letters, digits, - and ., at most 63 characters;'
                " the controller takes the Ingress into no group, and it gets no load balancer"
            ),
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
        "alb-value-is-allowed",
        "numbers with a unit or out of bounds, truths and lists that are none",
        [
            alb(
                "{healthcheck-interval-seconds: 15s, healthcheck-timeout-seconds: '121', healthy-threshold-count: '1',"
                " unhealthy-threshold-count: '11', shield-advanced-protection: 'yes', inbound-cidrs: 10.0.0.1, tags: a,"
                " target-group-attributes: 'a=1,b', ssl-redirect: https, auth-session-timeout: 7d,"
                " load-balancer-attributes: 'a=1,,b=2', healthcheck-protocol: TCP, target-node-labels: a}"
            ),
            service("{healthcheck-path: health, healthcheck-port: '0', tags: 'aws:a=b', target-type: pod}"),
        ],
        [
            f'{INGRESS}healthcheck-interval-seconds] is "15s"; allowed: a whole number from 5 to 300; {REFUSED}',
            f'{INGRESS}healthcheck-timeout-seconds] is "121"; allowed: a whole number from 2 to 120; {AWS}',
            f'{INGRESS}healthy-threshold-count] is "1"; allowed: a whole number from 2 to 10; {AWS}',
            f'{INGRESS}unhealthy-threshold-count] is "11"; allowed: a whole number from 2 to 10; {AWS}',
            f'{INGRESS}shield-advanced-protection] is "yes"; allowed: true or false; {REFUSED}',
            f'{INGRESS}inbound-cidrs] is "10.0.0.1"; allowed: CIDRs such as 192.0.2.0/24,2001:db8::/32; {REFUSED}',
            f'{INGRESS}tags] is "a"; allowed: {PAIRS}; {REFUSED}',
            f'{INGRESS}target-group-attributes] is "a=1,b"; allowed: {PAIRS}; {REFUSED}',
            f'{INGRESS}ssl-redirect] is "https"; allowed: a whole number from 1 to 65535; {REFUSED}',
            f'{INGRESS}auth-session-timeout] is "7d"; allowed: a whole number from 1 to 604800; {REFUSED}',
            f'{INGRESS}load-balancer-attributes] is "a=1,,b=2"; allowed: {PAIRS}; {REFUSED}',
            f'{INGRESS}healthcheck-protocol] is "TCP"; allowed: HTTP or HTTPS; {REFUSED}',
            f'{INGRESS}target-node-labels] is "a"; allowed: {PAIRS}; {REFUSED}',
            f'{SERVICE}healthcheck-path] is "health"; allowed: a path that begins with /; {AWS}',
            f'{SERVICE}healthcheck-port] is "0"; allowed: a port, its name in the Service, or traffic-port; {AWS}',
            f'{SERVICE}tags] is "aws:a=b"; allowed: keys that do not begin with aws:; {AWS}',
            f'{SERVICE}target-type] is "pod"; allowed: instance or ip; {REFUSED}',
        ],
    ),
    Case(
        "alb-value-is-allowed",
        "what is no certificate, no policy, no regional firewall, no name",
        [
            alb(
                "{certificate-arn: web-cert, ssl-policy: TLS-1-2, load-balancer-name: internal-web, customer-owned-ipv4-pool: '',"
                " wafv2-acl-arn: 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/b', minimum-load-balancer-capacity: Units=1,"
                " frontend-nlb-healthcheck-port: http, frontend-nlb-listener-port-mapping: 80=http, tags: 'a=b*'}"
            ),
        ],
        [
            f'{INGRESS}certificate-arn] is "web-cert"; allowed: ARNs of certificates in ACM or IAM, parted by commas; {AWS}',
            f'{INGRESS}ssl-policy] is "TLS-1-2"; allowed: {POLICY}; {AWS}',
            f'{INGRESS}load-balancer-name] is "internal-web"; allowed: letters, digits and - between them, and not internal- in front; {AWS}',
            f'{INGRESS}customer-owned-ipv4-pool] is ""; allowed: the ID of a pool; {REFUSED}',
            (
                f'{INGRESS}wafv2-acl-arn] is "arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/b"; allowed: none, or the ARN of a regional'
                f" web ACL: arn:aws:wafv2:…:regional/webacl/…; {AWS}"
            ),
            f'{INGRESS}minimum-load-balancer-capacity] is "Units=1"; allowed: CapacityUnits=<a whole number>; {REFUSED}',
            f'{INGRESS}frontend-nlb-healthcheck-port] is "http"; allowed: a port number, or traffic-port; {REFUSED}',
            f'{INGRESS}frontend-nlb-listener-port-mapping] is "80=http"; allowed: pairs of ports such as 80=443; {REFUSED}',
            f'{INGRESS}tags] is "a=b*"; allowed: letters, digits, blanks and _ . : / = + - @ in keys and values; {AWS}',
        ],
    ),
    Case(
        "alb-value-is-allowed",
        "policies that AWS never had",
        [
            alb(f"{{ssl-policy: ELBSecurityPolicy-{name}}}")
            for name in ("TLS-1-3-2021", "TLS13-1-2-Rez-2021-06", "TLS-1-2-2016-08")
        ],
        [
            f'{INGRESS}ssl-policy] is "ELBSecurityPolicy-{name}"; allowed: {POLICY}; {AWS}'
            for name in ("TLS-1-3-2021", "TLS13-1-2-Rez-2021-06", "TLS-1-2-2016-08")
        ],
    ),
    Case(
        "alb-value-is-allowed",
        "policies that it has, or may have had since",
        [
            alb(f"{{ssl-policy: ELBSecurityPolicy-{name}}}")
            for name in ("2016-08", "FS-1-2-Res-2020-10", "TLS13-1-2-Ext2-2021-06", "TLS13-1-2-Res-PQ-2025-09")
        ],
    ),
    Case(
        "alb-value-is-allowed",
        "the same when it can be read; what a template fills in; another controller's",
        [
            alb(
                "{healthcheck-interval-seconds: '15', healthcheck-timeout-seconds: '5', shield-advanced-protection: 'True',"
                " inbound-cidrs: '10.0.0.0/8, 2001:db8::/32', tags: 'a=b,c=d e', load-balancer-attributes: '', healthcheck-port: http,"
                r" listener-attributes.HTTPS-443: 'routing.http.response.content_security_policy.header_value=a\,b',"
                " certificate-arn: 'arn:aws-cn:acm:cn-north-1:111122223333:certificate/a,arn:aws:iam::111122223333:server-certificate/b',"
                " wafv2-acl-arn: none, frontend-nlb-listener-port-mapping: '80=443,8080=8443', auth-session-timeout: '86400'}"
            ),
            alb("{certificate-arn: '<certificate>', scheme: '${SCHEME}', healthcheck-interval-seconds: '$(SECONDS)'}"),
            ingress("{scheme: public}", spec="ingressClassName: nginx"),
        ],
    ),
]
