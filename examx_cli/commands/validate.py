"""`examx validate`."""

from collections.abc import Iterator, Mapping, Sequence
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
from examx_constructs.checks import RULES, Finding, Manifests, Severity
from examx_constructs.checks.formats import Format, formatted
from examx_constructs.checks.report import Report, examined
from examx_constructs.checks.waivers import RULES_ON_WAIVERS
from examx_constructs.environments import ENVIRONMENTS
from examx_constructs.manifests.versions import Asked


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
    form: Annotated[Format, typer.Option("--format", help="How to print the findings.")] = Format.TEXT,
    json: Json = False,
    fail_on: Annotated[Severity, typer.Option(help="The least finding that makes the exit status 1.")] = Severity.ERROR,
    waivers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Which findings to accept; else checks-waivers.toml beside PATH, or above it."
        ),
    ] = None,
    kubernetes_version: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="The Kubernetes that rules judge by; else that of each cluster."),
    ] = None,
    keda_version: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The KEDA that rules judge by; else that of each cluster.")
    ] = None,
    together: Annotated[
        bool, typer.Option("--together", help="All PATHs are applied to one cluster: no folder is instead of another.")
    ] = False,
) -> None:
    """Find everything that is wrong with manifests: all findings, not the first.

    Of environments: dist/ is what the code renders now. Every object fits the schemas of the supported Kubernetes
    versions. No rule that spans objects is broken. With `--cluster` or `--context`, the cluster would take all of it
    and enforces its NetworkPolicies. Of any other file or folder: the same without the first and the last. Files of
    users that need no login are told in a warning: it is for the application to change that. Without arguments, in this
    project, a warning also names what else `make update` would write: the documents, and the settings of the
    application.

        examx validate
        examx validate prod --cluster
        examx validate --context dev-stg-cluster
        examx validate ../their-service/k8s --crds keda-2.17.2-crds.yaml
        examx validate --format sarif
    """
    environments = [each for each in targets or ENVIRONMENTS if each in ENVIRONMENTS]
    paths = [validation.as_typed(each) for each in targets or () if each not in ENVIRONMENTS]
    asks = cluster or context is not None
    if asks and not environments:
        option = "--cluster" if cluster else "--context"
        raise CommandError(f"{option} needs an environment: a path does not say which cluster it is for")
    if context is not None and not targets:
        environments = _of_cluster(environments, context)
    committed: dict[str, Path] = {}
    more: list[Finding] = []
    if environments:
        project = Project.around(Path.cwd())
        committed = {each: _seen_from_here(project.manifests(each)) for each in environments}
        with output.waiting("Rendering ..."):
            more += validation.stale(project, environments)
            if not targets and not asks:
                more += validation.stale_documents(project)
    versions = Asked(kubernetes_version, keda_version)
    accepted = validation.waivers(waivers, [*committed.values(), *paths])
    found = validation.manifests(*committed.values(), *paths, versions=versions, together=together)
    more += _beside_rules(found, Definitions.read(*crds or ()), committed)
    if asks:
        for environment, file in committed.items():
            more += _cluster(environment, file, context)
    report = examined(found, accepted, more)
    _say(report, Format.JSON if json else form, [*environments, *map(str, paths)])
    if report.fails(fail_on):
        raise typer.Exit(Refusal.status)


def _beside_rules(found: Manifests, definitions: Definitions, committed: Mapping[str, Path]) -> Iterator[Finding]:
    """Yield what schemas have against manifests; what else there is to say of them is noted."""
    if skipped := validation.passed_over(found, definitions):
        output.note(skipped)
    named = {str(file): manifests_path(each) for each, file in committed.items()}
    for file, objects in validation.by_file(found).items():
        open_media.warn(named.get(file, file), objects)
    yield from validation.broken_schemas(found, definitions)


def _say(report: Report, form: Format, looked_at: Sequence[str]) -> None:
    said = formatted(report, form, (*RULES, *RULES_ON_WAIVERS, *validation.RULES))
    if form is Format.TEXT:
        *lines, summary = said.split("\n")
        said = "\n".join([*lines, f"{', '.join(looked_at)}: {summary}"])
    output.say(said)


def _seen_from_here(file: Path) -> Path:
    """Return a file by a short path where it is below the working folder, as findings shall name it."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file


def _of_cluster(environments: list[str], context: str) -> list[str]:
    """Return those environments that live where a context leads to. Raises Refusal where none does."""
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


def _cluster(environment: str, file: Path, context: str | None) -> Iterator[Finding]:
    objects = read(file)
    cluster = Cluster(Kubectl(context), Target.of(objects))
    cluster.check_identity()
    with output.waiting(f"Asking {cluster.target.cluster} ..."):
        yield from validation.refused_by_cluster(str(file), objects, cluster)
        yield from validation.unenforced_policies(environment, str(file), objects, cluster)
