"""Cases of the rules on IngressGroups."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import AWS, INGRESS, ingress
from tests.unit.checks.support import Case, alb, obj

OTHER = "what Ingress dev/web of the group g says of"
STOPS = "the controller refuses the whole IngressGroup, and its load balancer stays as it is"
ADMIN = "Ingress admin/admin: metadata.annotations[alb.ingress.kubernetes.io/"
HTTPS = """listen-ports: '[{"HTTPS": 443}]'"""


def member(annotations: str, name: str = "admin", namespace: str = "admin", spec: str = "ingressClassName: alb"):
    """A member of the group g."""
    return ingress(f"{{group.name: g, {annotations}}}", name, namespace, spec)


CASES = [
    Case(
        "alb-group-agrees",
        "two schemes, in two namespaces",
        [alb("{group.name: g, scheme: internal}"), member("group.order: '1', scheme: internet-facing")],
        [f"{ADMIN}scheme] is internet-facing; allowed: {OTHER} scheme: internal; {STOPS}"],
    ),
    Case(
        "alb-group-agrees",
        "one scheme",
        [alb("{group.name: g, scheme: internal}"), member("group.order: '1', scheme: internal")],
    ),
    Case(
        "alb-group-agrees",
        "a firewall, an attribute, client certificates",
        [
            alb("{group.name: g, wafv2-acl-arn: one, shield-advanced-protection: 'true'}"),
            alb("{group.name: g, wafv2-acl-arn: none, load-balancer-attributes: 'a=1,b=2'}"),
            alb("{group.name: g, shield-advanced-protection: 'false', load-balancer-attributes: 'b=2, a=3'}"),
            alb(f"""{{group.name: g, {HTTPS}, mutual-authentication: '[{{"port": 443, "mode": "off"}}]'}}"""),
            alb(f"""{{group.name: g, {HTTPS}, mutual-authentication: '[{{"port": 443, "mode": "passthrough"}}]'}}"""),
        ],
        [
            f"{INGRESS}shield-advanced-protection] is false; allowed: {OTHER} shield-advanced-protection: true; {STOPS}",
            f"{INGRESS}wafv2-acl-arn] is none; allowed: {OTHER} wafv2-acl-arn: one; {STOPS}",
            f"{INGRESS}load-balancer-attributes] is load-balancer-attributes a 3; allowed: {OTHER} load-balancer-attributes a: 1; {STOPS}",
            (
                f'{INGRESS}mutual-authentication] is mutual-authentication of port 443 {{"mode": "passthrough", "port": 443}}; allowed: {OTHER}'
                f' mutual-authentication of port 443: {{"mode": "off", "port": 443}}; {STOPS}'
            ),
        ],
    ),
    Case(
        "alb-group-agrees",
        "the same, or nothing, in one group; others differ",
        [
            alb("{group.name: g, wafv2-acl-arn: one, load-balancer-attributes: 'a=1,b=2'}"),
            alb("{group.name: g, load-balancer-attributes: 'b=2,c=3'}"),
            alb("{group.name: h, wafv2-acl-arn: two}"),
            alb("{wafv2-acl-arn: three}"),
            alb(f"""{{group.name: g, {HTTPS}, mutual-authentication: '[{{"port": 443, "mode": "off"}}]'}}"""),
            alb(
                f"""{{group.name: g, {HTTPS}, mutual-authentication: '[{{"mode": "off", "port": 443}}, {{"port": 8443}}]'}}"""
            ),
            alb(f"{{group.name: g, {HTTPS}, mutual-authentication: 'no JSON'}}"),
        ],
    ),
    Case(
        "alb-group-agrees",
        "lists in another order, but security groups; other spellings of a truth; nets of an address",
        [
            alb(
                "{group.name: g, subnets: 'subnet-a,subnet-b', inbound-cidrs: '192.0.2.0/24,2001:db8::/32',"
                " shield-advanced-protection: 'true', security-groups: 'sg-a,sg-b', ssl-redirect: '443'}"
            ),
            member(
                "group.order: '1', subnets: 'subnet-b, subnet-a', inbound-cidrs: '2001:db8::/32,192.0.2.0/24',"
                " shield-advanced-protection: 'True', security-groups: 'sg-b,sg-a', ssl-redirect: '8443'"
            ),
        ],
        [
            f"{ADMIN}security-groups] is sg-b,sg-a; allowed: {OTHER} security-groups: sg-a,sg-b; {STOPS}",
            f"{ADMIN}ssl-redirect] is 8443; allowed: {OTHER} ssl-redirect: 443; {STOPS}",
        ],
    ),
    Case(
        "alb-group-agrees",
        "what is of a listener, on one that both have",
        [
            alb(f"{{group.name: g, {HTTPS}, ssl-policy: A, listener-attributes.HTTPS-443: a=1}}"),
            member(
                f"group.order: '1', {HTTPS}, ssl-policy: B, inbound-cidrs: 192.0.2.0/24, listener-attributes.HTTPS-443: a=2"
            ),
            member("""group.order: '2', listen-ports: '[{"HTTP": 443}]'""", "third"),
        ],
        [
            f"{ADMIN}listener-attributes.HTTPS-443] is listener-attributes of port 443 a 2; allowed: {OTHER} listener-attributes of port 443 a: 1; {STOPS}",
            f"{ADMIN}ssl-policy] is ssl-policy of port 443 B; allowed: {OTHER} ssl-policy of port 443: A; {STOPS}",
            (
                "Ingress admin/third: metadata.annotations[alb.ingress.kubernetes.io/listen-ports] is listen-ports of port 443 HTTP;"
                f" allowed: {OTHER} listen-ports of port 443: HTTPS; {STOPS}"
            ),
        ],
    ),
    Case(
        "alb-group-agrees",
        "what is of a listener, on one that only one has",
        [
            alb(f"{{group.name: g, {HTTPS}, ssl-policy: A, inbound-cidrs: 192.0.2.0/24}}"),
            member(
                """group.order: '1', listen-ports: '[{"HTTPS": 8443}]', ssl-policy: B, inbound-cidrs: 198.51.100.0/24"""
            ),
            member("group.order: '1', ssl-policy: C", "third"),
        ],
    ),
    Case(
        "alb-group-agrees",
        "tags, and a capacity",
        [
            alb("{group.name: g, tags: 'team=shop,cost=1', minimum-load-balancer-capacity: CapacityUnits=100}"),
            member("group.order: '1', tags: team=admin, minimum-load-balancer-capacity: CapacityUnits=200"),
        ],
        [
            (
                f"{ADMIN}minimum-load-balancer-capacity] is minimum-load-balancer-capacity CapacityUnits 200; allowed: {OTHER}"
                f" minimum-load-balancer-capacity CapacityUnits: 100; {STOPS}"
            ),
            f"{ADMIN}tags] is tags team admin; allowed: {OTHER} tags team: shop; {STOPS}",
        ],
    ),
    Case(
        "alb-group-agrees",
        "who comes first is by order, then by name, and not by who is written first",
        [alb("{group.name: g, scheme: internal}"), member("group.order: '-1', scheme: internet-facing")],
        [
            f"{INGRESS}scheme] is internal; allowed: what Ingress admin/admin of the group g says of scheme: internet-facing; {STOPS}"
        ],
    ),
    Case(
        "alb-group-agrees",
        "a network load balancer in front, of which only one gives attributes",
        [
            alb(
                "{group.name: g, enable-frontend-nlb: 'true', frontend-nlb-scheme: internal, frontend-nlb-attributes: a=1}"
            ),
            member("group.order: '1', frontend-nlb-scheme: internet-facing, frontend-nlb-healthcheck-path: /up"),
            member("group.order: '1', frontend-nlb-attributes: a=1, frontend-nlb-healthcheck-path: /health", "third"),
        ],
        [
            f"{ADMIN}frontend-nlb-scheme] is internet-facing; allowed: {OTHER} frontend-nlb-scheme: internal; {STOPS}",
            f"{ADMIN}frontend-nlb-attributes] is nothing; allowed: {OTHER} frontend-nlb-attributes: a=1; {STOPS}",
            (
                "Ingress admin/third: metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-healthcheck-path] is"
                " frontend-nlb-healthcheck-path of port 80 /health; allowed: what Ingress admin/admin of the group g says of"
                f" frontend-nlb-healthcheck-path of port 80: /up; {STOPS}"
            ),
        ],
    ),
    Case(
        "alb-group-agrees",
        "settings of a network load balancer that is not there",
        [
            alb("{group.name: g, frontend-nlb-scheme: internal, frontend-nlb-attributes: a=1}"),
            member("group.order: '1', frontend-nlb-scheme: internet-facing"),
        ],
    ),
    Case(
        "alb-group-agrees",
        "clusters have groups of their own",
        [
            obj("Namespace", "dev", annotations="{examx.ai/cluster: one}"),
            obj("Namespace", "admin", annotations="{examx.ai/cluster: two}"),
            alb("{group.name: g, scheme: internal}"),
            member("scheme: internet-facing"),
        ],
    ),
    Case(
        "alb-group-agrees",
        "an Ingress of another controller is no member",
        [
            alb("{group.name: g, scheme: internal}"),
            member("group.order: '1', scheme: internet-facing", spec="ingressClassName: nginx"),
        ],
    ),
    Case(
        "alb-group-has-one-default-backend",
        "two on one port",
        [
            ingress("{group.name: g}", spec="defaultBackend: {service: {name: web, port: {number: 80}}}"),
            member("group.order: '1'", spec="defaultBackend: {service: {name: admin, port: {number: 80}}}"),
        ],
        [
            f"Ingress admin/admin: spec.defaultBackend is there; allowed: none, as Ingress dev/web of the group g has one on port 80; {STOPS}"
        ],
    ),
    Case(
        "alb-group-has-one-default-backend",
        "one each on ports of their own",
        [
            ingress("{group.name: g}", spec="defaultBackend: {service: {name: web, port: {number: 80}}}"),
            member(HTTPS, spec="defaultBackend: {service: {name: admin, port: {number: 80}}}"),
        ],
    ),
    Case(
        "alb-group-has-one-default-backend",
        "two on a port that only redirects",
        [
            ingress(
                """{group.name: g, ssl-redirect: '443', listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'}""",
                spec="defaultBackend: {service: {name: web, port: {number: 80}}}",
            ),
            member("group.order: '1'", spec="defaultBackend: {service: {name: admin, port: {number: 80}}}"),
        ],
    ),
    Case(
        "alb-logs-have-a-bucket",
        "none",
        [alb("{load-balancer-attributes: access_logs.s3.enabled=true}")],
        [
            f"{INGRESS}load-balancer-attributes] is access_logs.s3.enabled=true; allowed: access_logs.s3.bucket=… with it; {AWS}"
        ],
    ),
    Case(
        "alb-logs-have-a-bucket",
        "one, or one of another member, or no logs",
        [
            alb("{load-balancer-attributes: 'access_logs.s3.enabled=true,access_logs.s3.bucket=logs'}"),
            alb("{load-balancer-attributes: access_logs.s3.enabled=false}"),
            alb("{group.name: g, load-balancer-attributes: access_logs.s3.enabled=true}"),
            member("load-balancer-attributes: access_logs.s3.bucket=logs"),
        ],
    ),
    Case(
        "alb-arns-are-of-one-region",
        "a firewall of another region, a certificate of a member",
        [
            alb(
                "{certificate-arn: 'arn:aws:acm:eu-west-1:1:certificate/a', wafv2-acl-arn: 'arn:aws:wafv2:us-east-1:1:regional/webacl/b/c', group.name: g}"
            ),
            member("group.order: '1', certificate-arn: 'arn:aws:acm:us-east-1:1:certificate/d'"),
        ],
        [
            (
                f"{INGRESS}wafv2-acl-arn] is arn:aws:wafv2:us-east-1:1:regional/webacl/b/c, of us-east-1; allowed: one of eu-west-1, as"
                f" arn:aws:acm:eu-west-1:1:certificate/a is; {AWS}"
            ),
            (
                f"{ADMIN}certificate-arn] is arn:aws:acm:us-east-1:1:certificate/d, of us-east-1; allowed: one of eu-west-1, as"
                f" arn:aws:acm:eu-west-1:1:certificate/a is; {AWS}"
            ),
        ],
    ),
    Case(
        "alb-arns-are-of-one-region",
        "one region, IAM, no firewall, other load balancers",
        [
            alb(
                "{certificate-arn: 'arn:aws:acm:eu-west-1:1:certificate/a,arn:aws:iam::1:server-certificate/b',"
                " wafv2-acl-arn: 'arn:aws:wafv2:eu-west-1:1:regional/webacl/b/c', group.name: g}"
            ),
            member("wafv2-acl-arn: none"),
            ingress("{certificate-arn: 'arn:aws:acm:us-east-1:1:certificate/d'}", "third"),
        ],
    ),
    Case(
        "alb-host-has-one-load-balancer",
        "two Ingresses without a group",
        [
            ingress(spec="{ingressClassName: alb, rules: [{host: a.example.com}]}"),
            ingress(name="api", spec="{ingressClassName: alb, rules: [{host: a.example.com}]}"),
        ],
        [
            (
                'Ingress dev/api: spec.rules[0].host is "a.example.com"; allowed: a host of its own, or one group.name with Ingress dev/web, which'
                " has it; the name leads to one of two load balancers"
            )
        ],
    ),
    Case(
        "alb-host-has-one-load-balancer",
        "a group, two rules of one Ingress, one inside and one outside, another controller's",
        [
            ingress("{group.name: g}", spec="{ingressClassName: alb, rules: [{host: a.example.com}]}"),
            member("group.order: '1'", spec="{ingressClassName: alb, rules: [{host: a.example.com}]}"),
            ingress(name="b", spec="{ingressClassName: alb, rules: [{host: b.example.com}, {host: b.example.com}]}"),
            ingress("{scheme: internet-facing}", "c", spec="{ingressClassName: alb, rules: [{host: b.example.com}]}"),
            ingress(name="d", spec="{ingressClassName: nginx, rules: [{host: b.example.com}]}"),
        ],
    ),
]
