"""A repository of GitHub: what `gh api` answers of it, and what the workflows need."""

from dataclasses import dataclass

from examx_cli.doctor.asking import Asked
from examx_cli.doctor.hub.workflows import Workflows
from examx_cli.doctor.seen import Unseen
from examx_constructs.manifests import Object, items, mapping, text

MAIN = "main"
"""The branch that is deployed."""


@dataclass(frozen=True, slots=True)
class Repository:
    """What GitHub says of the repository. Every method raises Unseen.

    GitHub answers *not found* also to those who may not look, so that alone is no proof that a thing is not there.
    """

    gh: Asked
    workflows: Workflows

    def ask(self, path: str) -> Object | None:
        """Return the answer to a path below the repository's own; gh fills in which that is."""
        below = f"/{path}" if path else ""
        return self.gh.answer("api", f"repos/{{owner}}/{{repo}}{below}")

    def must(self, path: str) -> Object:
        """Return the same, of what every repository has: not found means that this identity may not look."""
        found = self.ask(path)
        if found is None:
            raise Unseen(f"this identity may not ask `gh api 'repos/{{owner}}/{{repo}}/{path}'`")
        return found

    def environments(self) -> dict[str, Object]:
        """Return the environments, by name."""
        listed = items(self.must("environments?per_page=100"), "environments")
        return {text(each, "name"): mapping(each) for each in listed}

    def secrets(self, path: str) -> set[str]:
        """Return the names of the secrets of a place."""
        return {text(each, "name") for each in items(self.must(f"{path}?per_page=100"), "secrets")}

    def variables(self) -> set[str]:
        """Return the names of the repository's variables that have a value."""
        listed = items(self.must("actions/variables?per_page=100"), "variables")
        return {text(each, "name") for each in listed if text(each, "value")}

    def secrets_of_organization(self) -> set[str]:
        """Return the names of those that the organization shares with the repository; none where nobody owns one."""
        found = self.ask("actions/organization-secrets?per_page=100")
        return {text(each, "name") for each in items(found, "secrets")}
