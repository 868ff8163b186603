"""Cases of the rules on the classes of Ingresses and their parameters."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import AWS, REFUSED, ingress, ingress_class
from tests.unit.checks.support import Case, Object, alb, obj

OLD = "Ingress dev/web: metadata.annotations[kubernetes.io/ingress.class]"
PARAMS = "IngressClassParams own"


def params(spec: str, group: str = "elbv2.k8s.aws/v1beta1") -> Object:
    """Parameters `own`."""
    return obj("IngressClassParams", "own", spec, namespace=None, root=f"apiVersion: {group}")


CASES = [
    Case(
        "ingress-class-is-set-once",
        "two classes",
        [alb("{kubernetes.io/ingress.class: nginx}")],
        [
            f'{OLD} is "nginx"; allowed: alb, as in spec.ingressClassName, or nothing; the API server refuses an Ingress of two classes'
        ],
    ),
    Case(
        "ingress-class-is-set-once",
        "one class twice",
        [alb("{kubernetes.io/ingress.class: alb}")],
        [
            (
                f'{OLD} is "alb"; allowed: spec.ingressClassName alone; the controller reads the annotation, and then no parameters of the'
                " class"
            )
        ],
    ),
    Case(
        "ingress-class-is-set-once",
        "either, and both of another controller",
        [
            alb("{scheme: internal}"),
            alb("{kubernetes.io/ingress.class: alb}", spec="rules: []"),
            alb("{kubernetes.io/ingress.class: nginx}", spec="ingressClassName: nginx"),
        ],
    ),
    Case(
        "alb-class-names-its-parameters",
        "a ConfigMap",
        [ingress_class("ingress.k8s.aws/alb", "{kind: ConfigMap, name: own}")],
        [
            (
                "IngressClass own: spec.parameters is ConfigMap of no group; allowed: IngressClassParams of elbv2.k8s.aws; the controller refuses"
                " every Ingress of the class"
            )
        ],
    ),
    Case(
        "alb-class-names-its-parameters",
        "its own, those of EKS Auto Mode, none, and another controller's",
        [
            ingress_class("ingress.k8s.aws/alb", "{apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: own}"),
            ingress_class(
                "eks.amazonaws.com/alb", "{apiGroup: eks.amazonaws.com, kind: IngressClassParams, name: own}"
            ),
            ingress_class("ingress.k8s.aws/alb"),
            ingress_class("k8s.io/ingress-nginx", "{kind: ConfigMap, name: own}"),
        ],
    ),
    Case(
        "alb-class-parameters-are-valid",
        "subnets twice, an address for a network, a protocol for a port",
        [
            params(
                "subnets: {ids: [subnet-a], tags: {tier: [web]}}\ninboundCIDRs: [10.0.0.1/8, 10.0.0.0]\nsslRedirectPort: https"
            ),
            params("subnets: {ids: [subnet-a, subnet-a]}"),
            params("subnets: {tags: {}}"),
        ],
        [
            f"{PARAMS}: spec.subnets is a mapping of 2 keys; allowed: either ids or tags; the webhook refuses it",
            f'{PARAMS}: spec.inboundCIDRs[0] is "10.0.0.1/8"; allowed: a network such as 10.0.0.0/8; the webhook refuses it',
            f'{PARAMS}: spec.inboundCIDRs[1] is "10.0.0.0"; allowed: a network such as 192.0.2.0/24; the webhook refuses it',
            f'{PARAMS}: spec.sslRedirectPort is "https"; allowed: a port number, in quotes; the controller redirects nothing then, without a word',
            f"{PARAMS}: spec.subnets.ids is a list of 2; allowed: each subnet once; the webhook refuses it",
            f"{PARAMS}: spec.subnets.tags is an empty mapping; allowed: at least one tag; the webhook refuses it",
        ],
    ),
    Case(
        "alb-class-parameters-are-valid",
        "values that annotations could not have",
        [params("{scheme: public, targetType: pod, group: {name: My_Group}, certificateArn: [web]}")],
        [
            (
                f'{PARAMS}: spec.group.name is "My_Group"; allowed: lower case letters, digits, - and ., at most 63 characters; the controller'
                " takes the Ingress into no group, and it gets no load balancer"
            ),
            f'{PARAMS}: spec.scheme is "public"; allowed: internal or internet-facing; {REFUSED}',
            f'{PARAMS}: spec.targetType is "pod"; allowed: instance or ip; {REFUSED}',
            f'{PARAMS}: spec.certificateArn[0] is "web"; allowed: ARNs of certificates in ACM or IAM, parted by commas; {AWS}',
        ],
    ),
    Case(
        "alb-class-parameters-are-valid",
        "subnets by tags, networks, a port",
        [
            params(
                "subnets: {tags: {tier: [web]}}\ninboundCIDRs: [10.0.0.0/8, '2001:db8::/32']\nsslRedirectPort: '443'"
            ),
            params("scheme: internal"),
        ],
    ),
    Case(
        "alb-class-admits-namespace",
        "a namespace without the label",
        [
            obj("Namespace", "dev", labels="{team: shop}"),
            ingress_class("ingress.k8s.aws/alb", "{apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: own}"),
            params("namespaceSelector: {matchLabels: {team: platform}}"),
            ingress(spec="ingressClassName: own"),
        ],
        [
            (
                'Ingress dev/web: spec.ingressClassName is "own"; allowed: a class whose parameters admit Namespace dev: team=platform;'
                " the webhook refuses the Ingress"
            )
        ],
    ),
    Case(
        "alb-class-admits-namespace",
        "a namespace with the label",
        [
            obj("Namespace", "dev", labels="{team: platform}"),
            ingress_class("ingress.k8s.aws/alb", "{apiGroup: elbv2.k8s.aws, kind: IngressClassParams, name: own}"),
            params("namespaceSelector: {matchLabels: {team: platform}}"),
            ingress(spec="ingressClassName: own"),
        ],
    ),
]
