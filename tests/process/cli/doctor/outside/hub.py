"""A repository of GitHub as docs/deployment.md sets it up, in the JSON that `gh api` prints.

The names of the fields are those of GitHub's REST API, version 2022-11-28: Deployment environments, Deployment branch
policies, Actions secrets, Actions variables, Actions permissions, Rules.
"""

from collections.abc import Iterable, Mapping
from typing import Any

NOT_FOUND = {"fails": "gh: Not Found (HTTP 404)", "status": 1}
FORBIDDEN = {"fails": "gh: Resource not accessible by integration (HTTP 403)", "status": 1}
BASE = "api repos/{owner}/{repo}"


def environment(name: str, **more: Any) -> dict[str, Any]:
    policy = {"protected_branches": False, "custom_branch_policies": True}
    return {"name": name, "protection_rules": [], "deployment_branch_policy": policy, "can_admins_bypass": True, **more}


def secrets(names: Iterable[str]) -> dict[str, Any]:
    listed = [{"name": name, "created_at": "2026-01-01T00:00:00Z"} for name in names]
    return {"total_count": len(listed), "secrets": listed}


def variables(values: Mapping[str, str]) -> dict[str, Any]:
    listed = [{"name": name, "value": value, "created_at": "2026-01-01T00:00:00Z"} for name, value in values.items()]
    return {"total_count": len(listed), "variables": listed}


def reviewed(**more: Any) -> dict[str, Any]:
    """The environment of production."""
    reviewers = [{"type": "Team", "reviewer": {"id": 1, "slug": "platform"}}]
    rule = {"id": 1, "type": "required_reviewers", "prevent_self_review": True, "reviewers": reviewers}
    return environment("prod", protection_rules=[rule], can_admins_bypass=False) | more


def sound(environments: Iterable[str], names: Iterable[str]) -> dict[str, Any]:
    """A repository that lacks nothing, whose environments all have secrets of these names."""
    there = [reviewed() if each == "prod" else environment(each) for each in environments]
    answers: dict[str, Any] = {
        f"{BASE}/environments?per_page=100": {"total_count": len(there), "environments": there},
        f"{BASE}/actions/secrets?per_page=100": secrets([]),
        f"{BASE}/actions/organization-secrets?per_page=100": secrets([]),
        f"{BASE}/actions/variables?per_page=100": variables({}),
        f"{BASE}/rules/branches/main": [
            {"type": each, "ruleset_source_type": "Repository", "ruleset_id": 1}
            for each in ("deletion", "non_fast_forward", "pull_request", "required_status_checks")
        ],
        f"{BASE}/branches/main/protection": NOT_FOUND,
        f"{BASE}/actions/permissions/workflow": {
            "default_workflow_permissions": "read",
            "can_approve_pull_request_reviews": False,
        },
        f"{BASE}/actions/permissions": {"enabled": True, "allowed_actions": "selected", "sha_pinning_required": True},
        f"{BASE}/actions/permissions/fork-pr-workflows-private-repos": {
            "run_workflows_from_fork_pull_requests": False,
            "send_write_tokens_to_workflows": False,
            "send_secrets_and_variables": False,
            "require_approval_for_fork_pr_workflows": True,
        },
        f"{BASE}/actions/permissions/fork-pr-contributor-approval": {"approval_policy": "all_external_contributors"},
        BASE: {"name": "repo", "private": True, "default_branch": "main"},
    }
    for each in environments:
        below = f"{BASE}/environments/{each}"
        answers[f"{below}/deployment-branch-policies?per_page=100"] = {
            "total_count": 1,
            "branch_policies": [{"id": 1, "name": "main", "type": "branch"}],
        }
        answers[f"{below}/secrets?per_page=100"] = secrets(names)
    return answers
