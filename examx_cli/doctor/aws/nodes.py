"""What the nodes' metadata service gives to pods: nothing, where tokens are required and one hop is the limit.

A pod is one hop further than its node (EKS best practices, Restrict access to the instance profile assigned to the
worker node). Fields: EC2 API reference, InstanceMetadataOptionsResponse and LaunchTemplateInstanceMetadataOptions.
"""

from collections.abc import Iterator

from examx_cli.doctor.aws.account import Account
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import items, mapping, text

TOPIC = "AWS: nodes"
_BREAKS = (
    "where NetworkPolicies do not hold, as on the nodes' own network, a pod gets the credentials of its node from "
    "169.254.169.254"
)


@precondition(
    TOPIC,
    "metadata service of the nodes that run",
    breaks=_BREAKS,
    mend=(
        "aws ec2 modify-instance-metadata-options --region REGION --instance-id ID --http-tokens required "
        "--http-put-response-hop-limit 1; and the launch template likewise, or the next node has it again"
    ),
)
def running(needs: Needs, account: Account) -> Found:
    """Every node of the cluster asks for tokens, which get one hop far."""
    answer = account.aws.answer(
        "ec2",
        "describe-instances",
        "--filters",
        f"Name=tag-key,Values=kubernetes.io/cluster/{needs.cluster},eks:eks-cluster-name",
        "Name=instance-state-name,Values=running",
    )
    nodes = [each for one in items(answer, "Reservations") for each in items(one, "Instances")]
    nodes = [each for each in nodes if _is_of(each, needs.cluster)]
    if not nodes:
        return unsure(f"no instance has the tag kubernetes.io/cluster/{needs.cluster}")
    open_ones = [
        f"{text(each, 'InstanceId')} ({said})" for each in nodes if (said := _is_open(mapping(each, "MetadataOptions")))
    ]
    if open_ones:
        return lacking(f"{len(open_ones)} of {len(nodes)} nodes: {', '.join(open_ones[:3])}")
    return good(f"{len(nodes)} nodes ask for tokens that get one hop far")


def _is_of(instance: object, cluster: str) -> bool:
    tags = {text(each, "Key"): text(each, "Value") for each in items(instance, "Tags")}
    return f"kubernetes.io/cluster/{cluster}" in tags or tags.get("eks:eks-cluster-name") == cluster


def _is_open(options: object) -> str:
    """Return what of these options lets a pod in; nothing where it is kept out."""
    found = mapping(options)
    if found.get("HttpEndpoint") == "disabled":
        return ""
    hops = found.get("HttpPutResponseHopLimit")
    tokens = "" if found.get("HttpTokens") == "required" else f"HttpTokens {found.get('HttpTokens') or 'not set'}"
    limit = "" if hops == 1 else f"HttpPutResponseHopLimit {hops if isinstance(hops, int) else 'not set'}"
    return ", ".join(filter(None, (tokens, limit)))


@precondition(
    TOPIC,
    "metadata service of the nodes to come",
    breaks=_BREAKS,
    mend=(
        "aws ec2 create-launch-template-version --region REGION --launch-template-id ID --source-version VERSION "
        """--launch-template-data '{"MetadataOptions":{"HttpTokens":"required","HttpPutResponseHopLimit":1}}', and """
        "aws eks update-nodegroup-version with it"
    ),
)
def templates(needs: Needs, account: Account) -> Found:
    """Each node group has a launch template that says the same; without one, EKS allows two hops."""
    listed = account.aws.answer("eks", "list-nodegroups", "--cluster-name", needs.cluster)
    groups = [each for each in items(listed, "nodegroups") if isinstance(each, str)]
    if not groups:
        return unsure("the cluster has no managed node group: look where its nodes come from, such as an EC2NodeClass")
    wrong = [said for each in groups for said in _wrong(account, needs.cluster, each)]
    return lacking("; ".join(wrong)) if wrong else good(f"{', '.join(groups)}: tokens, one hop")


def _wrong(account: Account, cluster: str, group: str) -> Iterator[str]:
    said = account.aws.answer("eks", "describe-nodegroup", "--cluster-name", cluster, "--nodegroup-name", group)
    template = mapping(said, "nodegroup", "launchTemplate")
    identity, version = text(template, "id"), text(template, "version")
    if not identity:
        yield f"{group} has no launch template"
        return
    told = account.aws.answer(
        "ec2", "describe-launch-template-versions", "--launch-template-id", identity, "--versions", version
    )
    for each in items(told, "LaunchTemplateVersions"):
        if open_for := _is_open(mapping(each, "LaunchTemplateData", "MetadataOptions")):
            yield f"{group}, {identity} version {version}: {open_for}"
