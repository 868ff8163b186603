"""Cases of the rules on actions of Ingresses."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import AWS, INGRESS, REFUSED, ingress, service
from tests.unit.checks.support import Case, Object, alb, obj, workload

ACTION = f"{INGRESS}actions.go]"
USED = "{ingressClassName: alb, defaultBackend: {service: {name: go, port: {name: use-annotation}}}}"


def action(json: str) -> Object:
    """An Ingress that does this."""
    return alb(f"actions.go: '{json}'", USED)


def forward(*groups: str, more: str = "") -> Object:
    """An Ingress that sends to these target groups."""
    return action(f'{{"type": "forward", "forwardConfig": {{"targetGroups": [{", ".join(groups)}]{more}}}}}')


WEB = '{"serviceName": "web", "servicePort": 80}'
CASES = [
    Case(
        "alb-action-is-valid",
        "a brace is missing",
        [action('{"type": "fixed-response", "fixedResponseConfig": {"statusCode": "503"}')],
        [
            (
                f'{ACTION} is "{{"type": "fixed-response", "fixedResponseConfig": {{"statusCode": "503"}}"; allowed: JSON; it is none from character'
                f" 72 on; {REFUSED}"
            )
        ],
    ),
    Case(
        "alb-action-is-valid",
        "a fixed response",
        [action('{"type": "fixed-response", "fixedResponseConfig": {"statusCode": "503"}}')],
    ),
    Case(
        "alb-action-is-valid",
        "a status that is a number, no type, another one, no settings, settings of another type",
        [
            action('{"type": "fixed-response", "fixedResponseConfig": {"statusCode": 503}}'),
            action('{"redirectConfig": {"statusCode": "HTTP_301"}}'),
            action('{"type": "rewrite"}'),
            action('{"type": "redirect"}'),
            action('{"type": "redirect", "fixedResponseConfig": {"statusCode": "503"}}'),
            action("null"),
        ],
        [
            f"{ACTION}.fixedResponseConfig.statusCode is 503; allowed: a text, in quotes; {REFUSED}",
            f"{ACTION}.type is missing; allowed: fixed-response, redirect, forward; {REFUSED}",
            f'{ACTION}.type is "rewrite"; allowed: fixed-response, redirect, forward; {REFUSED}',
            f"{ACTION}.redirectConfig is missing; allowed: the settings of type redirect; {REFUSED}",
            f"{ACTION}.redirectConfig is missing; allowed: the settings of type redirect; {REFUSED}",
            f'{ACTION} is "null"; allowed: fixed-response, redirect, forward; {REFUSED}',
        ],
    ),
    Case(
        "alb-action-is-valid",
        "answers that AWS does not give",
        [
            action(
                '{"type": "fixed-response", "fixedResponseConfig": {"contentType": "text/xml", "statusCode": "302"}}'
            ),
            action('{"type": "fixed-response", "fixedResponseConfig": {"contentType": "text/html"}}'),
        ],
        [
            f'{ACTION}.fixedResponseConfig.statusCode is "302"; allowed: a status of 2xx, 4xx or 5xx; {AWS}',
            (
                f'{ACTION}.fixedResponseConfig.contentType is "text/xml"; allowed: text/plain, text/css, text/html, application/javascript,'
                f" application/json; {AWS}"
            ),
            f"{ACTION}.fixedResponseConfig.statusCode is missing; allowed: a status such as 404, in quotes; {REFUSED}",
        ],
    ),
    Case(
        "alb-action-is-valid",
        "redirects to nowhere, and to themselves",
        [
            action(
                '{"type": "redirect", "redirectConfig": {"protocol": "https", "port": "70000", "path": "new", "statusCode": "301"}}'
            ),
            action(
                '{"type": "redirect", "redirectConfig": {"host": "#{host}", "path": "/#{path}", "statusCode": "HTTP_301"}}'
            ),
        ],
        [
            f'{ACTION}.redirectConfig.statusCode is "301"; allowed: HTTP_301 or HTTP_302; {AWS}',
            f'{ACTION}.redirectConfig.protocol is "https"; allowed: HTTP, HTTPS or #{{protocol}}; {AWS}',
            f'{ACTION}.redirectConfig.port is "70000"; allowed: a port from 1 to 65535 or #{{port}}, in quotes; {AWS}',
            f'{ACTION}.redirectConfig.path is "new"; allowed: a path that begins with /; {AWS}',
            (
                f"{ACTION}.redirectConfig is a mapping of 3 keys; allowed: another protocol, host, port, path or query than that of the"
                " request; it redirects to itself, and the controller leaves the rule out"
            ),
        ],
    ),
    Case(
        "alb-action-is-valid",
        "several target groups without weights, one that is named twice and one not at all, stickiness without a time",
        [
            forward(WEB, '{"serviceName": "next", "servicePort": "http", "weight": 1000}'),
            forward(
                '{"serviceName": "web", "targetGroupName": "web"}',
                more=', "targetGroupStickinessConfig": {"enabled": true}',
            ),
            forward("{}"),
            forward(),
            action('{"type": "forward"}'),
            forward('{"serviceName": "web"}'),
        ],
        [
            f"{ACTION}.forwardConfig.targetGroups[0].weight is missing; allowed: a weight for each of several target groups; {REFUSED}",
            f"{ACTION}.forwardConfig.targetGroups[1].weight is 1000; allowed: a weight from 0 to 999; {AWS}",
            (
                f"{ACTION}.forwardConfig.targetGroups[0] is a mapping of 2 keys; allowed: either serviceName, or targetGroupARN or targetGroupName;"
                f" {REFUSED}"
            ),
            f"{ACTION}.forwardConfig.targetGroupStickinessConfig.durationSeconds is missing; allowed: 1 to 604800 seconds; {AWS}",
            (
                f"{ACTION}.forwardConfig.targetGroups[0] is an empty mapping; allowed: either serviceName, or targetGroupARN or targetGroupName;"
                f" {REFUSED}"
            ),
            f"{ACTION}.forwardConfig.targetGroups is an empty list; allowed: 1 to 5 target groups; {AWS}",
            f"{ACTION}.forwardConfig is missing; allowed: the settings of type forward; {REFUSED}",
            f"{ACTION}.forwardConfig.targetGroups[0].servicePort is missing; allowed: a port of the Service; {REFUSED}",
        ],
    ),
    Case(
        "alb-action-is-valid",
        "a field that nobody reads, and an action that nobody asks for",
        [
            action('{"type": "redirect", "order": 1, "redirectConfig": {"port": "443", "statusCode": "HTTP_301"}}'),
            alb("{actions.go: redirect}"),
        ],
        [
            f"{ACTION}.order is 1; allowed: a field of an action; nobody reads this one",
            f'{ACTION} is "redirect"; allowed: JSON; it is none from character 1 on; {REFUSED}',
        ],
    ),
    Case(
        "alb-action-is-valid",
        "of each type, in other capitals, by ARN, by weights",
        [
            action(
                '{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}'
            ),
            action('{"type": "redirect", "redirectConfig": {"query": "", "statusCode": "HTTP_302"}}'),
            action(
                '{"type": "forward", "targetGroupARN": "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/a/b"}'
            ),
            forward(WEB),
            forward(
                '{"serviceName": "web", "servicePort": "80", "weight": 90}',
                '{"targetGroupName": "next", "weight": 10}',
                more=', "targetGroupStickinessConfig": {"enabled": true, "durationSeconds": 200}',
            ),
            action("<the action>"),
        ],
    ),
    Case(
        "alb-action-has-its-services",
        "a port that the Service does not have, a Service that is not there",
        [
            service(),
            forward(
                '{"serviceName": "web", "servicePort": 8080, "weight": 1}',
                '{"serviceName": "next", "servicePort": 80, "weight": 1}',
            ),
        ],
        [
            f"{ACTION}.forwardConfig.targetGroups[0].servicePort is 8080; allowed: a port of Service dev/web: 80; {REFUSED}",
            (
                f'{ACTION}.forwardConfig.targetGroups[1].serviceName is "next"; allowed: a Service of the namespace; nothing in these manifests'
                " has that name"
            ),
        ],
    ),
    Case(
        "alb-action-has-its-services",
        "a port of the Service by number, as a text, by name; Services of somebody else",
        [
            service(spec="ports: [{name: http, port: 80}]"),
            forward(WEB),
            forward('{"serviceName": "web", "servicePort": "80"}'),
            forward('{"serviceName": "web", "servicePort": "http"}'),
            ingress(
                """{actions.go: '{"type": "forward", "forwardConfig": {"targetGroups": [{"serviceName": "next", "servicePort": 80}]}}'}""",
                namespace="elsewhere",
                spec=USED,
            ),
            workload("web"),
        ],
    ),
    Case(
        "ingress-backend-exists",
        "an action that Argo Rollouts writes",
        [
            obj(
                "Rollout",
                "web",
                "{strategy: {canary: {trafficRouting: {alb: {ingress: web, servicePort: 80}}}}}",
                root="apiVersion: argoproj.io/v1alpha1",
            ),
            alb("{target-type: ip}", USED),
        ],
    ),
]
