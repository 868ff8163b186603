"""`examx validate`."""

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from examx_cli import open_media, output, validation
from examx_cli.cluster import Cluster, Target, check_identity
from examx_cli.commands.arguments import Json
from examx_cli.errors import CommandError, Refusal
from examx_cli.kubectl import Kubectl
from examx_cli.project import Project, manifests_path
from examx_cli.reading import read
from examx_cli.schemas import Definitions
from examx_cli.validation import Problem
from examx_constructs.environments import ENVIRONMENTS


def validate(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ENV|PATH]...", help="Environments, or files and folders of manifests; else all of dist/."
        ),
    ] = None,
    *,
    cluster: Annotated[
        bool,
        typer.Option(
            "--cluster",
            help="Also ask the environments' clusters: by a dry run, and whether they enforce NetworkPolicies.",
        ),
    ] = False,
    context: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The same, by this context of kubeconfig; where no environment is named, of those of its cluster.",
        ),
    ] = None,
    crds: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="CustomResourceDefinitions to hold custom resources to; may be repeated."),
    ] = None,
    json: Json = False,
) -> None:
    """Find everything that is wrong with manifests: all problems, not the first.

    Of environments: dist/ is what the code renders now; every object fits the schemas of the supported Kubernetes
    versions; no rule that spans objects is broken; and, with `--cluster` or `--context`, the cluster would take all of
    it and enforces its NetworkPolicies. Of any other file or folder: the same without the first and the last.
    Files of users that need no login are told in a warning: it is for the application to change that.

        examx validate
        examx validate prod --cluster
        examx validate --context dev-stg-cluster
        examx validate ../their-service/k8s --crds keda-2.17.2-crds.yaml
    """
    environments = [each for each in targets or ENVIRONMENTS if each in ENVIRONMENTS]
    paths = [Path(each) for each in targets or () if each not in ENVIRONMENTS]
    asks = cluster or context is not None
    if asks and not environments:
        option = "--cluster" if cluster else "--context"
        raise CommandError(f"{option} needs an environment: a path does not say which cluster it is for")
    if context is not None and not targets:
        environments = _of_cluster(environments, context)
    problems = list(_problems(environments, paths, Definitions.read(*crds or ()), asks=asks, context=context))
    if json:
        output.say_json([problem.as_dict() for problem in problems])
    else:
        for file, found in groupby(problems, key=lambda problem: problem.file):
            output.say("\n".join([file, *(f"  {problem.message} [{problem.found_by}]" for problem in found)]))
        output.say(f"{', '.join([*environments, *map(str, paths)])}: {len(problems) or 'no'} problems")
    if problems:
        raise typer.Exit(Refusal.status)


def _problems(
    environments: list[str], paths: list[Path], definitions: Definitions, *, asks: bool, context: str | None
) -> Iterator[Problem]:
    committed: dict[str, Path] = {}
    if environments:
        project = Project.around(Path.cwd())
        committed = {each: project.manifests(each) for each in environments}
        with output.waiting("Rendering ..."):
            yield from validation.stale(project, environments)
    found = validation.manifests(*committed.values(), *paths)
    if skipped := validation.passed_over(found, definitions):
        output.note(skipped)
    yield from validation.broken_schemas(found, definitions)
    yield from validation.broken_rules(found)
    named = {str(file): manifests_path(each) for each, file in committed.items()}
    for file, objects in validation.by_file(found).items():
        open_media.warn(named.get(file, file), objects)
    if asks:
        for environment, file in committed.items():
            yield from _cluster(environment, file, context)


def _of_cluster(environments: list[str], context: str) -> list[str]:
    """Those environments that live where a context leads to. Raises Refusal where none does."""
    project, found, last = Project.around(Path.cwd()), list[str](), None
    for each in environments:
        target = Target.of(read(project.manifests(each)))
        try:
            check_identity(Kubectl(context), target.cluster)
        except Refusal as refusal:
            output.note(f"{each} is of {target.cluster}: not looked at")
            last = refusal
        else:
            found.append(each)
    if not found and last:
        raise last
    return found


def _cluster(environment: str, file: Path, context: str | None) -> Iterator[Problem]:
    objects = read(file)
    cluster = Cluster(Kubectl(context), Target.of(objects))
    cluster.check_identity()
    with output.waiting(f"Asking {cluster.target.cluster} ..."):
        yield from validation.refused_by_cluster(file.name, objects, cluster)
        yield from validation.unenforced_policies(environment, file.name, objects, cluster)
