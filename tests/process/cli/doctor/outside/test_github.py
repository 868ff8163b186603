"""What an examination says of a repository of GitHub: one thing is wrong at a time, and exactly that is said."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from examx_cli.doctor import State, Verdict, asking
from examx_cli.doctor.hub import SETTINGS, Repository, Workflows
from examx_cli.doctor.needs import Needs
from examx_cli.errors import CommandError
from tests.process.cli.doctor.outside import hub
from tests.process.cli.doctor.outside.conftest import Answers, Outside
from tests.process.cli.doctor.outside.hub import BASE

OK, MISSING, UNKNOWN = State.OK, State.MISSING, State.UNKNOWN
Record = Callable[[Answers], Outside]
ROOT = Path(__file__).parents[5]
WORKFLOWS = Workflows(
    {"prod": frozenset({"KEY"}), "stg": frozenset(), "prod notify": frozenset({"HOOK"})}, frozenset({"KEY", "HOOK"})
)
NEEDS = Needs("prod", "testing", "examxv2-production", [])


def examined(needs: Needs = NEEDS) -> dict[str, Verdict]:
    repository = Repository(asking.github(), WORKFLOWS)
    found = [each.verdict(needs, repository) for each in SETTINGS if each.applies(needs)]
    return {each.what: each for each in found if each}


def sound() -> Answers:
    answers = hub.sound(WORKFLOWS.environments, WORKFLOWS.secrets)
    return {words.replace("prod notify", "prod%20notify"): answer for words, answer in answers.items()}


@dataclass(frozen=True)
class Case:
    """Other answers of GitHub, and what is then said of one setting."""

    name: str
    what: str
    state: State
    said: str
    answers: Answers

    def __str__(self) -> str:
        return self.name


def environments(*given: dict[str, Any]) -> Answers:
    kept = [hub.environment(name) for name in WORKFLOWS.environments if name not in {each["name"] for each in given}]
    return {f"{BASE}/environments?per_page=100": {"environments": [*kept, *given]}}


def policies(name: str, *admitted: tuple[str, str]) -> Answers:
    listed = [{"type": kind, "name": pattern} for kind, pattern in admitted]
    return {f"{BASE}/environments/{name}/deployment-branch-policies?per_page=100": {"branch_policies": listed}}


def private(*, public: bool = False, **changed: Any) -> Answers:
    """Another repository, or other settings of a private one."""
    answers = sound()
    path = f"{BASE}/actions/permissions/fork-pr-workflows-private-repos"
    return {path: answers[path] | changed, BASE: answers[BASE] | {"private": not public}}


def approval(policy: str) -> Answers:
    return private(public=True) | {
        f"{BASE}/actions/permissions/fork-pr-contributor-approval": {"approval_policy": policy}
    }


PRESENT, RESTRICTED, REVIEWED = "those that the workflows name", "restricted to main", "reviewers of prod"
SECRETS, COMPLETE = "secrets in them, and not in the repository", "secrets that their jobs name"
MAIN, TOKEN, ACTIONS, FORKS = (
    "protection of main",
    "token of workflows",
    "actions of others",
    "pull requests from forks",
)
RULES = f"{BASE}/rules/branches/main"
PROTECTION = f"{BASE}/branches/main/protection"
CLASSIC = {
    "required_pull_request_reviews": {"required_approving_review_count": 1},
    "required_status_checks": {"strict": True, "contexts": ["ci"]},
    "allow_force_pushes": {"enabled": False},
    "allow_deletions": {"enabled": False},
}

CASES = [
    Case(
        "one is not there",
        PRESENT,
        MISSING,
        "there is no environment prod, prod notify",
        {f"{BASE}/environments?per_page=100": {"environments": [hub.environment("stg")]}},
    ),
    Case(
        "no list to see",
        PRESENT,
        UNKNOWN,
        "this identity may not ask `gh api",
        {f"{BASE}/environments?per_page=100": hub.NOT_FOUND},
    ),
    Case(
        "every branch",
        RESTRICTED,
        MISSING,
        "stg admits every branch",
        environments(hub.environment("stg", deployment_branch_policy=None)),
    ),
    Case(
        "every protected branch",
        RESTRICTED,
        MISSING,
        "stg admits every protected branch",
        environments(
            hub.environment(
                "stg", deployment_branch_policy={"protected_branches": True, "custom_branch_policies": False}
            )
        ),
    ),
    Case(
        "another branch",
        RESTRICTED,
        MISSING,
        "stg admits branch release/*",
        policies("stg", ("branch", "main"), ("branch", "release/*")),
    ),
    Case("a tag of that name", RESTRICTED, MISSING, "stg admits tag main", policies("stg", ("tag", "main"))),
    Case(
        "a name with a space",
        RESTRICTED,
        MISSING,
        "prod notify admits branch *",
        policies("prod%20notify", ("branch", "*")),
    ),
    Case("no reviewers", REVIEWED, MISSING, "it has none", environments(hub.reviewed(protection_rules=[]))),
    Case(
        "a rule of nobody",
        REVIEWED,
        MISSING,
        "it has none",
        environments(hub.reviewed(protection_rules=[{"type": "required_reviewers", "reviewers": []}])),
    ),
    Case(
        "who started it",
        REVIEWED,
        MISSING,
        "who started a deployment may approve it",
        environments(hub.reviewed(protection_rules=[{"type": "required_reviewers", "reviewers": [{}]}])),
    ),
    Case(
        "administrators", REVIEWED, MISSING, "administrators get by", environments(hub.reviewed(can_admins_bypass=True))
    ),
    Case(
        "no production",
        REVIEWED,
        MISSING,
        "there is no environment prod",
        {f"{BASE}/environments?per_page=100": {"environments": []}},
    ),
    Case(
        "a secret of the repository",
        SECRETS,
        MISSING,
        "KEY is a secret of the repository",
        {f"{BASE}/actions/secrets?per_page=100": hub.secrets(["KEY"])},
    ),
    Case(
        "secrets of the organization",
        SECRETS,
        MISSING,
        "HOOK, KEY are secrets of the organization",
        {f"{BASE}/actions/organization-secrets?per_page=100": hub.secrets(["KEY", "HOOK", "OTHER"])},
    ),
    Case(
        "another secret",
        SECRETS,
        UNKNOWN,
        "no workflow of this checkout names OLD",
        {f"{BASE}/actions/secrets?per_page=100": hub.secrets(["OLD"])},
    ),
    Case(
        "nobody owns an organization",
        SECRETS,
        OK,
        "none of HOOK, KEY is one",
        {f"{BASE}/actions/organization-secrets?per_page=100": hub.NOT_FOUND},
    ),
    Case(
        "a secret is not there",
        COMPLETE,
        MISSING,
        "prod notify lacks HOOK",
        {f"{BASE}/environments/prod%20notify/secrets?per_page=100": hub.secrets([])},
    ),
    Case(
        "no rules",
        MAIN,
        MISSING,
        "it does not ask for: pull requests, checks, no force pushes, no deletion",
        {RULES: []},
    ),
    Case(
        "a rule less",
        MAIN,
        MISSING,
        "it does not ask for: checks",
        {RULES: [{"type": each} for each in ("pull_request", "non_fast_forward", "deletion")]},
    ),
    Case("a branch protection", MAIN, OK, "pull requests", {RULES: [], PROTECTION: CLASSIC}),
    Case(
        "a branch protection that may be forced",
        MAIN,
        MISSING,
        "no force pushes",
        {RULES: [], PROTECTION: CLASSIC | {"allow_force_pushes": {"enabled": True}}},
    ),
    Case(
        "a branch protection that is not shown", MAIN, MISSING, "pull requests", {RULES: [], PROTECTION: hub.FORBIDDEN}
    ),
    Case(
        "a token that writes",
        TOKEN,
        MISSING,
        "it may write",
        {
            f"{BASE}/actions/permissions/workflow": {
                "default_workflow_permissions": "write",
                "can_approve_pull_request_reviews": False,
            }
        },
    ),
    Case(
        "a token that approves",
        TOKEN,
        MISSING,
        "it may approve pull requests",
        {
            f"{BASE}/actions/permissions/workflow": {
                "default_workflow_permissions": "read",
                "can_approve_pull_request_reviews": True,
            }
        },
    ),
    Case(
        "all actions",
        ACTIONS,
        MISSING,
        "allowed are all, by any name",
        {f"{BASE}/actions/permissions": {"enabled": True, "allowed_actions": "all", "sha_pinning_required": False}},
    ),
    Case(
        "chosen ones, by any name",
        ACTIONS,
        UNKNOWN,
        "allowed are selected, by any name",
        {f"{BASE}/actions/permissions": {"allowed_actions": "selected"}},
    ),
    Case(
        "all, by a commit",
        ACTIONS,
        OK,
        "by a commit",
        {f"{BASE}/actions/permissions": {"allowed_actions": "all", "sha_pinning_required": True}},
    ),
    Case(
        "forks with secrets",
        FORKS,
        MISSING,
        "they get secrets",
        private(run_workflows_from_fork_pull_requests=True, send_secrets_and_variables=True),
    ),
    Case(
        "forks that nobody asks",
        FORKS,
        MISSING,
        "nobody agrees first",
        private(run_workflows_from_fork_pull_requests=True, require_approval_for_fork_pr_workflows=False),
    ),
    Case(
        "forks that write",
        FORKS,
        MISSING,
        "a token that writes",
        private(run_workflows_from_fork_pull_requests=True, send_write_tokens_to_workflows=True),
    ),
    Case(
        "forks that are looked at",
        FORKS,
        OK,
        "a person agrees first",
        private(run_workflows_from_fork_pull_requests=True),
    ),
    Case("a public one, asked", FORKS, OK, "all_external_contributors", approval("all_external_contributors")),
    Case(
        "a public one, the second time",
        FORKS,
        MISSING,
        "anyone who had one accepted",
        approval("first_time_contributors"),
    ),
    Case("a public one, not known", FORKS, UNKNOWN, "its policy is new", approval("new")),
]


def test_a_repository_that_lacks_nothing(outside: Record) -> None:
    played = outside(sound())
    found = examined()
    assert {what: each.said for what, each in found.items() if each.state is not OK} == {}
    assert len(found) == len(SETTINGS)
    assert len({tuple(each) for each in played.calls}) == len(played.calls), "each is asked once"
    assert all(len(call) == 2 and call[0] == "api" for call in played.calls), "nothing but what is read"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_wrong_is_said(case: Case, outside: Record) -> None:
    outside(sound() | case.answers)
    found = examined()[case.what]
    assert (found.state, case.said in found.said) == (case.state, True), found


WANTED = "whether the Prometheus of PROMETHEUS_URL_STG wants one"


@pytest.mark.parametrize(
    ("variables", "state", "said"),
    [
        ({}, OK, "1 of them"),
        ({"PROMETHEUS_URL_DEV": "", "OTHER": "x"}, OK, "1 of them"),
        (
            {"PROMETHEUS_URL_STG": "https://prometheus.example.com"},
            UNKNOWN,
            f"observe has no PROMETHEUS_TOKEN: {WANTED}, GitHub does not know",
        ),
    ],
    ids=["nobody is asked", "an empty address", "one is asked"],
)
def test_a_token_of_prometheus_lacks_only_where_one_is_asked(
    variables: dict[str, str], state: State, said: str, outside: Record
) -> None:
    workflows = Workflows({"observe": frozenset({"PROMETHEUS_TOKEN", "KEY"})}, frozenset({"PROMETHEUS_TOKEN", "KEY"}))
    answers = hub.sound(workflows.environments, {"KEY"})
    outside(answers | {f"{BASE}/actions/variables?per_page=100": hub.variables(variables)})
    (complete,) = (each for each in SETTINGS if each.what == COMPLETE)
    found = complete.verdict(NEEDS, Repository(asking.github(), workflows))
    assert found is not None
    assert (found.state, found.said) == (state, said)


def test_every_setting_has_a_case_that_lacks_it() -> None:
    assert {each.what for each in SETTINGS} == {case.what for case in CASES if case.state is MISSING}


def test_reviewers_are_those_of_production(outside: Record) -> None:
    outside(sound())
    assert REVIEWED not in examined(Needs("dev", "testing", "dev-examxv2", []))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (hub.FORBIDDEN, "this identity may not ask `gh api"),
        (hub.NOT_FOUND, "this identity may not ask `gh api"),
        ({"fails": "To get started with GitHub CLI, please run:  gh auth login", "status": 4}, "gh is not signed in"),
        ({"fails": "error connecting to api.example.com", "status": 1}, "failed: error connecting to"),
        ("no JSON", "printed something that is no JSON"),
    ],
)
def test_what_may_not_be_read_is_unknown(answer: object, said: str, outside: Record) -> None:
    outside(dict.fromkeys(sound(), answer))
    found = examined()
    assert {each.state for each in found.values()} == {UNKNOWN}
    assert all(said in each.said for each in found.values()), found


def test_the_workflows_of_this_checkout_are_read() -> None:
    workflows = Workflows.of(ROOT)
    assert {"dev", "stg", "prod", "feature", "observe"} <= workflows.environments.keys()
    assert {"RELEASE_DEPLOY_KEY", "SLACK_WEBHOOK_URL"} <= workflows.secrets
    assert "GITHUB_TOKEN" not in workflows.secrets
    assert not [each for each in workflows.environments if "${{" in each]


def workflow(root: Path, content: str, name: str = "a.yaml") -> Path:
    folder = root / ".github" / "workflows"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    return root


def test_every_way_to_name_an_environment_and_a_secret_counts(tmp_path: Path) -> None:
    workflow(tmp_path, "jobs: {a: {environment: x, env: {K: '${{ secrets.ONE }}'}}, b: {environment: {name: y}}}")
    workflow(
        tmp_path,
        """jobs: {c: {environment: x, steps: [{run: "${{ secrets['TWO'] || secrets.GITHUB_TOKEN }}"}]}}""",
        "b.yml",
    )
    workflow(
        tmp_path,
        "jobs: {d: {environment: '${{ inputs.environment }}-key'}, e: {environment: '${{ matrix.one }}'}}",
        "c.yml",
    )
    found = Workflows.of(tmp_path)
    assert found.environments["x"] == {"ONE", "TWO"}
    assert set(found.environments) == {"x", "y", "dev-key", "stg-key", "prod-key"}
    assert found.secrets == {"ONE", "TWO"}


@pytest.mark.parametrize(
    ("condition", "environments"),
    [
        ("inputs.environment != 'dev' && inputs.environment != 'feature'", {"stg-key", "prod-key"}),
        ("${{ inputs.environment == 'prod' }}", {"prod-key"}),
        ("inputs.environment == 'prod' || always()", {"dev-key", "stg-key", "prod-key"}),
        ("always() && inputs.environment != 'stg'", {"dev-key", "prod-key"}),
    ],
)
def test_a_job_that_does_not_run_for_an_environment_needs_none(
    condition: str, environments: set[str], tmp_path: Path
) -> None:
    job = f'{{if: "{condition}", environment: "${{{{ inputs.environment }}}}-key"}}'
    assert set(Workflows.of(workflow(tmp_path, f"jobs: {{a: {job}}}")).environments) == environments


@pytest.mark.parametrize("content", ["jobs: [", "a: &a [*a, *b]", "\t"])
def test_a_file_that_is_no_workflow_is_one_line(content: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"a\.yaml is no workflow: "):
        Workflows.of(workflow(tmp_path, content))


def test_a_checkout_without_workflows_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="has no workflow: GitHub cannot be asked about them"):
        Workflows.of(tmp_path)
