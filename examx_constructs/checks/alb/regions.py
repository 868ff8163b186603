"""A rule on the regions of what a load balancer names in AWS."""

from collections.abc import Iterator

from examx_constructs._regex import regex
from examx_constructs.checks.alb.actions import actions
from examx_constructs.checks.alb.annotations import API, REFUSED_BY_AWS, listed
from examx_constructs.checks.alb.classes import Member
from examx_constructs.checks.alb.documents import document
from examx_constructs.checks.alb.groups import groups
from examx_constructs.checks.alb.shapes import MUTUAL_AUTHENTICATION
from examx_constructs.checks.finding import Finding, finding, rule
from examx_constructs.manifests.node import Node
from examx_constructs.manifests.resources import Manifests

# Of a certificate in ACM, a firewall, a target group or a trust store; those of IAM have no region.
_ARN = regex(r"arn:[a-z-]+:(?:acm|wafv2|elasticloadbalancing):(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):.*")


@rule(f"{API}: what a load balancer uses is of its region")
def alb_arns_are_of_one_region(manifests: Manifests) -> Iterator[Finding]:
    """Certificates, firewalls, target groups and trust stores of one load balancer are of one region.

    Those of us-east-1 that serve CloudFront are easily taken by mistake.
    """
    for group in groups(manifests):
        first: dict[str, str] = {}
        for member in group.members:
            for place, arn in _arns(member):
                found = _ARN.fullmatch(arn)
                if found and found["region"] != (region := first.setdefault("region", found["region"])):
                    owner = first["arn"]
                    allowed = f"one of {region}, as {owner} is"
                    yield finding(place, allowed, REFUSED_BY_AWS, value=f"{arn}, of {found['region']}")
                elif found:
                    first.setdefault("arn", arn)


def _arns(member: Member) -> Iterator[tuple[Node, str]]:
    for suffix in ("certificate-arn", "wafv2-acl-arn"):
        for arn in listed(member.said(suffix).text):
            yield member.said(suffix), arn
    for entry in document(member.said("mutual-authentication"), MUTUAL_AUTHENTICATION).content:
        yield entry["trustStore"], entry["trustStore"].text
    for _, _, found in actions(member):
        action = found.content
        for each in (action, *action["forwardConfig"]["targetGroups"]):
            yield each["targetGroupARN"], each["targetGroupARN"].text
