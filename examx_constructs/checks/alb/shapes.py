"""The shapes of the JSON that annotations hold: pkg/ingress/config_types.go and model_build_listener.go of v3.5.0."""

from examx_constructs.checks.alb.documents import PORT_OR_NAME, TEXT, TEXTS, TRUTH, WHOLE, WHOLES, Shape

_TARGET_GROUP: Shape = {
    "targetGroupARN": TEXT,
    "targetGroupName": TEXT,
    "serviceName": TEXT,
    "servicePort": PORT_OR_NAME,
    "weight": WHOLE,
}
ACTION: Shape = {
    "type": TEXT,
    "targetGroupARN": TEXT,
    "targetGroupName": TEXT,
    "fixedResponseConfig": {"contentType": TEXT, "messageBody": TEXT, "statusCode": TEXT},
    "redirectConfig": {"host": TEXT, "path": TEXT, "port": TEXT, "protocol": TEXT, "query": TEXT, "statusCode": TEXT},
    "forwardConfig": {
        "targetGroups": [_TARGET_GROUP],
        "targetGroupStickinessConfig": {"enabled": TRUTH, "durationSeconds": WHOLE},
    },
}
"""`actions.<name>`."""

_VALUES: Shape = {"values": [TEXT]}
_PATTERNS: Shape = {"regexValues": [TEXT], "values": [TEXT]}
CONDITIONS: Shape = [
    {
        "field": TEXT,
        "hostHeaderConfig": _PATTERNS,
        "httpHeaderConfig": {"httpHeaderName": TEXT, "regexValues": [TEXT], "values": [TEXT]},
        "httpRequestMethodConfig": _VALUES,
        "pathPatternConfig": _PATTERNS,
        "queryStringConfig": {"values": [{"key": TEXT, "value": TEXT}]},
        "sourceIPConfig": _VALUES,
    }
]
"""`conditions.<name>`."""

_REWRITES: Shape = {"rewrites": [{"regex": TEXT, "replace": TEXT}]}
TRANSFORMS: Shape = [{"type": TEXT, "hostHeaderRewriteConfig": _REWRITES, "urlRewriteConfig": _REWRITES}]
"""`transforms.<name>`."""

COGNITO: Shape = {
    "userPoolARN": TEXT,
    "userPoolClientID": TEXT,
    "userPoolDomain": TEXT,
    "authenticationRequestExtraParams": TEXTS,
}
"""`auth-idp-cognito`."""

OIDC: Shape = {
    "issuer": TEXT,
    "authorizationEndpoint": TEXT,
    "tokenEndpoint": TEXT,
    "userInfoEndpoint": TEXT,
    "secretName": TEXT,
    "authenticationRequestExtraParams": TEXTS,
}
"""`auth-idp-oidc`."""

JWT: Shape = {
    "jwksEndpoint": TEXT,
    "issuer": TEXT,
    "additionalClaims": [{"format": TEXT, "name": TEXT, "values": [TEXT]}],
}
"""`jwt-validation`."""

MUTUAL_AUTHENTICATION: Shape = [
    {
        "port": WHOLE,
        "mode": TEXT,
        "trustStore": TEXT,
        "ignoreClientCertificateExpiry": TRUTH,
        "advertiseTrustStoreCaNames": TEXT,
    }
]
"""How listeners ask clients for certificates, port by port."""

LISTEN_PORTS: Shape = [WHOLES]
"""The protocols and ports of a load balancer, such as `[{"HTTPS": 443}]`."""
