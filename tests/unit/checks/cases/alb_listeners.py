"""Cases of the rules on listeners of load balancers."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import AWS, INGRESS, REFUSED, ingress
from tests.unit.checks.support import Case, alb

TLS = "this with an HTTPS listener in listen-ports; the controller does not read it"

CASES = [
    Case(
        "alb-listen-ports-are-valid",
        "no JSON, no such protocol, no such port",
        [
            alb("{listen-ports: '80,443'}"),
            alb("""{listen-ports: '[{"TCP": 80}]'}"""),
            alb("""{listen-ports: '[{"HTTP": 0}]'}"""),
        ],
        [
            f'{INGRESS}listen-ports] is {given}; allowed: JSON such as [{{"HTTP": 80}}, {{"HTTPS": 443}}]; {REFUSED}'
            for given in ('"80,443"', '"[{"TCP": 80}]"', '"[{"HTTP": 0}]"')
        ],
    ),
    Case(
        "alb-listen-ports-are-valid",
        "two listeners",
        [alb("""{listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'}"""), alb("{}")],
    ),
    Case(
        "alb-redirect-has-listener",
        "no HTTPS listener",
        [
            alb("""{ssl-redirect: '443', listen-ports: '[{"HTTP": 80}, {"HTTPS": 8443}]'}"""),
            alb("{ssl-redirect: '443'}"),
        ],
        [
            f'{INGRESS}ssl-redirect] is "443"; allowed: an HTTPS port of listen-ports: {ports}; there is no listener to redirect to'
            for ports in ("8443", "none")
        ],
    ),
    Case(
        "alb-redirect-has-listener",
        "none in a group",
        [
            alb("""{ssl-redirect: '8443', group.name: shared, listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'}"""),
            ingress("""{group.name: shared, listen-ports: '[{"HTTPS": 9443}]'}""", "other", "other"),
        ],
        [
            f'{INGRESS}ssl-redirect] is "8443"; allowed: an HTTPS port of listen-ports: 443, 9443; there is no listener to redirect to'
        ],
    ),
    Case(
        "alb-redirect-has-listener",
        "a listener, one by default, one of the group, and listeners that make no sense",
        [
            alb("""{ssl-redirect: '443', listen-ports: '[{"HTTP": 80, "HTTPS": 443}]'}"""),
            alb("{ssl-redirect: '443', certificate-arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a'}"),
            alb("""{ssl-redirect: '443', group.name: shared, listen-ports: '[{"HTTP": 80}]'}"""),
            ingress("""{group.name: shared, listen-ports: '[{"HTTPS": 443}]'}""", "other", "other"),
            alb("{ssl-redirect: '443', listen-ports: nonsense}"),
        ],
    ),
    Case(
        "alb-mutual-authentication-is-valid",
        "no list, no port, no mode, no trust store, one too many",
        [
            alb("""{mutual-authentication: '{"port": 443}'}"""),
            alb("""{mutual-authentication: '[{"port": "443", "mode": "off"}]'}"""),
            alb(
                """{mutual-authentication: '[{"port": 70000, "mode": "on"}, {"port": 443, "mode": "verify", "advertiseTrustStoreCaNames": "yes"}, {"port": 444, "mode": "off", "trustStore": "s"}]'}"""
            ),
            alb(
                "{mutual-authentication: '["
                + ", ".join(f'{{"port": {port}, "mode": "verify", "trustStore": "{port}"}}' for port in (1, 2, 3))
                + "]'}"
            ),
        ],
        [
            f'{INGRESS}mutual-authentication] is "{{"port": 443}}"; allowed: a JSON list such as [{{"port": 443, "mode": "passthrough"}}]; {REFUSED}',
            f'{INGRESS}mutual-authentication][0].port is "443"; allowed: a port number; {REFUSED}',
            f"{INGRESS}mutual-authentication][0].port is 70000; allowed: a port number; {REFUSED}",
            f'{INGRESS}mutual-authentication][0].mode is "on"; allowed: off, passthrough, verify; {REFUSED}',
            (
                f"{INGRESS}mutual-authentication][1].trustStore is missing; allowed: the ARN or name of a trust store; mode verify has nothing to"
                " verify against"
            ),
            f'{INGRESS}mutual-authentication][1].advertiseTrustStoreCaNames is "yes"; allowed: on or off; {REFUSED}',
            f'{INGRESS}mutual-authentication][2].trustStore is "s"; allowed: nothing in mode off; {REFUSED}',
            (
                f'{INGRESS}mutual-authentication] is "[{{"port": 1, "mode": "verify", "trustStore": "1"}}, {{"port": 2, "mode": "verify", "trustStore": "2"}},'
                ' {"port": 3, "mode"…"; allowed: at most two trust stores; the controller looks up no more'
            ),
        ],
    ),
    Case(
        "alb-mutual-authentication-is-valid",
        "passthrough, verify, none, other capitals",
        [
            alb("""{mutual-authentication: '[{"Port": 443, "Mode": "verify", "TrustStore": "s"}]'}"""),
            alb(
                """{mutual-authentication: '[{"port": 443, "mode": "passthrough"}, {"port": 444, "mode": "verify", "trustStore": "s"}]'}"""
            ),
            alb("{scheme: internal}"),
        ],
    ),
    Case(
        "alb-mutual-authentication-has-listener",
        "an HTTP port",
        [
            alb(
                """{mutual-authentication: '[{"port": 80, "mode": "passthrough"}]', listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'}"""
            )
        ],
        [
            (
                f"{INGRESS}mutual-authentication][0].port is 80; allowed: an HTTPS port of listen-ports: 443; the controller ignores the entry silently,"
                " and no client is asked for a certificate"
            )
        ],
    ),
    Case(
        "alb-mutual-authentication-has-listener",
        "an HTTPS port, and listeners that make no sense",
        [
            alb("""{mutual-authentication: '[{"port": 443, "mode": "off"}]', listen-ports: '[{"HTTPS": 443}]'}"""),
            alb("""{mutual-authentication: '[{"port": 443, "mode": "off"}]', listen-ports: '443'}"""),
        ],
    ),
    Case(
        "alb-listen-ports-are-valid",
        "one port twice, a name for a number",
        [
            alb("""{listen-ports: '[{"HTTP": 443}, {"HTTPS": 443}]'}"""),
            alb("""{listen-ports: '[{"HTTPS": "443"}]'}"""),
        ],
        [
            f"{INGRESS}listen-ports][0].HTTP is 443; allowed: a port that has one protocol: HTTPS; the controller takes one of the two",
            f'{INGRESS}listen-ports] is "[{{"HTTPS": "443"}}]"; allowed: JSON such as [{{"HTTP": 80}}, {{"HTTPS": 443}}]; {REFUSED}',
        ],
    ),
    Case(
        "alb-listener-attributes-have-listener",
        "a port of another protocol, a port that is not there",
        [
            alb(
                """{listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]', listener-attributes.HTTP-443: a=1, listener-attributes.HTTPS-8443: a=1}"""
            )
        ],
        [
            f"{INGRESS}listener-attributes.{name}] is {name}; allowed: a listener of this Ingress: HTTP-80, HTTPS-443; the controller ignores the attributes silently"
            for name in ("HTTP-443", "HTTPS-8443")
        ],
    ),
    Case(
        "alb-listener-attributes-have-listener",
        "its own, the default one",
        [
            alb("""{listen-ports: '[{"HTTPS": 443}]', listener-attributes.HTTPS-443: a=1}"""),
            alb("{listener-attributes.HTTP-80: a=1}"),
        ],
    ),
    Case(
        "alb-https-listener-has-certificate",
        "no certificate, and no host to find one by",
        [
            alb("""{listen-ports: '[{"HTTPS": 443}]'}"""),
            ingress(
                """{listen-ports: '[{"HTTPS": 8443}]'}""",
                spec="{ingressClassName: alb, rules: [{http: {paths: []}}], tls: [{secretName: web-tls}]}",
            ),
        ],
        [
            f"{INGRESS}listen-ports] is HTTPS on {port}; allowed: this with certificate-arn, or with a host in spec.rules or spec.tls; {AWS}"
            for port in (443, 8443)
        ],
    ),
    Case(
        "alb-https-listener-has-certificate",
        "a certificate, a host, one to make, one of another member",
        [
            alb("{certificate-arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a'}"),
            alb("""{listen-ports: '[{"HTTPS": 443}]'}""", "{ingressClassName: alb, rules: [{host: web.example.com}]}"),
            alb("""{listen-ports: '[{"HTTPS": 443}]'}""", "{ingressClassName: alb, tls: [{hosts: [web.example.com]}]}"),
            alb("{create-acm-cert: 'true'}"),
            alb("""{listen-ports: '[{"HTTPS": 443}]', group.name: g}"""),
            ingress("{certificate-arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/a', group.name: g}", "other"),
        ],
    ),
    Case(
        "alb-tls-settings-have-listener",
        "HTTP alone",
        [
            alb("{ssl-policy: ELBSecurityPolicy-2016-08}"),
            alb("""{certificate-arn: 'arn:aws:acm:eu-west-1:1:certificate/a', listen-ports: '[{"HTTP": 80}]'}"""),
        ],
        [
            f'{INGRESS}ssl-policy] is "ELBSecurityPolicy-2016-08"; allowed: {TLS}',
            f'{INGRESS}certificate-arn] is "arn:aws:acm:eu-west-1:1:certificate/a"; allowed: {TLS}',
        ],
    ),
    Case(
        "alb-tls-settings-have-listener",
        "HTTPS, by a certificate too",
        [
            alb("""{ssl-policy: ELBSecurityPolicy-2016-08, listen-ports: '[{"HTTPS": 443}]'}"""),
            alb("{ssl-policy: ELBSecurityPolicy-2016-08, certificate-arn: 'arn:aws:acm:eu-west-1:1:certificate/a'}"),
        ],
    ),
]
