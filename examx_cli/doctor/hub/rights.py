"""What GitHub lets workflows, pull requests and pushes do.

Fields: REST API, Rules (Get rules for a branch), Branch protection, and GitHub Actions permissions
(default_workflow_permissions, allowed_actions, sha_pinning_required, fork-pr-contributor-approval,
fork-pr-workflows-private-repos).
"""

from examx_cli.doctor.hub.repository import MAIN, Repository
from examx_cli.doctor.needs import Needs
from examx_cli.doctor.precondition import precondition
from examx_cli.doctor.seen import Unseen
from examx_cli.doctor.verdict import Found, good, lacking, unsure
from examx_constructs.manifests import items, mapping, text

TOPIC = "GitHub: rights"
_WANTED = {
    "pull_request": "pull requests",
    "required_status_checks": "checks",
    "non_fast_forward": "no force pushes",
    "deletion": "no deletion",
}
_OPEN_TO_KNOWN = ("first_time_contributors_new_to_github", "first_time_contributors")


@precondition(
    TOPIC,
    f"protection of {MAIN}",
    breaks="one push changes what is deployed, without a review and without the checks",
    mend="a ruleset for main: pull requests, the checks of ci, no force pushes, no deletion (docs/deployment.md)",
)
def protection(_needs: Needs, repository: Repository) -> Found:
    """Rules of the branch ask for pull requests and checks, and forbid force pushes and deletion."""
    rules = {text(each, "type") for each in items(repository.must(f"rules/branches/{MAIN}"), "items")}
    rules |= _classic(repository) if not set(_WANTED) <= rules else set()
    lost = [said for rule, said in _WANTED.items() if rule not in rules]
    return lacking(f"it does not ask for: {', '.join(lost)}") if lost else good(", ".join(_WANTED.values()))


def _classic(repository: Repository) -> set[str]:
    """Return what a branch protection asks for, in the words of rulesets.

    Nothing where it is none, or not to be seen.
    """
    try:
        found = repository.ask(f"branches/{MAIN}/protection")
    except Unseen:
        return set()
    if found is None:
        return set()
    forbidden = {"non_fast_forward": "allow_force_pushes", "deletion": "allow_deletions"}
    return {
        *(["pull_request"] if mapping(found, "required_pull_request_reviews") else []),
        *(["required_status_checks"] if mapping(found, "required_status_checks") else []),
        *(rule for rule, allow in forbidden.items() if mapping(found, allow).get("enabled") is False),
    }


@precondition(
    TOPIC,
    "token of workflows",
    breaks="a step that is taken over may write to the repository, or approve its own pull request",
    mend=(
        "gh api --method PUT 'repos/{owner}/{repo}/actions/permissions/workflow' -f default_workflow_permissions=read "
        "-F can_approve_pull_request_reviews=false"
    ),
)
def token(_needs: Needs, repository: Repository) -> Found:
    """It reads unless a job asks for more, and approves nothing."""
    said = repository.must("actions/permissions/workflow")
    wrong = [
        *([f"it may {rights}"] if (rights := text(said, "default_workflow_permissions")) != "read" else []),
        *(["it may approve pull requests"] if said.get("can_approve_pull_request_reviews") is not False else []),
    ]
    return lacking("; ".join(wrong)) if wrong else good("it reads, and approves nothing")


@precondition(
    TOPIC,
    "actions of others",
    breaks="a workflow may run an action of anybody, by a tag that its owner can move",
    mend=(
        "gh api --method PUT 'repos/{owner}/{repo}/actions/permissions' -F enabled=true -f allowed_actions=selected "
        "-F sha_pinning_required=true"
    ),
)
def actions(_needs: Needs, repository: Repository) -> Found:
    """Only chosen ones run, and only by a commit. The workflows here name commits by themselves, and zizmor says so."""
    said = repository.must("actions/permissions")
    allowed, pinned = text(said, "allowed_actions"), said.get("sha_pinning_required") is True
    told = f"allowed are {allowed or 'none'}, {'by a commit' if pinned else 'by any name'}"
    if pinned or allowed == "local_only":
        return good(told)
    return (
        lacking(told) if allowed == "all" else unsure(f"{told}: that of this repository's own workflows is held here")
    )


@precondition(
    TOPIC,
    "pull requests from forks",
    breaks="anyone who opens one runs code of theirs on the runners, in a private repository with its secrets too",
    mend=(
        "gh api --method PUT 'repos/{owner}/{repo}/actions/permissions/fork-pr-contributor-approval' -f "
        "approval_policy=all_external_contributors; in a private repository: Settings, Actions, Fork pull request "
        "workflows"
    ),
)
def forks(_needs: Needs, repository: Repository) -> Found:
    """A person agrees before the workflows of a fork run; of a private repository they get no secrets either."""
    if repository.must("").get("private") is True:
        said = repository.must("actions/permissions/fork-pr-workflows-private-repos")
        if said.get("run_workflows_from_fork_pull_requests") is False:
            return good("they run no workflows")
        wrong = [
            what
            for field, what in (
                ("send_write_tokens_to_workflows", "they get a token that writes"),
                ("send_secrets_and_variables", "they get secrets"),
            )
            if said.get(field) is not False
        ]
        if said.get("require_approval_for_fork_pr_workflows") is not True:
            wrong.append("nobody agrees first")
        return lacking("; ".join(wrong)) if wrong else good("a person agrees first; no secrets")
    policy = text(repository.must("actions/permissions/fork-pr-contributor-approval"), "approval_policy")
    if policy in _OPEN_TO_KNOWN:
        return lacking(f"{policy}: anyone who had one accepted runs at once")
    return good(policy) if policy == "all_external_contributors" else unsure(f"its policy is {policy or 'not told'}")
