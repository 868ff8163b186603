"""The main branch, as this checkout knows it: what an environment may go back to.

A commit of another branch is what nobody reviewed, and so is one that came to main inside of a merge. Reviewers saw the
merge as a whole. What main itself was, commit after commit, is its first-parent history. Releases are pushed on top of
it.
"""

from dataclasses import dataclass
from typing import Self

from examx_cli.errors import CommandError, Refusal
from examx_cli.git import Repository

MAIN = "refs/remotes/origin/main"
"""Where git keeps the main branch of the remote `origin`, as it was fetched last.

The one of this checkout would not do: every commit moves it.
"""


@dataclass(frozen=True, slots=True)
class MainBranch:
    """The history of the main branch, newest first. `shallow`: the checkout has only a part of it."""

    commits: tuple[str, ...]
    shallow: bool

    @classmethod
    def of(cls, repository: Repository) -> Self:
        """Return the main branch as it was fetched. Raises CommandError for a checkout that has none."""
        if not repository.git("for-each-ref", "--format=%(refname)", MAIN):
            raise CommandError(
                f"this checkout has no {MAIN}, which says what was on the main branch: `git fetch origin main`"
            )
        shallow = repository.git("rev-parse", "--is-shallow-repository") == "true"
        return cls(tuple(repository.git("rev-list", "--first-parent", MAIN, "--").split()), shallow)

    def commit(self, repository: Repository, revision: str) -> str:
        """Return the full name of a commit. Raises CommandError for one that git does not know."""
        try:
            return repository.commit(revision)
        except CommandError as error:
            if not self.shallow:
                raise
            raise CommandError(f"{error} This checkout is shallow: `git fetch --unshallow origin main`") from error

    def check(self, commit: str, named_by: str) -> None:
        """Raise Refusal for a commit that main never was; `named_by` says who named it."""
        if commit in self.commits:
            return
        tip = self.commits[0][:10]
        advice = (
            "this checkout is shallow, so the commit may be older than what it has: `git fetch --unshallow origin main`"
            if self.shallow
            else "name a commit of `git log --first-parent origin/main`; if it is newer than the last fetch, "
            "`git fetch origin main`"
        )
        raise Refusal(
            f"nothing was applied: {named_by} is {commit[:10]}, which origin's main branch never was "
            f"({MAIN}, fetched at {tip}); only what was reviewed and merged is gone back to; {advice}"
        )
