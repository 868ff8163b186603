"""What EKS says of a cluster: who reaches its API server, what it writes down, whether it enforces NetworkPolicies.

Sources: EKS API reference, Cluster (resourcesVpcConfig, logging) and Addon (configurationValues).
"""

import json

from examx_cli.doctor.aws.account import Account
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import at, items, mapping, text

TOPIC = "AWS: cluster"
_EVERYBODY = ("0.0.0.0/0", "::/0")
_WRITTEN_DOWN = ("audit", "authenticator")


@precondition(
    TOPIC,
    "networks that reach the API server",
    breaks="anybody on the internet may knock at the API server; the credentials of AWS alone keep them out",
    mend=(
        "aws eks update-cluster-config --name CLUSTER --region REGION --resources-vpc-config "
        "endpointPrivateAccess=true,publicAccessCidrs=NETWORKS; runners of GitHub's own have no fixed ones"
    ),
)
def endpoint(needs: Needs, account: Account) -> Found:
    """The API server is not open to every network, or that is known: runners that GitHub hosts may need it."""
    said = account.aws.answer("eks", "describe-cluster", "--name", needs.cluster)
    if said is None:
        return lacking(f"there is no cluster {needs.cluster} in {needs.region}")
    config = mapping(said, "cluster", "resourcesVpcConfig")
    cidrs = [each for each in items(config, "publicAccessCidrs") if isinstance(each, str)]
    if config.get("endpointPublicAccess") is False:
        return good("the VPC alone")
    if not cidrs or set(cidrs) & set(_EVERYBODY):
        return unsure(f"it is open to {', '.join(cidrs) or 'all'}; whether that is meant, AWS does not know")
    return good(f"{', '.join(cidrs)}")


@precondition(
    TOPIC,
    "audit log",
    breaks="nobody can tell afterwards who did what in the cluster",
    mend=(
        "aws eks update-cluster-config --name CLUSTER --region REGION --logging "
        """'{"clusterLogging":[{"types":["api","audit","authenticator"],"enabled":true}]}'"""
    ),
)
def audit(needs: Needs, account: Account) -> Found | None:
    """The API server writes down what it was asked, and who was let in."""
    said = account.aws.answer("eks", "describe-cluster", "--name", needs.cluster)
    if said is None:
        return None
    on = {
        kind
        for each in items(said, "cluster", "logging", "clusterLogging")
        if mapping(each).get("enabled") is True
        for kind in items(each, "types")
    }
    lost = [each for each in _WRITTEN_DOWN if each not in on]
    return lacking(f"it does not write {', '.join(lost)}") if lost else good(", ".join(sorted(map(str, on))))


@precondition(
    TOPIC,
    "enableNetworkPolicy of the add-on vpc-cni",
    when=lambda needs: needs.policies,
    breaks="the next node, or the next update of the add-on, enforces no NetworkPolicy",
    mend=(
        "aws eks update-addon --cluster-name CLUSTER --addon-name vpc-cni --resolve-conflicts PRESERVE "
        """--configuration-values '{"enableNetworkPolicy":"true"}'"""
    ),
)
def add_on(needs: Needs, account: Account) -> Found:
    """The add-on is configured so, whatever the DaemonSet says now. Values that are no JSON are not read."""
    said = account.aws.answer("eks", "describe-addon", "--cluster-name", needs.cluster, "--addon-name", "vpc-cni")
    if said is None:
        return unsure("the add-on is not EKS's own to look after: what runs in the cluster counts")
    written = text(said, "addon", "configurationValues")
    try:
        values: object = json.loads(written or "{}")
    except (ValueError, RecursionError):
        return unsure(f"its configuration is no JSON: {written}")
    told = at(values, "enableNetworkPolicy")
    version = text(said, "addon", "addonVersion")
    return good(f"{version}: {told}") if told in ("true", True) else lacking(f"{version}: it is {told or 'not set'}")
