"""What IAM says of roles that workflows of GitHub take: each names whom it trusts, to the letter.

Sources: IAM API reference, ListRoles (AssumeRolePolicyDocument); GitHub's documentation, OpenID Connect reference: the
subject of a job's token is `repo:OWNER/REPOSITORY:environment:NAME`, without an environment `…:ref:refs/heads/BRANCH`.
"""

from collections.abc import Iterator

from examx_cli.doctor.aws.account import Account
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import items, mapping, text

TOPIC = "AWS: roles"
_ISSUER = "token.actions.githubusercontent.com"
_EXACT = ("StringEquals", "StringEqualsIgnoreCase")
_PATTERN = ("StringLike", "ForAnyValue:StringLike", "ForAllValues:StringLike")
_AUDIENCE = "sts.amazonaws.com"
_KNOWN = (":environment:", ":ref:refs/heads/main")


@precondition(
    TOPIC,
    "roles that workflows take",
    breaks="a workflow of another branch, or of another repository, takes the role, and deploys what it likes",
    mend=(
        "aws iam update-assume-role-policy --role-name NAME --policy-document …, with StringEquals for aud and sub; "
        "sub as docs/deployment.md has it: an environment, no wildcard"
    ),
)
def github_roles(_needs: Needs, account: Account) -> Found:
    """Each role that trusts GitHub names audience and subjects, and subjects are of environments or of main."""
    roles = items(account.aws.answer("iam", "list-roles"), "Roles")
    trusting = {
        text(role, "RoleName"): statements for role in roles if (statements := list(_statements(mapping(role))))
    }
    if not trusting:
        return unsure("no role of the account trusts GitHub")
    wrong = [f"{name} {said}" for name, statements in trusting.items() for each in statements for said in _open(each)]
    return lacking("; ".join(wrong)) if wrong else good(", ".join(sorted(trusting)))


def _statements(role: object) -> Iterator[object]:
    """Yield the statements of a role's trust that let GitHub's tokens in."""
    for each in items(role, "AssumeRolePolicyDocument", "Statement"):
        trusted = mapping(each, "Principal").get("Federated")
        named = [trusted, *items(each, "Principal", "Federated")]
        if text(each, "Effect") == "Allow" and any(isinstance(one, str) and one.endswith(_ISSUER) for one in named):
            yield each


def _open(statement: object) -> Iterator[str]:
    subjects, exactly = _wanted(statement, "sub")
    audiences, _ = _wanted(statement, "aud")
    if audiences != [_AUDIENCE]:
        yield f"asks for the audience {', '.join(audiences) or 'of nobody'}"
    if not subjects:
        yield "trusts every repository of GitHub: it names no subject"
    for each in subjects:
        if not exactly and ("*" in each or "?" in each):
            yield f"trusts {each}, a pattern"
        elif not any(known in each for known in _KNOWN):
            yield f"trusts {each}, which is no environment and not main"


def _wanted(statement: object, claim: str) -> tuple[list[str], bool]:
    """Return what a statement asks of a claim, and whether to the letter."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for exactly, operators in ((True, _EXACT), (False, _PATTERN)):
        for operator in operators:
            given = mapping(statement, "Condition", operator).get(f"{_ISSUER}:{claim}")
            listed = [given, *items(statement, "Condition", operator, f"{_ISSUER}:{claim}")]
            found[exactly] += [each for each in listed if isinstance(each, str)]
    # Conditions add up, so the one that is exact is enough.
    return (found[True], True) if found[True] else (found[False], False)
