"""The seam to git."""

import contextlib
import os
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from examx_cli import processes
from examx_cli.errors import CommandError
from examx_cli.processes import ProcessError

# Never ask for a password, and speak the language that is looked for here.
_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


@dataclass(frozen=True, slots=True)
class Repository:
    """A checkout of a repository."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Run git here and return what it printed, without the last line's end. Raises ProcessError."""
        env = {**os.environ, **_ENVIRONMENT}
        return processes.run(["git", *arguments], cwd=self.root, env=env).removesuffix("\n")

    def commit(self, revision: str) -> str:
        """The full name of a commit. Raises CommandError for a revision that git does not know."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except ProcessError as error:
            raise CommandError(f'git knows no commit "{revision}"; is it fetched?') from error

    def show(self, revision: str, path: str) -> str | None:
        """A file as it stands in a commit; None where the commit has no such file."""
        commit = self.commit(revision)
        if not self.git("ls-tree", "--name-only", commit, "--", path):
            return None
        return self.git("cat-file", "blob", f"{commit}:{path}")

    @contextlib.contextmanager
    def worktree(self, revision: str) -> Generator["Repository"]:
        """A second, temporary checkout, so that nobody's own files are touched."""
        with tempfile.TemporaryDirectory(prefix="examx-worktree-") as scratch:
            folder = Path(scratch) / "checkout"
            self.git("worktree", "add", "--quiet", "--detach", str(folder), self.commit(revision))
            try:
                yield Repository(folder)
            finally:
                self.git("worktree", "remove", "--force", str(folder))
