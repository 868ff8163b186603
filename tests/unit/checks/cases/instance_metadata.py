"""Cases of the rules on the node's metadata."""
# ruff: noqa: E501 - messages and YAML are quoted whole

from tests.unit.checks.cases.network import NAMESPACE, policy
from tests.unit.checks.support import Case

POLICY = "NetworkPolicy dev/web: spec"
IN_THEM = "in them, such as 169.254.0.0/16 and fd00:ec2::/32"
LEAKS = "the metadata service of the node gives all who ask it the credentials of the node"
HOUSE = NAMESPACE | {"metadata": {"name": "dev", "annotations": {"examx.ai/cluster": "one"}}}

CASES = [
    Case("egress-spares-instance-metadata", "open to all, elsewhere", [policy("egress: [{}]")]),
    Case(
        "egress-spares-instance-metadata",
        "open to all, a network with it, a part of it excepted",
        [
            HOUSE,
            policy("egress: [{}, {ports: [{port: 80}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 1, endPort: 1024}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 168.0.0.0/6, except: [169.254.170.0/24]}}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}, {ipBlock: {cidr: '::/0', except: ['fe80::/10']}}]}]"),
        ],
        [
            f"{POLICY}.egress[0] is open to all; allowed: a rule with peers, or with other ports than 80; {LEAKS}",
            f"{POLICY}.egress[1] is open to all; allowed: a rule with peers, or with other ports than 80; {LEAKS}",
            f"{POLICY}.egress[0].to[0].ipBlock.except is nothing of 0.0.0.0/0; allowed: networks with 169.254.169.254 {IN_THEM}; {LEAKS}",
            f"{POLICY}.egress[0].to[0].ipBlock.except is 169.254.170.0/24 of 168.0.0.0/6; allowed: networks with 169.254.169.254 {IN_THEM}; {LEAKS}",
            f"{POLICY}.egress[0].to[1].ipBlock.except is fe80::/10 of ::/0; allowed: networks with fd00:ec2::254 {IN_THEM}; {LEAKS}",
        ],
    ),
    Case(
        "egress-spares-instance-metadata",
        "excepted, other ports, another protocol, other networks, pods of others",
        [
            NAMESPACE | {"metadata": {"name": "dev", "annotations": {"examx.ai/guests": "old, older"}}},
            policy("egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16]}}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}, {port: 80, protocol: UDP}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: 169.254.20.10/32}}, {podSelector: {}}]}]"),
            policy("egress: [{to: [{ipBlock: {cidr: not a network}}]}]"),
            policy("podSelector: {matchExpressions: [{key: app, operator: In, values: [old]}]}\negress: [{}]"),
        ],
    ),
]
