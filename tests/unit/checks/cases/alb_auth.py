"""Cases of the rules on who may pass a load balancer."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import AWS, INGRESS, REFUSED, ingress, service
from tests.unit.checks.support import Case, alb, obj

POOL = '{"userPoolARN": "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/a", "userPoolClientID": "web", "userPoolDomain": "shop"}'
OIDC = (
    '{"issuer": "https://id.example.com", "authorizationEndpoint": "https://id.example.com/a", "tokenEndpoint": "https://id.example.com/t",'
    ' "userInfoEndpoint": "https://id.example.com/u", "secretName": "client"}'
)
JWT = '{"jwksEndpoint": "https://id.example.com/keys", "issuer": "https://id.example.com"}'
HTTPS = """listen-ports: '[{"HTTPS": 443}]'"""
TO_WEB = "{ingressClassName: alb, defaultBackend: {service: {name: web, port: {number: 80}}}}"

CASES = [
    Case(
        "alb-identity-provider-is-complete",
        "no JSON, a field too few, one that is none, plain HTTP, on a Service too",
        [
            alb("{auth-idp-oidc: https://id.example.com}"),
            alb("""{auth-idp-cognito: '{"userPoolArn": "a", "userPoolClientId": "b", "userPoolName": "c"}'}"""),
            alb(f"{{auth-idp-oidc: '{OIDC.replace('https://id.example.com/t', 'http://id.example.com/t')}'}}"),
            service("""{auth-idp-cognito: '{"userPoolARN": 1}'}"""),
        ],
        [
            f'{INGRESS}auth-idp-oidc] is "https://id.example.com"; allowed: JSON; it is none from character 1 on; {REFUSED}',
            f"{INGRESS}auth-idp-cognito].userPoolDomain is missing; allowed: a text; {AWS}",
            f'{INGRESS}auth-idp-cognito].userPoolName is "c"; allowed: a field of an identity provider; nobody reads this one',
            f'{INGRESS}auth-idp-oidc].tokenEndpoint is "http://id.example.com/t"; allowed: a URL with https://; {AWS}',
            f"Service dev/web: metadata.annotations[alb.ingress.kubernetes.io/auth-idp-cognito].userPoolARN is 1; allowed: a text, in quotes; {REFUSED}",
        ],
    ),
    Case(
        "alb-identity-provider-is-complete",
        "a Secret without the client's secret",
        [obj("Secret", "client", root="stringData: {clientID: web, secret: x}"), alb(f"{{auth-idp-oidc: '{OIDC}'}}")],
        [
            f"{INGRESS}auth-idp-oidc].secretName is client, with clientID, secret; allowed: a Secret with the keys clientID and clientSecret; {REFUSED}"
        ],
    ),
    Case(
        "alb-identity-provider-is-complete",
        "complete ones, with Secrets of both spellings, elsewhere, or filled by an operator",
        [
            alb(f"{{auth-idp-cognito: '{POOL}'}}"),
            alb(f"{{auth-idp-oidc: '{OIDC}'}}"),
            obj("Secret", "client", root="data: {clientId: d2Vi, clientSecret: eA==}"),
            ingress(f"{{auth-idp-oidc: '{OIDC}'}}", namespace="other"),
            obj("Secret", "client", namespace="other"),
        ],
    ),
    Case(
        "alb-authentication-takes-place",
        "on HTTP, without a provider, beside tokens",
        [
            alb(f"{{auth-type: cognito, auth-idp-cognito: '{POOL}'}}"),
            alb(f"{{jwt-validation: '{JWT}'}}"),
            service(),
            ingress(f"{{auth-type: oidc, {HTTPS}}}", spec=TO_WEB),
            alb(f"{{auth-type: oidc, auth-idp-oidc: '{OIDC}', jwt-validation: '{JWT}', {HTTPS}}}"),
        ],
        [
            f'{INGRESS}auth-type] is "cognito"; allowed: this with an HTTPS listener in listen-ports; the controller does not ask on HTTP, so everybody passes',
            (
                f'{INGRESS}jwt-validation] is "{JWT}"; allowed: this with an HTTPS listener in listen-ports; the controller does not ask on HTTP, so'
                " everybody passes"
            ),
            f'{INGRESS}auth-type] is "oidc"; allowed: this with the annotation auth-idp-oidc; {REFUSED}',
            f'{INGRESS}jwt-validation] is "{JWT}"; allowed: either this, or auth-type: oidc; {REFUSED}',
        ],
    ),
    Case(
        "alb-authentication-takes-place",
        "on HTTPS, by a certificate, by the Service, not at all",
        [
            alb(f"{{auth-type: cognito, auth-idp-cognito: '{POOL}', {HTTPS}}}"),
            alb(f"{{jwt-validation: '{JWT}', certificate-arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a'}}"),
            service(f"{{auth-idp-oidc: '{OIDC}'}}"),
            ingress(f"{{auth-type: oidc, {HTTPS}}}", spec=TO_WEB),
            alb("{auth-type: none}"),
        ],
    ),
    Case(
        "alb-token-validation-is-complete",
        "no keys, no issuer, a claim without values, no JSON",
        [
            alb("""{jwt-validation: '{"jwksEndpoint": "https://id.example.com/keys"}'}"""),
            alb(
                """{jwt-validation: '{"jwksEndpoint": "https://id.example.com", "issuer": "a", "additionalClaims": [{"format": "text", "name": "b"}]}'}"""
            ),
            alb("{jwt-validation: 'true'}"),
        ],
        [
            f"{INGRESS}jwt-validation].issuer is missing; allowed: a text; {REFUSED}",
            (
                f'{INGRESS}jwt-validation].additionalClaims[0].format is "text"; allowed: single-string, string-array, space-separated-values;'
                f" {AWS}"
            ),
            f"{INGRESS}jwt-validation].additionalClaims[0].values is missing; allowed: at least one value; {REFUSED}",
            f"{INGRESS}jwt-validation] is true; allowed: an object: {{...}}; {REFUSED}",
        ],
    ),
    Case("alb-token-validation-is-complete", "keys and an issuer", [alb(f"{{jwt-validation: '{JWT}'}}")]),
]
