"""What plays the actions of others: what they do that can be done here, and what they insist on."""

import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.process.workflows.attestations import Attestations
from tests.unit.workflows.job import Job
from tests.unit.workflows.model import Action, StepError

DIGEST = f"sha256:{'0123456789abcdef' * 4}"
NO_CREDENTIALS = "file:///a-remote-that-asks-for-credentials"


@dataclass
class StandIns:
    """The actions of others, and what they were asked for."""

    remotes: Mapping[str, Path]
    """The bare repository behind each name of a repository."""
    tokens: Mapping[str, str]
    """The token that may read a repository, where the job's own may not."""
    built: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    roles: list[str] = field(default_factory=list[str])
    keys: list[str] = field(default_factory=list[str])
    comments: list[str] = field(default_factory=list[str])
    attestations: Attestations = field(default_factory=Attestations)
    trusts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Whom a role lets in: its `sub`. A role that is not here lets nobody in."""

    def table(self) -> Mapping[str, Action]:
        """The stand-ins by the names of the actions."""
        return {
            "actions/checkout": self._checkout,
            "actions/cache": _nothing,
            "actions/setup-python": _nothing,
            "actions/attest": self._attest,
            "aws-actions/amazon-ecr-login": _needs_credentials,
            "aws-actions/configure-aws-credentials": self._assume_role,
            "azure/setup-kubectl": _nothing,
            "docker/build-push-action": self._build,
            "docker/setup-buildx-action": _nothing,
            "marocchino/sticky-pull-request-comment": self._comment,
        }

    def _checkout(self, job: Job, given: Mapping[str, str]) -> Mapping[str, str]:
        """A clone, as deep as it is asked for. The remote answers later commands only with credentials left behind."""
        repository = given.get("repository") or job.of.repository
        if (token := self.tokens.get(repository)) and given.get("token") != token:
            raise StepError(f"repository {repository} not found")
        if not job.may("contents", "read"):
            raise StepError("the token of the job may not read contents")
        folder = job.workspace / given.get("path", ".")
        remote = self.remotes[repository].as_uri()
        ref = given.get("ref") or (job.of.sha if repository == job.of.repository else "HEAD")
        _git(job.workspace, "init", "--quiet", "--initial-branch=nothing", str(folder))
        _git(folder, "remote", "add", "origin", remote)
        if given.get("fetch-depth") == "0":
            _git(folder, "fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
            _git(folder, "fetch", "--quiet", "origin", ref)
        else:
            _git(folder, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", ref)
        _git(folder, "checkout", "--quiet", "--detach", "FETCH_HEAD")
        if given["persist-credentials"] != "true":
            _git(folder, "remote", "set-url", "origin", NO_CREDENTIALS)
        elif not job.may("contents", "write"):
            _git(folder, "remote", "set-url", "--push", "origin", NO_CREDENTIALS)
        if "ssh-key" in given:
            self.keys.append(given["ssh-key"])
        return {"commit": _git(folder, "rev-parse", "HEAD"), "ref": ref}

    def _assume_role(self, job: Job, given: Mapping[str, str]) -> None:
        if not job.may("id-token", "write"):
            raise StepError("the job may not ask for an OpenID Connect token: permission id-token is missing")
        if not given["role-to-assume"]:
            raise StepError("there is no role to assume")
        if self.trusts.get(given["role-to-assume"]) != job.subject:
            raise StepError(f"Not authorized to perform sts:AssumeRoleWithWebIdentity: {job.subject}")
        self.roles.append(given["role-to-assume"])
        account = given["role-to-assume"].split(":")[4]
        if account != given["allowed-account-ids"]:
            raise StepError(f"the account {account} is not allowed")
        if given["mask-aws-account-id"] != "false":
            job.masks.add(account)
        job.variables |= {"AWS_REGION": given["aws-region"], "AWS_SESSION_TOKEN": given["role-to-assume"]}

    def _build(self, job: Job, given: Mapping[str, str]) -> Mapping[str, str]:
        _needs_credentials(job, given)
        if not (job.workspace / given["context"] / "Dockerfile").is_file():
            raise StepError(f"no Dockerfile in {given['context']}")
        self.built.append(given)
        return {"digest": DIGEST}

    def _attest(self, job: Job, given: Mapping[str, str]) -> None:
        for scope in ("attestations", "id-token"):
            if not job.may(scope, "write"):
                raise StepError(f"Failed to persist attestation: the job has no permission {scope}: write")
        bill = (job.workspace / given["sbom-path"]).read_text(encoding="utf-8") if "sbom-path" in given else ""
        self.attestations.sign(job, given["subject-digest"], bill)

    def _comment(self, job: Job, given: Mapping[str, str]) -> None:
        if not job.may("pull-requests", "write"):
            raise StepError("Resource not accessible by integration")
        self.comments.append((job.workspace / given["path"]).read_text(encoding="utf-8"))


def _nothing(job: Job, given: Mapping[str, str]) -> None:
    """A tool that this machine has already."""


def _needs_credentials(job: Job, given: Mapping[str, str]) -> None:
    if "AWS_SESSION_TOKEN" not in job.variables:
        raise StepError("there are no credentials of AWS")


def _git(folder: Path, *arguments: str) -> str:
    command = [shutil.which("git") or "git", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StepError(f"{shlex.join(command)}: {done.stderr}")
    return done.stdout.strip()
