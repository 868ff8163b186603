"""Cases of references to the Secrets of registries and certificates."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.network import NOTHING
from tests.unit.checks.support import IN_POD, Case, obj, workload

STORE = obj("Secret", "registry-login", root="stringData: {.dockerconfigjson: '{}'}")
RULE = "reference-leads-somewhere"
SERVED = "rules: [{host: a.example.com}]"


def ingress(secret: str, *, class_name: str = "nginx", annotations: str = "{}"):
    return obj(
        "Ingress",
        "web",
        f"ingressClassName: {class_name}\ntls: [{{secretName: {secret}}}]\n{SERVED}",
        annotations=annotations,
    )


CASES = [
    Case(
        RULE,
        "the login of a registry, of a pod and of a ServiceAccount",
        [
            STORE,
            workload(pod="imagePullSecrets: [{name: registry-login}, {name: registry-logn}]"),
            obj("ServiceAccount", "ci", root="imagePullSecrets: [{name: regcred}]"),
        ],
        [
            f'{IN_POD}.imagePullSecrets[1].name is "registry-logn"; allowed: a Secret of the namespace: registry-login; {NOTHING}',
            f'ServiceAccount dev/ci: imagePullSecrets[0].name is "regcred"; allowed: a Secret of the namespace: registry-login; {NOTHING}; it may be made elsewhere',
        ],
    ),
    Case(
        RULE,
        "the login of a registry that is there, and where no Secrets are made",
        [
            STORE,
            workload(pod="imagePullSecrets: [{name: registry-login}]"),
            obj("ServiceAccount", "ci", root="imagePullSecrets: [{name: registry-login}]"),
            workload("other", pod="imagePullSecrets: [{name: regcred}]", namespace="stg"),
        ],
    ),
    Case(
        RULE,
        "the certificate of an Ingress",
        [obj("Secret", "web-tls", root="stringData: {tls.crt: a, tls.key: b}"), ingress("web-tsl")],
        [
            f'Ingress dev/web: spec.tls[0].secretName is "web-tsl"; allowed: a Secret of the namespace: web-tls; {NOTHING}'
        ],
    ),
    *(
        Case(RULE, f"a certificate that {who} brings", [STORE, made])
        for who, made in {
            "cert-manager": ingress("web-tls", annotations="{cert-manager.io/cluster-issuer: letsencrypt}"),
            "an older cert-manager": ingress("web-tls", annotations="{kubernetes.io/tls-acme: 'true'}"),
            "ACM": ingress("web-tls", class_name="alb"),
        }.items()
    ),
    Case(
        RULE,
        "a certificate that is asked for",
        [STORE, ingress("web-tls"), obj("Certificate", "web", "{secretName: web-tls, dnsNames: [a.example.com]}")],
    ),
]
