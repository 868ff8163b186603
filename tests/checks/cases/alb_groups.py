"""Cases of the rules on IngressGroups."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.checks.cases.alb import INGRESS
from tests.checks.support import Case, alb

OTHER = "what Ingress dev/web of the group g says of"
STOPS = "the controller refuses the whole IngressGroup, and its load balancer stays as it is"

CASES = [
    Case(
        "alb-group-agrees",
        "a firewall, an attribute, client certificates",
        [
            alb("{group.name: g, wafv2-acl-arn: one, shield-advanced-protection: 'true'}"),
            alb("{group.name: g, wafv2-acl-arn: none, load-balancer-attributes: 'a=1,b=2'}"),
            alb("{group.name: g, shield-advanced-protection: 'false', load-balancer-attributes: 'b=2, a=3'}"),
            alb("""{group.name: g, mutual-authentication: '[{"port": 443, "mode": "off"}]'}"""),
            alb("""{group.name: g, mutual-authentication: '[{"port": 443, "mode": "passthrough"}]'}"""),
        ],
        [
            f"{INGRESS}wafv2-acl-arn] is wafv2-acl-arn none; allowed: {OTHER} wafv2-acl-arn: one; {STOPS}",
            f"{INGRESS}shield-advanced-protection] is shield-advanced-protection false; allowed: {OTHER} shield-advanced-protection: true; {STOPS}",
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
            alb("""{group.name: g, mutual-authentication: '[{"port": 443, "mode": "off"}]'}"""),
            alb("""{group.name: g, mutual-authentication: '[{"mode": "off", "port": 443}, {"port": 8443}]'}"""),
            alb("{group.name: g, mutual-authentication: 'no JSON'}"),
        ],
    ),
]
