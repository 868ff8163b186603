"""What a checkout says about an environment at a commit: its manifests, its image, and which commit that is."""

import getpass
import os
from dataclasses import dataclass
from datetime import UTC, datetime

from examx_cli import github, reading
from examx_cli.cluster import Cluster, Target
from examx_cli.deploy.history import Entry
from examx_cli.errors import CommandError
from examx_cli.git import Repository
from examx_cli.kubectl import Kubectl
from examx_cli.processes import ProcessError
from examx_cli.project import Project, manifests_path
from examx_constructs.environments import IMAGES_FILE, read_images
from examx_constructs.manifests import Object, text, yaml_text


@dataclass(frozen=True, slots=True)
class Version:
    """An environment as one commit has it. The commit is empty for files that are not committed."""

    commit: str
    image: str
    manifests: tuple[Object, ...]

    def entry(self) -> Entry:
        """Return a release of this version, now, by the one who runs this."""
        return Entry(self.commit, self.image, datetime.now(UTC).isoformat(timespec="seconds"), _who())


def working_tree(project: Project, environment: str) -> Version:
    """Return the environment as the files of the checkout have it."""
    manifests = reading.read(project.manifests(environment))
    image = read_images(project.images).get(environment, "")
    return Version(clean_commit(project, manifests_path(environment), str(IMAGES_FILE)), image, tuple(manifests))


def at_commit(project: Project, environment: str, revision: str) -> Version:
    """Return the environment as a commit has it. Raises CommandError for a commit that lacks it."""
    repository = Repository(project.root)
    commit = repository.commit(revision)
    manifests = repository.show(commit, manifests_path(environment))
    images = repository.show(commit, str(IMAGES_FILE))
    if manifests is None or images is None:
        raise CommandError(f"commit {commit[:10]} has no {manifests_path(environment)}: it cannot be applied")
    image = next((text(each, environment) for each in _documents(images, f"{commit[:10]}:{IMAGES_FILE}")), "")
    return Version(commit, image, tuple(reading.parse(manifests, f"{commit[:10]}:{manifests_path(environment)}")))


def _documents(content: str, source: str) -> list[object]:
    try:
        return yaml_text.documents(content)
    except yaml_text.YamlError as error:
        raise CommandError(f"{source}{error}") from error


def earlier_commits(project: Project, environment: str, branch: str) -> list[str]:
    """Return the checkout's commits of a branch that changed the environment's manifests, newest first.

    What a merge brought counts as the merge: only that was on the branch.
    """
    log = ("log", "--first-parent", "--format=%H", "--end-of-options", branch)
    return Repository(project.root).git(*log, "--", manifests_path(environment)).split()


def cluster_of(version: Version, context: str | None) -> Cluster:
    """Return the cluster that a version belongs to, made sure of. Raises Refusal for a context of another one."""
    cluster = Cluster(Kubectl(context), Target.of(version.manifests))
    cluster.check_identity()
    return cluster


def clean_commit(project: Project, *paths: str) -> str:
    """Return the commit of the checkout, if these files, or all of it, are as committed; else nothing."""
    repository = Repository(project.root)
    try:
        if repository.git("status", "--porcelain", "--", *paths):
            return ""
        return repository.commit("HEAD")
    except ProcessError:
        # Not a repository, such as an unpacked archive.
        return ""


def _who() -> str:
    run = github.Run.current(os.environ)
    return f"{run.actor}, {run.url}" if run else getpass.getuser()
