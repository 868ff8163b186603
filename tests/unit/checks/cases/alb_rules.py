"""Cases of the rules on paths, conditions and transforms of Ingresses."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.alb import AWS, INGRESS, REFUSED, ingress
from tests.unit.checks.support import Case, Object

CONDITION = f"{INGRESS}conditions.web]"
TRANSFORM = f"{INGRESS}transforms.web]"
PATH = "Ingress dev/web: spec.rules[0].http.paths[0].path"
PATTERN = (
    'letters, digits, wildcards and _ - . $ / ~ " \' @ : + &, or use-regex-path-match: "true" and the type'
    " ImplementationSpecific"
)
NOBODY = "nobody reads this one"


def paths(path: str, kind: str, annotations: str = "{}", host: str = "null") -> Object:
    """An Ingress with one path to the Service `web`."""
    backend = "{service: {name: web, port: {number: 80}}}"
    http = f"{{paths: [{{path: '{path}', pathType: {kind}, backend: {backend}}}]}}"
    spec = f"{{ingressClassName: alb, rules: [{{host: {host}, http: {http}}}]}}"
    return ingress(annotations, spec=spec)


def conditions(*given: str, path: str = "/", kind: str = "Prefix", host: str = "null", more: str = "") -> Object:
    """An Ingress whose path has these conditions."""
    return paths(path, kind, f"{{conditions.web: '[{', '.join(given)}]'{more}}}", host)


def transforms(json: str) -> Object:
    """An Ingress whose path has these transforms."""
    return paths("/", "Prefix", f"{{transforms.web: '{json}'}}")


HOSTS = '{"field": "host-header", "hostHeaderConfig": {"values": ["a.example.com", "b.example.com"]}}'
REGEX = ", use-regex-path-match: 'true'"
CASES = [
    Case(
        "alb-path-is-possible",
        "a wildcard in a prefix",
        [paths("/shop/*", "Prefix")],
        [f'{PATH} is "/shop/*"; allowed: no * and ? in a path of type Prefix; /shop has it in; {REFUSED}'],
    ),
    Case("alb-path-is-possible", "a prefix", [paths("/shop", "Prefix")]),
    Case(
        "alb-path-is-possible",
        "wildcards in the middle and in an exact path, a regular expression, a type that is none, a path too long",
        [
            paths("/*/shop", "Prefix"),
            paths("/a?c", "Exact"),
            paths("/api(/|$)(.*)", "ImplementationSpecific"),
            paths("/", "Regex"),
            paths("/" + "a" * 128, "Prefix"),
        ],
        [
            f'{PATH} is "/*/shop"; allowed: no * and ? in a path of type Prefix; the type ImplementationSpecific takes wildcards; {REFUSED}',
            f'{PATH} is "/a?c"; allowed: no * and ? in a path of type Exact; the type ImplementationSpecific takes wildcards; {REFUSED}',
            f'{PATH} is "/api(/|$)(.*)"; allowed: {PATTERN}; {AWS}',
            f'{PATH}Type is "Regex"; allowed: Exact, Prefix, ImplementationSpecific; {REFUSED}',
            f'{PATH} is "/{"a" * 118}…"; allowed: at most 128 characters; {AWS}',
        ],
    ),
    Case(
        "alb-path-is-possible",
        "wildcards and expressions where they may be, and another controller's",
        [
            paths("/*", "ImplementationSpecific"),
            paths("/^/api/(.+)$", "ImplementationSpecific", "{use-regex-path-match: 'true'}"),
            paths("/", "Prefix"),
            paths("/{{ .path }}(.*)", "Prefix"),
            ingress(
                spec="{ingressClassName: nginx, rules: [{http: {paths: [{path: '/a(/|$)(.*)', pathType: Prefix}]}}]}"
            ),
        ],
    ),
    Case(
        "alb-rule-fits-its-conditions",
        "more values than a rule takes",
        [
            conditions(
                HOSTS,
                '{"field": "source-ip", "sourceIPConfig": {"values": ["192.0.2.0/24"]}}',
                path="/shop",
                host="c.example.com",
            )
        ],
        [
            f"{CONDITION} is conditions with 3; allowed: at most 5 values in one rule, with 3 of the host and the path; {AWS}"
        ],
    ),
    Case(
        "alb-rule-fits-its-conditions", "as many as it takes", [conditions(HOSTS, path="/shop", host="c.example.com")]
    ),
    Case(
        "alb-rule-fits-its-conditions",
        "regular expressions beside wildcards",
        [
            conditions('{"field": "path-pattern", "pathPatternConfig": {"regexValues": ["^/a"]}}'),
            conditions('{"field": "host-header", "hostHeaderConfig": {"regexValues": ["^a"]}}', host="c.example.com"),
            conditions(HOSTS, '{"field": "host-header", "hostHeaderConfig": {"regexValues": ["^a"]}}'),
            conditions(
                '{"field": "path-pattern", "pathPatternConfig": {"values": ["/a"]}}',
                path="/^/b",
                kind="ImplementationSpecific",
                more=REGEX,
            ),
        ],
        [
            f'{CONDITION}[0].pathPatternConfig.regexValues[0] is "^/a"; allowed: values beside spec.rules[0].http.paths[0].path /, or regexValues alone; {REFUSED}',
            f'{CONDITION}[0].hostHeaderConfig.regexValues[0] is "^a"; allowed: values beside spec.rules[0].host c.example.com, or regexValues alone; {REFUSED}',
            f'{CONDITION}[1].hostHeaderConfig.regexValues[0] is "^a"; allowed: values, or regexValues alone; {REFUSED}',
            f'{CONDITION}[0].pathPatternConfig.values[0] is "/a"; allowed: regexValues beside spec.rules[0].http.paths[0].path /^/b; {REFUSED}',
        ],
    ),
    Case(
        "alb-rule-fits-its-conditions",
        "regular expressions beside their like, and of headers",
        [
            conditions(
                '{"field": "path-pattern", "pathPatternConfig": {"regexValues": ["^/a"]}}',
                path="/^/b",
                kind="ImplementationSpecific",
                more=REGEX,
            ),
            conditions('{"field": "host-header", "hostHeaderConfig": {"regexValues": ["^a"]}}'),
            conditions(
                '{"field": "http-header", "httpHeaderConfig": {"httpHeaderName": "X", "regexValues": ["a"]}}',
                host="c.example.com",
            ),
        ],
    ),
    Case(
        "alb-condition-is-valid",
        "a field that is none",
        [conditions('{"field": "source-address", "sourceIPConfig": {"values": ["192.0.2.0/24"]}}')],
        [
            (
                f'{CONDITION}[0].field is "source-address"; allowed: host-header, http-header, http-request-method, path-pattern, query-string,'
                " source-ip; the controller passes over it, and the rule matches without it"
            )
        ],
    ),
    Case(
        "alb-condition-is-valid",
        "a field",
        [conditions('{"field": "source-ip", "sourceIPConfig": {"values": ["192.0.2.0/24"]}}')],
    ),
    Case(
        "alb-condition-is-valid",
        "no list, settings of another field, no values, both sorts, values that match nothing",
        [
            paths("/", "Prefix", """{conditions.web: '{"field": "host-header"}'}"""),
            conditions('{"field": "host-header", "pathPatternConfig": {"values": ["/a"]}}'),
            conditions('{"field": "query-string", "queryStringConfig": {"values": []}}'),
            conditions('{"field": "path-pattern", "pathPatternConfig": {"values": ["/a"], "regexValues": ["b"]}}'),
            conditions('{"field": "http-request-method", "httpRequestMethodConfig": {"values": ["get"]}}'),
            conditions('{"field": "source-ip", "sourceIPConfig": {"values": ["192.0.2.1"]}}'),
            conditions('{"field": "http-header", "httpHeaderConfig": {"values": ["a"]}}'),
            conditions('{"field": "query-string", "queryStringConfig": {"values": [{"key": "a"}]}}'),
            conditions('{"field": "query-string", "queryStringConfig": {"values": ["a"]}, "negate": true}'),
        ],
        [
            f"{CONDITION} is a mapping of 1 keys; allowed: a list: [...]; {REFUSED}",
            f"{CONDITION}[0].hostHeaderConfig is missing; allowed: the settings of field host-header; {REFUSED}",
            f"{CONDITION}[0].queryStringConfig.values is an empty list; allowed: at least one value; {REFUSED}",
            f"{CONDITION}[0].pathPatternConfig.regexValues is a list of 1; allowed: values or regexValues, not both; {REFUSED}",
            f'{CONDITION}[0].httpRequestMethodConfig.values[0] is "get"; allowed: a method in capitals, such as GET; {AWS}',
            f'{CONDITION}[0].sourceIPConfig.values[0] is "192.0.2.1"; allowed: a CIDR such as 192.0.2.0/24; {AWS}',
            f"{CONDITION}[0].httpHeaderConfig.httpHeaderName is missing; allowed: a name of 1 to 40 characters; {AWS}",
            f"{CONDITION}[0].queryStringConfig.values[0].value is missing; allowed: a value; {REFUSED}",
            f'{CONDITION}[0].queryStringConfig.values[0] is "a"; allowed: an object: {{...}}; {REFUSED}',
        ],
    ),
    Case(
        "alb-condition-is-valid",
        "a field that nobody reads, conditions of a backend that is none",
        [
            conditions('{"field": "source-ip", "sourceIPConfig": {"values": ["192.0.2.0/24"]}, "negate": true}'),
            paths("/", "Prefix", "{conditions.admin: '[]'}"),
        ],
        [
            f"{CONDITION}[0].negate is true; allowed: a field of a condition; {NOBODY}",
            f"{INGRESS}conditions.admin] is admin; allowed: the name of a backend: web; the controller reads it for a backend of that name alone",
        ],
    ),
    Case(
        "alb-condition-is-valid",
        "of each field, in other capitals",
        [
            conditions(HOSTS),
            conditions('{"field": "http-header", "httpHeaderConfig": {"httpHeaderName": "X-Team", "values": ["a*"]}}'),
            conditions(
                '{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a", "Value": "1"}, {"value": "b"}]}}'
            ),
            conditions('{"field": "http-request-method", "httpRequestMethodConfig": {"values": ["GET", "M-SEARCH"]}}'),
            conditions('{"field": "source-ip", "sourceIpConfig": {"values": ["2001:db8::/32"]}}'),
        ],
    ),
    Case(
        "alb-transform-is-valid",
        "a type that is none, no rewrites, those of another type, no JSON",
        [
            transforms(
                '[{"type": "path-rewrite", "urlRewriteConfig": {"rewrites": [{"regex": "a", "replace": "b"}]}}]'
            ),
            transforms('[{"type": "url-rewrite", "urlRewriteConfig": {"rewrites": []}}]'),
            transforms(
                '[{"type": "host-header-rewrite", "urlRewriteConfig": {"rewrites": [{"regex": "a", "replace": "b"}]}}]'
            ),
            transforms("/$1"),
            paths("/", "Prefix", "{transforms.admin: '[]'}"),
        ],
        [
            f'{TRANSFORM}[0].type is "path-rewrite"; allowed: host-header-rewrite, url-rewrite; {REFUSED}',
            f"{TRANSFORM}[0].urlRewriteConfig.rewrites is an empty list; allowed: at least one rewrite; {REFUSED}",
            f"{TRANSFORM}[0].hostHeaderRewriteConfig.rewrites is missing; allowed: at least one rewrite; {REFUSED}",
            f'{TRANSFORM} is "/$1"; allowed: JSON; it is none from character 1 on; {REFUSED}',
            f"{INGRESS}transforms.admin] is admin; allowed: the name of a backend: web; the controller reads it for a backend of that name alone",
        ],
    ),
    Case(
        "alb-transform-is-valid",
        "a rewrite",
        [
            transforms(
                '[{"type": "url-rewrite", "urlRewriteConfig": {"rewrites": [{"regex": "^/a/(.*)", "replace": "/$1"}]}}]'
            )
        ],
    ),
]
