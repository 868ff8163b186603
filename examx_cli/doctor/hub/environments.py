"""Environments of GitHub: the workflows' own, restricted to main, with reviewers, and with the secrets in them.

Fields: REST API, Deployment environments (protection_rules, deployment_branch_policy), Deployment branch policies, and
Actions secrets.
"""

from collections.abc import Iterator
from urllib.parse import quote

from examx_cli.doctor.hub.repository import MAIN, Repository
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import Object, items, mapping, text

TOPIC = "GitHub: environments"
_REVIEWED = "prod"
"""What nobody deploys alone."""
_PROMETHEUS_TOKEN = "PROMETHEUS_TOKEN"  # noqa: S105 - a name
"""A secret that is wanted only where a variable names a Prometheus, and only where that one wants a token."""
_PROMETHEUS_URL = "PROMETHEUS_URL_"


@precondition(
    TOPIC,
    "those that the workflows name",
    breaks="GitHub makes one that nobody restricted at the first run, and any branch may use it",
    mend="gh api --method PUT 'repos/{owner}/{repo}/environments/NAME'; docs/deployment.md says what belongs to each",
)
def present(_needs: Needs, repository: Repository) -> Found:
    """Each environment that a job names is there."""
    wanted = sorted(repository.workflows.environments)
    lost = sorted(set(wanted) - repository.environments().keys())
    return lacking(f"there is no environment {', '.join(lost)}") if lost else good(", ".join(wanted))


@precondition(
    TOPIC,
    f"restricted to {MAIN}",
    breaks="a workflow that somebody edits on a branch of theirs gets the environment's secrets and its role in AWS",
    mend=(
        "gh api --method PUT 'repos/{owner}/{repo}/environments/NAME' "
        "-F 'deployment_branch_policy[protected_branches]=false' "
        "-F 'deployment_branch_policy[custom_branch_policies]=true'; "
        f"gh api 'repos/{{owner}}/{{repo}}/environments/NAME/deployment-branch-policies' -f name={MAIN}"
    ),
)
def restricted(_needs: Needs, repository: Repository) -> Found:
    """Each admits the branch that is deployed, and no other branch or tag."""
    there = repository.environments()
    named = sorted(repository.workflows.environments.keys() & there.keys())
    wrong = [said for each in named for said in _open(each, there[each], repository)]
    return lacking("; ".join(wrong)) if wrong else good(", ".join(named))


def _open(name: str, environment: Object, repository: Repository) -> Iterator[str]:
    policy = mapping(environment, "deployment_branch_policy")
    if not policy:
        yield f"{name} admits every branch"
    elif policy.get("custom_branch_policies") is not True:
        yield f"{name} admits every protected branch"
    else:
        path = f"environments/{quote(name, safe='')}/deployment-branch-policies?per_page=100"
        admitted = [
            f"{text(each, 'type') or 'branch'} {text(each, 'name')}"
            for each in items(repository.must(path), "branch_policies")
        ]
        if others := sorted({*admitted} - {f"branch {MAIN}"}):
            yield f"{name} admits {', '.join(others)}"


@precondition(
    TOPIC,
    f"reviewers of {_REVIEWED}",
    when=lambda needs: needs.environment == _REVIEWED,
    breaks="one person deploys to production alone; the password is a second lock, and no first one",
    mend=(
        "Settings, Environments, prod: Required reviewers, Prevent self-review, and no bypass by administrators "
        "(docs/deployment.md)"
    ),
)
def reviewed(_needs: Needs, repository: Repository) -> Found:
    """Somebody else must agree, and nobody gets by."""
    found = repository.environments().get(_REVIEWED)
    if found is None:
        return lacking(f"there is no environment {_REVIEWED}")
    rules = [mapping(each) for each in items(found, "protection_rules")]
    asks = [each for each in rules if each.get("type") == "required_reviewers" and items(each, "reviewers")]
    if not asks:
        return lacking("it has none")
    wrong = [
        *(["who started a deployment may approve it"] if asks[0].get("prevent_self_review") is not True else []),
        *(["administrators get by"] if found.get("can_admins_bypass") is not False else []),
    ]
    number = len(items(asks[0], "reviewers"))
    return lacking("; ".join(wrong)) if wrong else good(f"{number} of them, and not who started it")


@precondition(
    TOPIC,
    "secrets in them, and not in the repository",
    breaks="any workflow on any branch that somebody pushes may name a secret of the repository, and send it away",
    mend="gh secret set NAME --env ENVIRONMENT_OF_GITHUB; gh secret delete NAME",
)
def secrets(_needs: Needs, repository: Repository) -> Found:
    """No secret that a workflow names is where every branch gets it: the repository's, or the organization's."""
    named = repository.workflows.secrets
    everywhere = {
        "the repository": repository.secrets("actions/secrets"),
        "the organization": repository.secrets_of_organization(),
    }
    wrong = [
        f"{', '.join(sorted(named & there))} {'is a secret' if len(named & there) == 1 else 'are secrets'} of {where}"
        for where, there in everywhere.items()
        if named & there
    ]
    if wrong:
        return lacking("; ".join(wrong))
    if others := sorted({name for there in everywhere.values() for name in there}):
        return unsure(f"no workflow of this checkout names {', '.join(others)}, which every branch gets")
    return good(f"none of {', '.join(sorted(named))} is one of the repository's" if named else "there are none")


@precondition(
    TOPIC,
    "secrets that their jobs name",
    breaks="the job finds an empty value: the release is not pushed, the password lets nobody in, Slack is not told",
    mend="gh secret set NAME --env ENVIRONMENT_OF_GITHUB",
)
def complete(_needs: Needs, repository: Repository) -> Found:
    """Each environment has the secrets that jobs in it name."""
    there = repository.environments()
    lost: dict[str, set[str]] = {}
    number = 0
    for name, wanted in sorted(repository.workflows.environments.items()):
        if name in there and wanted:
            has = repository.secrets(f"environments/{quote(name, safe='')}/secrets")
            number += len(wanted & has)
            lost[name] = {*wanted - has}
    perhaps = [name for name, secrets in lost.items() if _PROMETHEUS_TOKEN in secrets]
    wrong = [f"{name} lacks {', '.join(sorted(rest))}" for name in lost if (rest := lost[name] - {_PROMETHEUS_TOKEN})]
    if wrong:
        return lacking("; ".join(wrong))
    if perhaps and (asked := sorted(each for each in repository.variables() if each.startswith(_PROMETHEUS_URL))):
        return unsure(
            f"{', '.join(perhaps)} has no {_PROMETHEUS_TOKEN}: whether the Prometheus of {', '.join(asked)} wants one, "
            "GitHub does not know"
        )
    return good(f"{number} of them")
