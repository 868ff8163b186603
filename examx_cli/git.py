"""The seam to git."""

import contextlib
import os
import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

from examx_cli import processes, worktrees
from examx_cli.errors import CommandError
from examx_cli.processes import ProcessError

# Of the caller's variables of git those go along that say who one is and how one gets to a remote. All others may lead
# git to another repository, index or object, or run a program. They are those of `git rev-parse --local-env-vars`,
# which git sets for its hooks and aliases, and GIT_CONFIG_COUNT, GIT_EXTERNAL_DIFF, GIT_TRACE ... (git 2.39, git(1),
# "Environment Variables").
_KEPT = (
    "GIT_AUTHOR_",
    "GIT_COMMITTER_",
    "GIT_SSH",  # and GIT_SSH_COMMAND, GIT_SSH_VARIANT
    "GIT_SSL_",
    "GIT_PROXY_",
    "GIT_HTTP_",
    "GIT_ASKPASS",
    "GIT_ALLOW_PROTOCOL",
    "GIT_PROTOCOL_FROM_USER",
    # Where the user's own configuration is: credential helpers, identity, signing.
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_EXEC_PATH",
)
# Never ask for a password, speak the language that is looked for here, and take no lock only to be quicker next time.
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}

# What a configuration may add to a command that nobody asked for. Programs that look at each file or step, a second
# process in the background, lines of another program in what is printed. What it says about remotes, credentials,
# identity, signing and filters stays: it is how the user's git works at all.
_SETTINGS = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("log.showSignature", "false"),
    ("submodule.recurse", "false"),
    ("push.followTags", "false"),
    ("push.recurseSubmodules", "no"),
)
_OPTIONS = [part for name, value in _SETTINGS for part in ("-c", f"{name}={value}")]
_FULL_NAME = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_TIMEOUT_SECONDS = 900.0
"""Longer than any fetch of this project takes; a remote that hangs must not keep a workflow for hours."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A checkout of a repository."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Run git here and return what it printed, without the last line's end. Raises ProcessError."""
        command = ["git", *_OPTIONS, *arguments]
        try:
            printed = processes.run(command, cwd=self.root, env=_environment(os.environ), timeout=_TIMEOUT_SECONDS)
        except ProcessError as error:
            # As somebody would type it.
            told = ["git", *arguments]
            raise ProcessError(told, error.status_of_program, error.said, error.printed) from error
        return printed.removesuffix("\n")

    def commit(self, revision: str) -> str:
        """Return the full name of a commit. Raises CommandError for a revision that git does not know."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except ProcessError as error:
            raise CommandError(f'git knows no commit "{revision}"; is it fetched?') from error

    def has(self, commit: str) -> bool:
        """Tell whether the repository has a commit of this full name, which may be anybody's text."""
        try:
            return bool(_FULL_NAME.fullmatch(commit)) and self.commit(commit) == commit
        except CommandError:
            return False

    def show(self, revision: str, path: str) -> str | None:
        """Return a file as it is in a commit; None where the commit has no such file."""
        commit = self.commit(revision)
        if not self.git("ls-tree", "--name-only", commit, "--", path):
            return None
        return self.git("cat-file", "blob", f"{commit}:{path}")

    @contextlib.contextmanager
    def worktree(self, revision: str) -> Generator["Repository"]:
        """Make a second, temporary checkout, so that nobody's own files are touched."""
        commit = self.commit(revision)
        with self._bare_worktree() as checkout:
            checkout.git("checkout", "--quiet", "--force", "--detach", commit)
            yield checkout

    @contextlib.contextmanager
    def worktree_of_branch(self, remote: str, branch: str) -> Generator["Repository"]:
        """Make a temporary checkout of the newest commit of a branch of a remote.

        It has an index, a HEAD and a FETCH_HEAD of its own (gitrepository-layout(5), "worktrees"), and no reference of
        the repository is written. A lock that some git left behind there is not in the way, and none is left behind.
        """
        with self._bare_worktree() as checkout:
            # Without --refmap git would move refs/remotes/REMOTE/BRANCH as well.
            options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--refmap=")
            checkout.git("fetch", *options, remote, f"refs/heads/{branch}")
            checkout.git("checkout", "--quiet", "--force", "--detach", "FETCH_HEAD")
            yield checkout

    @contextlib.contextmanager
    def _bare_worktree(self) -> Generator["Repository"]:
        """Make one without files."""
        with worktrees.room(self.root / self.git("rev-parse", "--git-common-dir")) as folder:
            self.git("worktree", "add", "--quiet", "--detach", "--no-checkout", str(folder), "HEAD")
            yield Repository(folder)


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a git that works on the repository that it is run in, and on no other."""
    kept = {name: value for name, value in given.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    return {**kept, **_ENVIRONMENT}
