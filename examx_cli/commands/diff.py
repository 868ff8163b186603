"""`examx diff`."""

import json
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from examx_cli import output, reading
from examx_cli.asked import AskedChange
from examx_cli.commands.arguments import Context, PricesFile, read_prices
from examx_cli.credentials import redis
from examx_cli.deploy.checkout import cluster_of, working_tree
from examx_cli.deploy.history import History
from examx_cli.diff import behaviour, document, markdown, sources, text
from examx_cli.diff.sources import Comparison
from examx_cli.errors import REFUSED, CommandError
from examx_cli.git import Repository
from examx_cli.kubectl import Kubectl
from examx_cli.project import Project, known_environment
from examx_cli.scale.foretold import foretold
from examx_constructs.environments import ENVIRONMENTS

if TYPE_CHECKING:
    from examx_constructs.scaling.prices import Prices

_OF_CLUSTER = (sources.CLUSTER, sources.DEPLOYED)


class Format(StrEnum):
    """For whom the answer is."""

    TEXT = "text"
    MARKDOWN = "markdown"
    JSON = "json"


def diff(
    environments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ENV]",
            help=f"The environments: {', '.join(ENVIRONMENTS)}.",
            autocompletion=lambda: [*ENVIRONMENTS],
            show_default=False,
        ),
    ] = None,
    *,
    all: Annotated[bool, typer.Option("--all", help="All environments.")] = False,
    against: Annotated[
        str,
        typer.Option(
            metavar="REF|cluster|deployed",
            help="A commit, a branch, a tag; or `cluster`: what runs; or `deployed`: the release that runs.",
        ),
    ] = "HEAD",
    of: Annotated[
        str | None,
        typer.Option(metavar="REF", help="The manifests of a commit, instead of the checkout's.", show_default=False),
    ] = None,
    context: Context = None,
    prices: PricesFile = None,
    format: Annotated[
        Format, typer.Option(help="Text for people, Markdown for a pull request, or JSON.")
    ] = Format.TEXT,
    as_json: Annotated[bool, typer.Option("--json", help="The same as `--format json`.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with status 1 when something changes.")] = False,
    file: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write there instead.", show_default=False)
    ] = None,
) -> None:
    """Show what the manifests in dist/ would change, field by field, and what that does to a running system.

    The manifests are those of the checkout, committed or not. Each change says what it does: nothing, something without
    a restart, scaling, a restart with its pods, a stop. It also says what would be refused, or costs data.

        examx diff dev
        examx diff prod --against cluster
        examx diff prod --against deployed
        examx diff --all --against main --format markdown --output comment.md

    Where scaling figures change, it says what becomes of the standard workloads that the environment names, simulated:
    p95 waits, pod hours, and whether a service level is kept.

    Where the requests of all pods change, it says how much CPU and memory they are at rest and at most, before and
    after. With `--prices`, also per month.

    With `--of` nothing of that commit is run or checked out: its manifests are read out of git, as data.

    `cluster` is what runs, changed by hand or not. `deployed` is the release that was deployed last and worked, as the
    cluster remembers it. Where it remembers none that this checkout has, it is `cluster`. Branches of these names are
    `refs/heads/cluster` and `refs/heads/deployed`.

    In a workflow the step's outputs `summary` and `scaling` say in plain lines what changes: `examx notify` takes them.
    """
    project = Project.around(Path.cwd())
    if of is not None and against in _OF_CLUSTER:
        raise CommandError(
            f"--of is of a commit, and --against {against} compares what is checked out: say --against REF"
        )
    chosen = _chosen(environments or [], all=all)
    paid = read_prices(prices)
    compared = [_summed(foretold(_compare(project, each, against, of, context)), paid) for each in chosen]
    _publish(compared)
    _write(compared, Format.JSON if as_json else format, file)
    if exit_code and any(each.difference for each in compared):
        raise typer.Exit(REFUSED)


def _chosen(environments: list[str], *, all: bool) -> list[str]:
    if all == bool(environments):
        raise CommandError(f"name the environments, or say --all; known are {', '.join(ENVIRONMENTS)}")
    return list(ENVIRONMENTS) if all else [known_environment(each) for each in dict.fromkeys(environments)]


def _compare(project: Project, environment: str, against: str, of: str | None, context: str | None) -> Comparison:
    if against not in _OF_CLUSTER:
        if context is not None:
            raise CommandError(
                f"--context is of a cluster, and --against is {against}: say --against {' or '.join(_OF_CLUSTER)}"
            )
        return sources.against_commit(project, environment, against, of)
    if against == sources.DEPLOYED and (compared := _with_release(project, environment, context)):
        return compared
    kubectl = Kubectl(context)
    with output.waiting(f"asking the cluster of {environment}"):
        compared = sources.against_cluster(project, environment, kubectl)
        made = redis.foretold(kubectl, reading.read(project.manifests(environment)))
    for each in made:
        output.note(f"{each.key}: no manifest holds it; `examx apply {environment}` would make it")
    return compared


def _with_release(project: Project, environment: str, context: str | None) -> Comparison | None:
    """Compare with the release that was deployed last and worked; None, and a note, where none is known."""
    with output.waiting(f"asking the cluster of {environment} which release it runs"):
        good = History.of(cluster_of(working_tree(project, environment), context)).good
    if not good:
        output.note(f"the cluster remembers no release of {environment}: it is compared with what runs")
        return None
    commit = good[0].commit
    if not Repository(project.root).has(commit):
        output.note(f"{environment} runs a release that this checkout does not have: it is compared with what runs")
        return None
    compared = sources.against_commit(project, environment, commit)
    return replace(compared, against=f"the release that runs ({commit[:10]})")


def _publish(compared: Sequence[Comparison]) -> None:
    """Give what changes to the workflow, for Slack: of one environment, for a message is about one."""
    if len(compared) == 1:
        output.publish(behaviour.published(compared[0]))


def _summed(compared: Comparison, prices: "Prices | None") -> Comparison:
    """Add what it asks for in all, where that changes and nothing of it is unseen."""
    if compared.sides is None or not compared.difference or compared.difference.not_compared:
        return compared
    return replace(compared, asked=AskedChange.between(*compared.sides(), prices))


def _write(compared: Sequence[Comparison], format: Format, file: Path | None) -> None:
    if file is not None:
        try:
            file.write_text(_rendered(compared, format), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}") from error
    elif format is Format.TEXT:
        output.show(text.report(compared))
    else:
        output.say(_rendered(compared, format))


def _rendered(compared: Sequence[Comparison], format: Format) -> str:
    match format:
        case Format.TEXT:
            return f"{text.report(compared).plain}\n"
        case Format.MARKDOWN:
            return markdown.report(compared)
        case _:
            return json.dumps(document.report(compared), indent=2, ensure_ascii=False, default=str) + "\n"
