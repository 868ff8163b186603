"""What AWS says of the load balancer: firewall, protection, logs, as the Ingress is rendered and beyond that.

Sources: Elastic Load Balancing API reference, LoadBalancerAttribute; WAF API reference, GetWebACLForResource; Shield
API reference, DescribeProtection.
"""

from examx_cli.doctor.aws.account import Account
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import items, mapping, text

TOPIC = "AWS: load balancer"
_PREFIX = "alb.ingress.kubernetes.io/"


def _has_ingress(needs: Needs) -> bool:
    return bool(needs.ingresses)


def _annotated(needs: Needs, suffix: str) -> str:
    said = {text(each, "metadata", "annotations", f"{_PREFIX}{suffix}") for each in needs.ingresses} - {""}
    return next(iter(sorted(said)), "")


@precondition(
    TOPIC,
    "attributes, as rendered",
    when=_has_ingress,
    breaks="the load balancer does not do what the environment's file says: logs, time limits, no deletion",
    mend="kubectl describe ingress --namespace NAMESPACE --context CLUSTER says why the controller does not set them",
)
def attributes(needs: Needs, account: Account) -> Found:
    """Each attribute that the Ingress names has its value on the load balancer."""
    pairs = (each.partition("=") for each in _annotated(needs, "load-balancer-attributes").split(",") if each)
    wanted = {key.strip(): value.strip() for key, _, value in pairs}
    wrong = [
        f"{key} is {has.get(key) or 'not set'}, not {value}"
        for has in map(account.attributes, account.load_balancers(needs))
        for key, value in wanted.items()
        if has.get(key) != value
    ]
    return lacking("; ".join(wrong)) if wrong else good(f"{len(wanted)} attributes")


@precondition(
    TOPIC,
    "access logs",
    when=_has_ingress,
    breaks="who asked for what, and from where, is written nowhere: an attack leaves no trace before nginx",
    mend="IngressSettings(access_logs=AccessLogs(bucket=…)) in the environment's file, to a bucket that AWS may write",
)
def access_logs(needs: Needs, account: Account) -> Found:
    """The load balancer writes a line for each request; an environment whose file names no bucket may do without."""
    for each in account.load_balancers(needs):
        has = account.attributes(each)
        if has.get("access_logs.s3.enabled") == "true":
            return good(f"to {has.get('access_logs.s3.bucket') or 'a bucket'}")
    rendered = "access_logs.s3.enabled=true" in _annotated(needs, "load-balancer-attributes")
    return lacking("they are off") if rendered else unsure("they are off, and the environment's file asks for none")


@precondition(
    TOPIC,
    "web ACL of WAF",
    when=_has_ingress,
    breaks="nothing counts requests by address or knows attacks before nginx does",
    mend=(
        "IngressSettings(web_acl_arn=…) in the environment's file: `aws wafv2 list-web-acls --scope REGIONAL "
        "--region REGION` lists them"
    ),
)
def web_acl(needs: Needs, account: Account) -> Found:
    """The web ACL that the Ingress names is the load balancer's; where it names none, any is good."""
    wanted = _annotated(needs, "wafv2-acl-arn")
    for each in account.load_balancers(needs):
        arn = text(each, "LoadBalancerArn")
        has = text(account.aws.answer("wafv2", "get-web-acl-for-resource", "--resource-arn", arn), "WebACL", "ARN")
        if wanted and wanted not in ("none", has):
            return lacking(f"it has {has or 'none'}, not {wanted}")
        if not has:
            return unsure("it has none, and the environment's file names none")
        return good(has)
    return unsure("there is no load balancer")


@precondition(
    TOPIC,
    "Shield Advanced",
    when=lambda needs: _annotated(needs, "shield-advanced-protection") == "true",
    breaks="what the account pays for does not protect this load balancer",
    mend="kubectl describe ingress --namespace NAMESPACE --context CLUSTER says why the controller does not ask for it",
)
def shield(needs: Needs, account: Account) -> Found:
    """The load balancer is protected, where the Ingress asks for it."""
    for each in account.load_balancers(needs):
        arn = text(each, "LoadBalancerArn")
        if not mapping(account.aws.answer("shield", "describe-protection", "--resource-arn", arn), "Protection"):
            return lacking(f"{text(each, 'LoadBalancerName')} has no protection")
    return good("it is on")


@precondition(
    TOPIC,
    "trust stores",
    when=lambda needs: bool(needs.trust_stores),
    breaks="the controller refuses the whole group: nothing of its load balancer changes any more",
    mend="aws elbv2 create-trust-store --region REGION, with the authorities of the clients",
)
def trust_stores(needs: Needs, account: Account) -> Found:
    """The trust stores that client certificates are verified against are there, and active."""
    there = {
        name: text(each, "Status")
        for each in items(account.aws.answer("elbv2", "describe-trust-stores"), "TrustStores")
        for name in (text(each, "Name"), text(each, "TrustStoreArn"))
    }
    wanted = sorted(needs.trust_stores)
    wrong = [f"{each} is {there.get(each) or 'not there'}" for each in wanted if there.get(each) != "ACTIVE"]
    return lacking("; ".join(wrong)) if wrong else good(", ".join(wanted))
