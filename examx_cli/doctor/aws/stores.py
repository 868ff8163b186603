"""What AWS says of where images and secrets are kept.

Sources: ECR API reference, Repository and RegistryScanningConfiguration; Secrets Manager API reference,
GetResourcePolicy.
"""

import json
from fnmatch import fnmatchcase

from examx_cli.doctor.aws.account import Account
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import items, mapping, text

TOPIC = "AWS: images and secrets"
_EVERYBODY = ("*", {"AWS": "*"}, {"AWS": ["*"]})


def _has_registry(needs: Needs) -> bool:
    return bool(needs.registry[2])


@precondition(
    TOPIC,
    "tags of images that do not change",
    when=_has_registry,
    breaks="who may push gives a tag that was reviewed another image",
    mend="aws ecr put-image-tag-mutability --region REGION --repository-name NAME --image-tag-mutability IMMUTABLE",
)
def tags(needs: Needs, account: Account) -> Found:
    """The repository keeps its tags, but for exceptions by name, such as caches of builds."""
    name = needs.registry[2]
    for each in items(account.aws.answer("ecr", "describe-repositories", "--repository-names", name), "repositories"):
        kept = text(each, "imageTagMutability")
        but = ", ".join(text(one, "filter") for one in items(each, "imageTagMutabilityExclusionFilters"))
        said = f"{name}: {kept}{f' but for {but}' if but else ''}"
        return good(said) if kept.startswith("IMMUTABLE") else lacking(said)
    return lacking(f"there is no repository {name}")


@precondition(
    TOPIC,
    "scan of images",
    when=_has_registry,
    breaks="known holes in what an image brings along are told to nobody",
    mend="aws ecr put-registry-scanning-configuration --region REGION --scan-type ENHANCED --rules …",
)
def scan(needs: Needs, account: Account) -> Found:
    """Images are scanned when they are pushed, or all the time: by the repository's setting or the registry's."""
    name = needs.registry[2]
    told = account.aws.answer("ecr", "describe-repositories", "--repository-names", name)
    if any(
        mapping(each, "imageScanningConfiguration").get("scanOnPush") is True for each in items(told, "repositories")
    ):
        return good("on push, by the repository")
    registry = mapping(account.aws.answer("ecr", "get-registry-scanning-configuration"), "scanningConfiguration")
    for rule in items(registry, "rules"):
        often = text(rule, "scanFrequency")
        fits = (fnmatchcase(name, text(each, "filter")) for each in items(rule, "repositoryFilters"))
        if often in ("SCAN_ON_PUSH", "CONTINUOUS_SCAN") and any(fits):
            return good(f"{often}, by the registry ({text(registry, 'scanType')})")
    return lacking("neither the repository nor the registry scans what is pushed")


@precondition(
    TOPIC,
    "policies of the secrets",
    when=lambda needs: bool(needs.secret_arns),
    breaks="another account may read the environment's secrets",
    mend="aws secretsmanager delete-resource-policy --region REGION --secret-id ARN, or one with BlockPublicPolicy",
)
def secret_policies(needs: Needs, account: Account) -> Found:
    """No secret has a policy of its own that lets everybody in. Who of the account may read it, IAM alone knows."""
    wrong: list[str] = []
    own: list[str] = []
    for arn in needs.secret_arns:
        told = account.aws.answer("secretsmanager", "get-resource-policy", "--secret-id", arn)
        if told is None:
            wrong.append(f"there is no secret {arn}")
            continue
        written = text(told, "ResourcePolicy")
        try:
            policy: object = json.loads(written or "{}")
        except (ValueError, RecursionError):
            return unsure(f"the policy of {arn} is no JSON")
        own += [arn] if written else []
        if any(_is_for_everybody(each) for each in items(policy, "Statement")):
            wrong.append(f"the policy of {arn} allows everybody")
    if wrong:
        return lacking("; ".join(wrong))
    return good(f"{len(needs.secret_arns)} secrets, {len(own)} with a policy of their own")


def _is_for_everybody(statement: object) -> bool:
    found = mapping(statement)
    return found.get("Effect") == "Allow" and found.get("Principal") in _EVERYBODY and not found.get("Condition")
